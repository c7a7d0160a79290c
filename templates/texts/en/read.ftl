# What is wrong with the writing of a workflow file (READ01-READ16), and what would be right.
noun =
    { $noun ->
        [workflow] workflow
        [calendar] calendar
        [field] field
        [option] option
        [rule] people rule
        [role] role
        [department] department
        [person] person
        [state] state
        [action] action
        [task] task
        [outcome] outcome
        [clock] clock
        [message] message
        [date] date
        [sample] sample
       *[other] thing
    }
wanted =
    { $wanted ->
        [text] a text
        [template] a text, with placeholders such as { "{" }place{ "}" }
        [prefix] a few letters or digits
        [id] the id of a { noun }
        [word] one of: { $known }
        [yes_no] true or false
        [true] true
        [whole] a whole number
        [number] a number
        [duration] a duration such as 15 minutes or 5 working days
        [point] a moment such as 60%, 100% + 30 minutes or remaining 2 hours
        [rate] a rate such as once per 4 hours
        [expression] a condition such as compensation > 1000
        [who] creator, assignee or doer of ACTION
        [time] a time such as 2026-03-02 09:00
        [event] an event such as li does submit, or 9 minutes
        [date] a date such as 2026-03-02
        [instant] a time such as 2026-03-02 08:00
        [hours] opening hours such as "08:30-12:00,13:30-18:00"
        [zone] a time zone such as Asia/Shanghai
        [seat] a role, or a role in a department such as head@finance
        [value] a value, or a list of values
        [bilingual] both languages: { "{" }zh: …, en: …{ "}" }
        [mapping] keys with their values ({ $known })
        [each] ids of the kind { noun }, each with its content
        [list] a list, each item after a dash
        [one_or_list] one value, or several in brackets: [a, b]
       *[other] something else
    }
found =
    { $found ->
        [nothing] nothing
        [list] a list
        [mapping] keys with values
       *[text] a text
    }

finding-READ01-size = The file has { $bytes } bytes; at most { $max } are read
finding-READ01-encoding = This is not UTF-8. Save the file as UTF-8 (not as ANSI, GBK or GB18030)
finding-READ01-bom = The file begins with an invisible byte order mark; save it as UTF-8 without one
finding-READ01-crlf = { $lines } lines end as on Windows (CR LF); save the file with LF, or two equal files will look different
finding-READ01-invisible = The character { $character } cannot be seen; a file must look like what it says
finding-READ01-documents = A second document begins here (---); one file is one workflow
finding-READ01-empty = The file says nothing

finding-READ02-fullwidth = This is the full-width colon of Chinese text. Write an ordinary colon and a blank
finding-READ02-tab = A tab cannot indent; use blanks
finding-READ02-quote = The quoted text that begins before this has no end
finding-READ02-after-quote = Something follows the closing quote. Put quotes around the whole text, or none
finding-READ02-escape = In double quotes \ begins an escape, and this is none; use single quotes
finding-READ02-bracket = The brackets do not match here: one of { "{" } { "}" } [ ] or a comma is missing or too many. A text with such characters needs quotes
finding-READ02-directive = Lines that begin with % are not allowed
finding-READ02-character = No value can begin with this character; put the text into quotes
finding-READ02-colon = There is a second colon here. A text with a colon and a blank needs quotes
finding-READ02-key = This is not “key: value”, or it is not indented like its neighbours
finding-READ02-other = From here on this is no YAML; look at indentation, colons, brackets and quotes

finding-READ03 = “{ $key }” is not known here. Known are: { $known }
finding-READ03-near = “{ $key }” is not known here
finding-READ03-elsewhere = “{ $key }” does not belong here but to: { $places }. Known here are: { $known }
finding-READ03-comma = “{ $key }” is not known here. If it belongs to the text before the comma, put that text into quotes
finding-READ04 = “{ $key }” is written twice; only one of them can count
note-first-here = it stands here first
note-other-here = the other one stands here
finding-READ05 =
    { $of ->
        [file] The file lacks “{ $key }”
       *[other] “{ $of }” lacks “{ $key }”
    }
finding-M01 =
    { $key ->
        [zh] “{ $of }” has no Chinese text (zh)
        [en] “{ $of }” has no English text (en)
       *[other] “{ $of }” lacks the language { $key }
    }

finding-READ06-tag = “{ $tag }” is a YAML tag, and most programs would drop it without a word. A text that begins with ! needs quotes
finding-READ06-anchor = “&{ $name }” is a YAML anchor. Write out what it stands for: anchors are not allowed
finding-READ06-alias = “*{ $name }” is a YAML alias. Write out what it stands for: aliases are not allowed. A text that begins with * needs quotes
finding-READ06-merge = “<<” merges other keys in. Write them out: merging is not allowed

finding-READ07 = “{ $key }” wants { wanted }, not { found }
finding-READ07-root = The file consists of keys with their values ({ $known }), not of { found }
finding-READ07-nothing = “{ $key }” has no value. It wants { wanted }; to leave it out, delete the line
finding-READ07-key = A key is a single word; this is none
finding-READ07-blank = “{ $key }” says nothing; write a text or delete the line
finding-READ07-empty-list = “{ $key }” is an empty list; it needs at least one item
finding-READ07-field-one = Field “{ $field }” takes one value, not a list
finding-READ07-field-list = Field “{ $field }” takes a list: [a, b]

