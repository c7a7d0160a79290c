# 空系统的首次设置。
setup-title = 首次设置
setup-lead = 六步即可接听第一个来电。可随时离开再回来，每一步都能重做。
setup-steps = 步骤
setup-step-of = 第 { $number } 步，共 { $count } 步：{ $title }
setup-is-done = 已完成
setup-you = 您本人
setup-centre = 中心
setup-calendar = 时区与日历
setup-departments = 承办单位
setup-people = 人员
setup-workflows = 流程
setup-you-about = 您是第一位管理员，由您授予其他人权限。
setup-centre-about = 来电人会在查询页上看到。
setup-centre-name = 中心名称
setup-calendar-about = 工作时限按此计算。节假日稍后在年度日历中录入。
setup-days = 工作日
setup-hours = 工作时间
setup-china = 适用中国法定节假日：缺少某年节假日时提醒
setup-departments-about = 从电子表格粘贴一张带表头的表；或先采用自带流程所派往的部门。
setup-departments-shipped = 采用自带流程的部门
setup-departments-columns = 列：编号、名称、英文名称、上级（上级部门的编号）。只要有一行有误，就什么都不写入。
setup-there = 已有：
setup-table = 表格
setup-people-about = 从电子表格粘贴一张带表头的表。流程要求双人复核的角色，须至少两人担任。
setup-people-columns = 列：编号、姓名、邮箱、语言、角色。多个角色用 ; 分隔，部门角色用 @：liaison@finance; head@finance。角色有：坐席 agent、值班长 shift_lead、回访员 callback、联络人 liaison、负责人 head、经理 manager、质检员 reviewer、审计员 auditor、管理员 administrator。
setup-workflows-about = 发布前按您的部门和人员检查；不符之处会一一说明，此时一个也不发布。以后可在“流程”中修改和发布。
setup-workflow-consultation = 咨询
setup-workflow-suggestion = 建议
setup-workflow-complaint = 投诉
setup-workflow-help = 求助
setup-workflow-report = 举报
setup-workflow-repair = 抢修
setup-published = 已发布
setup-publish = 发布
setup-save = 保存并继续
setup-later = 以后再说
setup-done = 设置完成
setup-done-about = 确认后本页永久关闭；其中各项在“组织”和“流程”中同样可以找到。
setup-unclean = 没有发布任何流程：
setup-finding = { $what }：{ $why }
setup-more-wrong = …… 还有更多。
setup-too-early = 请先完成“承办单位”和“人员”：流程要按它们检查。
setup-none-chosen = 请至少勾选一个流程。
setup-still-open = 还没有做：
setup-all-done = 六步都已做完。
setup-departments-like =
    编号,名称,英文名称,上级
    finance,财务部,Finance,
    north_branch,北区供电所,North branch,
    north_crew,北区抢修班,North repair crew,north_branch
setup-people-like =
    编号,姓名,邮箱,语言,角色
    li,李娜,li@example.org,zh-CN,agent
    fang,方圆,fang@example.org,zh-CN,liaison@finance
