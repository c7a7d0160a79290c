# Mistakes in expressions (check, only_if, when), and why one has no result.
expression-missing = 这里应写表达式，例如 urgent
expression-too-long = 表达式太长，最多 { $max } 字节
expression-too-deep = 表达式嵌套太深，最多 { $max } 层；请拆成几个条件
expression-foreign-word = “{ $found }”不是标识：字段要写它的英文标识，文字要加引号
expression-character = 这里不能写“{ $found }”
expression-single-equals = 比较相等要写两个等号：==
expression-open-text = 引号没有结束，末尾应有 { $quote }
expression-escape = “{ $found }”不是有效的转义；可用 {"\\\\"}、{"\\'"}、{"\\\""}、{"\\n"}、{"\\r"}、{"\\t"}、{"\\uXXXX"}
expression-number = “{ $found }”不是普通的数字；请写 12 或 12.5，最多四位小数，前面不加零
expression-unsupported = 表达式里没有“{ $found }”；可以用比较、加减、&&、||、!、in 和函数
expression-unexpected = 这里不应出现“{ $found }”
expression-ends = 表达式没有写完
expression-not-closed = “{ $open }”没有对应的“{ $close }”
expression-unknown-function = 没有函数“{ $found }”；可用 times、times_here、times_ever、minutes、hours、days、size、filled、late
expression-unknown-field = 没有字段“{ $found }”
expression-unknown-option = 字段“{ $field }”没有选项“{ $found }”；可选：{ $accepted }
expression-unknown-department = 没有部门“{ $found }”；现有：{ $accepted }
expression-unknown-person = 没有人员“{ $found }”；现有：{ $accepted }
expression-unknown-clock = 没有时限“{ $found }”；请把时限名写在引号里
expression-unknown-action = 没有操作“{ $found }”
expression-types-differ =
    两边类型不同：左边是{ $left ->
         [yes_no] 是/否
         [number] 数字
         [money] 金额
        *[text] 文本
         [time] 时间点
         [duration] 时长
         [choice] 选项
         [department] 部门
         [departments] 多个部门
         [person] 人员
         [list] 列表
    }，右边是{ $right ->
         [yes_no] 是/否
         [number] 数字
         [money] 金额
        *[text] 文本
         [time] 时间点
         [duration] 时长
         [choice] 选项
         [department] 部门
         [departments] 多个部门
         [person] 人员
         [list] 列表
    }
expression-no-order =
    { $found ->
         [yes_no] 是/否
         [number] 数字
         [money] 金额
        *[text] 文本
         [time] 时间点
         [duration] 时长
         [choice] 选项
         [department] 部门
         [departments] 多个部门
         [person] 人员
         [list] 列表
    }没有大小之分，只能用 == 或 != 比较
expression-not-comparable =
    { $found ->
         [yes_no] 是/否
         [number] 数字
         [money] 金额
        *[text] 文本
         [time] 时间点
         [duration] 时长
         [choice] 选项
         [department] 部门
         [departments] 多个部门
         [person] 人员
         [list] 列表
    }不能整个比较；请用 in 或 size
expression-not-addable =
    { $left ->
         [yes_no] 是/否
         [number] 数字
         [money] 金额
        *[text] 文本
         [time] 时间点
         [duration] 时长
         [choice] 选项
         [department] 部门
         [departments] 多个部门
         [person] 人员
         [list] 列表
    }和{ $right ->
         [yes_no] 是/否
         [number] 数字
         [money] 金额
        *[text] 文本
         [time] 时间点
         [duration] 时长
         [choice] 选项
         [department] 部门
         [departments] 多个部门
         [person] 人员
         [list] 列表
    }不能用“{ $sign }”计算；时间点可以加减时长，例如 now + days(1)
expression-not-a-list =
    in 的右边应是列表或多个部门，这里是{ $found ->
         [yes_no] 是/否
         [number] 数字
         [money] 金额
        *[text] 文本
         [time] 时间点
         [duration] 时长
         [choice] 选项
         [department] 部门
         [departments] 多个部门
         [person] 人员
         [list] 列表
    }
expression-not-in-list =
    列表里是{ $items ->
         [yes_no] 是/否
         [number] 数字
         [money] 金额
        *[text] 文本
         [time] 时间点
         [duration] 时长
         [choice] 选项
         [department] 部门
         [departments] 多个部门
         [person] 人员
         [list] 列表
    }，这里是{ $found ->
         [yes_no] 是/否
         [number] 数字
         [money] 金额
        *[text] 文本
         [time] 时间点
         [duration] 时长
         [choice] 选项
         [department] 部门
         [departments] 多个部门
         [person] 人员
         [list] 列表
    }
expression-list-not-here = 方括号列表只能写在 in 的右边
expression-empty-list = 列表是空的，至少写一项
expression-wrong-type =
    这里需要{ $expected ->
         [yes_no] 是/否
         [number] 数字
         [money] 金额
        *[text] 文本
         [time] 时间点
         [duration] 时长
         [choice] 选项
         [department] 部门
         [departments] 多个部门
         [person] 人员
         [list] 列表
    }，写的是{ $found ->
         [yes_no] 是/否
         [number] 数字
         [money] 金额
        *[text] 文本
         [time] 时间点
         [duration] 时长
         [choice] 选项
         [department] 部门
         [departments] 多个部门
         [person] 人员
         [list] 列表
    }
expression-argument-count = 函数“{ $function }”需要 { $expected } 个参数，写了 { $found } 个
expression-argument-type =
    函数“{ $function }”不能用于{ $found ->
         [yes_no] 是/否
         [number] 数字
         [money] 金额
        *[text] 文本
         [time] 时间点
         [duration] 时长
         [choice] 选项
         [department] 部门
         [departments] 多个部门
         [person] 人员
         [list] 列表
    }；可用于文本、列表、多个部门
expression-action-not-quoted = 操作名要加引号，例如 times('reply')
expression-clock-not-quoted = 时限名要加引号，例如 late('resolve')
expression-failure-empty = 字段“{ $field }”还没有填写
expression-failure-erased = 字段“{ $field }”的内容已被删除
expression-failure-type = 字段“{ $field }”中的值类型不符
expression-failure-not-yet = “{ $name }”还没有时间
expression-failure-overflow = 数字太大，无法计算
expression-failure-not-compiled = 表达式有错误，不能执行
