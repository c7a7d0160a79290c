"""A real mail server (aiosmtpd) that keeps what it gets: one line of JSON for each mail, in the order of arrival.

    python sink.py PORT FILE
"""

import email
import email.policy
import hashlib
import json
import sys
import time

from aiosmtpd.controller import Controller


class Keep:
    """Appends each mail, parsed by Python's own library: an oracle that did not write it."""

    def __init__(self, path):
        self.file = open(path, "a", encoding="utf-8")

    async def handle_DATA(self, server, session, envelope):
        raw = envelope.content
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        part = lambda kind: mail.get_body((kind,)).get_content()
        record = {
            "at": time.time(),
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "key": str(mail["X-Ombud-Key"]),
            "message_id": str(mail["Message-ID"]),
            "subject": str(mail["Subject"]),
            "text": part("plain"),
            "html": part("html"),
            "hash": hashlib.sha256(raw).hexdigest(),
        }
        self.file.write(json.dumps(record, ensure_ascii=False) + "\n")
        self.file.flush()
        return "250 kept"


def main():
    port, path = int(sys.argv[1]), sys.argv[2]
    controller = Controller(Keep(path), hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    print("ready", flush=True)
    # Ends when whoever started it is gone, however that ended.
    sys.stdin.read()
    controller.stop()


if __name__ == "__main__":
    main()
