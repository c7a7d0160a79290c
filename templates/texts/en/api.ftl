# What the API answers when it does not do what was asked. `problem-title-CODE` names the problem, `problem-CODE` says
# what to do, `fault-CODE` is one fault in a request, `refusal-CODE` one reason of a workflow.

problem-title-bad_json = This is no JSON
problem-bad_json = The body cannot be read as JSON: line { $line }, column { $column }. Send one whole JSON value in UTF-8.
problem-title-not_utf8 = This is no UTF-8 text
problem-not_utf8 = The body is no UTF-8 text: the byte at position { $position } cannot be there. Send it as UTF-8, without NUL characters.
problem-title-bad_request = The request is broken
problem-bad_request = The request cannot be understood; “errors” says where.
problem-title-invalid = The request is not acceptable
problem-invalid = Nothing was done. “errors” says for each place what is wrong and what would be accepted.
problem-title-unauthenticated = A valid token is needed
problem-unauthenticated = Send a valid token in the header “Authorization: Bearer …”. A token may be unknown, expired or revoked; an administrator can make a new one.
problem-title-foreign_request = The request did not come from a page of ours
problem-foreign_request = The request did not come from a page of ours, or the page is out of date. Open the page again and repeat it; copy what you have typed first.
problem-title-scope_missing = The token may not be used for this
problem-scope_missing = The token lacks the scope “{ $scope }”. Use another token, or ask an administrator for one that has it.
problem-title-not_allowed = Your role does not allow this
problem-not_allowed = Your role does not allow this. Ask somebody whose role does.
problem-title-refused_who = This is for somebody else to do
problem-refused_who = The workflow leaves this to others; “errors” names who may.
problem-title-not_found = Not found
problem-not_found = There is nothing here, or it is not yours to see. Check the address.
problem-title-method_not_allowed = This method is not possible here
problem-method_not_allowed = This address can be used with: { $allowed }.
problem-title-body_timeout = The body did not arrive in time
problem-body_timeout = The body must arrive within { $seconds } seconds, more for large ones. The connection was closed; send the request again.
problem-title-refused = The workflow does not allow this now
problem-refused = Nothing was done; “errors” says why and who could lift it, “allowed_actions” what is possible now.
problem-title-refused_content = The workflow refuses what was said
problem-refused_content = Nothing was done; “errors” says which field and what would be accepted.
problem-title-conflict = What is there forbids this
problem-conflict = Nothing was done; “errors” says what stands in the way.
problem-title-key_in_flight = The first request with this key is still running
problem-key_in_flight = A request with the same Idempotency-Key is running. Wait a moment and send it again: the answer will be that of the first.
problem-title-key_reused = The key was used for another request
problem-key_reused = This Idempotency-Key was used for another request (method, address or body differ). Use a new key for a new request.
problem-title-key_invalid = The Idempotency-Key cannot be used
problem-key_invalid = An Idempotency-Key has 1 to { $max } visible ASCII characters, without blanks, and is sent once.
problem-title-stale = Somebody was faster
problem-stale = The ticket was changed by { $by } (“{ $action }”, { $at }) and is at revision { $revision } now. Read it again, then decide again.
problem-title-if_match_missing = Say which revision you saw
problem-if_match_missing = Send the header If-Match with the ETag that came with the ticket, so that nobody's change is overwritten unseen.
problem-title-too_large = The body is too large
problem-too_large = A body has at most { $max } bytes.
problem-title-unsupported_media = Another kind of body is needed
problem-unsupported_media = Send the body as { $accepted }, in UTF-8 and not compressed, and say so in Content-Type.
problem-title-file_too_large = The file is too large
problem-file_too_large = Send a smaller file; `errors` says what a file may have.
problem-title-file_kind = Files of this kind are not taken
problem-file_kind = What counts is the content, not the name; `errors` says which kinds are taken.
problem-title-range_beyond = Behind the end of the file
problem-range_beyond = The file ends before the part that was asked for; Content-Range says how long it is.
problem-title-head_too_large = The head of the request is too large
problem-head_too_large = Send fewer or shorter headers.
problem-title-too_many_requests = Too many requests
problem-too_many_requests = Try again in { $seconds } s.
problem-title-cursor_void = The cursor is void
problem-cursor_void = The database was restored since this cursor was given. Begin again without “after”; what you have already seen may come once more.
problem-title-internal = Our mistake
problem-internal = Something went wrong on our side. Tell the operator the request_id; the details stand in the log.
problem-title-unknown_result = Unknown whether it was done
problem-unknown_result = The database could not say whether it was saved. Send the same request with the same Idempotency-Key again: it will be done at most once.
problem-title-busy = The server is busy
problem-busy = The server cannot take this now. Nothing was done; try again in a moment.