finding-READ08 = “{ $found }” is no value of “{ $key }”. One of: { $words }
finding-READ08-prefix = “{ $found }” cannot stand in front of numbers: at most { $max } ASCII letters, digits or hyphens
finding-READ08-template = Braces stand only around a placeholder, as in { "{" }place{ "}" }; this is none: { $found }
finding-READ08-who = “{ $found }” is none of creator, assignee, doer of ACTION. For a role write role: { $found }
finding-READ08-option = Field “{ $field }” has no option “{ $found }”
finding-READ08-phone = “{ $found }” is no number to call: digits, with + in front or hyphens between
finding-READ08-field = “{ $found }” is no value of field “{ $field }”

finding-READ09 = “{ $found }” cannot be the id of a { noun }: a small letter a-z, then a-z, 0-9 and _
finding-READ09-long = An id has at most { $max } characters
finding-READ09-fullwidth = There is full-width punctuation of Chinese text in “{ $found }”; write an ordinary comma or colon and a blank
finding-READ09-field = Field “{ $field }” wants an id, which “{ $found }” cannot be: a small letter a-z, then a-z, 0-9 and _
finding-READ09-reserved = “{ $found }” has a meaning of its own and cannot be the id of a { noun }

finding-READ10-clock = “{ $found }” is no duration. Write how long and of what: 9 hours, 30 minutes
finding-READ10-point = “{ $found }” is no moment of a clock. Write 60%, 100% + 30 minutes, or remaining 2 hours
finding-READ10-percent = “{ $found }” is no moment of a clock: a whole number from 0 to 1000 before the %
finding-READ10-minus = “{ $found }” is no moment of a clock. Before the limit write remaining 2 hours
finding-READ10-rate = “{ $found }” is no rate. Write once per 4 hours, or 3 times per 1 days

finding-READ11 = “{ $key }” is true or false, and “{ $found }” is neither
finding-READ11-only-true = “{ $key }” is true or left out
finding-READ11-field = Field “{ $field }” is true or false, and “{ $found }” is neither

finding-READ12 = “{ $found }” is no plain number for “{ $key }”: digits without leading zeros, blanks, _ or commas
finding-READ12-quoted = “{ $key }” is a number: write { $found } without quotes
finding-READ12-only = “{ $key }” is { $only } and nothing else, not { $found }
finding-READ12-range = “{ $key }” is { $min } to { $max }, not { $found }
finding-READ12-field = “{ $found }” is no plain number for field “{ $field }”: digits without leading zeros, blanks, _ or commas
finding-READ12-money = “{ $found }” is no amount for field “{ $field }”: digits, with at most two decimal places

finding-READ13 = “{ $found }” is no time for “{ $key }”: write 2026-03-02 08:30
finding-READ13-field = “{ $found }” is no time for field “{ $field }”: write 2026-03-02 08:30
finding-READ13-constant = Field “{ $field }” is a time; a fixed one makes no sense here. An action may set it to now

finding-READ14-needs = “{ $key }” has a meaning only beside “{ $other }”, which is not there
finding-READ14-none-of = One of these is missing here: { $keys }
finding-READ14-one-of = Only one of these can stand here: { $keys }
finding-READ14-options = “{ $field }” is a choice and has no options
finding-READ14-type = “{ $key }” has no meaning for a field of the type { $kind }
finding-READ14-bounds = The least ({ $min }) is more than the most ({ $max })
finding-READ14-only-in = “only_in” belongs to actions under “anytime”; this one is possible in one place only
finding-READ14-else-row = The row for everything else has no conditions of its own
finding-READ14-idle-step = This step tells nobody and does nothing: write tell and say, or do

finding-READ15-form = “{ $found }” is not understood. Write: li creates SAMPLE, li does ACTION TASK, 9 minutes, contact ends, zhang signs on, zhang signs off
finding-READ15-person = “{ $found }” does not begin with a person's id

finding-READ16-depth = Too deep: at most { $max } levels of keys and lists
finding-READ16-nodes = Too much: at most { $max } keys and values in one file
finding-READ16-text = “{ $key }” is too long: at most { $max } characters

finding-B04-none-of = It goes nowhere: write one of { $keys }
finding-B04-one-of = It goes two ways at once; of these leave one: { $keys }

finding-READ08-unknown = There is no { noun } “{ $found }”
finding-READ09-seat = “{ $found }” is no role: write agent, or with the department head@finance
finding-READ10-day = The length of a working day is so many hours: 8 hours
finding-READ13-date = “{ $found }” is not a day of the calendar: write it as 2026-05-01
finding-READ13-instant = “{ $found }” is not a time for “{ $key }”: write it as 2026-05-01, or as 2026-05-01 08:30
finding-READ13-zone = There is no time zone “{ $found }”: write it as Asia/Shanghai
finding-READ14-circle = “{ $department }” stands above itself
finding-READ14-order = The end is not after the beginning
