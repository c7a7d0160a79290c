# 接口没有照做时的回答。problem-title-代码 是问题名，problem-代码 说该怎么办，fault-代码 是请求中的一处错误，
# refusal-代码 是工作流拒绝的一条理由。

problem-title-bad_json = 不是有效的 JSON
problem-bad_json = 请求内容无法按 JSON 读取：第 { $line } 行第 { $column } 列。请发送一个完整的 UTF-8 编码的 JSON 值。
problem-title-not_utf8 = 不是 UTF-8 文本
problem-not_utf8 = 请求内容不是 UTF-8 文本：位置 { $position } 处的字节不合法。请以 UTF-8 发送，且不含 NUL 字符。
problem-title-bad_request = 请求有误
problem-bad_request = 无法理解该请求；“errors”指出位置。
problem-title-invalid = 请求不可接受
problem-invalid = 未做任何改动。“errors”逐处说明哪里不对、应当如何填写。
problem-title-unauthenticated = 需要有效的令牌
problem-unauthenticated = 请在请求头“Authorization: Bearer …”中提供有效令牌。令牌可能不存在、已过期或已吊销；管理员可以签发新的令牌。
problem-title-foreign_request = 请求不是从本系统的页面发出的
problem-foreign_request = 请求不是从本系统的页面发出的，或页面已过期。请重新打开页面再试；已填写的内容请先复制。
problem-title-scope_missing = 该令牌不能用于此操作
problem-scope_missing = 该令牌缺少权限范围“{ $scope }”。请换用其他令牌，或请管理员签发。
problem-title-not_allowed = 您的角色不允许此操作
problem-not_allowed = 您的角色不允许此操作，请由有权限的人员办理。
problem-title-refused_who = 此操作应由他人办理
problem-refused_who = 按工作流此操作由其他人员办理；“errors”列出可办理的人员。
problem-title-not_found = 未找到
problem-not_found = 此处没有内容，或者您无权查看。请核对地址。
problem-title-method_not_allowed = 此处不能使用该方法
problem-method_not_allowed = 该地址可用的方法：{ $allowed }。
problem-title-body_timeout = 请求内容未按时到达
problem-body_timeout = 请求内容须在 { $seconds } 秒内到达，内容较大时相应延长。连接已关闭，请重新发送。
problem-title-refused = 工作流目前不允许此操作
problem-refused = 未做任何改动；“errors”说明原因以及谁可以解除，“allowed_actions”列出目前可以办理的操作。
problem-title-refused_content = 工作流不接受所填内容
problem-refused_content = 未做任何改动；“errors”说明是哪个字段、应当如何填写。
problem-title-conflict = 与现有数据冲突
problem-conflict = 未做任何改动；“errors”说明冲突所在。
problem-title-key_in_flight = 使用该键的首个请求仍在处理
problem-key_in_flight = 带有相同 Idempotency-Key 的请求正在处理。请稍候再发：得到的将是首个请求的回答。
problem-title-key_reused = 该键已用于另一请求
problem-key_reused = 该 Idempotency-Key 已用于另一请求（方法、地址或内容不同）。新的请求请使用新的键。
problem-title-key_invalid = Idempotency-Key 不可用
problem-key_invalid = Idempotency-Key 为 1 至 { $max } 个可见 ASCII 字符，不含空格，且只发送一次。
problem-title-stale = 已被他人先行更改
problem-stale = 工单已由 { $by } 于 { $at } 更改（“{ $action }”），现为第 { $revision } 版。请重新读取后再决定。
problem-title-if_match_missing = 请说明您所见的版本
problem-if_match_missing = 请在请求头 If-Match 中带上读取工单时得到的 ETag，以免覆盖他人的更改。
problem-title-too_large = 请求内容过大
problem-too_large = 请求内容最多 { $max } 字节。
problem-title-unsupported_media = 请求内容的类型不受支持
problem-unsupported_media = 请以 { $accepted } 发送，使用 UTF-8 且不压缩，并在 Content-Type 中注明。
problem-title-file_too_large = 文件太大
problem-file_too_large = 请发送较小的文件；errors 中写明上限。
problem-title-file_kind = 不收取这种文件
problem-file_kind = 以内容为准，与文件名无关；errors 中写明可收取的种类。
problem-title-range_beyond = 超出文件末尾
problem-range_beyond = 所请求的部分在文件末尾之后；Content-Range 中写明文件长度。
problem-title-head_too_large = 请求头过大
problem-head_too_large = 请减少或缩短请求头。
problem-title-too_many_requests = 请求过于频繁
problem-too_many_requests = 请在 { $seconds } 秒后重试。
problem-title-cursor_void = 游标已失效
problem-cursor_void = 自发放该游标以来数据库曾被恢复。请去掉“after”从头读取；已读过的内容可能会再次出现。
problem-title-internal = 系统内部错误
problem-internal = 系统出现内部错误。请将 request_id 告知运维人员，详情见日志。
problem-title-unknown_result = 无法确定是否已办理
problem-unknown_result = 数据库未能确认是否已保存。请用相同的 Idempotency-Key 重新发送同一请求：最多只会办理一次。
problem-title-busy = 服务器繁忙
problem-busy = 服务器暂时无法受理。未做任何改动，请稍后重试。

