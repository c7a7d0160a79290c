"""The real binary with a real mail server and a receiver of messages beside it, in a folder of its own; and what a client
does over HTTP."""

import hashlib
import http.server
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

HERE = pathlib.Path(__file__).parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def at(hours):
    moment = datetime.now(timezone.utc) + timedelta(hours=hours)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


class Receiver(http.server.ThreadingHTTPServer):
    """Takes messages over HTTP and keeps the key and a hash of each, in the order of arrival."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Receive)
        self.messages = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        """A server that was killed cuts its line: that is what is tried out."""


class Receive(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        message = {"key": self.headers["webhook-id"], "hash": hashlib.sha256(body).hexdigest(), **json.loads(body)}
        self.server.messages.append(message)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Rig:
    """Starts and stops; `with Rig() as rig`."""

    def __init__(self, binary, digest_after=0):
        """`digest_after`: from how many messages to one person within a minute on further ones go as one; 0: never."""
        self.binary = pathlib.Path(binary).resolve()
        self.folder = tempfile.TemporaryDirectory(prefix="ombud-e2e-")
        self.path = pathlib.Path(self.folder.name)
        self.http, self.smtp = free_port(), free_port()
        self.receiver = Receiver()
        self.mails_file = self.path / "mails.jsonl"
        self.mails_file.touch()
        self.server = None
        self.sink = None
        self.tokens = {}
        (self.path / "ombud.toml").write_text(
            f"""
[server]
listen = "127.0.0.1:{self.http}"
public_url = "https://ombud.example.org"
[database]
url = "sqlite:{self.path}/ombud.db?mode=rwc"
[mail]
host = "127.0.0.1"
port = {self.smtp}
security = "none"
from = "ombud@example.org"
from_name = "热线工单"
hello = "ombud.example.org"
timeout_seconds = 5
[digest]
after = {digest_after}
within_minutes = 1
[channels.desk]
url = "http://127.0.0.1:{self.receiver.server_address[1]}/"
plain_http = true
allow = ["127.0.0.1"]
"""
        )

    def __enter__(self):
        try:
            self.start_sink()
            self.start_server()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, *failure):
        for process in (self.server, self.sink):
            if process and process.poll() is None:
                process.kill()
                process.wait()
        self.receiver.shutdown()
        log = self.path / "server.log"
        if failure[0] and log.exists():
            print(log.read_text()[-4000:], file=sys.stderr)
        self.folder.cleanup()

    def start_sink(self):
        self.sink = subprocess.Popen(
            [sys.executable, HERE / "sink.py", str(self.smtp), self.mails_file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.sink.stdout.readline().strip() == "ready"

    def start_server(self):
        """Starts it and waits until it answers; keeps the first administrator's token when one is shown."""
        log = open(self.path / "server.log", "a", encoding="utf-8")
        # Settings of whoever runs the test must not reach the server.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OMBUD_")}
        self.server = subprocess.Popen(
            [self.binary, "serve", "--config", self.path / "ombud.toml"],
            stdout=log, stderr=subprocess.STDOUT, cwd=self.path, env=environment,
        )
        for _ in range(200):
            assert self.server.poll() is None, (self.path / "server.log").read_text()
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.http}/health", timeout=1).read()
                break
            except OSError:
                time.sleep(0.05)
        else:
            raise AssertionError("the server never answered")
        if "admin" not in self.tokens:
            found = re.search(r"^\s*(omb_\S+)$", (self.path / "server.log").read_text(), re.M)
            assert found, (self.path / "server.log").read_text()
            self.tokens["admin"] = found.group(1)

    def kill_server(self):
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()

    def stop_server(self):
        self.server.send_signal(signal.SIGTERM)
        return self.server.wait(timeout=30)

    def call(self, person, method, path, body=None, kind="application/json", headers=()):
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.http}/api/v1{path}", data=data, method=method)
        request.add_header("Authorization", f"Bearer {self.tokens[person]}")
        if data is not None:
            request.add_header("Content-Type", kind)
        for name, value in headers:
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None

    def found(self):
        """The organisation and the workflow of seconds."""
        put = lambda path, body: self.call("admin", "PUT", path, body)
        put("/departments/finance", {"title": {"zh": "财务部", "en": "Finance"}})
        for role, zh, en in [
            ("agent", "坐席", "agent"), ("shift_lead", "值班长", "shift lead"),
            ("head", "负责人", "head"), ("manager", "经理", "manager"),
        ]:
            put(f"/roles/{role}", {"title": {"zh": zh, "en": en}})
        for person, name, language, role, department in [
            ("li", "李明", "zh-CN", "agent", None), ("zhang", "张丽", "zh-CN", "shift_lead", None),
            ("head_fin", "Wang Fang", "en", "head", "finance"), ("boss", "陈总", "zh-CN", "manager", None),
        ]:
            put(f"/people/{person}", {
                "name": name, "email": f"{person}@example.org", "language": language, "addresses": {"desk": person},
            })
            member = {"person": person, "role": role}
            if department:
                member["department"] = department
            self.call("admin", "POST", "/memberships", member)
        hours = {day: "00:00-24:00" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
        put("/calendars/default", {"zone": "Asia/Shanghai", "day": "8 hours", "hours": hours, "open": {}})
        self.call("admin", "POST", "/workflows", (HERE / "quick.yaml").read_text(), kind="application/yaml")
        for person in ("li", "zhang"):
            self.token(person)

    def token(self, person):
        wish = {"person": person, "title": "end to end", "scopes": ["tickets:open", "tickets:read", "tickets:act"]}
        self.tokens[person] = self.call("admin", "POST", "/tokens", wish)["secret"]

    def open(self, summary):
        values = {"place": "和平路12号", "summary": summary, "caller": "孙大圣", "lead": "finance"}
        return self.call("li", "POST", "/tickets", {"workflow": "quick", "values": values})["ticket"]["number"]

    def mails(self, number=None):
        lines = self.mails_file.read_text(encoding="utf-8").splitlines()
        mails = [json.loads(line) for line in lines if line.endswith("}")]
        return [mail for mail in mails if number is None or number in mail["subject"]]

    def wait_for(self, number, person, seconds):
        """The mail to this person about this ticket."""
        until = time.time() + seconds
        while time.time() < until:
            for mail in self.mails(number):
                if mail["to"] == [f"{person}@example.org"]:
                    return mail
            time.sleep(0.05)
        told = [mail["to"] for mail in self.mails(number)]
        raise AssertionError(f"no mail to {person} about {number} within {seconds} s; told were {told}")
