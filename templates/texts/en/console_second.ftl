# A second factor, and how somebody signs in.
sign-in-code-title = One more code
sign-in-code-about = Type the six digits that your telephone shows for ombud.
sign-in-code-help = From your telephone, or a code you wrote down; each works once. Neither? Ask an administrator.
sign-in-code-wrong = That code does not fit, or was used already. Wait for the next one.
sign-in-code-back = Sign in as somebody else
second-title = Second factor
second-short = Second factor
second-about = When you sign in, your telephone shows a code that changes each half minute. A password that somebody else knows is of no use without it.
second-must = Your role needs a second factor. Please set it up; until then nothing else is shown.
second-begin = Set up
second-again = Begin again with a new picture
second-scan = Scan the picture with an authenticator on your telephone.
second-picture = Picture to scan; the same stands below as text
second-by-hand = Or type in by hand:
second-type = Type the code that it shows now
second-confirm = Confirm
second-code = Code
second-code-either = From your telephone, or a code you wrote down; each works once.
second-codes = Codes to write down
second-codes-about = Each works once, for when you have lost your telephone. They are shown only now; keep them on paper, not on the telephone.
second-codes-kept = I have written them down
second-codes-left = { $count ->
    [one] 1 written-down code is left.
   *[other] { $count } written-down codes are left.
}
second-codes-new = New codes to write down
second-on = On since
second-off = Not set up.
second-end = Turn off
access-title = Signing in
access-end = End
access-end-all = End all
access-no-sessions = Not signed in anywhere.
access-link = One-time link
access-link-about = With it the person sets a new password within a day. Earlier links stop working. Hand it over in person.
access-link-once = The link is ready. It is shown only once.
access-link-make = Make a link
access-link-replace = Replace with a new link
copy = Copy
copy-done = Copied.
copy-chosen = Selected. Press Ctrl+C to copy it.
access-second-remove = Remove
access-second-about = For whoever has lost telephone and codes. Make sure who asks.
access-sessions = Where they are signed in
second-change = Codes, or turn off
