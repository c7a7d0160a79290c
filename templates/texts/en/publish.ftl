# `ombud publish`.

publish-done = published: { $workflow }, version { $version }
publish-same = active already, left as they are: { $count }
publish-would = right with today's departments and people; would be published: { $count }
publish-nothing = Nothing was published.
publish-nobody = Nobody in the directory has the id { $person } today: write the ids of people who are there (ombud import people.csv)