json-cut-off = The text ends before the JSON value does (line { $line }, column { $column }).
json-too-deep = It is nested too deeply (line { $line }, column { $column }); at most 127 levels are read.
json-surrogate = A \u escape is half of a pair or cut off (line { $line }, column { $column }); send the character itself in UTF-8.
json-number = The number is no number or out of range (line { $line }, column { $column }).
json-trailing = Something follows the JSON value (line { $line }, column { $column }); send exactly one value.
json-trailing-comma = There is a comma with nothing behind it (line { $line }, column { $column }).
json-key = A name must be a text in double quotes (line { $line }, column { $column }).
json-control = A text contains a bare control character (line { $line }, column { $column }); write it as \n, \t or \u….
json-escape = This escape is unknown in JSON (line { $line }, column { $column }).
json-unexpected = Something else is expected here (line { $line }, column { $column }): a value, a comma or the end of an object or list.

fault-missing = This is needed.
fault-type-string = A text is expected here, not { $found }.
fault-type-boolean = true or false is expected here, not { $found }.
fault-type-integer = A whole number is expected here, not { $found }; numbers stand without quotes.
fault-type-number = A number is expected here, not { $found }; numbers stand without quotes.
fault-type-array = A list […] is expected here, not { $found }.
fault-type-object = An object {"{"}…{"}"} is expected here, not { $found }.
fault-type-time = A time such as "2026-03-02T09:00:00+08:00" is expected here, not { $found }.
fault-too_many = At most { $max } items are accepted.
fault-too_long = It has { $length } characters; at most { $max } are accepted.
fault-length = Its length must be between { $min } and { $max }.
fault-range = It must be between { $min } and { $max }.
fault-email = This is no e-mail address.
fault-rule = This value is not acceptable.
fault-nul = It contains a NUL character, which no text may.
fault-line_break = It contains a line break or another control character; one line is expected.
fault-blank = It is blank; at least one visible character is expected.
fault-time = “{ $value }” is not a time. Write it as 2026-03-02T09:00:00+08:00.
fault-time_without_zone = “{ $value }” does not say in which zone. Add the offset: +08:00, or Z for UTC.
fault-time_range = The time is out of range: 1970 to 2199 are accepted.
fault-date = “{ $value }” is not a day of the calendar. Write it as 2026-05-01.
fault-uuid = “{ $value }” is no id of this kind (a UUID).
fault-id = “{ $value }” is no id: small ASCII letters, digits and _, beginning with a letter, at most 64.
fault-word = “{ $value }” is unknown here. Accepted: { $accepted }.
fault-unknown_member = “{ $name }” is unknown here. { $near ->
    [none] Known: { $accepted }.
   *[other] Did you mean “{ $near }”? Known: { $accepted }.
  }
fault-duplicate_key = “{ $name }” is there twice; once is enough.
fault-body_broken = The body ended in the middle or is not what its length says.
fault-query_broken = The query is not well-formed: escape special characters as UTF-8 with %.
fault-if_match = If-Match holds one ETag in double quotes, such as "7", or *.
fault-address = “{ $value }” is no network address.
fault-cursor = This is no cursor that this list gave out.
fault-month = “{ $value }” is no month; 2026-03 is one.
not-allowed-administrator = This is for administrators.
not-allowed-administrator_or_manager = This is for administrators and managers.
not-allowed-not_in_directory = You are not in the directory now: an administrator enters people and from when to when they work here.
not-allowed-auditor = Auditors see everything and change nothing.
not-allowed-given_away = Your department gave this ticket away; it is yours to read, no longer to work on.
not-allowed-others_contact = Somebody else reported this contact: they, the telephone system, a shift lead or a manager complete it.
not-allowed-shift_lead = This is for the person themselves, shift leads, managers and administrators.
not-allowed-figures = Figures are for managers, auditors, shift leads and whoever belongs to a department: an administrator enters who that is.
not-allowed-centre = Codes for callers are made by the people of the centre: agents, shift leads, callback agents, managers.
not-allowed-private_file = This file is private: only whoever acts on the ticket may read it.
fault-exactly_one = Exactly one of these is needed: { $accepted }.
fault-scope_missing = The token lacks the scope “{ $scope }”.
fault-scope = “{ $value }” is no scope. Known: { $accepted }.
fault-bad_json = This is no JSON.

refusal-closed = The ticket is closed.
refusal-open = The ticket is open; this is for closed ones.
refusal-unknown_action = There is no such action here.
refusal-by = { $who ->
    [none] You are none of those who may do this.
   *[other] This is for others to do: { $who }.
  }
refusal-not_by = Four eyes: who did { $not_by } may not do this as well. { $who ->
    [none] Nobody else is there for it.
   *[other] It can be done by: { $who }.
  }
refusal-only_in = This is possible only in: { $states }.
refusal-only_if = The condition of the workflow does not hold.
refusal-at_most = “{ $action }” may be done { $times } times{ $per ->
    [none] {""}.
   *[other] {" "}in { $per }.
  }
