# Words that mails are put together from; the sentences themselves stand in templates/mails.
span-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
span-hours = { $count ->
    [one] 1 hour
   *[other] { $count } hours
}
span-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}
span-seconds = { $count ->
    [one] 1 second
   *[other] { $count } seconds
}
span-two = { $first } { $second }
span-none = less than a second
moment = { $weekday } { $date } { $time } ({ $zone })
weekday-1 = Mon
weekday-2 = Tue
weekday-3 = Wed
weekday-4 = Thu
weekday-5 = Fri
weekday-6 = Sat
weekday-7 = Sun
list-separator = ,{" "}
value-yes = yes
value-no = no
value-hidden = ●●●
value-missing = —
who-role = { $role }
who-role-of = { $role } of { $department }
who-creator = whoever wrote the ticket
who-assignee = whoever took the ticket
who-doer = whoever did «{ $action }»
who-owner = whoever has the ticket now
who-always = whoever keeps the clocks from falling silent
fallen-nothing-named = no { $who } is named
fallen-no-member = there is no { $who }
fallen-nobody-on-duty = nobody is on duty as { $who }
fallen-absent = { $who }: everybody is away
fallen-four-eyes = { $who } may not decide on their own work
why-plain = You are told as { $who }.
why-fallen = You are told as { $who }, because { $fallen }.
why-stand-in = You stand in for { $who }, who is away.
why-stand-in-fallen = You stand in for { $who }, who is away; { $fallen }.
why-chased = You are told because the ticket is with you.
