#!/usr/bin/env python3
"""Cuts the power of the real server on SQLite under load and looks whether anything was lost (TRUST P2).

    run.py [--cuts 5] [--writers 8] [--seed 1] [--control-seconds 3]

The database lies on a disk that forgets what was not flushed (`disk.py`). Eight writers carry tickets through their life
over HTTP; after a random moment the disk is killed and the server with it, and both start again on what was flushed. In
the end every acknowledged command stands in the record, once, and `ombud audit` is clean.

That the test can fail is shown in the same run: the same server under the same load on a disk that lies about flushing
must lose acknowledged commands; so must SQLite with `synchronous=NORMAL` on the honest disk, where FULL loses none.

Without FUSE it says so and ends well. Exit code 1 when something was lost, or when a control lost nothing.
"""

import argparse
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path += [str(ROOT / "scripts"), str(ROOT / "tests/kill")]
from load import PEOPLE, Run, Writer, verify  # noqa: E402
from ombud_server import Server  # noqa: E402

VENV = ROOT / "target/venv/bin/python3"
PYTHON = VENV if VENV.is_file() else sys.executable
# Nobody may wait longer for an answer once the power is back; the disk of this test takes its time to start.
RECOVERY_MAX = 20.0

# Commits one row after the other and says so; the control of the rig itself.
COMMITTER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("pragma journal_mode = wal")
db.execute("pragma synchronous = " + sys.argv[2])
db.execute("create table if not exists rows (id integer primary key)")
while True:
    print(db.execute("insert into rows default values returning id").fetchone()[0], flush=True)
"""


class Disk:
    """The disk that forgets, mounted."""

    def __init__(self, folder, seed):
        self.folder = pathlib.Path(folder)
        self.backing, self.mountpoint, self.lie = (self.folder / name for name in ("backing", "disk", "lie"))
        for place in (self.backing, self.mountpoint):
            place.mkdir(parents=True, exist_ok=True)
        self.seed, self.process = seed, None

    def on(self):
        self.seed += 1
        command = [PYTHON, ROOT / "tests/power/disk.py", self.backing, self.mountpoint, "--seed", str(self.seed),
                   "--lie", self.lie]
        with open(self.folder / "disk.log", "ab") as log:
            self.process = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log)
        for _ in range(500):
            if os.path.ismount(self.mountpoint):
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        raise SystemExit(f"the disk did not come up:\n{(self.folder / 'disk.log').read_text()[-1000:]}")

    def off(self, victim=None):
        """The power cut: the disk stops first, then whoever works on it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            # Before the empty folder shows beneath, in which it could begin a new database.
            if victim is not None:
                victim.kill()
            subprocess.run(["umount", "-l", self.mountpoint], check=False, stderr=subprocess.DEVNULL)


def why_not():
    """Why there is no such disk here; None when there is."""
    if not os.path.exists("/dev/fuse"):
        return "there is no /dev/fuse"
    if os.geteuid() != 0:
        return "mounting needs root here"
    found = subprocess.run([PYTHON, "-c", "import fuse"], capture_output=True, text=True)
    if found.returncode != 0:
        return f"fusepy or libfuse2 is missing ({found.stderr.strip().splitlines()[-1]})"
    return None


