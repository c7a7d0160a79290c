# Mistakes in durations. The words for units stay as a file writes them.
duration-missing = A duration is missing; for example: 15 minutes, or 5 working days
duration-number = “{ $found }” is no plain number; write 15 minutes or 1.5 working days
duration-no-unit = The unit is missing after { $number }; one of: { $accepted }
duration-unit = There is no unit “{ $found }”; one of: { $accepted }
duration-fraction = Only whole { $unit } are counted, not { $number }
duration-too-fine = { $number } { $unit } is finer than what is counted
duration-range = { $number } { $unit } is out of range: more than 0, at most { $max }
duration-words-seconds = { $number } seconds
duration-words-minutes = { $number } minutes
duration-words-hours = { $number } hours
duration-words-days = { $number } days
duration-words-working-minutes = { $number } working minutes
duration-words-working-hours = { $number } working hours
duration-words-working-days = { $number } working days
duration-words-working-days-from-next = { $number } working days from the next day
