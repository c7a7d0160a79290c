#!/usr/bin/env python3
"""Lets single calls of the real server to its disk fail, or kills it at them, all along a ticket's life (TRUST P3).

    run.py [--step 7] [--first 1] [--kinds kill,EIO,ENOSPC]

For each kind of fault and each of the calls that write or flush, a server on a fresh database is traced (strace) and the
N-th such call of a thread kills it, or fails; N goes up in steps until a life of twelve commands reaches no such call
any more. A fault that lasts is tried as well. It must hold that

- whoever asks is answered with success or 503, never with another failure, and after a failure of the disk first with 503,
- the same request, sent again with its key, succeeds within five seconds; the server that ended has ended with a failure,
- each of the twelve commands then stands in the record once, and `ombud audit` has no finding.

Without strace, or where it may not trace, it says so and ends well.
"""

import argparse
import collections
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path += [str(ROOT / "scripts"), str(ROOT / "tests/kill")]
from ombud_server import Client, Server  # noqa: E402

# What writes and flushes: the log and, at a checkpoint, the database.
CALLS = ["pwrite64", "fdatasync,fsync"]
FAULTS = {"kill": "signal=SIGKILL", "EIO": "error=EIO", "ENOSPC": "error=ENOSPC"}
RECOVERY_MAX = 5.0
NOTES = 8
EXPECTED = {"opened": 1, "did": 1, "noted": NOTES, "task_signed": 1, "task_replied": 1}
# More calls than a life makes: something is wrong when this many are reached.
CALLS_MAX = 2_000


class Tracer:
    """strace on all threads of a server; its faults begin when it is attached."""

    def __init__(self, server, calls, fault, when, folder):
        self.log = folder / "strace.log"
        inject = f"inject={calls}:{FAULTS[fault]}:when={when}"
        self.process = subprocess.Popen(["strace", "-f", "-qq", "-o", self.log, "-e", f"trace={calls}", "-e", inject,
                                         "-p", str(server.process.pid)], stderr=subprocess.PIPE, text=True)
        tasks = pathlib.Path(f"/proc/{server.process.pid}/task")
        for _ in range(500):
            if self.process.poll() is not None:
                raise SystemExit(f"strace: {self.process.stderr.read()}")
            traced = ["TracerPid:\t0\n" not in (task / "status").read_text() for task in tasks.iterdir()]
            if traced and all(traced):
                return
            time.sleep(0.01)
        raise SystemExit("strace did not attach")

    def end(self):
        """Detaches; the faults are over."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def injected(self):
        return "INJECTED" in self.log.read_text()


class Life:
    """Twelve commands, one after the other, each sent until it is acknowledged."""

    def __init__(self, server, tokens, restart, calm):
        self.server, self.tokens, self.restart, self.calm = server, tokens, restart, calm
        self.answers, self.slowest, self.problems = collections.Counter(), 0.0, []
        self.restarts = 0

    def live(self):
        values = {"place": "和平路12号", "summary": "故障", "lead": "south_branch"}
        read, tag = self.send("/tickets", {"workflow": "errand", "values": values}, None, "li")
        self.number = read["ticket"]["number"]
        path = f"/tickets/{self.number}"
        _, tag = self.send(f"{path}/actions/submit", {}, tag, "li")
        for note in range(NOTES):
            _, tag = self.send(f"{path}/actions/note", {"note": f"n{note}"}, tag, "li")
        _, tag = self.send(f"{path}/tasks/1/actions/sign", {}, tag, "sun")
        self.send(f"{path}/tasks/1/actions/reply", {"values": {"result": "已修好"}}, tag, "sun")

    def send(self, path, body, tag, person):
        key, begin = uuid.uuid4().hex, time.monotonic()
        while True:
            try:
                client = Client(self.server.port, self.tokens[person], timeout=10)
                status, headers, read = client.send("POST", path, body, key=key, revision=tag)
                client.close()
            except OSError:
                self.answers["none"] += 1
                self.revive()
                status = None
            if status is not None:
                self.answers[status] += 1
                if 200 <= status < 300:
                    self.slowest = max(self.slowest, time.monotonic() - begin)
                    return read, headers.get("ETag")
                if status == 503:
                    self.calm()
                if status not in (503, 409):
                    raise RuntimeError(f"{path}: {status} {str(read)[:300]}")
            if time.monotonic() - begin > RECOVERY_MAX:
                raise RuntimeError(f"{path}: not acknowledged within {RECOVERY_MAX:.0f} s: {dict(self.answers)}")
            time.sleep(0.02)

    def revive(self):
        """A server that ended is started again; it must have ended with a failure."""
        try:
            code = self.server.process.wait(0.2)
        except subprocess.TimeoutExpired:
            return
        if code == 0:
            self.problems.append("the server ended as if all were well")
        self.restarts += 1
        self.restart()


class Bench:
    """A prepared database, copied for each fault."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.ready = self.folder / "ready"
        server = Server(self.ready)
        server.command("import", "organisation", ROOT / "tests/files/organisation_example.yaml", "--test-staff")
        server.start()
        server.publish("tests/kill/errand.yaml")
        self.tokens = {person: server.token(person) for person in ("li", "sun")}
        server.stop()

    def try_out(self, calls, fault, when):
        """Whether the fault was set off, what was answered, what is wrong."""
        place = self.folder / "now"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.ready, place)
        server = Server(place).start()
        tracer = Tracer(server, calls, fault, when, self.folder)

        def restart():
            # Without the tracer: the fault is over.
            server.process.stdout.close()
            server.start()

        # Calls are counted for each thread: the fresh one of a renewed connection must not fail again.
        life = Life(server, self.tokens, restart, tracer.end)
        lasting = str(when).endswith("+")
        problems = []
        try:
            if lasting:
                problems += self.while_it_lasts(server)
                tracer.end()
            life.live()
        except RuntimeError as error:
            problems.append(str(error))
        tracer.end()
        hit = tracer.injected() or life.restarts > 0
        if server.process.poll() is None:
            server.kill()
        problems += life.problems
        if not problems:
            problems += self.judge(server, place, life)
        return hit, life, problems

    def while_it_lasts(self, server):
        """Nothing can be saved: nobody may be told that it was."""
        client = Client(server.port, self.tokens["li"], timeout=10)
        values = {"place": "和平路12号", "summary": "不能存", "lead": "south_branch"}
        problems = []
        for attempt in range(5):
            begin = time.monotonic()
            try:
                status, _, read = client.send("POST", "/tickets", {"workflow": "errand", "values": values},
                                              key=f"lasting-{attempt}")
            except OSError as error:
                return [f"no answer while the disk fails: {error}"]
            if status != 503:
                problems.append(f"answered {status} while the disk fails: {str(read)[:200]}")
            if time.monotonic() - begin > RECOVERY_MAX:
                problems.append(f"an answer took {time.monotonic() - begin:.1f} s while the disk fails")
        return problems

    def judge(self, server, place, life):
        with sqlite3.connect(place / "ombud.db") as db:
            rows = db.execute("select e.type, count(*) from events e join tickets t on t.id = e.ticket "
                              "where t.number = ? group by e.type", (life.number,))
            done = dict(rows.fetchall())
        wrong = [f"«{what}» {done.get(what, 0)} times instead of {count}"
                 for what, count in EXPECTED.items() if done.get(what, 0) != count]
        findings, _ = server.audit()
        return wrong + [str(finding)[:300] for finding in findings]


