#!/usr/bin/env python3
"""Makes a workflow file from a state machine that was read off a help desk's event log.

    helpdesk_workflow.py machine.json [--only kept.json] [--id helpdesk] [--out helpdesk.yaml]

machine.json: {"states": [...], "transitions": [{"from", "action", "to", "count"}, ...]}, where a case begins in
`__start__` and each state is `after:ACTIVITY`. kept.json: {"kept": [["from", "action"], ...]} leaves only those
transitions, which is the negative control: cases that need another one must be refused.

How a log becomes a workflow (the head of the written file says it again):
- a ticket opens in the state `new`; the first activity of the case is an action there;
- each activity is an action of the same name, declared in every state in which the log has it, and leads into a state
  named after it; the same activity twice in a row stays;
- `Closed` closes the ticket; what the log has after it stands under `after_close`: `Closed` again leaves it closed,
  any other activity reopens the ticket into the state named after it.
"""

import argparse
import collections
import json
import re
import sys

START = "__start__"
CLOSING = "Closed"
NEW = "new"
FIELDS = ["case_id", "seriousness", "service_level", "service_type", "support_section", "responsible_section",
          "workgroup", "customer", "product"]
FIELD_TITLES = {
    "case_id": "案件编号", "seriousness": "严重程度", "service_level": "服务级别", "service_type": "服务类型",
    "support_section": "支持科室", "responsible_section": "负责科室", "workgroup": "工作组", "customer": "客户",
    "product": "产品",
}
TITLES = {
    "Assign seriousness": "定级", "Closed": "关闭", "Create SW anomaly": "登记软件缺陷", "DUPLICATE": "标为重复",
    "INVALID": "标为无效", "Insert ticket": "录入工单", "RESOLVED": "标为已解决", "Require upgrade": "要求升级",
    "Resolve SW anomaly": "解决软件缺陷", "Resolve ticket": "解决工单", "Schedule intervention": "安排上门",
    "Take in charge ticket": "受理工单", "VERIFIED": "标为已核实", "Wait": "等待",
}
# Longest walk of a story; longer ones are begun anew so that a failure names a short way.
STORY_STEPS_MAX = 12


def identifier(activity):
    """`Create SW anomaly` becomes `create_sw_anomaly`."""
    words = re.sub(r"[^a-z0-9]+", "_", activity.lower()).strip("_")
    return words if words and words[0].isalpha() else "a_" + words


def activity_of(state):
    return state.removeprefix("after:")


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def title(zh, en):
    return "{zh: %s, en: %s}" % (quoted(zh), quoted(en))


def zh_of(activity):
    return TITLES.get(activity, activity)


def read_machine(path, only):
    with open(path, encoding="utf-8") as file:
        machine = json.load(file)
    moves = [(one["from"], one["action"], one["to"]) for one in machine["transitions"]]
    if only:
        with open(only, encoding="utf-8") as file:
            kept = {(a, b) for a, b in json.load(file)["kept"]}
        unknown = kept - {(a, b) for a, b, _ in moves}
        if unknown:
            sys.exit(f"{only}: transitions that are not in {path}: {sorted(unknown)}")
        moves = [move for move in moves if (move[0], move[1]) in kept]
    targets = {}
    for start, action, end in moves:
        if end != "after:" + action:
            sys.exit(f"{path}: {action} leads to {end}; only machines whose states are `after:ACTIVITY` can be written")
        if (start, action) in targets:
            sys.exit(f"{path}: {start} has {action} twice")
        targets[start, action] = end
    return reachable(moves)


def reachable(moves):
    """Only what can be reached from the start: the checker would rightly complain about the rest (S02)."""
    leaving = collections.defaultdict(list)
    for move in moves:
        leaving[move[0]].append(move)
    seen, waiting, found = {START}, [START], []
    while waiting:
        for move in leaving[waiting.pop(0)]:
            found.append(move)
            if move[2] not in seen:
                seen.add(move[2])
                waiting.append(move[2])
    order = {move: place for place, move in enumerate(moves)}
    return sorted(found, key=order.get)


def stories(moves):
    """Walks from the opening that take every transition at least once, each as short as it can be."""
    leaving = collections.defaultdict(list)
    for move in moves:
        leaving[move[0]].append(move)
    missing = set(moves)
    walks = []
    while missing:
        walk, place = [], START
        while len(walk) < STORY_STEPS_MAX:
            way = way_to_missing(leaving, place, missing)
            if way is None or (walk and len(walk) + len(way) > STORY_STEPS_MAX):
                break
            walk += way
            missing -= set(way)
            place = walk[-1][2]
        if not walk:
            sys.exit(f"not reachable from the start: {sorted(missing)}")
        walks.append(walk)
    return walks


def way_to_missing(leaving, place, missing):
    """The shortest way from `place` whose last step has not been walked yet."""
    waiting, seen = collections.deque([(place, [])]), {place}
    while waiting:
        here, way = waiting.popleft()
        for move in leaving[here]:
            if move in missing:
                return way + [move]
        for move in leaving[here]:
            if move[2] not in seen:
                seen.add(move[2])
                waiting.append((move[2], way + [move]))
    return None


