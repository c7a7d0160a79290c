#!/usr/bin/env python3
"""A help desk's event log for tests: made up from a seed, or looked at as a state machine.

    helpdesk_log.py make    --cases 200 --seed 1 --out log.csv     a made-up log of the public log's shape
    helpdesk_log.py machine log.csv --out machine.json             the smallest machine that covers a log
    helpdesk_log.py refused log.csv --only kept.json               how many cases need another transition
    helpdesk_log.py kept    log.csv --least 5 --out kept.json      a negative control: only the usual transitions

`make` is no model of any real desk: it walks a small table of weights that names the same activities, so that the
workflow made from the public log (tests/files/helpdesk.yaml) accepts every case. The same seed gives the same bytes.
Files ending in .gz are read packed. Only the standard library.
"""

import argparse
import collections
import csv
import datetime
import gzip
import json
import random
import sys

START = "__start__"
COLUMNS = ["case_id", "activity", "timestamp", "resource", "seriousness_2", "service_level", "service_type",
           "support_section", "responsible_section", "workgroup", "customer", "product"]
# Activity: what may follow, with a weight. `END` ends the case where it stands. Weights are round and invented.
END = ""
FOLLOWS = {
    START: [("Assign seriousness", 90), ("Insert ticket", 4), ("Take in charge ticket", 3), ("Resolve ticket", 1),
            ("Create SW anomaly", 1), ("Wait", 1)],
    "Insert ticket": [("Assign seriousness", 8), ("Wait", 1), ("Take in charge ticket", 1)],
    "Assign seriousness": [("Take in charge ticket", 80), ("Assign seriousness", 8), ("Resolve ticket", 6), ("Wait", 4),
                           ("Require upgrade", 1), ("Create SW anomaly", 1)],
    "Take in charge ticket": [("Resolve ticket", 65), ("Wait", 25), ("Take in charge ticket", 4), ("Require upgrade", 3),
                              ("Create SW anomaly", 2), ("Schedule intervention", 1)],
    "Wait": [("Resolve ticket", 50), ("Take in charge ticket", 40), ("Wait", 8), ("Require upgrade", 1), (END, 1)],
    "Require upgrade": [("Resolve ticket", 7), ("Require upgrade", 1), ("Wait", 1), ("Take in charge ticket", 1)],
    "Create SW anomaly": [("Resolve ticket", 6), ("Require upgrade", 2), ("Resolve SW anomaly", 2)],
    "Resolve SW anomaly": [("Resolve ticket", 2), ("Resolve SW anomaly", 1), ("Require upgrade", 1)],
    "Schedule intervention": [("Resolve ticket", 3), ("Take in charge ticket", 1)],
    "Resolve ticket": [("Closed", 90), ("Resolve ticket", 5), ("Take in charge ticket", 3), ("Wait", 1), ("RESOLVED", 1)],
    "RESOLVED": [("INVALID", 1)],
    "INVALID": [("Closed", 1), ("VERIFIED", 1)],
    "VERIFIED": [("Closed", 2), ("DUPLICATE", 1)],
    "DUPLICATE": [("Resolve ticket", 1)],
    "Closed": [(END, 94), ("Closed", 3), ("Take in charge ticket", 2), ("VERIFIED", 1)],
}
EVENTS_MAX = 40        # of one case; the rest of a longer walk is cut
FIRST = datetime.datetime(2012, 1, 2, 8, 0, tzinfo=datetime.timezone.utc)
SAME_TIME_SHARE = 0.01  # events at the very second of the one before: order is the file's, not the clock's


def walk(chance):
    """The activities of one case."""
    place, activities = START, []
    while len(activities) < EVENTS_MAX:
        names, weights = zip(*FOLLOWS[place])
        place = chance.choices(names, weights)[0]
        if place == END:
            break
        activities.append(place)
    return activities


