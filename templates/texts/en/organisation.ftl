# Mistakes in organisation.yaml.
organisation-language = Department «{ $found }» needs a name in both languages: zh and en
organisation-roles = «{ $found }» needs a list of roles: [agent], or [head@finance] for a role in a department
organisation-zone = There is no time zone «{ $found }»; for example: Asia/Shanghai
organisation-day = The length of a working day is elapsed time, for example: { $found }
organisation-date = «{ $found }» is no date; write "2026-05-01"
organisation-id = «{ $found }» is no id: lower-case letters, digits and _
organisation-key = «{ $found }» is not known here. Known are: { $known }
organisation-department = There is no department «{ $found }»
