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
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from load import PEOPLE, Run, Writer, verify  # noqa: E402
from ombud_server import Server  # noqa: E402
from postgres import Cluster  # noqa: E402

# Nobody may wait longer for an answer after a crash.
RECOVERY_MAX = 5.0


class Outages:
    """When nobody could have been served, by the clock on the wall, in milliseconds."""

    def __init__(self):
        self.spans = []

    def __enter__(self):
        self.begin = time.time() * 1000
        return self

    def __exit__(self, *_):
        self.spans.append((self.begin, time.time() * 1000))

    def lateness(self, due, fired):
        """How long after its moment, or after the end of the outage that it had to wait for."""
        ends = [end for begin, end in self.spans if begin < fired and end > due]
        return fired - max([due, *ends])


class Sqlite:
    """One file, one server; while it is down everybody stands still."""

    def __init__(self, folder):
        self.outages = Outages()
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
            events["kill"] -= 1
            with self.outages:
                self.servers[0].kill()
                begin = time.monotonic()
                self.servers[0].start()
            yield time.monotonic() - begin
        run.up.set()

    def stop(self):
        self.servers[0].stop()


class Postgres:
    """One cluster that flushes, several servers."""

    def __init__(self, folder, instances):
        self.outages = Outages()
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
                with self.outages:
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
    fired = [(int(due), int(at)) for due, at in place.rows("select due_at, fired_at from rungs")]
    latest = max((at - due for due, at in fired), default=0)
    excused = max((place.outages.lateness(due, at) for due, at in fired), default=0) / 1000
    place.stop()
    findings, figures = first.audit()
    acknowledged = sum(len(writer.acknowledged) for writer in writers)
    repeated = sum(writer.repeated for writer in writers)
    longest = max(recovery, default=0.0)
    if longest > RECOVERY_MAX:
        failures.append(f"nobody was answered for {longest:.2f} s")
    if excused > RECOVERY_MAX:
        failures.append(f"a rung came {excused:.2f} s after its moment or the end of an outage")
    print(f"{told}; {acknowledged} commands acknowledged ({repeated} of them after a repeat), "
          f"{tickets} tickets, {seen} events; recovery {longest:.2f} s at most; "
          f"{time.monotonic() - started:.0f} s in all")
    down = max((end - begin for begin, end in place.outages.spans), default=0) / 1000
    print(f"{len(fired)} rungs fired, the latest {latest / 1000:.2f} s after its moment, {excused:.2f} s after the end of the "
          f"outage it waited for (the longest took {down:.2f} s); {rungs} messages, {doubled} doubled")
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
