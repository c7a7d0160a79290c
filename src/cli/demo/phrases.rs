//! What callers say and what is answered, in the demonstration. Invented; names, numbers and places belong to nobody.

/// What a call may be about.
pub struct Matter {
    pub summary: &'static str,
    pub course: &'static str,
    pub demands: &'static [&'static str],
    /// Options for choice fields that name the kind of matter, by whichever the workflow knows.
    pub options: &'static [&'static str],
}

pub const CONSULTATIONS: &[Matter] = &[
    Matter {
        summary: "阶梯电价怎么算",
        course: "来电询问居民阶梯电价分档标准和计算周期",
        demands: &["说明分档标准"],
        options: &["billing"],
    },
    Matter {
        summary: "过户需要哪些材料",
        course: "二手房交易后办理用电过户，询问所需材料和办理地点",
        demands: &["告知材料清单"],
        options: &["service"],
    },
    Matter {
        summary: "计划停电时间",
        course: "小区张贴停电通知，询问具体恢复时间",
        demands: &["告知恢复时间"],
        options: &["outage"],
    },
    Matter {
        summary: "充电桩报装条件",
        course: "自有车位拟安装充电桩，询问报装条件和费用",
        demands: &["说明报装流程"],
        options: &["policy"],
    },
    Matter {
        summary: "峰谷电价如何申请",
        course: "夜间用电较多，询问峰谷分时电价申请方式",
        demands: &["告知申请渠道"],
        options: &["billing", "policy"],
    },
    Matter {
        summary: "营业厅节假日时间",
        course: "询问营业厅节假日是否营业以及营业时间",
        demands: &["告知营业时间"],
        options: &["service"],
    },
    Matter {
        summary: "电子发票怎么开",
        course: "企业用户询问电子发票开具方法",
        demands: &["告知开票步骤"],
        options: &["billing"],
    },
];

pub const COMPLAINTS: &[Matter] = &[
    Matter {
        summary: "电费多计",
        course: "本月电费比往月高出一倍，家中用电无变化，怀疑抄表有误",
        demands: &["核查电表", "退还多收电费"],
        options: &["billing"],
    },
    Matter {
        summary: "频繁停电",
        course: "近一周停电四次，每次约两小时，事先未通知",
        demands: &["查明原因", "给出改进时间"],
        options: &["outage"],
    },
    Matter {
        summary: "窗口推诿",
        course: "到营业厅办理业务，工作人员以系统故障为由让改日再来，未说明原因",
        demands: &["说明情况", "尽快办理"],
        options: &["service"],
    },
    Matter {
        summary: "工作人员态度差",
        course: "上门检修人员言语不当，拒绝出示工作证",
        demands: &["当面道歉", "内部通报"],
        options: &["conduct"],
    },
    Matter {
        summary: "施工占道未恢复",
        course: "电缆沟施工结束三周，人行道未恢复，老人行走不便",
        demands: &["恢复路面"],
        options: &["other"],
    },
    Matter {
        summary: "家电因电压损坏",
        course: "昨晚电压突然升高，冰箱和电视损坏，物业称与其无关",
        demands: &["赔偿损失", "检测电压"],
        options: &["outage", "other"],
    },
];

pub const HELPS: &[Matter] = &[
    Matter {
        summary: "表后线故障求助",
        course: "家中一半房间无电，疑似表后线路故障，独居老人不会处理",
        demands: &["派人检查线路"],
        options: &["outage", "service"],
    },
    Matter {
        summary: "电表箱门损坏",
        course: "楼道电表箱门脱落，线头外露，小孩经常经过",
        demands: &["尽快修复"],
        options: &["service", "other"],
    },
    Matter {
        summary: "欠费停电后未复电",
        course: "昨天已缴清电费，至今未恢复供电",
        demands: &["尽快复电"],
        options: &["billing"],
    },
    Matter {
        summary: "树枝碰线",
        course: "门口大树枝条碰到电线，刮风时有火花",
        demands: &["修剪树枝"],
        options: &["outage", "other"],
    },
    Matter {
        summary: "呼吸机用户停电求助",
        course: "家中病人使用呼吸机，小区停电，备用电池只能维持两小时",
        demands: &["立即安排应急电源"],
        options: &["outage"],
    },
    Matter {
        summary: "电线杆倾斜",
        course: "村口电线杆被车撞后倾斜，担心倒下",
        demands: &["加固电线杆"],
        options: &["outage", "other"],
    },
];

pub const SUGGESTIONS: &[Matter] = &[
    Matter {
        summary: "停电通知发到微信群",
        course: "建议计划停电除张贴通知外，同步发到业主微信群",
        demands: &["采纳建议"],
        options: &["service", "hotline"],
    },
    Matter {
        summary: "热线增加夜间坐席",
        course: "晚上八点后电话经常排队，建议增加夜间坐席",
        demands: &["采纳建议"],
        options: &["hotline"],
    },
    Matter {
        summary: "老旧小区线路改造",
        course: "小区线路使用三十年，夏季跳闸频繁，建议列入改造计划",
        demands: &["列入计划"],
        options: &["grid"],
    },
    Matter {
        summary: "电费账单加大字号",
        course: "账单字太小，老人看不清，建议提供大字版",
        demands: &["采纳建议"],
        options: &["service", "price"],
    },
];

