# The first setup of an empty centre.
setup-title = First setup
setup-lead = Six steps to the first call. Leave and come back as you like; each can be done again.
setup-steps = Steps
setup-step-of = { $number } of { $count }: { $title }
setup-is-done = done
setup-you = You
setup-centre = The centre
setup-calendar = Time zone and calendar
setup-departments = Departments
setup-people = People
setup-workflows = Workflows
setup-you-about = You are the first administrator. You give the others access.
setup-centre-about = Callers read it on their page.
setup-centre-name = Name of the centre
setup-calendar-about = Limits in working hours count by it. Holidays are entered later, with the year's calendar.
setup-days = Working days
setup-hours = Working hours
setup-china = Public holidays of China apply; warn when a year's are missing
setup-departments-about = Paste a table from a spreadsheet, with its headings; or begin with the departments that the shipped workflows dispatch to.
setup-departments-shipped = Use the shipped departments
setup-departments-columns = Columns: id, zh (name), en, parent (the id of the department above). Nothing is taken when a line is wrong.
setup-there = There already:
setup-table = Table
setup-people-about = Paste a table from a spreadsheet, with its headings. Where a workflow wants four eyes, two people must hold a role.
setup-people-columns = Columns: id, name, email, language, roles. Several roles with ; between, those of a department with @: liaison@finance; head@finance. Roles: agent, shift_lead, callback, liaison, head, manager, reviewer, auditor, administrator.
setup-workflows-about = They are checked against your departments and people; what does not fit is listed, and then nothing is published. They can be changed and published later, under Workflows.
setup-workflow-consultation = Consultation
setup-workflow-suggestion = Suggestion
setup-workflow-complaint = Complaint
setup-workflow-help = Help
setup-workflow-report = Report
setup-workflow-repair = Repair
setup-published = Published
setup-publish = Publish
setup-save = Save and go on
setup-later = Later
setup-done = The setup is done
setup-done-about = Once you confirm, this page goes away for good; everything can still be changed under Organisation and Workflows.
setup-unclean = Nothing was published:
setup-finding = { $what }: { $why }
setup-more-wrong = … and more.
setup-too-early = Enter departments and people first: workflows are checked against them.
setup-none-chosen = Choose at least one workflow.
setup-still-open = Not done yet:
setup-all-done = All six steps are done.
setup-departments-like =
    id,zh,en,parent
    finance,财务部,Finance,
    north_branch,北区供电所,North branch,
    north_crew,北区抢修班,North repair crew,north_branch
setup-people-like =
    id,name,email,language,roles
    li,Li Na,li@example.org,en,agent
    fang,Fang Yuan,fang@example.org,en,liaison@finance
