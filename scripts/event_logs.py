#!/usr/bin/env python3
"""Has our event logs read by a foreign program, and compares what it counts with what the database holds.

    scripts/event_logs.py OMBUD [TICKETS]

Fills a database with TICKETS (1,000) tickets, exports all of their history as XES and as OCEL 2.0, and reads both with
`process_mining`, a Rust library, through its Python package `r4pm` in an environment of its own under `target/`. Nothing
of it is a part of ombud. Counts of traces, events and objects must agree.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time
import venv

PACKAGE = "r4pm==0.6.2"
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "target" / "event-logs"


def environment():
    """The interpreter of an environment with the package in it."""
    python = FOLDER / "bin" / "python"
    if not python.exists():
        venv.create(FOLDER, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE], check=True)
    return python


def counted(xes, ocel):
    """What the foreign program finds in both files. Runs inside the environment."""
    import r4pm

    by_name = {binding["name"]: binding["id"] for binding in r4pm.list_bindings()}
    call = lambda name, **arguments: r4pm.call_binding(by_name[name], json.dumps(arguments))
    plain = lambda answer: json.loads(answer) if isinstance(answer, str) else answer
    traces = r4pm.import_item("EventLogActivityProjection", xes)
    variants = plain(call("get_variants", projection=traces))
    events = sum(variant.get("frequency", variant.get("count")) * len(variant["activities"]) for variant in variants)
    objects = r4pm.import_item("SlimLinkedOCEL", ocel)
    return {
        "traces": plain(call("get_num_cases", projection=traces)),
        "events of XES": events,
        "events of OCEL": plain(call("num_events", ocel=objects)),
        "objects": plain(call("num_objects", ocel=objects)),
    }


def main():
    if sys.argv[1:2] == ["--count"]:
        print(json.dumps(counted(*sys.argv[2:4])))
        return
    ombud, tickets = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    python = environment()
    with tempfile.TemporaryDirectory(prefix="ombud-logs-") as folder:
        folder = pathlib.Path(folder)
        database = f"sqlite:{folder / 'ombud.db'}?mode=rwc"
        run = lambda *arguments: subprocess.run([ombud, *map(str, arguments)], check=True, text=True, capture_output=True)
        run("bench", "--fill", database, "--tickets", tickets)
        for kind, name in (("xes", "log.xes"), ("ocel", "log.json")):
            start = time.monotonic()
            run("export", kind, folder / name, "--all", "--database", database)
            print(f"{name}: {(folder / name).stat().st_size >> 10} KiB in {time.monotonic() - start:.1f} s")
        said = json.loads(run("audit", "--format", "json", "--database", database).stdout.splitlines()[-1])
        log = json.loads((folder / "log.json").read_bytes())
        read = subprocess.run([python, __file__, "--count", folder / "log.xes", folder / "log.json"], check=True, text=True,
                              capture_output=True)
        found = json.loads(read.stdout.splitlines()[-1])
    expected = {
        "traces": said["tickets"],
        "events of XES": said["events"],
        "events of OCEL": said["events"],
        "objects": len(log["objects"]),
    }
    print(json.dumps(found))
    if found != expected:
        raise SystemExit(f"expected {json.dumps(expected)}")


if __name__ == "__main__":
    main()