json-cut-off = 文本在 JSON 值结束之前中断（第 { $line } 行第 { $column } 列）。
json-too-deep = 嵌套过深（第 { $line } 行第 { $column } 列），最多读取 127 层。
json-surrogate = \u 转义只有半个代理对或被截断（第 { $line } 行第 { $column } 列），请直接以 UTF-8 发送该字符。
json-number = 数字不合法或超出范围（第 { $line } 行第 { $column } 列）。
json-trailing = JSON 值之后还有内容（第 { $line } 行第 { $column } 列），请只发送一个值。
json-trailing-comma = 逗号之后没有内容（第 { $line } 行第 { $column } 列）。
json-key = 名称必须是双引号中的文本（第 { $line } 行第 { $column } 列）。
json-control = 文本中含有未转义的控制字符（第 { $line } 行第 { $column } 列），请写作 \n、\t 或 \u…。
json-escape = JSON 中没有这种转义（第 { $line } 行第 { $column } 列）。
json-unexpected = 此处应为其他内容（第 { $line } 行第 { $column } 列）：一个值、逗号，或对象、列表的结束。

fault-missing = 请填写此项。
fault-type-string = 此处应为文本，而不是 { $found }。
fault-type-boolean = 此处应为 true 或 false，而不是 { $found }。
fault-type-integer = 此处应为整数，而不是 { $found }；数字不加引号。
fault-type-number = 此处应为数字，而不是 { $found }；数字不加引号。
fault-type-array = 此处应为列表 […]，而不是 { $found }。
fault-type-object = 此处应为对象 {"{"}…{"}"}，而不是 { $found }。
fault-type-time = 此处应为时间，如 "2026-03-02T09:00:00+08:00"，而不是 { $found }。
fault-too_many = 最多接受 { $max } 项。
fault-too_long = 共 { $length } 个字符，最多接受 { $max } 个。
fault-length = 长度须在 { $min } 与 { $max } 之间。
fault-range = 须在 { $min } 与 { $max } 之间。
fault-email = 不是有效的电子邮件地址。
fault-rule = 该值不可接受。
fault-nul = 含有 NUL 字符，任何文本都不允许。
fault-line_break = 含有换行或其他控制字符，此处应为单行文本。
fault-blank = 内容为空白，至少应有一个可见字符。
fault-time = “{ $value }”不是有效时间。格式例如 2026-03-02T09:00:00+08:00。
fault-time_without_zone = “{ $value }”没有说明时区。请加上偏移：+08:00，或以 Z 表示 UTC。
fault-time_range = 时间超出范围：接受 1970 至 2199 年。
fault-date = “{ $value }”不是有效日期。格式为年-月-日，例如 2026-05-01。
fault-uuid = “{ $value }”不是此类编号（UUID）。
fault-id = “{ $value }”不是有效标识：小写 ASCII 字母、数字和 _，以字母开头，最多 64 个字符。
fault-word = 此处没有“{ $value }”。可用：{ $accepted }。
fault-unknown_member = 此处没有“{ $name }”。{ $near ->
    [none] 可用：{ $accepted }。
   *[other] 是否想写“{ $near }”？可用：{ $accepted }。
  }
