"""The mail server is away, then hangs, then is back (TRUST, P9): everything arrives, in order for each ticket, and the API
does not notice.      python outage.py path/to/ombud [SECONDS]
"""

import socket
import sys
import threading
import time

from rig import Rig, at

# How much slower than without an outage a command may be, at the 99th of a hundred; and a floor under which nobody cares.
SLOWER_MAX, FLOOR = 1.5, 0.05


class Tarpit(threading.Thread):
    """Takes connections and says nothing."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", port))
        self.connections = []

    def run(self):
        try:
            while True:
                self.connections.append(self.listener.accept()[0])
        except OSError:
            pass

    def end(self):
        # Closing alone leaves the port to the thread that waits in accept.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.connections:
            connection.close()


def submit(rig, seconds, numbers):
    """Opens and submits for so long; how long each command took."""
    took, until = [], time.time() + seconds
    while time.time() < until:
        begun = time.time()
        number = rig.open("水管爆裂")
        rig.call("li", "POST", f"/tickets/{number}/actions/submit", {}, headers=[("If-Match", "*")])
        took.append((time.time() - begun) / 2)
        numbers.append(number)
        time.sleep(0.05)
    return sorted(took)[int(len(took) * 0.99)]


def main():
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    numbers = []
    with Rig(sys.argv[1]) as rig:
        rig.found()
        rig.call("admin", "POST", "/roster", {"person": "zhang", "from": at(3 / 3600), "to": at(8)})
        time.sleep(3.5)
        before = submit(rig, min(20, seconds), numbers)
        rig.sink.kill()
        rig.sink.wait()
        refused = submit(rig, seconds / 2, numbers)
        tarpit = Tarpit(rig.smtp)
        tarpit.start()
        hung = submit(rig, seconds / 2, numbers)
        attempts = len(tarpit.connections)
        tarpit.end()
        rig.start_sink()
        back = time.time()
        while time.time() < back + 600:
            told = {number for number in numbers for mail in rig.mails(number) if mail["to"] == ["zhang@example.org"]}
            if len(told) == len(numbers):
                break
            time.sleep(0.5)
        took = time.time() - back
        out_of_order = 0
        for number in numbers:
            for to in {tuple(mail["to"]) for mail in rig.mails(number)}:
                seqs = [int(mail["key"].split(".")[1]) for mail in rig.mails(number) if tuple(mail["to"]) == to]
                out_of_order += seqs != sorted(seqs)
        print(f"{len(numbers)} tickets, {len(numbers) - len(told)} not told of after {took:.0f} s, {out_of_order} out of order; "
              f"a command at the 99th percentile: {before * 1000:.0f} ms before, {refused * 1000:.0f} ms refused, "
              f"{hung * 1000:.0f} ms hung; {attempts} attempts while it hung")
        assert len(told) == len(numbers) and not out_of_order
        assert max(refused, hung) <= max(before * SLOWER_MAX, FLOOR)
        # A few connections at once, then one for each pause.
        assert attempts <= 4 + seconds, attempts
        assert rig.stop_server() == 0


if __name__ == "__main__":
    main()
