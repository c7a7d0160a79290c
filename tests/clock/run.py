#!/usr/bin/env python3
"""Turns the clock of the real server under load and looks whether a rung fired twice or not at all (TRUST P16).

    run.py [--writers 4] [--seed 1] [--only NAME]

libfaketime gives the server a system clock that this script moves while writers carry tickets through their life;
the monotonic clock stays. Afterwards every rung that was due has fired, none twice, times of a ticket never go back, and
`ombud audit`, under the clock at its latest, has no finding. What a jump delays is measured as well: rungs that became
due by a jump forwards are written within a second and a half of it.

Without libfaketime it says so and ends well.
"""

import argparse
import glob
import pathlib
import random
import sqlite3
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path += [str(ROOT / "scripts"), str(ROOT / "tests/kill")]
from load import PEOPLE, Run, Writer  # noqa: E402
from ombud_server import Server  # noqa: E402

LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"
# How long after a jump forwards the last rung may be written.
WITHIN = 1.5
# Where the clock stands at first (nothing: where it really is), and by how many seconds it is then moved off there,
# one move after the other.
TROUBLES = {
    "ten minutes forwards": (None, [600]),
    "ten minutes back": (None, [-600]),
    "a day back": (None, [-86_400]),
    "forwards and back": (None, [600, 0, 600, -600, 0]),
    "a strobe of two seconds": (None, [2, -2] * 6 + [0]),
    "29 February": ("2028-02-28 15:59:57", [0, 3_600, 86_400]),
    "the end of the year": ("2026-12-31 15:59:57", [0, 3_600]),
    "2038": ("2038-01-19 03:14:03", [0, 60, -1]),
}


class Clock:
    """The file that libfaketime reads."""

    def __init__(self, folder, begin):
        self.file = folder / "clock"
        self.base = 0.0 if begin is None else self.distance(begin)
        self.latest = self.base
        self.move(0)

    @staticmethod
    def distance(begin):
        at = time.strptime(begin + " UTC", "%Y-%m-%d %H:%M:%S %Z")
        import calendar
        return calendar.timegm(at) - time.time()

    def move(self, seconds):
        self.latest = max(self.latest, self.base + seconds)
        self.write(self.base + seconds)

    def write(self, offset):
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{offset:+.3f}\n")
        fresh.replace(self.file)

    def settings(self, library):
        return {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1"}


def try_out(name, library, chosen, folder):
    """What is wrong, and a line of figures."""
    begin, moves = TROUBLES[name]
    clock = Clock(folder, begin)
    server = Server(folder / "server", settings=clock.settings(library))
    server.command("import", "organisation", ROOT / "tests/files/organisation_example.yaml", "--test-staff")
    server.start()
    writers, problems = [], []
    try:
        server.publish("tests/kill/errand.yaml")
        run = Run([server], {person: server.token(person) for person in PEOPLE}, chosen.seed)
        writers = [Writer(number, run) for number in range(chosen.writers)]
        run.up.set()
        for writer in writers:
            writer.start()
        chance = random.Random(chosen.seed)
        for move in moves:
            time.sleep(chance.uniform(0.4, 0.9))
            clock.move(move)
        time.sleep(0.5)
        run.over.set()
        for writer in writers:
            writer.join(30)
        problems += [f"writer: {writer.failure}" for writer in writers if writer.failure]
        # All rungs of an errand come within ten seconds: forward past them all, and see how long they take.
        clock.base, before = clock.latest, server_due(server)
        clock.move(120)
        jumped = time.monotonic()
        while server_due(server, clock) and time.monotonic() < jumped + 20:
            time.sleep(0.05)
        took = time.monotonic() - jumped
        if took > WITHIN + before / 400:
            problems.append(f"rungs that were due took {took:.1f} s")
    finally:
        if server.process is not None:
            server.stop()
    with sqlite3.connect(server.folder / "ombud.db") as db:
        rungs, doubled = db.execute("select count(*), count(*) - count(distinct ticket || clock || coalesce(task, '') || "
                                    "cycle || step || repetition) from rungs").fetchone()
        back = db.execute("select count(*) from events a join events b on b.ticket = a.ticket and b.seq = a.seq + 1 "
                          "where b.at < a.at").fetchone()[0]
        tickets = db.execute("select count(*) from tickets").fetchone()[0]
    findings, _ = server.audit()
    if doubled:
        problems.append(f"{doubled} rungs fired twice")
    if back:
        problems.append(f"{back} times an event is earlier than the one before")
    if not tickets or not rungs:
        problems.append("nothing happened")
    problems += [str(finding)[:300] for finding in findings[:5]]
    return problems, f"{tickets} tickets, {rungs} rungs, {doubled} doubled; after the last jump all fired in {took:.2f} s"


def server_due(server, clock=None):
    """Tickets with a rung to come; with a clock, those whose rung is due."""
    now = int((time.time() + clock.base + 120) * 1000) if clock else 1 << 62
    with sqlite3.connect(server.folder / "ombud.db") as db:
        return db.execute("select count(*) from tickets where due_at <= ?", (now,)).fetchone()[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only")
    chosen = parser.parse_args()
    found = glob.glob(LIBRARY)
    if not found:
        print("clock trouble: skipped, libfaketime is not installed")
        return 0
    failed = 0
    for name in TROUBLES if chosen.only is None else [chosen.only]:
        with tempfile.TemporaryDirectory(prefix="ombud-clock-") as folder:
            problems, figures = try_out(name, found[0], chosen, pathlib.Path(folder))
        print(f"{name}: {figures}", flush=True)
        for line in problems:
            print(f"  {line}")
        failed += bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
