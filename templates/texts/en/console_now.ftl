# The console: what is urgent now, who would be told, signing in again.
shell-duty = Duty until { $until }
shell-duty-signed = Signed on until { $until }
urgent-now = Urgent tickets that nobody has acknowledged yet
urgent-acknowledge = I have seen it and take care of it
reached-told = Told at once:
desk-if-urgent = If it is urgent
again-about = Your session is over. What you have typed is still here; sign in and go on.
again-other = Somebody else
again-failed = That did not work. Please check the connection and try again.
again-done = Signed in again. Nothing was sent yet: please send it once more.
me-sound = Sound in this browser
me-sound-off = No sound for urgent tickets
me-sound-try = Play the sound
date-pick = Choose in a calendar
board-duty = On duty now
board-gaps = { $count ->
    [one] 1 gap in 14 days:
   *[other] { $count } gaps in 14 days, the first:
}
