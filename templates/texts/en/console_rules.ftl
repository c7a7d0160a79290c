# The console: rights, rules of duty, imports.
date-form = YYYY-MM-DD
date-time-form = YYYY-MM-DD hh:mm
calendar-default = The centre’s calendar
weekday-short-1 = Mo
weekday-short-2 = Tu
weekday-short-3 = We
weekday-short-4 = Th
weekday-short-5 = Fr
weekday-short-6 = Sa
weekday-short-7 = Su
rights-title = Rights
rights-about = Every workflow has these actions; here you set which roles may use them. What a workflow adds itself stands in its file.
rights-read-only = Only a manager or an administrator can change this.
rights-sign = Sign for
rights-sign-help = Who may sign for a task beside those in whose hands it is.
rights-grant_return = Decide on returns
rights-grant_return-help = Grant or refuse a return, and dispatch against one.
rights-chase = Chase
rights-chase-help = Remind a department; it is written into the ticket.
rights-watch = Watch
rights-watch-help = Put a ticket under watch, and take it off.
rights-link = Link and merge
rights-link-help = Link tickets, merge duplicates, undo a merge.
rights-correct = Correct
rights-correct-help = Correct what was filled in; what stood there stays in the record.
rights-reveal = Reveal
rights-reveal-help = See masked numbers and the like; every time is recorded.
duty-rules-title = Duty rules
duty-rules-about = What “on duty” means, when a swap counts, and which shifts the codes of a roster stand for.
duty-rules-house = What counts as on duty
duty-rules-house-help = Where nobody has signed on, the roster counts all the same: no rule leaves a ticket without anybody.
duty-rule-rostered = The roster
duty-rule-signed_on = The roster, and signed on
duty-rule-house = As above
duty-rules-roles = Roles with a rule of their own
duty-rules-roles-help = For example, only shift leads must sign on.
duty-rules-swaps = When a swap of shifts counts
duty-swaps-granted = When the other agrees and the shift lead grants it
duty-swaps-agreed = As soon as the other agrees
duty-rules-codes = Shift codes
duty-rules-codes-line = Shift code { $line }: { $why }
duty-rules-codes-like = E 08:00-16:00
duty-rules-codes-help = One on each line: code, space, hours. Separate several periods with commas; past midnight: N 22:00-06:00. A code without hours means off duty.
bring-title = Import
bring-about = Upload a table or a file: it is checked line by line, then taken over. The command “ombud import” does the same.
bring-what = What the file holds
bring-kind-roster = Roster
bring-columns-roster = A month as one table (people down, days across, shift codes in the cells), or a shift on each line
bring-kind-people = People
bring-columns-people = Columns: id, name, email, language, roles
bring-kind-memberships = Roles given
bring-columns-memberships = Columns: person, role, department, from, to
bring-kind-absences = Absences
bring-columns-absences = Columns: person, from, to, substitute
bring-kind-departments = Departments
bring-columns-departments = Columns: id, zh, en, parent
bring-kind-holidays = Holidays
bring-columns-holidays = A calendar file (.ics) or a list of holidays (.json)
bring-kind-organisation = A whole organisation
bring-columns-organisation = organisation.yaml: departments, roles, people, calendars and so on
bring-month = Month
bring-month-like = YYYY-MM
bring-month-help = Only where the table itself does not name it.
bring-role = Role
bring-role-none = As the file says
bring-role-help = For lines that name no role.
bring-replace = Replace these people's shifts of that month that have not begun
bring-skip = Pass over wrong lines and take the right ones
bring-file = Choose a file (CSV, Excel, YAML, ICS, JSON)
bring-text = Or paste what is in it
bring-check = Check
bring-take = Import
bring-all-or-nothing = When one line is wrong, nothing is changed.
bring-unless-skipped = For a roster: unless wrong lines are passed over.
bring-more = And { $count } more.
bring-empty = Choose a file, or paste what is in it.
bring-month-wrong = A month is written 2026-03.
bring-nothing-changed = Something is wrong, and nothing was changed:
bring-roster-done = Imported: { $shifts ->
    [one] 1 shift
   *[other] { $shifts } shifts
} entered, { $removed } replaced.
bring-roster-would = Checked: { $shifts ->
    [one] 1 shift
   *[other] { $shifts } shifts
} would be entered, { $removed } replaced.
bring-was-taken = { $count ->
    [one] Imported: 1 entry.
   *[other] Imported: { $count } entries.
}
bring-would-take = { $count ->
    [one] Checked: 1 entry would be written.
   *[other] Checked: { $count } entries would be written.
}
file-choose = Choose a file…
file-none = No file chosen
