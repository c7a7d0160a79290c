# `ombud backup` 和 `ombud restore`。

backup-done = { $file }：{ $tickets } 张工单，{ $events } 个事件，已审核，无问题
backup-findings = { $file }：{ $tickets } 张工单，{ $events } 个事件。副本是完整的，但审核发现 { $findings } 处问题：请运行 ombud audit
backup-removed = 已删除较旧的备份：{ $count } 个
backup-keep = --keep 0 会把刚做好的备份也删除：请写 1 或更大的数
backup-postgres = 数据库是 PostgreSQL：请用 pg_dump --format=custom 备份、用 pg_restore 恢复；ombud backup 和 ombud restore 用于 SQLite
restore-done = { $file } 现在是 { $backup } 的内容。此前发出的事件流游标作废。备份时还在等待的邮件会由下一次启动的服务发送，包括此后已经发过的
restore-changed = { $file } 与当初写下的不完全相同：长度或 SHA-256 与旁边的清单不符。请换一个备份
restore-no-manifest = { $file } 旁边没有清单，无法知道它是否完整。加 --anyway 可在审核之后恢复
restore-exists = { $file } 已经存在。加 --replace 会把它改名保留
restore-in-use = { $file } 正在使用：请先停止服务
restore-findings = 审核在备份中发现 { $findings } 处问题，没有做任何改动。ombud audit --database sqlite:文件 会说明是什么；加 --anyway 可照原样恢复