pub const REPORTS: &[Matter] = &[
    Matter {
        summary: "抄表员私收费用",
        course: "抄表员以换表为名向多户收取现金，未开具票据",
        demands: &["查处"],
        options: &["corruption", "conduct"],
    },
    Matter {
        summary: "采购疑似围标",
        course: "近期电缆采购三家投标单位联系人相同，报价雷同",
        demands: &["调查"],
        options: &["procurement"],
    },
];

pub const REPAIRS: &[Matter] = &[
    Matter {
        summary: "单户无电",
        course: "自家无电，邻居正常，空开未跳",
        demands: &["尽快抢修"],
        options: &["one_home"],
    },
    Matter {
        summary: "整栋楼停电",
        course: "整栋楼突然停电，变压器附近有响声",
        demands: &["尽快恢复"],
        options: &["many_homes"],
    },
    Matter {
        summary: "电线落地",
        course: "大风后一根电线落在路边，有人围观",
        demands: &["立即处置"],
        options: &["wire_down"],
    },
    Matter {
        summary: "电表冒烟",
        course: "电表箱冒烟并有焦味，已关闭总闸",
        demands: &["立即检查"],
        options: &["meter"],
    },
];

pub const PLACES: &[&str] = &[
    "和平路12号",
    "南湖小区3栋",
    "人民东路88号",
    "新华里社区",
    "滨江花园二期",
    "青年路农贸市场",
    "北岭村三组",
    "开发区兴业大道",
    "老城隍庙后街",
    "光明新村7栋",
    "桥头镇卫生院",
    "长虹大厦",
    "柳树巷19号",
    "东风小学旁",
    "银杏苑15栋",
    "河西物流园",
];

pub const CALLERS: &[&str] = &[
    "陈女士",
    "刘先生",
    "赵女士",
    "黄先生",
    "周女士",
    "吴先生",
    "徐女士",
    "孙先生",
    "胡女士",
    "朱先生",
    "高女士",
    "林先生",
    "何女士",
    "郭先生",
];

/// Texts for fields, by the field's name. What is not here gets [`OTHERWISE`].
pub const TEXTS: &[(&str, &[&str])] = &[
    (
        "finding",
        &[
            "现场复测电表误差超差，已更换电表",
            "线路老化接触不良，已更换导线",
            "情况属实，系交接班沟通不到位",
        ],
    ),
    (
        "remedy",
        &["退还多计电费并致歉", "更换故障设备，恢复正常", "约谈当事人，当面道歉"],
    ),
    (
        "account",
        &[
            "接单后联系群众，现场处理完毕，群众无异议",
            "经核查并现场处理，问题已解决",
        ],
    ),
    (
        "public_reply",
        &[
            "您反映的问题已处理完毕，感谢监督",
            "您好，问题已核实处理，给您带来不便敬请谅解",
        ],
    ),
    ("assist_report", &["已配合现场测量并提供数据", "已协助停送电操作"]),
    ("support_report", &["已配合现场操作"]),
    (
        "answer",
        &[
            "按现行电价政策，第一档每月180度以内",
            "可携身份证和房产证到任一营业厅或线上办理",
            "预计今日十八时前恢复供电",
        ],
    ),
    (
        "basis",
        &["《供电营业规则》第二十三条", "省发改委电价文件", "知识库：业务办理指南"],
    ),
    ("remark", &["已向群众说明", "地点不详，请补充门牌号", "请按时限办理"]),
    ("legal_basis", &["《信访工作条例》第二十二条", "《供电营业规则》"]),
    ("explanation", &["该事项属物业管理范围，已向群众解释"]),
    ("other_way", &["可向辖区住建部门反映"]),
    ("override_reason", &["涉及跨区线路，由实际管辖单位办理"]),
    ("urgent_why", &["涉及人身安全", "重要用户停电"]),
    ("why_not", &["处理时间过长", "对结果不认可"]),
    ("unsolved_why", &["需停电施工，已列入计划"]),
    ("third_party_reason", &["涉及外部单位政策，需转询"]),
    ("party", &["市住建局值班室"]),
    ("asker", &["自称记者的来电人"]),
    ("withdraw_evidence", &["群众来电要求撤销，录音留存"]),
    ("malice_evidence", &["一小时内重复拨打二十次，有录音"]),
    ("extension_ground", &["需等待设备到货", "涉及多部门联合勘察"]),
    ("word_said", &["已电话告知进展和预计完成时间"]),
    ("bypass_office", &["省级热线"]),
    ("authority", &["部门负责人授权"]),
    ("apology", &["当事人已当面道歉"]),
    ("consequence", &["扣发当月绩效，离岗培训三天"]),
    ("internal_notice", &["已在班组会上通报"]),
    ("obstacle", &["需要跨区协调资金"]),
    ("options_seen", &["方案一：先行垫付；方案二：协调物业分担"]),
    ("decision", &["同意方案一"]),
    ("grounds", &["建议合理，具备实施条件", "已有类似计划，分步实施"]),
    ("improvement", &["纳入下季度服务改进项目"]),
    ("screen_opinion", &["线索具体，建议核查"]),
    ("measures", &["立案调查"]),
    ("protection", &["信息严格保密，专人办理"]),
    ("feedback_said", &["已告知办理结果"]),
    ("accused", &["某供电所抄表员"]),
    ("scene", &["到达现场，故障点已隔离"]),
    ("work_done", &["更换熔断器，送电正常", "重新架设导线，恢复供电"]),
];

pub const OTHERWISE: &[&str] = &["已处理", "已核实"];
