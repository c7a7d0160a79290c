#!/usr/bin/env python3
"""Runs the commands of the README as they stand there, against the demonstration.

Blocks after `<!-- test: NAME -->` are taken: `five-calls` must end with a closed ticket, `routing` must find the changed
file clean, `publish` must be accepted. Only the port and the folder are put in place of those of the text.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from ombud_server import binary  # noqa: E402


def blocks():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return dict(re.findall(r"<!-- test: ([a-z-]+) -->\n```sh\n(.*?)```", text, re.DOTALL))


def serve(folder):
    """Starts `ombud demo` on a free port; the process and its address."""
    log = open(folder / "demo.log", "wb")
    environment = {**{name: value for name, value in os.environ.items() if not name.startswith("OMBUD_")}, "OMBUD_LANG": "en"}
    process = subprocess.Popen([binary(), "demo", "--tickets", "60", "--listen", "127.0.0.1:0"], cwd=folder, text=True,
                               stdout=subprocess.PIPE, stderr=log, env=environment)
    log.close()
    for line in process.stdout:
        found = re.search(r"answers at (http://127\.0\.0\.1:\d+)", line)
        if found:
            return process, found.group(1)
    sys.exit("the demonstration did not start: " + (folder / "demo.log").read_text(errors="replace"))


def run(name, text, folder, address):
    text = text.replace("http://127.0.0.1:8080", address)
    environment = {**os.environ, "PATH": f"{binary().parent}:{os.environ['PATH']}", "LANG": "en_GB.UTF-8"}
    done = subprocess.run(["bash", "-eu", "-c", text], cwd=folder, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        print(f"README, «{name}»: exit {done.returncode}\n{done.stdout}")
        return None
    return done.stdout


def main():
    found = blocks()
    wanted = {
        "five-calls": lambda out: '"type":"closed"' in out,
        "routing": lambda out: True,
        "publish": lambda out: '"active":true' in out.replace(" ", ""),
    }
    if set(found) != set(wanted):
        sys.exit(f"README has the blocks {sorted(found)}, expected {sorted(wanted)}")
    with tempfile.TemporaryDirectory(prefix="ombud-readme-") as temporary:
        folder = pathlib.Path(temporary)
        (folder / "workflows").symlink_to(ROOT / "workflows")
        process, address = serve(folder)
        try:
            failed = []
            for name, right in wanted.items():
                out = run(name, found[name], folder, address)
                if out is None or not right(out):
                    failed.append(name)
                    print(f"README, «{name}»: not as it should be\n{(out or '')[-2000:]}")
        finally:
            process.terminate()
            process.wait(30)
    print(f"README: {len(wanted) - len(failed)} of {len(wanted)} blocks do what they say")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
