# Around every finding.
finding-nearest = Did you mean «{ $nearest }»?
