# Mistakes in opening hours and in files with public holidays.
hours-shape = «{ $found }» says no hours; write 08:30-12:00,13:30-18:00
hours-time = «{ $found }» is no time of day; write 08:30, and 24:00 for the end of the day
hours-empty = «{ $found }» begins and ends at the same time; write 00:00-24:00 for the whole day
hours-overlap = «{ $found }» overlaps with other hours of the day
hours-too-many = At most { $max } stretches in a day
