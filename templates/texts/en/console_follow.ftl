# The page of a caller, and the code for it.
caller-code-title = Code for the caller
caller-code-about = Read it out together with the ticket's number; it is shown this once. The caller uses it at
caller-code-exists = The caller has a code. Nobody can see it again; a new one makes it void, which is recorded.
caller-code-none = With a code the caller can look up how the ticket stands.
caller-code-make = Make a code
caller-code-again = Make a new code
follow-title = Follow your request
follow-lead = Type the number of your ticket and the code you were given on the phone.
follow-number = Number of the ticket
follow-number-help = For example TS20260302-000001
follow-code = Code
follow-code-help = Ten digits
follow-do = Show how it stands
follow-lost = No code, or lost it? Call the hotline and ask for a new one.
follow-wrong = Number and code do not match. Please check both.
follow-wait = Too many attempts. Please try again in { $seconds ->
    [one] 1 second.
   *[other] { $seconds } seconds.
}
follow-stage-received = Received
follow-stage-received-about = Your request is being written down.
follow-stage-centre = With the hotline
follow-stage-centre-about = The hotline is working on your request.
follow-stage-handling = Being handled
follow-stage-handling-about = The department in charge is working on your request.
follow-stage-waiting = Waiting
follow-stage-waiting-about = Something else has to happen first; your request goes on after that.
follow-stage-checking = Being checked
follow-stage-checking-about = The department has replied; the reply is being checked before you are told.
follow-stage-callback = We will call you
follow-stage-callback-about = Your request was dealt with. We will call to ask whether it is solved.
follow-stage-closed = Closed
follow-stage-closed-about = Your request is closed.
follow-outcome = Outcome:
follow-joined = It was joined with another request about the same matter.
follow-again = It was taken up once more.
follow-opened = Received
follow-since = In this state since
follow-closed = Closed
follow-departments = Department
follow-reply = Our reply
follow-notes = Messages for you
follow-hour = This page stays open for an hour. If others use this device too, close it yourself.
follow-leave = Close
follow-other-language = 中文
