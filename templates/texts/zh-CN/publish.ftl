# `ombud publish`。

publish-done = 已发布：{ $workflow }，版本 { $version }
publish-same = 已在使用，未改动：{ $count } 个
publish-would = 与现有部门和人员相符；将发布：{ $count } 个
publish-nothing = 没有发布任何流程。
publish-nobody = 目录里今天没有编号为 { $person } 的人员：请写已有人员的编号（ombud import people.csv）