refusal-require = The field “{ $field }” must be filled.
refusal-check = The value of “{ $field }” breaks the rule of the field.
refusal-value = { $expected ->
    [range] The value of “{ $field }” must be between { $min } and { $max }.
    [length] The length of “{ $field }” must be between { $min } and { $max }; it is { $found }.
    [option] “{ $found }” is no option of “{ $field }”; accepted: { $options }.
    [no_control_characters] “{ $field }” contains control characters, which are not accepted.
   *[other] The value of “{ $field }” is not acceptable; expected: { $expected }.
  }
refusal-not_asked = The field “{ $field }” is not asked for by this action.
refusal-unknown_field = { $field ->
    [none] The workflow has no field “{ $found }”.
   *[other] The workflow has no field “{ $field }”.
  }
refusal-unknown_task = There is no such task.
refusal-unsigned = The task must be signed for first.
refusal-task_phase = The task is “{ $found }”; this is possible when it is: { $accepted }.
refusal-no_return = { $why ->
    [forced] Return of this task was refused for good: dispatch was forced.
    [late] Return had to be asked within { $within } of dispatch.
   *[other] The task can no longer be returned.
  }
refusal-no_route = No row of the routing fits.
refusal-no_department = No department is named, so nobody would get the work.
refusal-unknown_department = There is no department “{ $found }”.
refusal-unknown_person = There is no person “{ $found }”.
refusal-expression = A condition of the workflow could not be worked out (line { $line } of “{ $workflow }”).
refusal-text_missing = The text “{ $text }” is missing.
refusal-clock_stopped = The clock “{ $clock }” does not run and cannot be extended.
refusal-unknown_workflow = The workflow “{ $workflow }” is not published.
refusal-time = The time cannot be later than { $latest }.
refusal-nothing = There is nothing to change, to undo or to release.

config-unreadable = the file cannot be read: { $error }
config-syntax = this is no TOML: { $error }
config-value = { $error }
config-unknown-section = there is no section [{ $key }]{ $near ->
    [none] .
   *[other] ; did you mean [{ $near }]?
  }
config-unknown-key = there is no setting “{ $key }”{ $near ->
    [none] .
   *[other] ; did you mean “{ $near }”?
  }
config-no-section = “{ $key }” is a section: write [{ $key }] on a line of its own
config-type = “{ $key }” is of type { $expected }, for example { $example }
config-range = “{ $key }” is out of range; see the comments of ombud.toml

# How a due time came out.
clock-waits-for-contact = It has not begun: the contact is still running.
clock-not-begun = It has not begun: the time it counts from is not known yet.
clock-from-contact = Counts from { $at }, when the contact ended.
clock-from-field = Counts from { $at }, as a field of the ticket says.
clock-from-opened = Counts from { $at }, when the ticket was opened.
clock-from-entry = Counts from { $at }, when the ticket came into the states it counts in.
clock-limit-working = The limit is { $limit }; only working time of the calendar “{ $calendar }” counts.
clock-limit-elapsed = The limit is { $limit }; every hour counts, nights and holidays too.
clock-extended = It was extended by { $more }.
clock-waited = It waited from { $from } to { $to }; that does not count.
clock-used = { $used } of { $budget } are used.
clock-due = If nothing changes it is due at { $at }.
clock-late = It was due at { $at } and still runs: it is late.
clock-never = The calendar never opens for so long: there is no due time.
clock-met = What it waited for was done at { $at }, in time.
clock-met-late = What it waited for was done at { $at }; it was late from { $late } on.
clock-paused = It waits now; the due time moves on until it goes on counting.
clock-stopped = It does not count now.
clock-provisional = The holidays of that year are not loaded yet: the due time is provisional.
span-seconds = { $seconds } s
span-minutes = { $minutes } min
span-hours = { $hours } h { $minutes } min
span-whole-hours = { $hours } h
span-whole-working-hours = { $hours } working hours
span-working-minutes = { $minutes } working minutes
span-working-hours = { $hours } working hours { $minutes } minutes
span-days = { $count } days
span-working-days = { $count } working days
span-working-days-from-next = { $count } working days from the next day

serve-listening = ombud answers at { $url }; the page of the API is { $url }/api/docs/
serve-plain = The server would speak plain HTTP on { $listen }, and tokens would travel in the clear. Name a certificate (server.tls_certificate, server.tls_key), or listen on 127.0.0.1 behind a proxy that speaks TLS, or set server.plain_http = true if what lies between is yours
serve-half = server.tls_certificate and server.tls_key belong together: name both files, or neither
serve-first = Nobody has used ombud yet. The first administrator's token, valid for one day and shown this once:
    { $token }
  Make one of your own with it: POST { $url }/api/v1/tokens
  Or set the administrator's password in the browser, once, within a day:
    { $link }
erase-erased = { $number }: erased
erase-would = { $number }: would be erased
erase-empty = { $number }: nothing was left to erase
erase-open = { $number }: is open and was left as it is; close it first
erase-contacts = { $count } contacts without a ticket
user-reset = { $name } sets a password here, once, within a day; all their sessions end:
    { $link }
user-days = 1 to { $max } are accepted
