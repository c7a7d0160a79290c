#!/usr/bin/env python3
"""Sends what the API's own description allows, and what it does not, to the real server (TRUST A1).

    run.py [--requests 3000] [--seed 1] [--examples 20]

schemathesis reads the OpenAPI document of the running server and makes up requests in every phase it has: examples, the
borders of each schema, random ones, and chains in which one answer feeds the next request. It is run for one role after
the other, with and without numbers of tickets that exist, until so many requests have been answered. Each run fails when

- the server fails (5xx), answers with a status or a body that the description does not have,
- takes what the description forbids, or serves without a token what needs one.

Needs schemathesis (`scripts/install`). Prints a command with which a failure can be repeated.
"""

import argparse
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from ombud_server import Client, Server  # noqa: E402

VENV = ROOT / "target/venv/bin"
ADMINISTRATOR = "admin"
# Who asks: each sees and may do something else.
ROLES = [ADMINISTRATOR, "li", "sun", "boss", "head_south"]
CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
          "response_schema_conformance,negative_data_rejection,ignored_auth,use_after_free")
# Tickets that are there before the first request.
TICKETS = 12
# Somebody who shows no valid token is told so each time, not to come back later.
LIMITS = {"OMBUD_LIMITS_REFUSED_PER_MINUTE": "100000000", "OMBUD_LIMITS_REFUSED_AT_ONCE": "10000000"}
SETTINGS = """
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 415, 417, 422, 428, 429, 431]
"""


def lived_in(server):
    """Tickets in several states, and their numbers."""
    clients = {person: Client(server.port, server.token(person)) for person in ("li", "sun")}
    numbers = []
    for turn in range(TICKETS):
        values = {"place": "和平路12号", "summary": f"第{turn}件", "lead": "south_branch"}
        status, headers, read = clients["li"].send("POST", "/tickets", {"workflow": "errand", "values": values})
        assert status == 201, read
        number = read["ticket"]["number"]
        numbers.append(number)
        path = f"/tickets/{number}"
        for person, action, body in [("li", "/actions/submit", {}), ("li", "/actions/note", {"note": "来电"}),
                                     ("sun", "/tasks/1/actions/sign", {}),
                                     ("sun", "/tasks/1/actions/reply", {"values": {"result": "已修好"}})][:turn % 5]:
            status, headers, read = clients[person].send("POST", path + action, body, revision=headers.get("ETag"))
            assert status == 200, read
    return numbers


def answered(server):
    """Requests to the API so far, by the server's own count."""
    asked = urllib.request.Request(f"http://127.0.0.1:{server.port}/metrics",
                                   headers={"Authorization": f"Bearer {server.token(ADMINISTRATOR)}"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        text = answer.read().decode()
    return sum(float(line.split()[-1]) for line in text.splitlines()
               if line.startswith("ombud_http_request_duration_seconds_count"))


def description(server, folder):
    """The description as the server gives it. A request without a body counts as one with `{}`, everywhere; where nothing
    is required in a body, leaving it out is therefore no mistake, whatever the description says of it."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/api/v1/openapi.json", timeout=30) as answer:
        document = json.load(answer)
    schemas = document["components"]["schemas"]
    for operations in document["paths"].values():
        for operation in operations.values():
            body = operation.get("requestBody", {}) if isinstance(operation, dict) else {}
            for media, content in body.get("content", {}).items():
                if not media.endswith("json"):
                    # A text, and any text is one: `null` in a file of lines is the word.
                    content["schema"] = {}
                shape = schemas.get(content.get("schema", {}).get("$ref", "").rpartition("/")[2])
                if shape is not None and not shape.get("required"):
                    body["required"] = False
    file = pathlib.Path(folder) / "openapi.json"
    file.write_text(json.dumps(document))
    return file


def run(server, role, seed, examples, number, folder):
    """One run of schemathesis: its exit code and what it said."""
    settings = SETTINGS
    if number:
        settings += f'\n[parameters]\n"path.number" = "{number}"\n"header.If-Match" = "*"\n'
    file = pathlib.Path(folder) / "schemathesis.toml"
    file.write_text(settings)
    # A new one each time: a run may well revoke what it is given.
    token = server.token(role)
    base = f"http://127.0.0.1:{server.port}"
    command = [VENV / "schemathesis", "--config-file", file, "run", description(server, folder), "--url", base,
               "--header", f"Authorization: Bearer {token}", "--max-examples", examples, "--seed", seed,
               "--checks", CHECKS, "--phases", "examples,coverage,fuzzing,stateful", "--workers", "2",
               "--max-failures", "20", "--request-timeout", "30", "--no-color"]
    done = subprocess.run([str(word) for word in command], cwd=folder, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.replace(token, "TOKEN")


def is_own_fault(said):
    """The tool itself stumbled (Python 3.11 counts the depth of nested syntax wrongly), and found nothing."""
    kinds = re.findall(r"^\s+🚫 (.+): \d+$", said, re.MULTILINE)
    stumbled = "AST constructor recursion depth mismatch" in said and kinds == ["Runtime Error"]
    return stumbled and not re.search(r"^\s+❌ \S+ .+: \d+$", said, re.MULTILINE)


def troubles(said):
    """What failed, without the progress before it."""
    said = "\n".join(line[:300] for line in said.splitlines())
    places = [re.search(rf"^=+ {heading} =+$", said, re.MULTILINE) for heading in ("ERRORS", "FAILURES")]
    return "\n".join(said[place.start():][:6_000] for place in places if place) or said[-6_000:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=20)
    chosen = parser.parse_args()
    if not (VENV / "schemathesis").is_file():
        print("requests from the API's description: skipped, schemathesis is not installed (scripts/install)")
        return 0
    chance = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory(prefix="ombud-contract-") as folder, Server(folder, settings=LIMITS) as server:
        server.command("import", "organisation", ROOT / "tests/files/organisation_example.yaml", "--test-staff")
        server.start()
        server.publish("tests/kill/errand.yaml")
        numbers = lived_in(server)
        begin, before, sent, failures, stumbled, turn = time.monotonic(), answered(server), 0, 0, 0, 0
        while sent < chosen.requests:
            role = ROLES[turn % len(ROLES)]
            number = chance.choice(numbers) if turn % 2 else None
            code, said = run(server, role, chosen.seed + turn, chosen.examples, number, folder)
            sent = answered(server) - before
            print(f"{role}{', with a ticket' if number else ''}: exit {code}, "
                  f"{sent:.0f} requests so far, {time.monotonic() - begin:.0f} s", flush=True)
            if code != 0 and is_own_fault(said):
                stumbled += 1
            elif code != 0:
                failures += 1
                print(troubles(said), flush=True)
            if server.process.poll() is not None:
                print(f"the server is gone:\n{server.log()}")
                return 1
            if failures >= 3:
                break
            turn += 1
        server.stop()
        findings, figures = server.audit()
        print(f"{sent:.0f} requests, {failures} of {turn} runs with failures ({stumbled} in which the tool itself stumbled over "
              f"one route); audit: {figures['findings']} findings "
              f"in {figures['tickets']} tickets, {figures['events']} events")
        for finding in findings[:10]:
            print(f"  {finding}")
        return 1 if failures or findings else 0


if __name__ == "__main__":
    sys.exit(main())
