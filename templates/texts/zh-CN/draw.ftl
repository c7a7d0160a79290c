# Words in pictures of workflows.
draw-anytime = 办理中任何状态
draw-after-close = 办结之后
draw-owner = 负责：{ $owner }
draw-task = 任务：{ $task }（{ $owner }）
draw-clock = 时限：{ $clock }，{ $limit }
draw-any-returned = 有退单获准
draw-all-done = 全部完成
draw-lead-done = 主办完成
draw-n-done = { $count } 项完成
draw-else = 其他情况
draw-becomes = 转为 { $workflow }
draw-itself = 自动
draw-label = { $title }的流程图
draw-too-large = 流程太大，无法画成图；请看文字版
draw-by-clock = 到期自动
