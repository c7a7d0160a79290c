# “ombud check” 在读取之外发现的问题。每个代码一句，情形多的代码有几句。

finding-S01 = 没有“{ $state }”这个状态
finding-S01-closed = “closed”不是可以去的状态：请写 close: 和一个办结结果
finding-S01-reserved = 状态不能叫“{ $state }”：这个词另有含义
finding-S02 = 从起点“{ $start }”走不到状态“{ $state }”
finding-S03 = 从状态“{ $state }”出发，除了 anytime 里的操作，工单永远无法结案
finding-S03-circle = 从这些状态出发，除了 anytime 里的操作，工单永远无法结案：{ $states }
finding-S04-nothing = 状态“{ $state }”没有出路：既没有操作，也没有 then
finding-S04-stays = 状态“{ $state }”没有出路：这里的操作都不改变状态
finding-S09-no-back = 暂停状态“{ $state }”没有写着 to: back 的操作
finding-S09-no-end = 暂停状态“{ $state }”没有尽头：在其中计时的时限，最后一步要用 do: 离开它
finding-S09-tasks = 暂停状态“{ $state }”不能派任务：暂停时任务都在等待
finding-S09-start = 工单不能从暂停状态“{ $state }”开始：没有可以返回的状态
finding-S09-back-outside = to: back 用来离开暂停状态，而“{ $state }”不是暂停状态
finding-S09-from-pause = “{ $action }”进入暂停状态“{ $state }”，在暂停状态“{ $from }”里也能做：请用 only_in 缩小范围
finding-S09-from-closed = “{ $action }”把工单重新打开到暂停状态“{ $state }”：没有可以返回的状态

finding-B01 = 最后一种情形还带着条件：请以 else: true 结尾
finding-B02 = 这个 else 之后的情形永远走不到：else 要放在最后
finding-B04-after-close = “{ $action }”用于已结案的工单：它要通往一个状态
finding-B05 = 没有“{ $workflow }”这个流程：它的文件要与本文件放在一起，或已经发布
finding-B05-itself = 工单本来就是“{ $workflow }”
finding-B05-clock = 时限“{ $clock }”此时可能在走，而流程“{ $workflow }”里没有同名的时限：请在那边加上，或在这里用 end: [{ $clock }] 结束它
finding-B05-end = 没有“{ $clock }”这个时限可以结束

finding-O01 = 办结结果“{ $outcome }”从未用到
finding-O02 = 没有“{ $outcome }”这个办结结果

finding-K01 = 任务“{ $task }”按字段里的部门派发，而“{ $field }”不是部门字段
finding-K02 = 没有说明“{ $state }”的任务办完之后怎样：then 里要有 if: all_done 或 if: lead_done
finding-K02-no-tasks = 状态“{ $state }”没有任务，then 永远不会生效
finding-K02-twice = 上面已有同样的条件：“{ $state }”的这一行永远不会生效
finding-K02-too-many = 状态“{ $state }”不会有这么多任务
finding-K03 = 没有说明“{ $state }”的任务被退单之后怎样：then 里要有 if: any_returned
finding-K05 = 所去的状态里没有“{ $task }”这个任务
finding-K05-clock = 没有“{ $task }”这个任务可供时限“{ $clock }”计时
finding-K06 = 从这里进入状态“{ $state }”时不能保证有部门：请要求填写 { $fields }
finding-K06-too = 这里也是

finding-P01 = people 里没有“{ $rule }”
finding-P02 = 机构目录里没有“{ $role }”这个角色
finding-P03-end = 这条链止于“{ $rule }”，那里可能没有人：请写 else:，角色若从不空缺请写 always: true
finding-P03-long = 从“{ $rule }”到链尾共 { $count } 级，只询问前 { $max } 级，后面的永远找不到
finding-P03-circle = 这条链绕成一圈，到不了永不空缺的角色：{ $circle } → …
finding-P03-always-else = “{ $rule }”永不空缺，else 之后的永远用不到
finding-P03-always-may-be-empty = “{ $rule }”不能写 always：它取决于字段、任务、班表或之前的步骤，可能没有人
finding-P04 = “{ $rule }”要找任务的人（“{ $bound }”），而这里没有任务
finding-P05 = 没有人担任角色“{ $role }”，而“{ $rule }”永远要靠它
finding-P05-four-eyes = “{ $rule }”的角色“{ $role }”只有一个人：“{ $action }”要求他人复核，至少要两个人