fault-duplicate_key = “{ $name }”出现了两次，一次即可。
fault-body_broken = 请求内容中途结束，或与所声明的长度不符。
fault-query_broken = 查询字符串格式不正确：特殊字符请按 UTF-8 以 % 转义。
fault-if_match = If-Match 应为一个带双引号的 ETag，如 "7"，或 *。
fault-address = “{ $value }”不是网络地址。
fault-cursor = 这不是该列表给出的游标。
fault-month = “{ $value }”不是月份：例如 2026-03。
not-allowed-administrator = 此操作由系统管理员办理。
not-allowed-administrator_or_manager = 此操作由系统管理员或经理办理。
not-allowed-not_in_directory = 您目前不在人员名录中：人员及任职起止时间由系统管理员登记。
not-allowed-auditor = 审计人员可以查看全部内容，但不能改动。
not-allowed-given_away = 贵部门已将此工单转出，只能查看，不能再办理。
not-allowed-others_contact = 该联络由他人登记：须由登记人、电话系统、值班长或经理补充。
not-allowed-shift_lead = 只有本人、值班长、经理和管理员可以这样做。
not-allowed-figures = 统计数据供经理、审计员、值班长及各部门人员查看：由系统管理员登记人员归属。
not-allowed-centre = 来电人查询码由中心人员（坐席、值班长、回访员、经理）发放，承办单位不能发放。
not-allowed-private_file = 此附件涉及隐私：只有正在办理这件工单的人可以查看。
fault-exactly_one = 以下各项须且只能给出一项：{ $accepted }。
fault-scope_missing = 该令牌缺少权限范围“{ $scope }”。
fault-scope = 没有权限范围“{ $value }”。可用：{ $accepted }。
fault-bad_json = 不是有效的 JSON。

refusal-closed = 工单已结案。
refusal-open = 工单尚未结案，此操作仅用于已结案的工单。
refusal-unknown_action = 此处没有这个操作。
refusal-by = { $who ->
    [none] 您不在可办理此操作的人员之列。
   *[other] 此操作应由他人办理：{ $who }。
  }
refusal-not_by = 须由不同人员办理：办理过 { $not_by } 的人不得再办理此步骤。{ $who ->
    [none] 目前没有其他人员可以办理。
   *[other] 可由以下人员办理：{ $who }。
  }
refusal-only_in = 此操作只能在以下环节办理：{ $states }。
refusal-only_if = 不满足工作流规定的条件。
refusal-at_most = { $per ->
    [none] “{ $action }”最多 { $times } 次。
   *[other] “{ $action }”在 { $per } 内最多 { $times } 次。
  }
refusal-require = 字段“{ $field }”必须填写。
refusal-check = 字段“{ $field }”的值不符合规定。
refusal-value = { $expected ->
    [range] 字段“{ $field }”的值须在 { $min } 与 { $max } 之间。
    [length] 字段“{ $field }”的长度须在 { $min } 与 { $max } 之间，现为 { $found }。
    [option] “{ $found }”不是字段“{ $field }”的选项；可用：{ $options }。
    [no_control_characters] 字段“{ $field }”含有不允许的控制字符。
   *[other] 字段“{ $field }”的值不可接受；应为：{ $expected }。
  }
refusal-not_asked = 此操作不需要字段“{ $field }”。
refusal-unknown_field = { $field ->
    [none] 工作流中没有字段“{ $found }”。
   *[other] 工作流中没有字段“{ $field }”。
  }
refusal-unknown_task = 没有这个任务。
refusal-unsigned = 须先签收任务。
refusal-task_phase = 任务现为“{ $found }”；此操作要求任务处于：{ $accepted }。
refusal-no_return = { $why ->
    [forced] 该任务已被强制派单，不能再退单。
    [late] 退单须在派单后 { $within } 内提出。
   *[other] 该任务不能再退单。
  }
