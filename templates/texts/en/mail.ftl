# Words that mails are put together from; the sentences themselves stand in templates/mails.
mail-span-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
mail-span-hours = { $count ->
    [one] 1 hour
   *[other] { $count } hours
}
mail-span-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}
mail-span-seconds = { $count ->
    [one] 1 second
   *[other] { $count } seconds
}
mail-span-two = { $first } { $second }
mail-span-none = a moment
mail-moment = { $weekday } { $date } { $time } ({ $zone })
mail-weekday-1 = Mon
mail-weekday-2 = Tue
mail-weekday-3 = Wed
mail-weekday-4 = Thu
mail-weekday-5 = Fri
mail-weekday-6 = Sat
mail-weekday-7 = Sun
mail-list-separator = ,{" "}
mail-value-yes = yes
mail-value-no = no
mail-value-hidden = ●●●
mail-value-missing = —
mail-who-role = { $role }
mail-who-role-of = { $role } of { $department }
mail-who-creator = whoever wrote the ticket
mail-who-assignee = whoever took the ticket
mail-who-doer = whoever did “{ $action }”
mail-who-owner = whoever has the ticket now
mail-who-always = whoever keeps the clocks from falling silent
mail-fallen-nothing-named = no { $who } is named
mail-fallen-no-member = there is no { $who }
mail-fallen-nobody-on-duty = nobody is on duty as { $who }
mail-fallen-absent = { $who }: everybody is away
mail-fallen-four-eyes = { $who } may not decide on their own work
mail-fallen-nobody-signed-on = nobody rostered as { $who } has signed on
mail-why-plain = You are told as { $who }.
mail-why-fallen = You are told as { $who }, because { $fallen }.
mail-why-stand-in = You stand in for { $who }, who is away.
mail-why-stand-in-fallen = You stand in for { $who }, who is away; { $fallen }.
mail-why-chased = You are told because the ticket is with you.
mail-why-digest = Many messages came for you in a short time, or waited for quiet hours to end.
alarm-calendar-ending-title = Calendar “{ $calendar }” does not know { $missing } yet
alarm-calendar-ending = The holidays of { $missing } are not entered in calendar “{ $calendar }”; it knows those up to { $known }. Deadlines beyond are provisional until they are.
alarm-calendar-ended-title = Calendar “{ $calendar }” does not know { $missing }
alarm-calendar-ended = Calendar “{ $calendar }” knows holidays up to { $known } only: working time in { $missing } is counted by weekly hours, and deadlines are provisional. Enter the holidays of { $missing }.
mail-why-calendar = You are told as administrator: whoever keeps the calendars can mend it.
