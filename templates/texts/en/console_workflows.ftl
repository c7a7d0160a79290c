# The console: workflows, their versions, checking a file.
nav-workflows = Workflows
workflows-about = Each kind of ticket follows a file. Open tickets stay on the version they began with.
workflows-none = No workflow is published yet.
workflow-version = Version
workflow-version-number = Version { $number }
workflow-published = Published
workflow-by = By
workflow-hash = Fingerprint
workflow-open-tickets = Open tickets
workflow-open-count = { $count ->
    [one] 1 open ticket
   *[other] { $count } open tickets
}
workflow-active = For new tickets
workflow-not-active = Not for new tickets
workflow-on-this-page = On this page
workflow-picture = The life of a ticket
workflow-states = State by state
workflow-proof = Nobody is forgotten
workflow-proof-about = Proved for this file: in every open state, if nobody does anything, somebody hears of it, as said under each state above. Where nobody is there, the next one behind them is asked.
workflow-shared = Clocks that go on from state to state, so that a step may have come before
workflow-chains = Nobody there? Then the next of these
workflow-file = The file
workflow-file-show = Show the file
workflow-file-rest = Show the rest
workflow-file-lines = { $count ->
    [one] 1 line
   *[other] { $count } lines
}
workflow-lines = The file as it was checked
workflow-others = Other versions
workflow-start = Begins here
workflow-pause = The clocks wait
workflow-in-hands = In the hands of: { $who }
workflow-task = Task: { $what } ({ $who })
workflow-if-nobody = If nobody does anything, at the latest:
workflow-further = And the clocks that go on: { $what }
workflow-role-of-department = { $role } (of the department in charge)
workflow-role-on-duty = { $role } (on duty)
workflow-role-of-department-on-duty = { $role } (of the department in charge, on duty)
workflow-creator = Whoever wrote the ticket
workflow-assignee = Whoever has taken it
workflow-closes = closes as “{ $outcome }”
workflow-becomes = becomes “{ $workflow }”
workflow-doer = Whoever did “{ $what }”
workflow-legend-start = Begins
workflow-legend-end = Closed
workflow-legend-apart = Waits, or possible anywhere
workflow-legend-dashed = Dashed lines: by itself
workflow-check = Check a file
workflow-check-about = As “ombud check” does: every mistake with its line; its stories are played; nothing is saved.
workflow-check-do = Check
workflow-paste = Text of the file (YAML)
workflow-clean = No mistakes in “{ $what }”, and all its stories go as told.
workflow-unclean = It cannot be published like this.
workflow-findings = What was found
workflow-findings-more = And { $count } more.
workflow-place = Line { $line }, column { $column }
workflow-nearest = Perhaps “{ $what }”?
workflow-failures = Stories that did not go as told
workflow-story-failed = “{ $story }”: { $what } should be { $expected }, was { $found }
workflow-publish = Publish
workflow-author = Written by (id)
workflow-author-help = When somebody else wrote it. Whoever publishes must be somebody other than the author.
workflow-by-machine = The program
workflow-change = Change it from here
workflow-choose-file = Choose a file (.yaml)
