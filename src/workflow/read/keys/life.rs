//! Keys of `states.X`, tasks, actions, cases and `outcomes.X`.

use super::super::shape::{Form, Noun, Shape, Table, WAYS};
use super::{
    ACTION_ID, ACTIONS, BILINGUAL, CLOCK_ID, FIELD_ID, MESSAGE_ID, OUTCOME_ID, RULE, STATE_ID, TASK_KEY, WORKFLOW, any,
    needed, optional, rows, some, table,
};

static TASKS: Shape = Shape::Each(Noun::Task, &Shape::Mapping(&TASK));
static JOINS: Shape = rows(&Shape::Mapping(&JOIN));
static FIELD_LIST: Shape = some(&FIELD_ID);
static RULE_LIST: Shape = some(&RULE);
static ACTION_LIST: Shape = some(&ACTION_ID);
static STATE_LIST: Shape = some(&STATE_ID);
static TASK_LIST: Shape = any(&TASK_KEY);
static CLOCK_LIST: Shape = any(&CLOCK_ID);

static N_DONE: Table = table(
    "then.if",
    &[needed(
        "n_done",
        &Shape::Form(Form::Whole(1, 1_000)),
        "So many tasks are done.",
        "已完成的任务数。",
    )],
);
static JOIN_IF: Shape = Shape::Either(&[
    &Shape::Form(Form::Word(&["any_returned", "all_done", "lead_done"])),
    &Shape::Mapping(&N_DONE),
]);
static CASES: Shape = rows(&Shape::Mapping(&CASE));
/// A state, `back`, or a list of cases.
static TO: Shape = Shape::Either(&[&STATE_ID, &CASES]);
static BECOMES_VALUE: Shape = Shape::Either(&[&WORKFLOW, &Shape::Mapping(&BECOMES)]);
static SET: Shape = Shape::Each(Noun::Field, &Shape::Value);
static EXTEND_BY: Shape = Shape::Either(&[&Shape::Form(Form::Duration), &FIELD_ID]);

const EN_TO: &str = "Goes to this state (`back`: out of a pause), or a list of cases tried from the top.";
const ZH_TO: &str = "转到的状态（back：离开暂停），或依次判断的情形。";
const EN_CLOSE: &str = "Closes the ticket with this outcome.";
const ZH_CLOSE: &str = "以此结果结案。";
const EN_STAY: &str = "Nothing changes its state.";
const ZH_STAY: &str = "状态不变。";
const EN_BECOMES: &str = "Becomes a ticket of another workflow, with the same number and history.";
const ZH_BECOMES: &str = "转为另一种工单，编号与历史不变。";

/// `states.X`.
pub static STATE: Table = table(
    "states.X",
    &[
        needed("title", &BILINGUAL, "What people read.", "显示的名称。"),
        needed("owner", &RULE, "Who has to see to it.", "由谁负责。"),
        optional("actions", &ACTIONS, "What can be done here.", "可进行的操作。"),
        optional(
            "tasks",
            &TASKS,
            "Work of departments, side by side.",
            "各部门并行的任务。",
        ),
        optional(
            "then",
            &JOINS,
            "Where it goes when tasks are done or returned.",
            "任务完成或退回后去向何处。",
        ),
        optional(
            "pause",
            &Shape::Form(Form::YesNo),
            "Tasks and their clocks wait; `to: back` returns.",
            "暂停：任务与时限等待，to: back 返回。",
        ),
    ],
)
.needs(&[("then", "tasks")]);

/// `tasks.X`.
pub static TASK: Table = table(
    "tasks.X",
    &[
        needed(
            "for",
            &FIELD_ID,
            "One task for each department in this field.",
            "此字段中的每个部门各一项任务。",
        ),
        needed("owner", &RULE, "Who works on it.", "由谁办理。"),
        needed("title", &BILINGUAL, "What people read.", "显示的名称。"),
        optional(
            "require",
            &FIELD_LIST,
            "Fields that the reply must fill.",
            "答复时必填的字段。",
        ),
        optional(
            "ask",
            &FIELD_LIST,
            "Fields that the reply may fill.",
            "答复时可填的字段。",
        ),
        optional(
            "return_within",
            &Shape::Form(Form::Duration),
            "How long after dispatch the department may ask for return.",
            "派单后多久之内可以申请退单。",
        ),
    ],
);

/// A row of `then`.
pub static JOIN: Table = table(
    "then",
    &[
        needed(
            "if",
            &JOIN_IF,
            "any_returned, all_done, lead_done or {n_done: 2}.",
            "条件：any_returned、all_done、lead_done 或 {n_done: 2}。",
        ),
        optional("to", &TO, EN_TO, ZH_TO),
        optional("close", &OUTCOME_ID, EN_CLOSE, ZH_CLOSE),
        optional("stay", &Shape::Form(Form::True), EN_STAY, ZH_STAY),
        optional("becomes", &BECOMES_VALUE, EN_BECOMES, ZH_BECOMES),
    ],
)
.one_of(&[WAYS]);

