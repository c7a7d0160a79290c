# 流程文件写法上的问题（READ01-READ16）与正确写法
noun =
    { $noun ->
        [workflow] 流程
        [calendar] 日历
        [field] 字段
        [option] 选项
        [rule] 人员规则
        [role] 角色
        [department] 部门
        [person] 人员
        [state] 状态
        [action] 操作
        [task] 任务
        [outcome] 结果
        [clock] 时限
        [message] 通知
        [date] 日期
        [sample] 示例
       *[other] 名称
    }
wanted =
    { $wanted ->
        [text] 一段文字
        [template] 一段文字，可带 { "{" }place{ "}" } 这样的占位符
        [prefix] 几个字母或数字
        [id] { noun }的标识
        [word] 其中之一：{ $known }
        [yes_no] true 或 false
        [true] true
        [whole] 整数
        [number] 数字
        [duration] 时长，如 15 minutes 或 5 working days
        [point] 时刻，如 60%、100% + 30 minutes 或 remaining 2 hours
        [rate] 频次，如 once per 4 hours
        [expression] 条件，如 compensation > 1000
        [who] creator、assignee 或 doer of 操作
        [time] 时间，如 2026-03-02 09:00
        [event] 事件，如 li does submit 或 9 minutes
        [date] 日期，如 2026-03-02
        [instant] 时间，如 2026-03-02 08:00
        [hours] 工作时间，如 "08:30-12:00,13:30-18:00"
        [zone] 时区，如 Asia/Shanghai
        [seat] 角色，或带部门的角色，如 head@finance
        [value] 一个值或一组值
        [bilingual] 两种语言：{ "{" }zh: …, en: …{ "}" }
        [mapping] 若干键及其值（{ $known }）
        [each] 若干{ noun }标识，各带内容
        [list] 列表，每项以短横线开头
        [one_or_list] 一个值，或写在方括号里的几个：[a, b]
       *[other] 别的内容
    }
found =
    { $found ->
        [nothing] 空
        [list] 列表
        [mapping] 键与值
       *[text] 文字
    }

finding-READ01-size = 文件有 { $bytes } 字节，最多读取 { $max } 字节
finding-READ01-encoding = 这里不是 UTF-8 编码。请把文件另存为 UTF-8（不要用 ANSI、GBK 或 GB18030）
finding-READ01-bom = 文件开头有一个看不见的字节顺序标记，请另存为不带标记的 UTF-8
finding-READ01-crlf = 有 { $lines } 行用的是 Windows 换行（CR LF），请改用 LF，否则内容相同的文件会被看作不同
finding-READ01-invisible = 字符 { $character } 看不见；文件写的必须就是看到的
finding-READ01-documents = 这里开始了第二份文档（---）；一个文件只写一个流程
finding-READ01-empty = 文件是空的

finding-READ02-fullwidth = 这里用了全角冒号，请改成半角冒号加空格
finding-READ02-tab = 不能用制表符缩进，请用空格
finding-READ02-quote = 前面开始的引号没有结束
finding-READ02-after-quote = 引号结束之后还有内容。请给整段文字加引号，或都不加
finding-READ02-escape = 双引号里的 \ 表示转义，而这里的写法无效；请改用单引号
finding-READ02-bracket = 这里的括号不配对：{ "{" } { "}" } [ ] 或逗号缺了或多了。含有这些字符的文字要加引号
finding-READ02-directive = 不能有以 % 开头的行
finding-READ02-character = 值不能以这个字符开头，请给文字加引号
finding-READ02-colon = 这里又有一个冒号。含有冒号加空格的文字要加引号
finding-READ02-key = 这里不是“键: 值”，或缩进与相邻的行不一致
finding-READ02-other = 从这里起不是 YAML，请检查缩进、冒号、括号和引号

finding-READ03 = 这里没有“{ $key }”这个键。可用的键：{ $known }
finding-READ03-near = 这里没有“{ $key }”这个键
finding-READ03-elsewhere = “{ $key }”不属于这里，而属于：{ $places }。这里可用的键：{ $known }
finding-READ03-comma = 这里没有“{ $key }”这个键。如果它属于逗号前面的文字，请给那段文字加引号
finding-READ04 = “{ $key }”写了两次，只能保留一个
note-first-here = 第一次写在这里
note-other-here = 另一个在这里
finding-READ05 =
    { $of ->
        [file] 文件缺少“{ $key }”
       *[other] “{ $of }”缺少“{ $key }”
    }
finding-M01 =
    { $key ->
        [zh] “{ $of }”没有中文（zh）
        [en] “{ $of }”没有英文（en）
       *[other] “{ $of }”缺少语言 { $key }
    }

finding-READ06-tag = “{ $tag }”是 YAML 标签，多数程序会悄悄丢掉它。以 ! 开头的文字要加引号
finding-READ06-anchor = “&{ $name }”是 YAML 锚点，不允许使用，请把内容写全
finding-READ06-alias = “*{ $name }”是 YAML 引用，不允许使用，请把内容写全。以 * 开头的文字要加引号
finding-READ06-merge = “<<”会并入别处的键，不允许使用，请把内容写全

finding-READ07 = “{ $key }”应为{ wanted }，这里却是{ found }
finding-READ07-root = 文件由键与值组成（{ $known }），这里却是{ found }
finding-READ07-nothing = “{ $key }”没有值。应为{ wanted }；如不需要，请删去这一行
finding-READ07-key = 键应是一个词，这里不是
finding-READ07-blank = “{ $key }”没有内容，请写上文字或删去这一行
finding-READ07-empty-list = “{ $key }”是空列表，至少要有一项
finding-READ07-field-one = 字段“{ $field }”只能有一个值，不能是列表
finding-READ07-field-list = 字段“{ $field }”要写成列表：[a, b]

