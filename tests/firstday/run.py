#!/usr/bin/env python3
"""A county's first day, by docs/operations/install.md alone, as it stands there.

Every block after `<!-- test: NAME -->` is taken from the page: settings and files are written, commands are run in order, in
a folder of their own, with a mail server of our own. Only folders, port and mail server are put in place of those of the
page. Nothing is bad for the doctor, a ticket is opened over TLS, the server has made a backup by itself, and what is restored
is clean.
"""

import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from ombud_server import binary  # noqa: E402

PAGE = ROOT / "docs/operations/install.md"


def blocks():
    found = re.findall(r"<!-- test: ([a-z-]+) -->\n+```\w+\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return dict(found)


class MailServer(threading.Thread):
    """Lets everybody in, and remembers whether somebody came. (That mails arrive is what tests/e2e is for.)"""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.asked = self.listener.getsockname()[1], False

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        lines = connection.makefile("rb")

        def say(text):
            connection.sendall(text.encode() + b"\r\n")

        say("220 test")
        for line in lines:
            word = line[:4].upper()
            if word in (b"EHLO", b"HELO"):
                say("250-test\r\n250 AUTH PLAIN LOGIN")
            elif word == b"AUTH":
                self.asked = True
                say("235 yes")
            elif word == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 yes")


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Day:
    def __init__(self, folder):
        self.folder, self.blocks, self.port = folder, blocks(), free_port()
        self.etc, self.var = folder / "etc", folder / "var"
        for path in (self.etc, self.var):
            path.mkdir(mode=0o700)
        self.mail = MailServer()
        self.mail.start()
        self.server = None

    def text(self, name):
        """A block of the page, with our folders and port."""
        text = self.blocks.pop(name)
        for theirs, ours in (("/etc/ombud", str(self.etc)), ("/var/lib/ombud", str(self.var)),
                             ("/usr/local/share/ombud", str(ROOT)), ("0.0.0.0:8443", f"127.0.0.1:{self.port}"),
                             ("hotline.example.org:8443", f"localhost:{self.port}"),
                             ("hotline.example.org", "localhost")):
            text = text.replace(theirs, ours)
        return text

    def run(self, name, wanted=0):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OMBUD_")}
        environment |= {"PATH": f"{binary().parent}:{os.environ['PATH']}", "LANG": "en_GB.UTF-8", "CA": str(self.etc / "chain.pem"),
                        "OMBUD_CONFIG": str(self.etc / "ombud.toml")}
        done = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", self.text(name)], cwd=self.var, env=environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != wanted:
            sys.exit(f"install.md, «{name}»: exit {done.returncode}, expected {wanted}\n{done.stdout[-3000:]}")
        return done.stdout

    def start(self):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OMBUD_")}
        log = open(self.folder / "server.log", "wb")
        self.server = subprocess.Popen([binary(), "serve", "--config", self.etc / "ombud.toml"], cwd=self.var, stdout=log, stderr=log,
                                       env=environment)
        log.close()
        trust = ssl.create_default_context(cafile=self.etc / "chain.pem")
        for _ in range(300):
            try:
                return urllib.request.urlopen(f"https://localhost:{self.port}/ready", context=trust, timeout=5).read()
            except OSError:
                if self.server.poll() is not None:
                    break
                time.sleep(0.1)
        sys.exit("the server did not start: " + (self.folder / "server.log").read_text(errors="replace"))

    def stop(self):
        if self.server and self.server.poll() is None:
            self.server.terminate()
            self.server.wait(40)


def main():
    with tempfile.TemporaryDirectory(prefix="ombud-firstday-") as temporary:
        day = Day(pathlib.Path(temporary))
        settings = day.text("settings").replace("mail.example.org", "127.0.0.1")
        settings = settings.replace("[mail]", f'[mail]\nport = {day.mail.port}\nsecurity = "none"')
        (day.etc / "ombud.toml").write_text(settings, encoding="utf-8")
        (day.etc / "ombud.toml").chmod(0o600)
        day.run("certificate")
        (day.etc / "key.pem").chmod(0o600)
        for name, file in (("organisation", "organisation.yaml"), ("departments", "departments.csv"), ("people", "people.csv"),
                           ("roster", "roster-november.csv")):
            (day.var / file).write_text(day.text(name), encoding="utf-8")
        day.run("import")
        assert day.run("administrator").strip().startswith("omb_"), "a token is printed"
        day.run("workflows")
        try:
            day.start()
            # No holidays are loaded, nothing is bad.
            said = day.run("doctor")
            day.run("first-ticket")
            assert day.mail.asked, "nobody signed in at the mail server"
            assert "lets us in" in said and "BAD" not in said, said
            backups = day.var / "backups"
            for _ in range(300):
                if list(backups.glob("ombud-*.db")):
                    break
                time.sleep(0.1)
            assert list(backups.glob("ombud-*.db")), "the server makes its first backup by itself"
            out = day.run("way-back")
            assert "clean" in out.splitlines()[-1], out
        finally:
            day.stop()
        assert day.server.returncode == 0, day.server.returncode
        if day.blocks:
            sys.exit(f"install.md has blocks nobody runs: {sorted(day.blocks)}")
    print("a county's first day: as the page says; doctor:", said.splitlines()[-1])


if __name__ == "__main__":
    main()