def step_of(move, own):
    start, action, end = move
    if action == CLOSING:
        return "stay: true" if activity_of(start) == CLOSING else "close: closed"
    return "stay: true" if end == own else "to: " + identifier(action)


def action_line(move, indent):
    start, action, _ = move
    # A ticket is known by its case (R4): the first activity needs the number, the later ones may mend the rest.
    fields = "require: [%s], ask: [%s]" % (FIELDS[0], ", ".join(FIELDS[1:]))
    return "%s%s: {title: %s, by: desk, %s, %s}" % (
        " " * indent, identifier(action), title(zh_of(action), action), fields, step_of(move, start))


def write(moves, workflow, out):
    leaving = collections.OrderedDict()
    for move in moves:
        leaving.setdefault(move[0], []).append(move)
    closed = "after:" + CLOSING
    states = [START] + [state for state in collections.OrderedDict.fromkeys(move[2] for move in moves)
                        if state != closed]
    say = lambda line="": print(line, file=out)

    say("# Made by scripts/helpdesk_workflow.py from the state machine of a help desk's event log; do not edit by hand.")
    say("#")
    for line in __doc__.split("How a log becomes a workflow (the head of the written file says it again):\n")[1].rstrip().splitlines():
        say("# " + line)
    say("# Cases whose last activity is not `Closed` stay open: that is what the log says of them.")
    say("#")
    say("# activity                  action, state")
    for activity in sorted({move[1] for move in moves}):
        say("# %-25s %s" % (activity, identifier(activity) + (" (closes)" if activity == CLOSING else "")))
    say("ombud: 1")
    say("workflow: " + workflow)
    say("version: 1")
    say("title: " + title("帮助台", "Help desk"))
    say('subject: "{case_id}"')
    say("number_prefix: HD")
    say()
    say("fields:")
    for field in FIELDS:
        say("  %s: {type: text, max: 80, title: %s}" % (field, title(FIELD_TITLES[field], field.replace("_", " ").capitalize())))
    say()
    say("people:")
    say("  desk:    {role: agent, else: manager}")
    say("  manager: {role: manager, always: true}")
    say()
    say("start: " + NEW)
    say("states:")
    for state in states:
        activity = activity_of(state)
        name = NEW if state == START else identifier(activity)
        shown = title("新建", "New") if state == START else title("已" + zh_of(activity), "After " + activity)
        say("  %s:" % name)
        say("    title: " + shown)
        say("    owner: desk")
        if state in leaving:
            say("    actions:")
        for move in leaving.get(state, []):
            say(action_line(move, 6))
    if closed in leaving:
        say()
        say("after_close:")
        for move in leaving[closed]:
            say(action_line(move, 2))
    say()
    say("outcomes:")
    say("  closed: {title: %s, counts_as: unknown}" % title("已关闭", "Closed"))
    say("  duplicate: {title: %s, counts_as: not_counted}" % title("并案", "Duplicate, merged"))
    say()
    say("clocks:")
    say("  open:")
    say("    title: " + title("在办时长", "Open"))
    say("    runs_in: open")
    say("    from: opened")
    say("    limit: 60 days")
    say("    ladder:")
    say("      - {at: 80%, tell: desk, say: due_soon}")
    say("      - {at: 100%, tell: manager, say: overdue}")
    say()
    say("messages:")
    say('  due_soon: {zh: "工单{number}「{clock}」还剩{left}", en: "{number}: {left} left for {clock}"}')
    say('  overdue: {zh: "工单{number}「{clock}」已超时{over}", en: "{number}: {clock} is overdue by {over}"}')
    say()
    say("samples:")
    say('  one: {case_id: "Case 1", product: "Value 1"}')
    say()
    say("tests:")
    for number, walk in enumerate(stories(moves), 1):
        say("  - name: Walk %d, %s" % (number, identifier(walk[0][1])))
        say("    given: {now: 2012-10-09 14:50, on_duty: []}")
        say("    steps:")
        say("      - {when: li creates one, then: {state: %s}}" % NEW)
        for move in walk:
            after = "closed: closed" if move[1] == CLOSING else "state: " + identifier(move[1])
            say("      - {when: li does %s, then: {%s}}" % (identifier(move[1]), after))
    say("  - name: A ticket left alone is told of before and at the limit")
    say("    given: {now: 2012-10-09 14:50, on_duty: []}")
    say("    steps:")
    say("      - {when: li creates one}")
    say("      - {when: 48 days, then: {tell: li, say: due_soon}}")
    say("      - {when: 12 days, then: {tell: boss, say: overdue, late: [open]}}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("machine", help="state machine as JSON")
    parser.add_argument("--only", metavar="KEPT", help="JSON with the transitions to keep")
    parser.add_argument("--id", default="helpdesk", help="id of the workflow (default: helpdesk)")
    parser.add_argument("--out", help="file to write; standard output without")
    chosen = parser.parse_args()
    moves = read_machine(chosen.machine, chosen.only)
    if chosen.out:
        with open(chosen.out, "w", encoding="utf-8", newline="\n") as out:
            write(moves, chosen.id, out)
    else:
        write(moves, chosen.id, sys.stdout)


if __name__ == "__main__":
    main()