finding-READ08 = “{ $key }”不能是“{ $found }”。可以是：{ $words }
finding-READ08-prefix = “{ $found }”不能作编号前缀：最多 { $max } 个英文字母、数字或连字符
finding-READ08-template = 花括号里只能写占位符，如 { "{" }place{ "}" }；这里不是：{ $found }
finding-READ08-who = “{ $found }”不是 creator、assignee 或 doer of 操作。如果是角色，请写 role: { $found }
finding-READ08-option = 字段“{ $field }”没有选项“{ $found }”
finding-READ08-phone = “{ $found }”不是电话号码：只能有数字，可以 + 开头，中间可有连字符
finding-READ08-field = “{ $found }”不能作字段“{ $field }”的值

finding-READ09 = “{ $found }”不能作{ noun }的标识：以小写字母 a-z 开头，后面只能是 a-z、0-9 和 _
finding-READ09-long = 标识最多 { $max } 个字符
finding-READ09-fullwidth = “{ $found }”里有全角标点，请改成半角逗号或冒号加空格
finding-READ09-field = 字段“{ $field }”要填标识，“{ $found }”不是：以小写字母 a-z 开头，后面只能是 a-z、0-9 和 _
finding-READ09-reserved = “{ $found }”另有含义，不能作{ noun }的标识

finding-READ10-clock = “{ $found }”不是时长。请写明多少和单位：9 hours、30 minutes
finding-READ10-point = “{ $found }”不是时限的时刻。请写 60%、100% + 30 minutes 或 remaining 2 hours
finding-READ10-percent = “{ $found }”不是时限的时刻：% 之前应是 0 到 1000 的整数
finding-READ10-minus = “{ $found }”不是时限的时刻。到期之前请写 remaining 2 hours
finding-READ10-rate = “{ $found }”不是频次。请写 once per 4 hours 或 3 times per 1 days

finding-READ11 = “{ $key }”只能是 true 或 false，不能是“{ $found }”
finding-READ11-only-true = “{ $key }”只能写 true，否则请删去
finding-READ11-field = 字段“{ $field }”只能是 true 或 false，不能是“{ $found }”

finding-READ12 = “{ $key }”应是数字，“{ $found }”不是：只写数字，不要前导零、空格、下划线或逗号
finding-READ12-quoted = “{ $key }”是数字，请去掉引号写 { $found }
finding-READ12-only = “{ $key }”只能是 { $only }，不能是 { $found }
finding-READ12-range = “{ $key }”应在 { $min } 到 { $max } 之间，不能是 { $found }
finding-READ12-field = 字段“{ $field }”应是数字，“{ $found }”不是：只写数字，不要前导零、空格、下划线或逗号
finding-READ12-money = 字段“{ $field }”应是金额，“{ $found }”不是：只写数字，最多两位小数

finding-READ13 = “{ $key }”应是时间，“{ $found }”不是：请写 2026-03-02 08:30
finding-READ13-field = 字段“{ $field }”应是时间，“{ $found }”不是：请写 2026-03-02 08:30
finding-READ13-constant = 字段“{ $field }”是时间，这里写固定时间没有意义。操作可以把它设为 now

finding-READ14-needs = “{ $key }”要与“{ $other }”同用，而“{ $other }”没有写
finding-READ14-none-of = 这里缺少其中之一：{ $keys }
finding-READ14-one-of = 这里只能写其中之一：{ $keys }
finding-READ14-options = “{ $field }”是单选字段，却没有选项
finding-READ14-type = 类型为 { $kind } 的字段没有“{ $key }”
finding-READ14-bounds = 最小值（{ $min }）大于最大值（{ $max }）
finding-READ14-only-in = “only_in”用于 anytime 下的操作；这个操作本来就只在一处可用
finding-READ14-else-row = 兜底的一行不能再写条件
finding-READ14-idle-step = 这一步既不通知人也不做事：请写 tell 和 say，或 do

finding-READ15-form = “{ $found }”看不懂。可以写：li creates 示例、li does 操作 任务、9 minutes、contact ends、zhang signs on、zhang signs off
finding-READ15-person = “{ $found }”不是以人员标识开头

finding-READ16-depth = 层次太深：键与列表最多 { $max } 层
finding-READ16-nodes = 内容太多：一个文件最多 { $max } 个键和值
finding-READ16-text = “{ $key }”太长：最多 { $max } 个字

finding-B04-none-of = 没有去向：请写其中之一：{ $keys }
finding-B04-one-of = 同时有两个去向，其中只能留一个：{ $keys }

finding-READ08-unknown = 没有{ noun }“{ $found }”
finding-READ09-seat = “{ $found }”不是角色：请写 agent，或带部门的 head@finance
finding-READ10-day = 一个工作日折合多少小时：请写 8 hours
finding-READ13-date = “{ $found }”不是有效日期：格式为年-月-日，例如 2026-05-01
finding-READ13-instant = “{ $key }”应是时间，“{ $found }”不是：格式例如 2026-05-01 或 2026-05-01 08:30
finding-READ13-zone = 没有“{ $found }”这个时区：写法如 Asia/Shanghai
finding-READ14-circle = “{ $department }”成了自己的上级
finding-READ14-order = 结束不晚于开始
