//! Keys of `fields.X`, `people.X` and the rows of `routing`.

use super::super::shape::{Form, Noun, Shape, Table};
use super::{BILINGUAL, FIELD_ID, RULE, needed, optional, table};
use crate::workflow::finding::Code;

static FIELD_TYPE: Shape = Shape::Form(Form::Word(&[
    "text",
    "number",
    "money",
    "yes_no",
    "choice",
    "time",
    "phone",
    "department",
    "departments",
    "person",
    "list",
]));
static OPTIONS: Shape = Shape::Each(Noun::Option, &BILINGUAL);
static ROLE: Shape = Shape::Form(Form::Id(Noun::Role));

/// `fields.X`.
pub static FIELD: Table = table(
    "fields.X",
    &[
        needed("type", &FIELD_TYPE, "What it holds.", "字段类型。"),
        needed("title", &BILINGUAL, "What people read.", "显示的名称。"),
        optional("help", &BILINGUAL, "A hint for whoever fills it in.", "填写提示。"),
        optional(
            "min",
            &Shape::Form(Form::Number),
            "Least number, or least length of a text or list.",
            "最小值，或文字、列表的最小长度。",
        ),
        optional(
            "max",
            &Shape::Form(Form::Number),
            "Greatest number, or greatest length of a text or list.",
            "最大值，或文字、列表的最大长度。",
        ),
        optional("options", &OPTIONS, "Options of a choice.", "可选项。"),
        optional("default", &Shape::Value, "Value of a new ticket.", "新工单的缺省值。"),
        optional(
            "check",
            &Shape::Form(Form::Expression),
            "Must hold whenever the field is written; needs `otherwise`.",
            "写入时必须成立的条件，须同时写 otherwise。",
        ),
        optional(
            "otherwise",
            &BILINGUAL,
            "What the user reads when `check` does not hold.",
            "check 不成立时给用户看的话。",
        ),
        optional(
            "private",
            &Shape::Form(Form::YesNo),
            "Personal: masked wherever the reader has no need.",
            "个人信息：对不需要的人遮盖。",
        ),
        optional(
            "each_time",
            &Shape::Form(Form::YesNo),
            "Asked anew: an old value never satisfies `require`.",
            "每次重新填写，旧值不算。",
        ),
        optional(
            "public",
            &Shape::Form(Form::YesNo),
            "Shown to the caller.",
            "来电人可见。",
        ),
    ],
)
.needs(&[("otherwise", "check")]);

/// `people.X`.
pub static PEOPLE_RULE: Table = table(
    "people.X",
    &[
        optional("role", &ROLE, "Members of this role.", "担任此角色的人。"),
        optional(
            "of",
            &FIELD_ID,
            "Of the department in this field, or `task`: of the task's department.",
            "某字段所填部门的，或 task：任务所在部门的。",
        ),
        optional(
            "on_duty",
            &Shape::Form(Form::YesNo),
            "Only who is on duty.",
            "仅限当班人员。",
        ),
        optional(
            "who",
            &Shape::Form(Form::Who),
            "creator, assignee, or doer of ACTION.",
            "creator、assignee 或 doer of 某操作。",
        ),
        optional(
            "not",
            &FIELD_ID,
            "Never the person in this field, nor who stands in for them.",
            "此字段所填的人及其替班除外。",
        ),
        optional(
            "else",
            &RULE,
            "Who is meant when nobody is found.",
            "找不到人时改由谁。",
        ),
        optional(
            "always",
            &Shape::Form(Form::YesNo),
            "The end of every chain: may never be empty.",
            "链条的末端，不得无人。",
        ),
    ],
)
.one_of(&[&["role", "who"]])
.needs(&[("of", "role"), ("on_duty", "role")]);

static ROUTING_VALUE: Shape = Shape::Value;

/// A row of `routing`.
pub static ROUTING_ROW: Table = Table {
    name: "routing",
    keys: &[optional(
        "else",
        &Shape::Form(Form::True),
        "Takes what no other row fits; the last row.",
        "其余情况；最后一行。",
    )],
    open: Some((Noun::Field, &ROUTING_VALUE)),
    missing: Code::ReadMissingKey,
    one_of: &[],
    needs: &[],
};