/// A case of `to`.
pub static CASE: Table = table(
    "cases",
    &[
        optional(
            "when",
            &Shape::Form(Form::Expression),
            "The case applies when this holds.",
            "此条件成立时适用。",
        ),
        optional(
            "else",
            &Shape::Form(Form::True),
            "Takes the rest; the last case.",
            "其余情形；最后一项。",
        ),
        optional("to", &STATE_ID, "Goes to this state.", "转到的状态。"),
        optional("close", &OUTCOME_ID, EN_CLOSE, ZH_CLOSE),
        optional("stay", &Shape::Form(Form::True), EN_STAY, ZH_STAY),
        optional("becomes", &BECOMES_VALUE, EN_BECOMES, ZH_BECOMES),
    ],
)
.one_of(&[&["when", "else"], WAYS]);

/// `becomes: {workflow, end}`.
pub static BECOMES: Table = table(
    "becomes",
    &[
        needed("workflow", &WORKFLOW, "The other workflow.", "另一种工单。"),
        optional(
            "end",
            &CLOCK_LIST,
            "Clocks that end; all others must exist there under the same id.",
            "就此终止的时限；其余须在对方中以同名存在。",
        ),
    ],
);

/// An action.
pub static ACTION: Table = table(
    "actions.X",
    &[
        needed("title", &BILINGUAL, "What stands on the button.", "按钮上的文字。"),
        optional(
            "key",
            &Shape::Form(Form::Text),
            "Shortcut in the console.",
            "控制台快捷键。",
        ),
        needed("by", &RULE_LIST, "Who may do it.", "谁可以操作。"),
        optional(
            "not_by",
            &ACTION_LIST,
            "Four eyes: not whoever did one of these in this round.",
            "四眼原则：本轮做过这些操作的人不得操作。",
        ),
        optional("require", &FIELD_LIST, "Fields that must be filled.", "必填字段。"),
        optional("ask", &FIELD_LIST, "Fields that may be filled.", "可填字段。"),
        optional(
            "only_in",
            &STATE_LIST,
            "Only in these states (anytime).",
            "仅限这些状态（用于 anytime）。",
        ),
        optional(
            "only_if",
            &Shape::Form(Form::Expression),
            "Only when this holds; needs `because`.",
            "仅当条件成立，须同时写 because。",
        ),
        optional(
            "because",
            &BILINGUAL,
            "What the user reads when `only_if` does not hold.",
            "only_if 不成立时给用户看的话。",
        ),
        optional(
            "at_most",
            &Shape::Form(Form::Rate),
            "once per 4 hours, or 3 times per 1 days.",
            "频次上限，如 once per 4 hours。",
        ),
        optional(
            "set",
            &SET,
            "Writes constants into fields; `now` into a time.",
            "把常量写入字段；时间字段可写 now。",
        ),
        optional(
            "route",
            &Shape::Form(Form::YesNo),
            "Fills fields from the routing table.",
            "按路由表填写部门。",
        ),
        optional(
            "again",
            &TASK_LIST,
            "Only these tasks are opened anew.",
            "只重新打开这些任务。",
        ),
        optional("extend", &Shape::Mapping(&EXTEND), "Extends a clock.", "延长时限。"),
        optional(
            "tell",
            &RULE_LIST,
            "Whom to tell; `open_tasks`: owners of open tasks.",
            "通知谁；open_tasks 指未完成任务的负责人。",
        ),
        optional("say", &MESSAGE_ID, "Which message.", "用哪条通知。"),
        optional("to", &TO, EN_TO, ZH_TO),
        optional("close", &OUTCOME_ID, EN_CLOSE, ZH_CLOSE),
        optional("stay", &Shape::Form(Form::True), EN_STAY, ZH_STAY),
        optional("becomes", &BECOMES_VALUE, EN_BECOMES, ZH_BECOMES),
    ],
)
.one_of(&[WAYS])
.needs(&[("because", "only_if")]);

/// `extend: {clock, by}`.
pub static EXTEND: Table = table(
    "extend",
    &[
        needed("clock", &CLOCK_ID, "Which clock.", "哪个时限。"),
        needed(
            "by",
            &EXTEND_BY,
            "A duration, or a number field in the unit of the clock's limit.",
            "延长多久，或数值字段（单位同该时限）。",
        ),
    ],
);

/// `outcomes.X`.
pub static OUTCOME: Table = table(
    "outcomes.X",
    &[
        needed("title", &BILINGUAL, "What people read.", "显示的名称。"),
        needed(
            "counts_as",
            &Shape::Form(Form::Word(&[
                "satisfied",
                "dissatisfied",
                "unknown",
                "withdrawn",
                "not_counted",
            ])),
            "How it counts in the figures.",
            "统计归类。",
        ),
    ],
);
