#!/usr/bin/env python3
"""Kills the real server at random moments under load and looks whether anything was lost (TRUST P1).

    run.py [--kills 10] [--writers 8] [--seed 1] [--folder FOLDER]
    run.py --database postgres [--instances 3] [--restarts 2] [--freezes 1] …

Eight writers open tickets and carry them through their life over HTTP, each request with an idempotency key of its own.
The server is killed with SIGKILL after a random 20 to 200 ms of work and started again on the same database; what was
not acknowledged is sent again with the same key. In the end

- every acknowledged command stands in the record exactly once, and so does every repeated one,
- the numbers of tickets have neither a gap nor one twice,
- no rung fired twice, none that was due did not fire, and no message was written twice,
- `ombud audit` is clean.

On PostgreSQL several instances serve one database and every request goes to any of them (TRUST P5, P11, P14). One is
killed while the others work; the database itself is stopped as by a crash and started again; one is frozen (SIGSTOP),
wakes up and must not write what it decided before.

A server that keeps falling over, answers anything but success to a repeated request, takes longer than five seconds to
come back, or loses something ends the run with exit code 1 and says what.
"""

import argparse
import pathlib
import random
import signal
import sqlite3
import sys
import tempfile
import threading
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from ombud_server import Client, Server  # noqa: E402
from postgres import Cluster  # noqa: E402

PEOPLE = ["li", "sun", "head_south"]
# Nobody may wait longer for an answer after a crash.
RECOVERY_MAX = 5.0


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


class Sqlite:
    """One file, one server; while it is down everybody stands still."""

    def __init__(self, folder):
        self.servers = [Server(folder)]
        self.file = pathlib.Path(folder) / "ombud.db"

    def rows(self, statement):
        with sqlite3.connect(self.file) as db:
            return [tuple(row) for row in db.execute(statement)]

    def disturb(self, run, chance, events):
        while events["kill"] > 0 and not run.over.is_set():
            run.up.set()
            time.sleep(chance.uniform(0.02, 0.2))
            run.up.clear()
            self.servers[0].kill()
            events["kill"] -= 1
            begin = time.monotonic()
            self.servers[0].start()
            yield time.monotonic() - begin
        run.up.set()

    def stop(self):
        self.servers[0].stop()


class Postgres:
    """One cluster that flushes, several servers."""

    def __init__(self, folder, instances):
        self.cluster = Cluster(pathlib.Path(folder) / "postgres", durable=True)
        self.cluster.start()
        self.servers = [Server(pathlib.Path(folder) / f"server-{number}", url=self.cluster.url())
                        for number in range(instances)]

    def rows(self, statement):
        return [tuple(row.split("|")) for row in self.cluster.psql(statement)]

    def disturb(self, run, chance, events):
        """One disturbance after another; gives how long nobody was answered after each."""
        run.up.set()
        plan = [what for what, count in events.items() for _ in range(count)]
        chance.shuffle(plan)
        for what in plan:
            time.sleep(chance.uniform(0.1, 0.6))
            if run.over.is_set():
                return
            server = chance.choice(self.servers)
            if what == "kill":
                server.kill()
                begin = time.monotonic()
                server.start()
                yield time.monotonic() - begin
            elif what == "restart":
                self.cluster.stop("immediate")
                time.sleep(chance.uniform(0.0, 0.5))
                self.cluster.start()
                yield self.until_answered(run)
            else:
                server.process.send_signal(signal.SIGSTOP)
                begin = self.until_answered(run)
                time.sleep(chance.uniform(2, 8))
                server.process.send_signal(signal.SIGCONT)
                yield begin

    @staticmethod
    def until_answered(run):
        begin = time.monotonic()
        while run.last_ack < begin and time.monotonic() < begin + 30:
            time.sleep(0.005)
        return time.monotonic() - begin

    def stop(self):
        for server in self.servers:
            server.stop()

    def close(self):
        self.cluster.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--instances", type=int, default=3)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--restarts", type=int, default=2)
    parser.add_argument("--freezes", type=int, default=1)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ombud-kill-") as temporary:
        folder = pathlib.Path(chosen.folder or temporary)
        # PostgreSQL runs as somebody else.
        folder.chmod(0o755)
        place = Sqlite(folder) if chosen.database == "sqlite" else Postgres(folder, chosen.instances)
        try:
            result = test(chosen, place)
        finally:
            place.stop()
            if chosen.database == "postgres":
                place.close()
        sys.exit(result)