finding-F01 = 没有“{ $field }”这个字段
finding-F02-constant = 字段“{ $field }”的类型是 { $type }，这个值不合适
finding-F02-extend = 延期要用数字：“{ $field }”不是数字字段
finding-F02-from = 时限“{ $clock }”要从一个时间开始：“{ $field }”不是时间字段
finding-F03-doer-of = 没有“{ $action }”这个操作，也就没有做过它的人
finding-F03-until = 没有“{ $action }”这个操作，时限等不到它
finding-F03-until-never = 时限“{ $clock }”计时的状态里都不能做“{ $action }”
finding-F04 = “{ $field }”在这里（“{ $state }”）可能还是空的：请在此之前要求填写，或给一个默认值
finding-F04-subject = 标题里有“{ $field }”，而“{ $action }”离开第一个状态时它可能还是空的：请在那里要求填写
finding-F04-leaves = 工单在这里离开
finding-F04-message = 消息“{ $message }”里有“{ $field }”，它在这里（“{ $state }”）可能还是空的
finding-F05 = 字段“{ $field }”从未要求填写
finding-F07 = “{ $field }”的检查没有说明：请在 otherwise 下写给用户看的话
finding-F07-action = “{ $action }”的条件没有说明：请在 because 下写给用户看的话

finding-R01 = 有两行适用同一种情形：{ $case }
finding-R01-other = 这一行也适用
finding-R02 = 没有一行适用这种情形：{ $case }。请加一行，或以 else: true 结尾
finding-R02-too-many = 表太大，无法检查：情形超过 { $max } 种。请减少字段或选项
finding-R02-no-table = “{ $action }”要自动派单，却没有 routing 表
finding-R03-option = 字段“{ $field }”没有选项“{ $value }”；可选：{ $known }
finding-R03-department = 没有“{ $value }”这个部门；已有：{ $known }
finding-R03-type = 字段“{ $field }”的类型是 { $type }，这个值不合适
finding-R04 = 这一行永远用不到：上面各行已涵盖所有情形
finding-R04-else-early = 这个 else 之后的行永远走不到：else 要放在最后
finding-R04-never-asked = 这张表从未用到：没有操作写着 route: true
finding-R05 = 派单要看“{ $field }”，而执行“{ $action }”时它可能是空的：请在那里要求填写

finding-C01 = 时限“{ $clock }”提到的状态“{ $state }”不存在
finding-C01-clock = 没有“{ $clock }”这个时限
finding-C02 = 时限“{ $clock }”到期时没有通知任何人，也没有做任何事：升级链要有 100% 这一步
finding-C03 = 状态“{ $state }”里没有时限在走：工单会被遗忘在那里
finding-C03-uncertain = 状态“{ $state }”里没有一定在走的时限：工单会被遗忘在那里。带 until 的、从字段开始的、跟着任务的都不算：{ $clocks }
finding-C04 = 时限“{ $clock }”的这一步比上一步到得早
finding-C04-earlier = 这一步到得更晚
finding-C04-before-start = 这一步会在时限“{ $clock }”开始之前到期：时限只有 { $limit }
finding-C04-units = 时限“{ $clock }”混用了自然时间和工作时间：{ $duration } 与 { $limit }
finding-C04-limit = 时限在这里
finding-C04-from-next = “{ $duration }”要从起点算，这里没有起点：请写 working days
finding-C06 = “{ $clock }”的最后一种时限还带着条件：请以 else: true 结尾
finding-C07 = 时限“{ $clock }”要做“{ $action }”，而它在这些状态里走的时候做不了：{ $states }
finding-C07-unknown = 没有“{ $action }”这个操作可供时限“{ $clock }”去做
finding-C07-builtin = “{ $action }”只能由人来做：时限“{ $clock }”只能做文件里的操作
finding-C07-after-close = “{ $action }”用于已结案的工单，而时限“{ $clock }”在结案时就停了
finding-C07-fields = 时限“{ $clock }”要做“{ $action }”，而在“{ $state }”里没有人填过它要求的：{ $fields }
finding-C07-guard = 时限“{ $clock }”要做“{ $action }”，而它可能被 { $guard } 拒绝
finding-C08 = 时限“{ $clock }”在同一个状态“{ $state }”里又走又停
finding-C09 = 时限“{ $clock }”离开后还会再进入（{ $from } → { $outside } → … → { $again }）：请写 reentry: continue（已用时间继续算）或 reentry: restart（重新开始）
finding-C10 = 日历“{ $calendar }”没有工作时间，而时限“{ $clock }”按工作时间计算
finding-C10-unknown = 没有“{ $calendar }”这个日历
finding-C10-ends = 日历“{ $calendar }”在时限“{ $clock }”到期之前就结束了
finding-C11 = 时限“{ $clock }”以分钟或小时计，必须马上有人处理：它的步骤不能等到免打扰时段结束
finding-C11-silent = 时限“{ $clock }”的这一步不通知任何人，没有什么要等免打扰时段结束：quiet_hours 只用于带 tell 的步骤

