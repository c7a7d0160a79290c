#!/usr/bin/env python3
"""A PostgreSQL cluster of its own in a temporary folder, for tests. It goes away with the command it was started for.

    scripts/postgres.py [--durable] COMMAND…    runs COMMAND with TEST_OMBUD_DATABASE=postgres://…
    scripts/postgres.py --find                  prints the folder of the programs, or exits with 1

Listens on a free port of the loopback and on a socket in its folder. PostgreSQL refuses to run as root: then it runs as
`postgres` (or `nobody`). Without `--durable` nothing is flushed, which makes tests fast; kill tests flush.
"""

import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

# Debian keeps each version apart; the newest counts.
DEBIAN = pathlib.Path("/usr/lib/postgresql")
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
DURABLE = ["fsync=on", "synchronous_commit=on", "full_page_writes=on"]


def programs():
    """The folder of `initdb` and `pg_ctl`; None when PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return pathlib.Path(found).resolve().parent
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Cluster:
    """One cluster; `with Cluster(folder) as cluster:` starts and stops it."""

    def __init__(self, folder=None, durable=False):
        self.programs = programs()
        if self.programs is None:
            raise SystemExit("PostgreSQL is not installed: run scripts/install (on Debian: apt-get install postgresql)")
        self.own = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="ombud-pg-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data, self.log = self.folder / "data", self.folder / "log"
        self.port = free_port()
        self.settings = DURABLE if durable else FAST
        self.user = self.somebody() if os.geteuid() == 0 else None

    @staticmethod
    def somebody():
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
        raise SystemExit("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")

    def run(self, program, *arguments, check=True):
        """A program of PostgreSQL, as somebody who is not root."""
        who = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        # Output goes to a file: the server inherits it and would keep a pipe open for ever.
        with open(self.folder / "programs.log", "a+", encoding="utf-8") as output:
            done = subprocess.run([self.programs / program, *map(str, arguments)], stdout=output, stderr=output,
                                  stdin=subprocess.DEVNULL, cwd=self.folder, env={"PATH": os.environ["PATH"],
                                  "LC_ALL": "C.UTF-8", "TZ": "UTC"}, **who)
            if check and done.returncode != 0:
                output.seek(0)
                raise SystemExit(f"{program}: exit {done.returncode}\n{output.read()[-3000:]}\n{self.said()}")
        return done.returncode

    def said(self):
        return self.log.read_text(errors="replace")[-3000:] if self.log.is_file() else ""

    def create(self):
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.run("initdb", "--pgdata", self.data, "--username", "ombud", "--auth", "trust", "--no-sync",
                 "--encoding", "UTF8", "--locale", "C.UTF-8")

    def start(self):
        if not self.data.is_dir():
            self.create()
        settings = [*self.settings, f"port={self.port}", "listen_addresses=127.0.0.1",
                    f"unix_socket_directories={self.folder}", "max_connections=200", "shared_buffers=128MB"]
        options = " ".join(f"-c {setting}" for setting in settings)
        self.run("pg_ctl", "start", "--wait", "--pgdata", self.data, "--log", self.log, "--options", options)

    def stop(self, mode="immediate"):
        self.run("pg_ctl", "stop", "--wait", "--pgdata", self.data, "--mode", mode, check=False)

    def restart(self, mode="immediate"):
        """As after a crash of the machine, with `immediate`: nothing is written back, the log is replayed."""
        self.stop(mode)
        self.start()

    def url(self, database="postgres"):
        return f"postgres://ombud@127.0.0.1:{self.port}/{database}"

    def psql(self, statement, database="postgres"):
        """Rows of a statement as text, columns separated by `|`."""
        done = subprocess.run([self.programs / "psql", "--no-psqlrc", "--tuples-only", "--no-align", "--quiet",
                               "--set", "ON_ERROR_STOP=1", "--command", statement, self.url(database)],
                              text=True, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return [line for line in done.stdout.splitlines() if line]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        if self.own:
            shutil.rmtree(self.folder, ignore_errors=True)


def main():
    arguments = sys.argv[1:]
    if arguments == ["--find"]:
        found = programs()
        print(found or "")
        sys.exit(0 if found else 1)
    durable = arguments[:1] == ["--durable"]
    command = arguments[1:] if durable else arguments
    if not command or command[0].startswith("-"):
        raise SystemExit(__doc__)
    # Whoever ends us ends the cluster as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Cluster(durable=durable) as cluster:
        sys.exit(subprocess.run(command, env={**os.environ, "TEST_OMBUD_DATABASE": cluster.url()}).returncode)


if __name__ == "__main__":
    main()
