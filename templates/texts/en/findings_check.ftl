# What “ombud check” finds beyond reading. One sentence for each code, more where a code has several cases.

finding-S01 = There is no state “{ $state }”
finding-S01-closed = “closed” is not a state to go to: write close: and an outcome
finding-S01-reserved = A state cannot be called “{ $state }”: the word means something already
finding-S02 = State “{ $state }” cannot be reached from the start “{ $start }”
finding-S03 = From state “{ $state }” the ticket can never be closed, except by an action of anytime
finding-S03-circle = From these states the ticket can never be closed, except by an action of anytime: { $states }
finding-S04-nothing = There is no way out of state “{ $state }”: it has neither actions nor then
finding-S04-stays = There is no way out of state “{ $state }”: everything that can be done there stays
finding-S09-no-back = Pause “{ $state }” has no action with to: back
finding-S09-no-end = Pause “{ $state }” has no end: a clock that runs there needs as its last step a do: that leaves it
finding-S09-tasks = Pause “{ $state }” cannot open tasks: in a pause tasks wait
finding-S09-start = A ticket cannot begin in the pause “{ $state }”: there is no state to go back to
finding-S09-back-outside = to: back leads out of a pause, and “{ $state }” is none
finding-S09-from-pause = “{ $action }” leads into the pause “{ $state }” and is possible in the pause “{ $from }”: narrow it with only_in
finding-S09-from-closed = “{ $action }” reopens the ticket into the pause “{ $state }”: there is no state to go back to

finding-B01 = The last case has a condition: end the list with else: true
finding-B02 = The cases after this else are never reached: else comes last
finding-B04-after-close = “{ $action }” is for closed tickets: it leads to a state
finding-B05 = There is no workflow “{ $workflow }”: its file has to stand beside this one, or be published
finding-B05-itself = The ticket is a “{ $workflow }” already
finding-B05-clock = Clock “{ $clock }” may be running here and workflow “{ $workflow }” has none of that name: add it there, or end it here with end: [{ $clock }]
finding-B05-end = There is no clock “{ $clock }” to end

finding-O01 = Outcome “{ $outcome }” is never used
finding-O02 = There is no outcome “{ $outcome }”

finding-K01 = Task “{ $task }” is opened for the departments in a field, and “{ $field }” is no department field
finding-K02 = Nothing says what follows when the tasks of “{ $state }” are done: then needs if: all_done or if: lead_done
finding-K02-no-tasks = State “{ $state }” has no tasks, so that then never applies
finding-K02-twice = The same condition stands further up: this row of “{ $state }” never applies
finding-K02-too-many = State “{ $state }” never has so many tasks
finding-K03 = Nothing says what follows when a task of “{ $state }” is returned: then needs if: any_returned
finding-K05 = There is no task “{ $task }” in the state this leads into
finding-K05-clock = There is no task “{ $task }” for clock “{ $clock }” to watch
finding-K06 = Nothing guarantees a department when state “{ $state }” is entered here: require { $fields }
finding-K06-too = Here too

finding-P01 = There is no rule “{ $rule }” under people
finding-P02 = The directory has no role “{ $role }”
finding-P03-end = The chain ends with “{ $rule }”, where nobody may be found: give it else:, or always: true if the role is never empty
finding-P03-long = From “{ $rule }” it takes { $count } levels to the end of the chain; only { $max } are asked, so the last ones would never be found
finding-P03-circle = The chain goes round in a circle and never ends in a role that is always there: { $circle } → …
finding-P03-always-else = “{ $rule }” is always there, so that what stands under else is never reached
finding-P03-always-may-be-empty = “{ $rule }” cannot be always: it depends on a field, a task, the roster or an earlier step, and may be empty
finding-P04 = “{ $rule }” asks for the people of a task (“{ $bound }”), and there is no task here
finding-P05 = Nobody has the role “{ $role }”, on which “{ $rule }” always relies
finding-P05-four-eyes = Only one person has the role “{ $role }” of “{ $rule }”: under the four eyes of “{ $action }” it takes two