def unfired(place):
    """Rungs that were due three seconds ago and did not fire."""
    late = int(time.time() * 1000) - 3_000
    return place.rows(f"select number, due_at from tickets where due_at is not null and due_at <= {late}")


def misnumbered(place):
    """Series of tickets whose numbers have a gap; one twice cannot be written."""
    return place.rows("select n.prefix, n.date, n.counter, count(t.id) from numbers n left join tickets t "
                      "on t.number >= n.prefix || n.date and t.number < n.prefix || n.date || '~' "
                      "group by n.prefix, n.date, n.counter having count(t.id) <> n.counter")


def test(chosen, place):
    chance = random.Random(chosen.seed)
    first = place.servers[0]
    first.command("import", "organisation", ROOT / "tests/files/organisation_example.yaml", "--test-staff")
    for server in place.servers:
        server.start()
    first.publish("tests/kill/errand.yaml")
    tokens = {person: first.token(person) for person in PEOPLE}
    run = Run(place.servers, tokens, chosen.seed)
    writers = [Writer(number, run) for number in range(chosen.writers)]
    for writer in writers:
        writer.start()
    started = time.monotonic()
    events = {"kill": chosen.kills}
    if chosen.database == "postgres":
        events |= {"restart": chosen.restarts, "freeze": chosen.freezes if chosen.instances > 1 else 0}
    told = ", ".join(f"{count} {what}s" for what, count in events.items())
    recovery = list(place.disturb(run, chance, events))
    # A moment of peace, so that what was interrupted is repeated and rungs that came due fire.
    time.sleep(4)
    run.over.set()
    for writer in writers:
        writer.join(30)
    failures = [f"writer {writer.number}: {writer.failure}" for writer in writers if writer.failure]
    time.sleep(3.5)
    failures += [f"unfired: {row}" for row in unfired(place)]
    failures += [f"numbers with a gap: {row}" for row in misnumbered(place)]
    wrong, tickets, seen = verify(first, writers)
    rungs, doubled = place.rows("select count(*), count(*) - count(distinct key) from outbox")[0]
    lateness = place.rows("select max(fired_at - due_at), count(*) from rungs")[0]
    place.stop()
    findings, figures = first.audit()
    acknowledged = sum(len(writer.acknowledged) for writer in writers)
    repeated = sum(writer.repeated for writer in writers)
    longest = max(recovery, default=0.0)
    if longest > RECOVERY_MAX:
        failures.append(f"nobody was answered for {longest:.2f} s")
    print(f"{told}; {acknowledged} commands acknowledged ({repeated} of them after a repeat), "
          f"{tickets} tickets, {seen} events; recovery {longest:.2f} s at most; "
          f"{time.monotonic() - started:.0f} s in all")
    print(f"{lateness[1]} rungs fired, the latest {lateness[0]} ms after its moment; {rungs} messages, {doubled} doubled")
    print(f"lost or doubled: {len(wrong)}; audit: {figures['findings']} findings "
          f"in {figures['tickets']} tickets, {figures['events']} events")
    for line in failures + wrong[:20] + [str(finding) for finding in findings[:20]]:
        print("  " + line)
    if failures or wrong:
        for server in place.servers:
            print(server.log()[-1500:])
    return 1 if failures or wrong or findings else 0


if __name__ == "__main__":
    main()