def why_not():
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True, text=True)
    return f"strace may not trace: {tried.stderr.strip()}" if tried.returncode != 0 else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--step", type=int, default=7)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--kinds", default=",".join(FAULTS))
    chosen = parser.parse_args()
    reason = why_not()
    if reason:
        print(f"faults of the disk: skipped, {reason}")
        return 0
    failed, points = 0, 0
    with tempfile.TemporaryDirectory(prefix="ombud-faults-") as folder:
        bench = Bench(folder)
        for fault in chosen.kinds.split(","):
            for calls in CALLS:
                answers, slowest, tried = collections.Counter(), 0.0, 0
                # A life flushes once for every thirty writes.
                step = chosen.step if calls == "pwrite64" else max(1, chosen.step // 30)
                moments = [*range(chosen.first, CALLS_MAX, step)]
                for when in ["1+", *moments] if fault != "kill" else moments:
                    hit, life, problems = bench.try_out(calls, fault, when)
                    for line in problems[:5]:
                        print(f"  {fault} at {calls} {when}: {line}")
                    failed += 1 if problems else 0
                    if not hit:
                        break
                    tried += 1
                    answers += life.answers
                    slowest = max(slowest, life.slowest)
                told = ", ".join(f"{count} × {status}" for status, count in sorted(answers.items(), key=str))
                print(f"{fault} at {calls}: {tried} places up to call {when}; answers {told or 'none'}; "
                      f"acknowledged after {slowest:.2f} s at most", flush=True)
                points += tried
    print(f"{points} faults, {failed} of them did harm")
    return 1 if failed or points == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