finding-F01 = There is no field “{ $field }”
finding-F02-constant = Field “{ $field }” is of type { $type }: this is no value for it
finding-F02-extend = A clock is extended by a number: “{ $field }” is no number field
finding-F02-from = Clock “{ $clock }” starts from a time: “{ $field }” is no time field
finding-F03-doer-of = There is no action “{ $action }” that somebody could have done
finding-F03-until = There is no action “{ $action }” that the clock could wait for
finding-F03-until-never = “{ $action }” is not possible in any state where clock “{ $clock }” runs
finding-F04 = “{ $field }” may still be empty here (in “{ $state }”): require it before, or give it a default
finding-F04-subject = The subject names “{ $field }”, which may still be empty when “{ $action }” ends the first state: require it there
finding-F04-leaves = The ticket leaves here
finding-F04-message = Message “{ $message }” names “{ $field }”, which may still be empty here (in “{ $state }”)
finding-F05 = Field “{ $field }” is never asked for
finding-F07 = The check of “{ $field }” has no sentence: write under otherwise what the user reads
finding-F07-action = The condition of “{ $action }” has no sentence: write under because what the user reads

finding-R01 = Two rows fit the same case: { $case }
finding-R01-other = This row fits it too
finding-R02 = No row fits this case: { $case }. Add a row, or end the table with else: true
finding-R02-too-many = The table is too large to be checked: more than { $max } cases. Use fewer fields or options
finding-R02-no-table = “{ $action }” routes, and there is no routing table
finding-R03-option = Field “{ $field }” has no option “{ $value }”; its options: { $known }
finding-R03-department = There is no department “{ $value }”; there are: { $known }
finding-R03-type = Field “{ $field }” is of type { $type }: this is no value for it
finding-R04 = This row never applies: the rows above fit every case
finding-R04-else-early = The rows after this else are never reached: else comes last
finding-R04-never-asked = The table is never asked: no action has route: true
finding-R05 = Routing asks for “{ $field }”, which may be empty when “{ $action }” runs: require it there

finding-C01 = Clock “{ $clock }” names the state “{ $state }”, which is not there
finding-C01-clock = There is no clock “{ $clock }”
finding-C02 = When clock “{ $clock }” is over nobody is told and nothing done: the ladder needs a step at 100%
finding-C03 = No clock runs in state “{ $state }”: a ticket can be forgotten there
finding-C03-uncertain = In state “{ $state }” no clock runs for certain: a ticket can be forgotten there. “until”, “from” a field and clocks of tasks do not count: { $clocks }
finding-C04 = This step of clock “{ $clock }” is due before the one above it
finding-C04-earlier = This step is due later
finding-C04-before-start = This step would be due before clock “{ $clock }” begins: its limit is { $limit }
finding-C04-units = Clock “{ $clock }” mixes elapsed time and working time: { $duration } beside { $limit }
finding-C04-limit = The limit
finding-C04-from-next = “{ $duration }” counts from a start, and there is none here: write working days
finding-C06 = The last case of the limit of “{ $clock }” has a condition: end the list with else: true
finding-C07 = Clock “{ $clock }” does “{ $action }”, which is not possible while it runs in: { $states }
finding-C07-unknown = There is no action “{ $action }” for clock “{ $clock }” to do
finding-C07-builtin = “{ $action }” is somebody's own act: clock “{ $clock }” can do only actions of the file
finding-C07-after-close = “{ $action }” is for closed tickets, and clock “{ $clock }” stops when the ticket is closed
finding-C07-fields = Clock “{ $clock }” does “{ $action }”, and in “{ $state }” nobody has filled in what it requires: { $fields }
finding-C07-guard = Clock “{ $clock }” does “{ $action }”, which { $guard } may refuse
finding-C08 = Clock “{ $clock }” runs and waits in the same state “{ $state }”
finding-C09 = Clock “{ $clock }” can be left and entered again ({ $from } → { $outside } → … → { $again }): say reentry: continue (time used counts on) or reentry: restart
finding-C10 = Calendar “{ $calendar }” is never open, and clock “{ $clock }” counts working time
finding-C10-unknown = There is no calendar “{ $calendar }”
finding-C10-ends = Calendar “{ $calendar }” ends before the limit of clock “{ $clock }” could be reached
finding-C11 = Clock “{ $clock }” counts minutes or hours: somebody has to act now, so its steps cannot wait for quiet hours to end
finding-C11-silent = This step of clock “{ $clock }” tells nobody, so nothing waits for quiet hours to end: quiet_hours belongs to a step with tell