def control_of_the_rig(folder, synchronous, seconds):
    """Acknowledged rows, and how many of them SQLite alone loses."""
    disk = Disk(folder, 0)
    disk.on()
    committer = subprocess.Popen([PYTHON, "-c", COMMITTER, disk.mountpoint / "rows.db", synchronous],
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    time.sleep(seconds)
    disk.off(committer)
    lines = committer.communicate()[0].splitlines()
    acknowledged = {int(line) for line in lines if line.isdigit()}
    with sqlite3.connect(disk.backing / "rows.db") as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        there = db.execute("select count(*) from sqlite_master where name = 'rows'").fetchone()[0]
        kept = {row[0] for row in db.execute("select id from rows")} if there else set()
    return len(acknowledged), len(acknowledged - kept)


class Cuts:
    """The server on the disk, and the clients."""

    def __init__(self, folder, chosen):
        self.folder, self.chosen = pathlib.Path(folder), chosen
        self.disk = Disk(self.folder, chosen.seed)
        # A repeat must find its answer, however long the run takes.
        keep = {"OMBUD_IDEMPOTENCY_KEEP_HOURS": "720"}
        self.server = Server(self.folder / "server", settings=keep,
                             url=f"sqlite:{self.disk.mountpoint / 'ombud.db'}?mode=rwc")
        self.ashore = Server(self.folder / "ashore", settings=keep,
                             url=f"sqlite:{self.disk.backing / 'ombud.db'}?mode=rwc")

    def prepare(self):
        """Organisation, workflow and tokens, on dry land."""
        ashore = self.ashore
        ashore.command("import", "organisation", ROOT / "tests/files/organisation_example.yaml", "--test-staff")
        ashore.start()
        ashore.publish("tests/kill/errand.yaml")
        tokens = {person: ashore.token(person) for person in PEOPLE}
        ashore.stop()
        self.run = Run([self.server], tokens, self.chosen.seed)
        self.writers = [Writer(number, self.run) for number in range(self.chosen.writers)]

    def power_on(self):
        """Seconds until somebody was answered."""
        begin = time.monotonic()
        self.disk.on()
        self.server.start()
        self.run.up.set()
        return time.monotonic() - begin

    def power_off(self):
        self.run.up.clear()
        self.disk.off(self.server)

    def lost(self):
        """Acknowledged requests whose key is not in the database that was flushed."""
        try:
            with sqlite3.connect(self.disk.backing / "ombud.db") as db:
                kept = {row[0] for row in db.execute("select key from idempotency")}
        except sqlite3.DatabaseError as error:
            print(f"the database is of no use any more: {error}")
            kept = set()
        acknowledged = {key for writer in self.writers for key in writer.keys}
        return len(acknowledged), len(acknowledged - kept)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=5)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--control-seconds", type=float, default=3)
    chosen = parser.parse_args()
    reason = why_not()
    if reason:
        print(f"power cuts: skipped, {reason}")
        return 0
    with tempfile.TemporaryDirectory(prefix="ombud-power-") as folder:
        folder = pathlib.Path(folder)
        failures = []
        for synchronous, loses in (("NORMAL", True), ("FULL", False)):
            place = folder / synchronous
            acknowledged, lost = control_of_the_rig(place, synchronous, chosen.control_seconds)
            print(f"control, SQLite alone with synchronous={synchronous}: {lost} of {acknowledged} commits lost")
            if acknowledged == 0 or (lost > 0) != loses:
                failures.append(f"the rig does not tell {synchronous} from the other: {lost} of {acknowledged} lost")
        cuts = Cuts(folder / "ombud", chosen)
        cuts.prepare()
        try:
            failures += run(cuts, chosen)
        finally:
            cuts.run.over.set()
            cuts.disk.off()
            for server in (cuts.server, cuts.ashore):
                if server.process is not None:
                    server.kill()
        for line in failures:
            print("  " + line)
        if failures:
            print(cuts.server.log()[-1500:])
        return 1 if failures else 0


def run(cuts, chosen):
    chance = random.Random(chosen.seed)
    started, longest = time.monotonic(), 0.0
    for writer in cuts.writers:
        writer.start()
    for _ in range(chosen.cuts):
        longest = max(longest, cuts.power_on())
        time.sleep(chance.uniform(0.3, 1.5))
        cuts.power_off()
        if cuts.run.over.is_set():
            break
    # What was interrupted is repeated in peace.
    cuts.power_on()
    time.sleep(2)
    cuts.run.over.set()
    for writer in cuts.writers:
        writer.join(30)
    failures = [f"writer {writer.number}: {writer.failure}" for writer in cuts.writers if writer.failure]
    cuts.power_off()
    acknowledged, lost = cuts.lost()
    cuts.ashore.start()
    wrong, tickets, seen = verify(cuts.ashore, cuts.writers)
    cuts.ashore.stop()
    findings, figures = cuts.ashore.audit()
    repeated = sum(writer.repeated for writer in cuts.writers)
    print(f"{chosen.cuts} power cuts: {lost} of {acknowledged} acknowledged commands lost ({repeated} acknowledged after "
          f"a repeat), {len(wrong)} lost or doubled in the record of {tickets} tickets, {seen} events; audit: "
          f"{figures['findings']} findings; back after {longest:.2f} s at most; {time.monotonic() - started:.0f} s in all")
    failures += wrong[:20] + [str(finding) for finding in findings[:20]]
    if lost:
        failures.append(f"{lost} acknowledged commands lost")
    if longest > RECOVERY_MAX:
        failures.append(f"nobody was answered for {longest:.2f} s")
    return failures + lied_to(cuts)


def lied_to(cuts):
    """The same server and load on a disk that lies about flushing: if nothing is lost, this test proves nothing."""
    cuts.run.over.clear()
    cuts.writers = [Writer(number + 100, cuts.run) for number in range(len(cuts.writers))]
    cuts.power_on()
    cuts.disk.lie.touch()
    for writer in cuts.writers:
        writer.start()
    time.sleep(2)
    cuts.power_off()
    cuts.run.over.set()
    for writer in cuts.writers:
        writer.join(30)
    cuts.disk.lie.unlink()
    acknowledged, lost = cuts.lost()
    print(f"control, ombud on a disk that lies: {lost} of {acknowledged} acknowledged commands lost")
    return [] if lost else ["a disk that lies lost nothing: the test does not bite"]


if __name__ == "__main__":
    sys.exit(main())
