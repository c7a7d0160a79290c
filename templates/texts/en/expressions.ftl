# Mistakes in expressions (check, only_if, when), and why one has no result.
expression-missing = An expression is missing; for example: urgent
expression-too-long = The expression is too long: at most { $max } bytes
expression-too-deep = The expression is nested too deeply: at most { $max } levels; write several conditions
expression-foreign-word = “{ $found }” is no name: fields are named by their id (small Latin letters), and texts stand in quotes
expression-character = “{ $found }” means nothing here
expression-single-equals = To compare, write two equals signs: ==
expression-open-text = The quoted text does not end; { $quote } is missing
expression-escape = “{ $found }” is no valid escape; there are {"\\\\"}, {"\\'"}, {"\\\""}, {"\\n"}, {"\\r"}, {"\\t"} and {"\\uXXXX"}
expression-number = “{ $found }” is no plain number; write 12 or 12.5, at most four decimal places, no leading zero
expression-unsupported = Expressions have no “{ $found }”; there are comparisons, + and -, &&, ||, !, in, and functions
expression-unexpected = “{ $found }” is not expected here
expression-ends = The expression ends too early
expression-not-closed = “{ $open }” has no “{ $close }”
expression-unknown-function = There is no function “{ $found }”; there are times, times_here, times_ever, minutes, hours, days, size, filled, late
expression-unknown-field = There is no field “{ $found }”
expression-unknown-option = Field “{ $field }” has no option “{ $found }”; its options: { $accepted }
expression-unknown-department = There is no department “{ $found }”; there are: { $accepted }
expression-unknown-person = There is no person “{ $found }”; there are: { $accepted }
expression-unknown-clock = There is no clock “{ $found }”; write its name in quotes
expression-unknown-action = There is no action “{ $found }”
expression-types-differ =
    The two sides differ: left is { $left ->
         [yes_no] yes or no
         [number] a number
         [money] money
        *[text] a text
         [time] a time
         [duration] a duration
         [choice] an option
         [department] a department
         [departments] several departments
         [person] a person
         [list] a list
    }, right is { $right ->
         [yes_no] yes or no
         [number] a number
         [money] money
        *[text] a text
         [time] a time
         [duration] a duration
         [choice] an option
         [department] a department
         [departments] several departments
         [person] a person
         [list] a list
    }
expression-no-order =
    There is no order for { $found ->
         [yes_no] yes or no
         [number] a number
         [money] money
        *[text] a text
         [time] a time
         [duration] a duration
         [choice] an option
         [department] a department
         [departments] several departments
         [person] a person
         [list] a list
    }; compare with == or !=
expression-not-comparable =
    You cannot compare { $found ->
         [yes_no] yes or no
         [number] a number
         [money] money
        *[text] a text
         [time] a time
         [duration] a duration
         [choice] an option
         [department] a department
         [departments] several departments
         [person] a person
         [list] a list
    } as a whole; use in or size
expression-not-addable =
    “{ $sign }” does not work for { $left ->
         [yes_no] yes or no
         [number] a number
         [money] money
        *[text] a text
         [time] a time
         [duration] a duration
         [choice] an option
         [department] a department
         [departments] several departments
         [person] a person
         [list] a list
    } and { $right ->
         [yes_no] yes or no
         [number] a number
         [money] money
        *[text] a text
         [time] a time
         [duration] a duration
         [choice] an option
         [department] a department
         [departments] several departments
         [person] a person
         [list] a list
    }; a duration can be added to a time: now + days(1)
expression-not-a-list =
    To the right of in stands a list or several departments, not { $found ->
         [yes_no] yes or no
         [number] a number
         [money] money
        *[text] a text
         [time] a time
         [duration] a duration
         [choice] an option
         [department] a department
         [departments] several departments
         [person] a person
         [list] a list
    }
expression-not-in-list =
    The list holds { $items ->
         [yes_no] yes or no
         [number] a number
         [money] money
        *[text] a text
         [time] a time
         [duration] a duration
         [choice] an option
         [department] a department
         [departments] several departments
         [person] a person
         [list] a list
    }, not { $found ->
         [yes_no] yes or no
         [number] a number
         [money] money
        *[text] a text
         [time] a time
         [duration] a duration
         [choice] an option
         [department] a department
         [departments] several departments
         [person] a person
         [list] a list
    }
expression-list-not-here = A list in brackets stands only to the right of in
expression-empty-list = The list is empty; write at least one item
expression-wrong-type =
    Needed here: { $expected ->
         [yes_no] yes or no
         [number] a number
         [money] money
        *[text] a text
         [time] a time
         [duration] a duration
         [choice] an option
         [department] a department
         [departments] several departments
         [person] a person
         [list] a list
    }; this is { $found ->
         [yes_no] yes or no
         [number] a number
         [money] money
        *[text] a text
         [time] a time
         [duration] a duration
         [choice] an option
         [department] a department
         [departments] several departments
         [person] a person
         [list] a list
    }
expression-argument-count = Function “{ $function }” takes { $expected } argument, not { $found }
expression-argument-type =
    Function “{ $function }” does not take { $found ->
         [yes_no] yes or no
         [number] a number
         [money] money
        *[text] a text
         [time] a time
         [duration] a duration
         [choice] an option
         [department] a department
         [departments] several departments
         [person] a person
         [list] a list
    }; it takes a text, a list or several departments
expression-action-not-quoted = The action is written in quotes: times('reply')
expression-clock-not-quoted = The clock is written in quotes: late('resolve')
expression-failure-empty = Field “{ $field }” is empty
expression-failure-erased = The content of field “{ $field }” was erased
expression-failure-type = Field “{ $field }” holds a value of another type
expression-failure-not-yet = “{ $name }” has no time yet
expression-failure-overflow = A number is too large to be counted
expression-failure-not-compiled = The expression has an error and cannot be run