finding-N01 = 系统会自己一直绕圈（{ $states }）：时限“{ $clock }”一再执行“{ $action }”。请用 times('{ $action }') 计数，或让时限继续计算
finding-N02 = 时限“{ $clock }”一轮最多会发 { $count } 条消息；上限 { $max }

finding-M02 = 没有“{ $message }”这条消息
finding-M03 = 消息“{ $message }”里的占位“{ $placeholder }”没有含义
finding-M03-subject = 标题里的占位“{ $placeholder }”不是字段
finding-M03-no-clock = 消息“{ $message }”里有“{ $placeholder }”，而操作“{ $action }”没有时限
finding-M04 = 消息“{ $message }”两种语言不一致：只有一种里有 { $placeholders }
finding-M05 = 消息“{ $message }”从未用到

finding-X01 = “{ $field }”是隐私字段，会随消息“{ $message }”流出
finding-X01-subject = “{ $field }”是隐私字段，不能放在标题里

finding-Y01 = 同一轮里，“{ $action }”之前不可能做过“{ $named }”
finding-Y01-unknown = 没有“{ $action }”这个操作，也就没有做过它的人
finding-Y02-not-tried = 未能逐个部门检查四眼原则是否会卡住：“{ $action }”涉及的人员级数太多
finding-Y02 = “{ $action }”可能谁也做不了：做过 { $not_by } 的人可能就是全部的人，涉及部门：{ $departments }
finding-Y02-last-resort = “{ $action }”可能只能由永不空缺的角色来做：做过 { $not_by } 的人可能是唯一的人，涉及部门：{ $departments }

finding-V01 = 第 { $version } 版的状态“{ $state }”已经没有了，对照表没有说它的工单去哪里
finding-V01-twice = 状态“{ $state }”对照了两次
finding-V01-first = 第一次在这里
finding-V01-unknown = 第 { $version } 版没有“{ $state }”这个状态
finding-V02 = 没有“{ $state }”这个状态可以接收工单
finding-V02-pause = 工单不能移到暂停状态“{ $state }”：没有可以返回的状态
finding-V03-from = 第 { $version } 版不能接替第 { $from } 版：from: 要写更早的版本
finding-V03-keep-map = 工单留在第 { $from } 版，状态对照表用不到
finding-V03-keep-recompute = 工单留在第 { $from } 版，期限不会重新计算

finding-T01-sample = 没有“{ $sample }”这份样例
finding-T01-action = 没有“{ $action }”这个操作
finding-T02 = 没有测试做过“{ $action }”
finding-T02-none = 文件里没有测试

# 在终端上怎样显示。
check-clean = { $files } 个文件，没有问题
check-summary = { $files } 个文件：{ $errors } 个错误，{ $warnings } 个警告
check-file =
    { $file }（{ $title }）：没有错误{ $tests ->
        [0] ，没有运行测试
       *[other] ，{ $tests } 个测试都如所述
    }
check-omitted = 还有 { $count } 个问题没有显示
check-no-organisation = 这里没有 organisation.yaml：不检查部门、角色、人员和日历，也不运行测试
finding-T01 = 测试“{ $story }”：{ $what } 应为 { $expected }，实际为 { $found }
finding-F02-not = “{ $rule }”要排除某字段里的人：“{ $field }”不是人员字段
finding-READ16-many = 文件过大，无法检查：“{ $key }”有 { $count } 项，最多 { $max } 项
finding-READ16-steps = 文件过大，无法检查：共有 { $count } 个步骤，最多 { $max } 个（每种情形各算一个，anytime 的操作在每个状态各算一次）
