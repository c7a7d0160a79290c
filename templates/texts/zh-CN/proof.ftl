# “ombud check” 证明了什么：如果谁都不动手，谁会知道这张工单。
proof-head = 如果谁都不处理，工单在每个状态里最迟过多久会这样：
proof-state = { $state }（{ $title }），由 { $owner } 负责
proof-clock = { $clock }：{ $steps }
proof-then = ；
proof-people = 没有人时依次找：
proof-step = { $after } → { $does }
proof-nothing = 没有证明任何事
proof-tell = { $told }
proof-do = 自动执行“{ $title }”（{ $action }）：{ $leads }
proof-repeat = 每隔 { $every } 再通知 { $times } 次
proof-unless = 已确认的除外
proof-quiet = 免打扰时段过后再通知
proof-and = {" "}和{" "}
proof-comma = ，
proof-cases = { $wait }（{ $others }）
proof-case = { $condition }{ $wait }
proof-if = { $when } 时{" "}
proof-else = 其余{" "}
proof-share = { $limit }的 { $share }%
proof-plus = { $limit }再加 { $more }
proof-before = { $limit }前 { $left }
proof-open-tasks = 有未办结任务的人
proof-back = 回到之前的状态
proof-close = 以“{ $outcome }”结案
proof-stay = 状态不变
proof-becomes = 转为“{ $workflow }”
duration-words =
    { $unit ->
        [second] { $number } 秒
        [minute] { $number } 分钟
        [hour] { $number } 小时
        [day] { $number } 天
        [working-minute] { $number } 个工作分钟
        [working-hour] { $number } 个工作小时
        [working-day] { $number } 个工作日
       *[working-day-from-the-next-day] 次日起 { $number } 个工作日
    }
proof-clock-contact = { $clock }，从挂机算起，最多晚 60 分钟：{ $steps }
proof-shared = 以下时限跨状态连续计时，某一步可能在之前的状态里已经到过：
proof-further = 以及 { $clocks }（见下）
proof-at-once = 立即
