# 控制台：当前急件、将通知谁、重新登录。
shell-duty = 值班至 { $until }
shell-duty-signed = 已签到，值班至 { $until }
urgent-now = 还没有人确认的急件
urgent-acknowledge = 我已知悉，由我处理
reached-told = 将立即通知：
desk-if-urgent = 如果是急件
again-about = 您的会话已结束。已填写的内容都还在，登录后继续即可。
again-other = 换人登录
again-failed = 没有成功，请检查网络后再试。
again-done = 已重新登录。刚才的内容还没有提交，请再提交一次。
me-sound = 本浏览器的提示音
me-sound-off = 急件不响铃
me-sound-try = 试听提示音
date-pick = 从日历中选择
board-duty = 当前值班
board-gaps = 未来 14 天有 { $count } 处无人值班，最近一处：
