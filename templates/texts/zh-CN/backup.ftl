# `ombud backup` 和 `ombud restore`。

backup-done = { $file }：{ $tickets } 件工单，{ $events } 个事件，已审核，无问题
backup-findings = { $file }：{ $tickets } 件工单，{ $events } 个事件。副本是完整的，但审核发现 { $findings } 处问题：请运行 ombud audit
backup-removed = 已删除较旧的备份：{ $count } 个
backup-keep = --keep 0 会把刚做好的备份也删除：请写 1 或更大的数
backup-programs = 数据库是 PostgreSQL，由它自带的 pg_dump 和 pg_restore 备份和恢复（版本不低于数据库服务器）。这里无法运行：{ $why }
restore-done = { $file } 现在是 { $backup } 的内容。此前发出的事件流游标作废。备份时还在等待的邮件会由下一次启动的服务发送，包括此后已经发过的
restore-changed = { $file } 与当初写下的不完全相同：长度或 SHA-256 与旁边的清单不符。请换一个备份
restore-no-manifest = { $file } 旁边没有清单，无法知道它是否完整。加 --anyway 可在审核之后恢复
restore-exists = { $file } 已经存在。加 --replace 会把它改名保留
restore-in-use = { $file } 正在使用：请先停止服务
restore-other-kind = { $file } 属于另一种数据库：….db 恢复到 sqlite:文件，….dump 恢复到 postgres://…
restore-not-bare = { $database } 里已经有表，而转储只能恢复到新的数据库：请新建一个（createdb 名称 --encoding UTF8），并用 --database 指明
restore-dump-findings = 转储已完整写入数据库，但审核发现 { $findings } 处问题：ombud audit 会说明是什么。弄清之前请勿用它提供服务；加 --anyway 可照原样接受
restore-findings = 审核在备份中发现 { $findings } 处问题，没有做任何改动。ombud audit --database sqlite:文件 会说明是什么；加 --anyway 可照原样恢复