refusal-no_route = 派单表中没有适用的行。
refusal-no_department = 未指明部门，将无人承办。
refusal-unknown_department = 没有部门“{ $found }”。
refusal-unknown_person = 没有人员“{ $found }”。
refusal-expression = 工作流中的条件无法计算（“{ $workflow }”第 { $line } 行）。
refusal-text_missing = 缺少文字说明“{ $text }”。
refusal-clock_stopped = 时限“{ $clock }”没有在计时，不能延长。
refusal-unknown_workflow = 工作流“{ $workflow }”尚未发布。
refusal-time = 时间不能晚于 { $latest }。
refusal-nothing = 没有可更改、撤销或释放的内容。

config-unreadable = 文件无法读取：{ $error }
config-syntax = 不是有效的 TOML：{ $error }
config-value = { $error }
config-unknown-section = 没有 [{ $key }] 这一节{ $near ->
    [none] 。
   *[other] ；是否想写 [{ $near }]？
  }
config-unknown-key = 没有设置项“{ $key }”{ $near ->
    [none] 。
   *[other] ；是否想写“{ $near }”？
  }
config-no-section = “{ $key }”是一节：请单独成行写作 [{ $key }]
config-type = “{ $key }”的类型是 { $expected }，例如 { $example }
config-range = “{ $key }”超出范围，参见 ombud.toml 中的注释

# 到期时间是怎样得出的。
clock-waits-for-contact = 尚未开始：通话仍在进行。
clock-not-begun = 尚未开始：起算时间还不知道。
clock-from-contact = 自 { $at } 联络结束时起算。
clock-from-field = 按工单字段所载，自 { $at } 起算。
clock-from-opened = 自 { $at } 工单建立时起算。
clock-from-entry = 自 { $at } 工单进入计时环节时起算。
clock-limit-working = 时限为 { $limit }；只计日历“{ $calendar }”的工作时间。
clock-limit-elapsed = 时限为 { $limit }；夜间和节假日也计算在内。
clock-extended = 已延长 { $more }。
clock-waited = { $from } 至 { $to } 暂停，不计入。
clock-used = 已用 { $used }，共 { $budget }。
clock-due = 如无变化，将于 { $at } 到期。
clock-late = 已于 { $at } 到期，仍在计时：已超时。
clock-never = 日历上没有足够的工作时间，因此没有到期时间。
clock-met = 所等待的操作已于 { $at } 按时办理。
clock-met-late = 所等待的操作于 { $at } 办理；自 { $late } 起已超时。
clock-paused = 目前暂停；恢复计时前，到期时间会顺延。
clock-stopped = 目前不计时。
clock-provisional = 该年度的节假日尚未导入，到期时间为暂定。
span-seconds = { $seconds } 秒
span-minutes = { $minutes } 分钟
span-hours = { $hours } 小时 { $minutes } 分钟
span-whole-hours = { $hours } 小时
span-whole-working-hours = { $hours } 小时工作时间
span-working-minutes = { $minutes } 分钟工作时间
span-working-hours = { $hours } 小时 { $minutes } 分钟工作时间
span-days = { $count } 天
span-working-days = { $count } 个工作日
span-working-days-from-next = 次日起 { $count } 个工作日

serve-listening = ombud 已在 { $url } 提供服务；接口说明页为 { $url }/api/docs/
serve-plain = 服务将在 { $listen } 上使用明文 HTTP，令牌会以明文传输。请指定证书（server.tls_certificate、server.tls_key），或只监听 127.0.0.1 并由前面的代理提供 TLS；若中间网络都由您掌握，可设 server.plain_http = true
serve-half = server.tls_certificate 与 server.tls_key 须同时给出：两个文件都写，或都不写
serve-first = 尚无人使用过 ombud。首位管理员的令牌，一天内有效，仅显示这一次：
    { $token }
  请用它签发您自己的令牌：POST { $url }/api/v1/tokens
  或在浏览器中为管理员设置密码，一天内有效，仅可用一次：
    { $link }
erase-erased = { $number }：已删除个人信息
erase-would = { $number }：将删除个人信息
erase-empty = { $number }：已无可删除的内容
erase-open = { $number }：尚未结案，未作改动；请先结案
erase-contacts = 没有工单的联络记录 { $count } 条
user-reset = { $name } 请在此设置密码，一天内有效，仅可用一次；其已登录的会话将全部结束：
    { $link }
user-days = 可填 1 至 { $max }
