"""A real ombud server for the scripts of this folder: its own database, port and tokens. Only the standard library.

    with Server(folder) as server:
        server.command("import", "organisation", "tests/files/organisation_example.yaml")
        server.start()
        server.publish("workflows/complaint.yaml")
        li = server.client("li")
        answer = li.post("/tickets", {"workflow": "complaint", "values": {}})

Nothing here is shipped. A server is stopped by its process id, never by its name.
"""

import http.client
import json
import os
import pathlib
import signal
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def binary():
    """The program under test: OMBUD_BINARY, else what cargo built last, the release first."""
    chosen = os.environ.get("OMBUD_BINARY")
    if chosen:
        return pathlib.Path(chosen)
    built = [ROOT / "target" / profile / "ombud" for profile in ("release", "debug")]
    built = [path for path in built if path.is_file()]
    if not built:
        raise SystemExit("there is no ombud program: cargo build first, or set OMBUD_BINARY")
    return max(built, key=lambda path: path.stat().st_mtime)


class Refused(Exception):
    """The server answered with a problem."""

    def __init__(self, status, problem):
        super().__init__(f"{status}: {json.dumps(problem, ensure_ascii=False)[:600]}")
        self.status, self.problem = status, problem


class Client:
    """One kept-alive connection that speaks with one token."""

    def __init__(self, port, token, timeout=60):
        self.port, self.token, self.timeout, self.connection = port, token, timeout, None

    def send(self, method, path, body=None, key=None, revision=None, media="application/json"):
        """Status, headers and body as JSON (or text); raises OSError when the server goes away."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            headers["Content-Type"] = media
        if key:
            headers["Idempotency-Key"] = key
        if revision is not None:
            headers["If-Match"] = revision
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            self.connection.request(method, "/api/v1" + path, data, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise OSError(str(error)) from error
        try:
            read = json.loads(text)
        except ValueError:
            read = text
        return answer.status, answer.headers, read

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def call(self, method, path, body=None, **more):
        status, headers, read = self.send(method, path, body, **more)
        if status >= 300:
            raise Refused(status, read)
        return read

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None, **more):
        return self.call("POST", path, {} if body is None else body, **more)


class Server:
    """The program on a folder of its own."""

    def __init__(self, folder, settings=None, quiet=True, url=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.url = url or f"sqlite:{self.folder / 'ombud.db'}?mode=rwc"
        self.process, self.port, self.admin, self.quiet = None, 0, None, quiet
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("OMBUD_")},
            "OMBUD_DATABASE_URL": self.url,
            "OMBUD_LANG": "en",
            "OMBUD_LOG_LEVEL": os.environ.get("TEST_LOG_LEVEL", "warn"),
            "OMBUD_LIMITS_REQUESTS_PER_MINUTE": "100000000",
            "OMBUD_LIMITS_REQUESTS_AT_ONCE": "10000000",
            "OMBUD_LIMITS_BODY_BYTES_MAX": str(8 << 20),
            **(settings or {}),
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def command(self, *arguments, codes=(0,)):
        """Runs a command of the program on this database; its output."""
        done = subprocess.run([binary(), *map(str, arguments)], env=self.environment, cwd=ROOT, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode not in codes:
            raise SystemExit(f"ombud {' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self):
        """Starts to serve; waits until it listens. The first start gives the administrator's token."""
        environment = {**self.environment, "OMBUD_SERVER_LISTEN": f"127.0.0.1:{self.port}"}
        log = open(self.folder / "server.log", "ab")
        self.process = subprocess.Popen([binary(), "serve"], env=environment, cwd=self.folder, text=True,
                                        stdout=subprocess.PIPE, stderr=log)
        log.close()
        deadline = time.monotonic() + 60
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            for word in line.replace("(", " ").replace(")", " ").replace("，", " ").split():
                if word.startswith("http://127.0.0.1:") and not self.port:
                    self.port = int(word.removeprefix("http://127.0.0.1:").split("/")[0].rstrip(".,;。"))
                if word.startswith("omb_"):
                    self.admin = word.rstrip(".,;。")
            if self.port and self.answers():
                break
            if time.monotonic() > deadline:
                break
        else:
            raise SystemExit(f"the server did not start:\n{''.join(lines)}{self.log()}")
        # What it prints later must not fill the pipe.
        threading.Thread(target=self.drain, args=(self.process.stdout, lines), daemon=True).start()
        if self.admin is None:
            time.sleep(0.3)
            for word in " ".join(lines).split():
                if word.startswith("omb_"):
                    self.admin = word.rstrip(".,;。")
        return self

    def drain(self, stream, lines):
        for line in stream:
            lines.append(line)

    def answers(self):
        for _ in range(200):
            try:
                status, _, _ = Client(self.port, "", timeout=5).send("GET", "/health/live")
                return status < 500
            except OSError:
                if self.process.poll() is not None:
                    return False
                time.sleep(0.01)
        return False

    def kill(self):
        """As a power cut for the process: SIGKILL, by its id."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.process = None

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
                return
            self.process.stdout.close()
            self.process = None

    def log(self):
        path = self.folder / "server.log"
        return path.read_text(errors="replace")[-4000:] if path.is_file() else ""

    def token(self, person):
        return self.command("user", "token", person).strip().splitlines()[-1]

    def client(self, person=None):
        return Client(self.port, self.admin if person is None else self.token(person))

    def publish(self, path):
        source = pathlib.Path(path)
        source = (source if source.is_absolute() else ROOT / source).read_bytes()
        return self.client().call("POST", "/workflows", source, media="application/yaml")

    def audit(self):
        """Findings of `ombud audit`, each a dictionary, and the line of figures."""
        lines = self.command("audit", "--format", "json", codes=(0, 1)).splitlines()
        read = [json.loads(line) for line in lines]
        return read[:-1], read[-1]