def make(cases, seed):
    """Rows of a log, case by case, each case in the order of its events."""
    chance = random.Random(seed)
    for number in range(1, cases + 1):
        at = FIRST + datetime.timedelta(seconds=chance.randrange(300 * 86_400))
        customer, product = chance.randrange(1, 60), chance.randrange(1, 20)
        for place, activity in enumerate(walk(chance)):
            if place and chance.random() >= SAME_TIME_SHARE:
                at += datetime.timedelta(seconds=int(chance.expovariate(1 / 200_000)) + 1)
            row = [f"Case {number}", activity, at.isoformat(sep=" "), f"Value {chance.randrange(1, 23)}"]
            row += [f"Value {chance.randrange(1, most)}" for most in (5, 5, 4, 5, 6, 5)]
            yield row + [f"Value {customer}", f"Value {product}"]


def opened(path):
    return gzip.open(path, "rt", encoding="utf-8", newline="") if path.endswith(".gz") else open(path, encoding="utf-8", newline="")


def traces(path):
    """Activities by case, in the order of the file."""
    found = collections.OrderedDict()
    with opened(path) as file:
        for row in csv.DictReader(file):
            found.setdefault(row["case_id"], []).append(row["activity"])
    return found


def state_before(trace, place):
    return START if place == 0 else "after:" + trace[place - 1]


def machine_of(found):
    counts = collections.Counter((state_before(trace, place), activity)
                                 for trace in found.values() for place, activity in enumerate(trace))
    moves = sorted(counts, key=lambda move: (move[0] != START, move[0], -counts[move], move[1]))
    ends = collections.Counter(trace[-1] for trace in found.values())
    return {
        "states": sorted({"after:" + activity for _, activity in moves}),
        "transitions": [{"from": start, "action": action, "to": "after:" + action, "count": counts[start, action]}
                        for start, action in moves],
        "finals": sorted(ends),
        "final_counts": dict(sorted(ends.items())),
    }


def refused(found, kept):
    return sum(any((state_before(trace, place), activity) not in kept for place, activity in enumerate(trace))
               for trace in found.values())


def without_dead_ends(kept):
    """A workflow refuses a state with no way out: what leads only there is rare too, and goes with it."""
    while True:
        left = {start for start, _ in kept}
        alive = [move for move in kept if move[1] == "Closed" or "after:" + move[1] in left]
        if len(alive) == len(kept):
            return kept
        kept = alive


def write_json(value, path):
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    if not path:
        sys.stdout.write(text)
        return
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        out.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ways = parser.add_subparsers(dest="way", required=True)
    way = ways.add_parser("make")
    way.add_argument("--cases", type=int, default=200)
    way.add_argument("--seed", type=int, default=1)
    way.add_argument("--out")
    way = ways.add_parser("machine")
    way.add_argument("log")
    way.add_argument("--out")
    way = ways.add_parser("kept")
    way.add_argument("log")
    way.add_argument("--least", type=int, default=5, help="leave out transitions that are rarer than this")
    way.add_argument("--out")
    way = ways.add_parser("refused")
    way.add_argument("log")
    way.add_argument("--only", required=True, metavar="KEPT")
    chosen = parser.parse_args()

    if chosen.way == "make":
        out = open(chosen.out, "w", encoding="utf-8", newline="") if chosen.out else sys.stdout
        with out:
            rows = csv.writer(out, lineterminator="\n")
            rows.writerow(COLUMNS)
            rows.writerows(make(chosen.cases, chosen.seed))
    elif chosen.way == "machine":
        write_json(machine_of(traces(chosen.log)), chosen.out)
    elif chosen.way == "kept":
        machine = machine_of(traces(chosen.log))
        kept = without_dead_ends(
            [[move["from"], move["action"]] for move in machine["transitions"] if move["count"] >= chosen.least])
        write_json({"kept": kept, "cases_refused": refused(traces(chosen.log), {tuple(move) for move in kept})}, chosen.out)
    else:
        with open(chosen.only, encoding="utf-8") as file:
            kept = {tuple(move) for move in json.load(file)["kept"]}
        print(refused(traces(chosen.log), kept))


if __name__ == "__main__":
    main()
