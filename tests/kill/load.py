"""Clients that carry tickets through their life over HTTP and keep what was acknowledged: the load of the kill, power
and fault tests. Each request has an idempotency key of its own and is sent again until somebody acknowledges it.
"""

import pathlib
import random
import sys
import threading
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from ombud_server import Client  # noqa: E402

PEOPLE = ["li", "sun", "head_south"]


class Request:
    """One request with its key; it is sent until somebody acknowledges it."""

    def __init__(self, method, path, body, revision, person):
        self.method, self.path, self.body, self.revision, self.person = method, path, body, revision, person
        self.key, self.times = uuid.uuid4().hex, 0


class Writer(threading.Thread):
    """Carries tickets through their life, one after the other; stands still while the server is down."""

    def __init__(self, number, run):
        super().__init__(daemon=True)
        self.number, self.run_ = number, run
        self.chance = random.Random(f"{run.seed}:{number}")
        self.clients = {}
        self.acknowledged = []      # (ticket number, what, mark)
        self.keys = []              # of acknowledged requests
        self.repeated = 0
        self.failure = None

    def run(self):
        try:
            while not self.run_.over.is_set():
                self.life()
        except Stopped:
            pass
        except Exception as error:  # noqa: BLE001: whatever it is, the run has failed
            self.failure = repr(error)
            self.run_.over.set()

    def life(self):
        mark = uuid.uuid4().hex[:12]
        values = {"place": "和平路12号", "summary": mark, "lead": "south_branch"}
        _, read, tag = self.send("POST", "/tickets", {"workflow": "errand", "values": values}, None, "li")
        number = read["ticket"]["number"]
        self.acknowledged.append((number, "opened", mark))
        path = f"/tickets/{number}"
        tag = self.act(number, path, "submit", {}, tag, "li", "did:submit")
        if self.chance.random() < 0.15:
            self.act(number, path, "withdraw", {"values": {"remark": mark}}, tag, "li", "did:withdraw")
            return
        for _ in range(self.chance.randrange(3)):
            note = uuid.uuid4().hex[:12]
            tag = self.act(number, path, "note", {"note": note}, tag, "li", "noted")
        if self.chance.random() < 0.3:
            return
        tag = self.act(number, f"{path}/tasks/1", "sign", {}, tag, "sun", "task_signed")
        self.act(number, f"{path}/tasks/1", "reply", {"values": {"result": "已修好"}}, tag, "sun", "task_replied")

    def act(self, number, path, action, body, tag, person, what):
        _, _, tag = self.send("POST", f"{path}/actions/{action}", body, tag, person)
        self.acknowledged.append((number, what, None))
        return tag

    def send(self, method, path, body, revision, person):
        request = Request(method, path, body, revision, person)
        while True:
            self.run_.wait_until_up()
            client = self.client(person)
            request.times += 1
            try:
                status, headers, read = client.send(method, path, body, key=request.key, revision=revision)
            except OSError:
                if request.times > 2_000:
                    raise RuntimeError(f"{method} {path}: no answer after {request.times} attempts")
                time.sleep(0.005)
                continue
            if status in (503, 409, 408):
                # Busy, unknown, or the first attempt is still running: the key decides, so ask again.
                time.sleep(0.02)
                continue
            if status == 412:
                # The engine itself went on (a rung that acts): look again and begin a new request.
                return self.send(method, path, body, self.tag(path, person), person)
            if not 200 <= status < 300:
                if self.closed_meanwhile(read):
                    raise Again
                raise RuntimeError(f"{method} {path} (attempt {request.times}): {status} {read}")
            if request.times > 1:
                self.repeated += 1
            self.keys.append(request.key)
            self.run_.last_ack = time.monotonic()
            return status, read, headers.get("ETag")

    def client(self, person):
        """A connection of this person to any of the servers; a frozen one answers nobody, so nobody waits long."""
        server = self.chance.choice(self.run_.servers)
        key = (server.port, person)
        if key not in self.clients:
            patience = 20 if len(self.run_.servers) == 1 else 3
            self.clients[key] = Client(server.port, self.run_.tokens[person], timeout=patience)
        return self.clients[key]

    def tag(self, path, person):
        number = path.split("/")[2]
        while True:
            self.run_.wait_until_up()
            try:
                status, headers, _ = self.client(person).send("GET", f"/tickets/{number}")
            except OSError:
                time.sleep(0.01)
                continue
            if status == 200:
                return headers.get("ETag")
            time.sleep(0.02)

    @staticmethod
    def closed_meanwhile(read):
        errors = read.get("errors", []) if isinstance(read, dict) else []
        return any(error.get("code") in ("closed", "only_in", "unknown_task", "task_phase") for error in errors)


class Stopped(Exception):
    pass


class Again(Exception):
    """The ticket went its own way; the next one, please."""


class Run:
    def __init__(self, servers, tokens, seed):
        self.servers, self.tokens, self.seed = servers, tokens, seed
        self.up, self.over = threading.Event(), threading.Event()
        self.last_ack = 0.0

    def wait_until_up(self):
        while not self.up.wait(0.2):
            if self.over.is_set():
                raise Stopped
        if self.over.is_set():
            raise Stopped


def life_of(writer, original=Writer.life):
    try:
        original(writer)
    except Again:
        pass


Writer.life = life_of


def verify(server, writers):
    """Every acknowledged command is in the record, once."""
    client = server.client()
    expected = {}
    for writer in writers:
        for number, what, mark in writer.acknowledged:
            expected.setdefault(number, []).append((what, mark))
    wrong, events_seen, marks = [], 0, set()
    client = Client(server.port, server.token("boss"))
    for number, commands in expected.items():
        found, after = [], 0
        while True:
            page = client.get(f"/tickets/{number}/events?after={after}&limit=200")["items"]
            found += page
            if len(page) < 200:
                break
            after = page[-1]["seq"]
        events_seen += len(found)
        done = {}
        for event in found:
            word = event["type"] + (f":{event['about']['action']}" if event["type"] == "did" else "")
            done[word] = done.get(word, 0) + 1
        wanted = {}
        for what, mark in commands:
            wanted[what] = wanted.get(what, 0) + 1
            if mark in marks:
                wrong.append(f"{number}: two tickets for one opening")
            marks.add(mark) if mark else None
        for what, count in wanted.items():
            if done.get(what, 0) < count:
                wrong.append(f"{number}: {count} acknowledged «{what}», {done.get(what, 0)} in the record")
            # What was sent but never acknowledged may be there once at the very end of the run.
            if done.get(what, 0) > count + (1 if what != "opened" else 0):
                wrong.append(f"{number}: «{what}» {done[what]} times, {count} acknowledged")
    return wrong, len(expected), events_seen