finding-N01 = The system can go round here by itself without an end ({ $states }): clock “{ $clock }” does “{ $action }” again and again. Count with times('{ $action }'), or let the clock continue
finding-N02 = Clock “{ $clock }” sends up to { $count } messages in one cycle; at most { $max }

finding-M02 = There is no message “{ $message }”
finding-M03 = Message “{ $message }” has a placeholder “{ $placeholder }” that means nothing
finding-M03-subject = The subject has a placeholder “{ $placeholder }” that is no field
finding-M03-no-clock = Message “{ $message }” names “{ $placeholder }”, and action “{ $action }” has no clock
finding-M04 = Message “{ $message }” differs between the languages: only one of them has { $placeholders }
finding-M05 = Message “{ $message }” is never used

finding-X01 = “{ $field }” is private and would leave the house in message “{ $message }”
finding-X01-subject = “{ $field }” is private and cannot stand in the subject

finding-Y01 = “{ $named }” cannot have been done before “{ $action }” in the same round
finding-Y01-unknown = There is no action “{ $action }” that somebody could have done
finding-Y02-not-tried = Whether four eyes can lock a department was not tried for all departments: “{ $action }” asks too many people
finding-Y02 = “{ $action }” can become impossible: whoever did { $not_by } may be all there is, in { $departments }
finding-Y02-last-resort = “{ $action }” can fall to the role that is always there: whoever did { $not_by } may be the only one, in { $departments }

finding-V01 = State “{ $state }” of version { $version } is gone and the map does not say where its tickets go
finding-V01-twice = State “{ $state }” is mapped twice
finding-V01-first = Here for the first time
finding-V01-unknown = Version { $version } has no state “{ $state }”
finding-V02 = There is no state “{ $state }” to move tickets to
finding-V02-pause = Tickets cannot be moved into the pause “{ $state }”: there is no state to go back to
finding-V03-from = Version { $version } cannot take over from version { $from }: from: names an earlier one
finding-V03-keep-map = Tickets are kept on version { $from }, so that the map of states is never used
finding-V03-keep-recompute = Tickets are kept on version { $from }, so that no deadline is recomputed

finding-T01-sample = There is no sample “{ $sample }”
finding-T01-action = There is no action “{ $action }”
finding-T02 = No test does “{ $action }”
finding-T02-none = The file has no tests

# How findings are shown on a terminal.
check-clean =
    { $files ->
        [one] One file, nothing to find fault with
       *[other] { $files } files, nothing to find fault with
    }
check-summary =
    { $errors ->
        [one] One error
       *[other] { $errors } errors
    }, { $warnings ->
        [one] one warning
       *[other] { $warnings } warnings
    } in { $files ->
        [one] one file
       *[other] { $files } files
    }
check-file =
    { $file } ({ $title }): right{ $tests ->
        [0] , no test was run
        [one] , its test went as told
       *[other] , its { $tests } tests went as told
    }
check-omitted = And { $count } more findings that are not shown
check-no-organisation = No organisation.yaml here: departments, roles, staff and calendars are not checked and no test is run
finding-T01 = Test “{ $story }”: { $what } should be { $expected }, and was { $found }
finding-F02-not = “{ $rule }” leaves out the person in a field: “{ $field }” is no person field
finding-READ16-many = Too large to be checked: { $count } under “{ $key }”, at most { $max }
finding-READ16-steps = Too large to be checked: { $count } steps, at most { $max }; each case counts, and an action of anytime once for every state
