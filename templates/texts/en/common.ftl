# Words that several parts use.
place = line { $line }, column { $column }
