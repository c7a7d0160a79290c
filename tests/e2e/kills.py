"""Mails and messages are told at least once, under a stable key, whatever kills the server (TRUST, P8).

While tickets are opened and submitted (each submission tells the shift lead), the server is killed at random and
started again. Afterwards: nothing is missing, repeats are at most as many as kills could cause, and repeats have the same
bytes. With a last argument `digest` the mails to the shift lead are gathered: each ticket then stands in one of them only.

    python kills.py path/to/ombud [KILLS] [SEED] [digest]
"""

import collections
import random
import sys
import threading
import time

from rig import Rig, at

CONNECTIONS = 4


class Client(threading.Thread):
    """Opens and submits until told to stop; what was not acknowledged is asked again under the same key."""

    def __init__(self, rig):
        super().__init__(daemon=True)
        self.rig, self.stop, self.acknowledged, self.failure = rig, False, [], None

    def until_answered(self, *call, **more):
        while True:
            try:
                return self.rig.call(*call, **more)
            except (OSError, ConnectionError) as error:
                if isinstance(error, AssertionError):
                    raise
                time.sleep(0.05)
            except Exception as error:  # the line was cut in the middle of an answer
                if isinstance(error, AssertionError):
                    raise
                time.sleep(0.05)

    def run(self):
        try:
            while not self.stop:
                key = f"kill-{len(self.acknowledged)}"
                values = {"place": "和平路12号", "summary": "水管爆裂", "lead": "finance"}
                ticket = self.until_answered(
                    "li", "POST", "/tickets", {"workflow": "quick", "values": values},
                    headers=[("Idempotency-Key", key)],
                )
                number = ticket["ticket"]["number"]
                self.until_answered(
                    "li", "POST", f"/tickets/{number}/actions/submit", {},
                    headers=[("If-Match", "*"), ("Idempotency-Key", key + "-submit")],
                )
                self.acknowledged.append(number)
        except BaseException as error:
            self.failure = error


def main():
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    gathered = "digest" in sys.argv[4:]
    dice = random.Random(seed)
    with Rig(sys.argv[1], digest_after=5 if gathered else 0) as rig:
        rig.found()
        rig.call("admin", "POST", "/roster", {"person": "zhang", "from": at(3 / 3600), "to": at(8)})
        time.sleep(3.5)  # A shift begins at the earliest now.
        client = Client(rig)
        client.start()
        for _ in range(kills):
            time.sleep(dice.uniform(0.3, 1.5))
            assert client.failure is None, client.failure
            rig.kill_server()
            rig.start_server()
        time.sleep(0.5)
        client.stop = True
        client.join(timeout=30)
        assert client.failure is None and not client.is_alive(), client.failure

        expected = set(client.acknowledged)
        messages = lambda: list(rig.receiver.messages)
        ways = {
            "mails": (rig.mails, lambda mail: "待审核" in mail["text"], lambda mail: mail["subject"] + mail["text"]),
            "messages": (messages, lambda message: "待审核" in message["text"], lambda message: message["ticket"]),
        }
        for way, (arrived, tells, names) in ways.items():
            until = time.time() + (150 if gathered else 60)
            while True:
                about = [names(one) for one in arrived() if tells(one)]
                told = {number for number in expected if any(number in subject for subject in about)}
                if told == expected or time.time() > until:
                    break
                time.sleep(0.5)
            missing = expected - told
            hashes = collections.defaultdict(set)
            for one in arrived():
                hashes[one["key"]].add(one["hash"])
            repeats = len(arrived()) - len(hashes)
            changed = [key for key, found in hashes.items() if len(found) > 1]
            print(f"seed {seed}: {kills} kills, {way}: {len(expected)} told, {len(missing)} missing, {repeats} repeats, "
                  f"{len(changed)} repeats with other bytes")
            if gathered and way == "mails":
                digests = [one for one in arrived() if one["key"].startswith("digest")]
                tells_of = collections.Counter(
                    number for key, text in {one["key"]: names(one) for one in arrived() if tells(one)}.items()
                    for number in expected if number in text)
                doubled = [number for number, count in tells_of.items() if count > 1]
                print(f"  {len({one['key'] for one in digests})} digests, {len(doubled)} tickets told of twice")
                assert digests and not doubled, doubled
            assert not missing, sorted(missing)
            assert not changed, changed
            assert repeats <= kills * CONNECTIONS, repeats
        assert rig.stop_server() == 0


if __name__ == "__main__":
    main()
