# Around every finding.
finding-nearest = Did you mean “{ $nearest }”?
report-error = error
report-warning = warning
report-fix = fix
report-write = write
