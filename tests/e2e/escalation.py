"""An unfinished ticket reaches the shift lead by mail; with nobody on duty, the head of the department.

Real binary, real mail server, real clock, limits of seconds:  python escalation.py path/to/ombud
"""

import sys
import time

from rig import Rig, at

# The slowest a mail may be after its moment; the machine may be busy.
LATE_MAX = 3.0


def main():
    with Rig(sys.argv[1]) as rig:
        rig.found()
        shift = rig.call("admin", "POST", "/roster", {"person": "zhang", "from": at(3 / 3600), "to": at(8)})
        time.sleep(3.5)  # A shift begins at the earliest now.

        opened = time.time()
        number = rig.open("水管爆裂")
        told = {}
        for person, due in (("li", 2), ("zhang", 4), ("boss", 7)):
            mail = rig.wait_for(number, person, due + LATE_MAX)
            late = mail["at"] - opened - due
            assert -0.5 < late < LATE_MAX, f"{person} was told {late:.2f} s late"
            told[person] = mail
            print(f"{number}: {person} told {late:.2f} s after the moment: {mail['subject']}")
        mail = told["zhang"]
        assert mail["subject"] == f"【已超时】{number} 填单时限：和平路12号：水管爆裂", mail["subject"]
        for expected in (number, "填单时限", "已超时", "您是值班长，所以通知您", f"https://ombud.example.org/tickets/{number}"):
            assert expected in mail["text"], f"{expected} is missing in:\n{mail['text']}"
        assert mail["message_id"] == f"<{mail['key']}@example.org>", mail
        for mail in told.values():
            assert "孙大圣" not in mail["text"] + mail["html"] + mail["subject"], "a private field stands in a mail"

        rig.call("admin", "DELETE", f"/roster/{shift['key']}")
        opened = time.time()
        number = rig.open("无人值班")
        mail = rig.wait_for(number, "head_fin", 4 + LATE_MAX)
        late = mail["at"] - opened - 4
        assert -0.5 < late < LATE_MAX, f"the head was told {late:.2f} s late"
        expected = "You are told as head of Finance, because nobody is on duty as shift lead."
        assert expected in mail["text"], mail["text"]
        print(f"{number}: nobody on duty, the head of the department told {late:.2f} s after the moment")

        # What was done in time tells nobody that it is late.
        number = rig.open("按时办结")
        revision = rig.call("li", "GET", f"/tickets/{number}")["revision"]
        rig.call("li", "POST", f"/tickets/{number}/actions/submit", {}, headers=[("If-Match", f'"{revision}"')])
        time.sleep(5)
        subjects = [mail["subject"] for mail in rig.mails(number)]
        assert not any("超时" in subject or "Overdue" in subject for subject in subjects), subjects

        keys = [mail["key"] for mail in rig.mails()]
        assert len(keys) == len(set(keys)), "something came twice"
        assert rig.stop_server() == 0, "the server did not stop in good order"
    print("escalation by mail: all arrived")


if __name__ == "__main__":
    main()
