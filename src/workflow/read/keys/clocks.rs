//! Keys of `clocks.X` and their ladders.

use super::super::shape::{Form, Shape, Table};
use super::{
    ACTION_ID, BILINGUAL, FIELD_ID, MESSAGE_ID, RULE, STATE_ID, TASK_KEY, any, needed, optional, rows, some, table,
};

/// `open`, a state, or a list of states. `open` is read before it is taken for a state.
static RUNS_IN: Shape = some(&STATE_ID);
static PAUSED_IN: Shape = any(&STATE_ID);
static TASK_LIST: Shape = some(&TASK_KEY);
static ACTION_LIST: Shape = some(&ACTION_ID);
static RULE_LIST: Shape = some(&RULE);
static CASES: Shape = rows(&Shape::Mapping(&LIMIT_CASE));
static LIMIT: Shape = Shape::Either(&[&Shape::Form(Form::Duration), &CASES]);
static LADDER: Shape = rows(&Shape::Mapping(&RUNG));

/// `clocks.X`.
pub static CLOCK: Table = table(
    "clocks.X",
    &[
        needed("title", &BILINGUAL, "What people read.", "显示的名称。"),
        optional(
            "runs_in",
            &RUNS_IN,
            "States in which it counts, or `open`: all of them.",
            "在哪些状态计时；open 为所有未结状态。",
        ),
        optional(
            "paused_in",
            &PAUSED_IN,
            "States in which it waits.",
            "在哪些状态暂停计时。",
        ),
        optional(
            "of_task",
            &Shape::Form(Form::Word(&["any", "unsigned"])),
            "One clock for each open task; `unsigned`: until it is signed for.",
            "每项任务一个时限；unsigned：到签收为止。",
        ),
        optional(
            "tasks",
            &TASK_LIST,
            "Only tasks under these keys (with of_task).",
            "仅限这些任务（与 of_task 同用）。",
        ),
        optional(
            "from",
            &FIELD_ID,
            "opened, contact_ended, or a time field: when it begins.",
            "从何时起算：opened、contact_ended 或时间字段。",
        ),
        needed(
            "limit",
            &LIMIT,
            "A duration, or cases tried from the top.",
            "时限，或依次判断的情形。",
        ),
        optional(
            "reentry",
            &Shape::Form(Form::Word(&["continue", "restart"])),
            "When the state is entered again: the used time counts on, or a new cycle begins.",
            "再次进入时：继续累计或重新开始。",
        ),
        optional(
            "until",
            &ACTION_LIST,
            "The clock is met once one of these was done.",
            "完成其中一项操作即算达成。",
        ),
        needed(
            "ladder",
            &LADDER,
            "Who is told when, and what is done.",
            "升级链：何时通知谁、做什么。",
        ),
    ],
)
.one_of(&[&["runs_in", "of_task"]])
.needs(&[("tasks", "of_task")]);

/// A case of `limit`.
pub static LIMIT_CASE: Table = table(
    "limit",
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
        needed("is", &Shape::Form(Form::Duration), "The limit.", "时限。"),
    ],
)
.one_of(&[&["when", "else"]]);

/// A step of a ladder.
pub static RUNG: Table = table(
    "ladder",
    &[
        needed(
            "at",
            &Shape::Form(Form::Point),
            "60%, 100% + 30 minutes, or remaining 2 hours.",
            "时刻：60%、100% + 30 minutes 或 remaining 2 hours。",
        ),
        optional(
            "tell",
            &RULE_LIST,
            "Whom to tell; `open_tasks`: owners of open tasks.",
            "通知谁；open_tasks 指未完成任务的负责人。",
        ),
        optional("say", &MESSAGE_ID, "Which message.", "用哪条通知。"),
        optional("do", &ACTION_ID, "Which action is done.", "自动执行的操作。"),
        optional(
            "repeat",
            &Shape::Form(Form::Duration),
            "Again after so long; needs `times`.",
            "间隔多久重复，须同时写 times。",
        ),
        optional(
            "times",
            &Shape::Form(Form::Whole(1, 100)),
            "So many more times.",
            "再重复几次。",
        ),
        optional(
            "unless",
            &Shape::Form(Form::Word(&["acknowledged"])),
            "Not once somebody acknowledged.",
            "已有人确认则不再进行。",
        ),
        optional(
            "quiet_hours",
            &Shape::Form(Form::Word(&["wait"])),
            "What it tells waits until quiet hours end; never of an urgent ticket, nor where the limit is minutes or hours.",
            "免打扰时段内的通知等到时段结束再发；急件和以分钟、小时计的时限不等。",
        ),
    ],
)
.needs(&[("repeat", "times"), ("times", "repeat")]);
