//! Keys of `in_flight` and of the stories in `tests`.

use super::super::shape::{Form, Noun, Shape, Table};
use super::{
    CLOCK_ID, MESSAGE_ID, OUTCOME_ID, PERSON, STATE_ID, VERSION, WORKFLOW, any, needed, optional, rows, table,
};
use crate::workflow::finding::Code;

static STATE_MAP: Shape = Shape::Each(Noun::State, &STATE_ID);

/// `in_flight`.
pub static IN_FLIGHT: Table = table(
    "in_flight",
    &[
        needed("from", &VERSION, "The version that is replaced.", "被替换的版本号。"),
        needed(
            "tickets",
            &Shape::Form(Form::Word(&["move", "keep"])),
            "Open tickets move to this version or keep theirs.",
            "未结工单转到本版本或留在旧版本。",
        ),
        optional(
            "states",
            &STATE_MAP,
            "Old state: new state, for states that are gone.",
            "旧状态: 新状态。",
        ),
        optional(
            "deadlines",
            &Shape::Form(Form::Word(&["keep", "recompute"])),
            "Keep what was promised, or compute anew.",
            "保留原期限或重新计算。",
        ),
    ],
);

static PERSON_LIST: Shape = any(&PERSON);
static CLOCK_LIST: Shape = any(&CLOCK_ID);
static STEPS: Shape = rows(&Shape::Mapping(&STEP));
static SAMPLE_ID: Shape = Shape::Form(Form::Id(Noun::Sample));
static CONTACT: Shape = Shape::Either(&[&Shape::Form(Form::Word(&["running"])), &Shape::Form(Form::Time)]);
static VALUES: Shape = Shape::Each(Noun::Field, &Shape::Value);

/// One of `tests`.
pub static STORY: Table = table(
    "tests",
    &[
        needed(
            "name",
            &Shape::Form(Form::Text),
            "What the story shows, as a sentence.",
            "用一句话说明测试什么。",
        ),
        needed("given", &Shape::Mapping(&GIVEN), "How it begins.", "前提。"),
        needed(
            "steps",
            &STEPS,
            "What happens, and what must follow.",
            "经过与应有的结果。",
        ),
    ],
);

/// `given`.
pub static GIVEN: Table = table(
    "given",
    &[
        needed(
            "now",
            &Shape::Form(Form::Time),
            "Local time of the beginning: 2026-03-02 09:00.",
            "开始时的当地时间，如 2026-03-02 09:00。",
        ),
        optional("on_duty", &PERSON_LIST, "Who is on duty.", "当班人员。"),
        optional(
            "state",
            &STATE_ID,
            "Begins in this state: routing has run, tasks are open.",
            "从此状态开始。",
        ),
        optional(
            "with",
            &SAMPLE_ID,
            "Which sample the ticket holds.",
            "使用哪份示例内容。",
        ),
        optional(
            "contact",
            &CONTACT,
            "running, or when it ended.",
            "通话：running，或结束时间。",
        ),
    ],
);

/// A step of a story.
pub static STEP: Table = table(
    "steps",
    &[
        needed(
            "when",
            &Shape::Form(Form::Event),
            "li creates SAMPLE, li does ACTION TASK, 9 minutes, contact ends, zhang signs on.",
            "发生什么，如 li does submit、9 minutes。",
        ),
        optional("with", &VALUES, "What is filled in.", "填写的内容。"),
        optional(
            "then",
            &Shape::Mapping(&EXPECTATION),
            "What must follow.",
            "应有的结果。",
        ),
    ],
);

static TASK_STATES: Shape = Shape::Each(
    Noun::TaskOf,
    &Shape::Form(Form::Word(&[
        "open",
        "signed",
        "return_asked",
        "done",
        "returned",
        "cancelled",
        "none",
    ])),
);
static CLOCK_STATES: Shape = Shape::Each(
    Noun::Clock,
    &Shape::Form(Form::Word(&["running", "paused", "stopped", "met"])),
);
static TOLD: Shape = any(&PERSON);

/// `then` of a step.
pub static EXPECTATION: Table = Table {
    name: "steps.then",
    keys: &[
        optional("state", &STATE_ID, "The state.", "所处状态。"),
        optional(
            "owner",
            &PERSON_LIST,
            "People who must be among the owners.",
            "负责人中必须有谁。",
        ),
        optional(
            "tasks",
            &TASK_STATES,
            "Tasks: {lead: open, assist@finance: done}.",
            "任务的状态。",
        ),
        optional(
            "tell",
            &TOLD,
            "People who must be among those told; `nobody`.",
            "被通知者中必须有谁；nobody 表示无人。",
        ),
        optional("say", &MESSAGE_ID, "Which message they were told.", "用了哪条通知。"),
        optional(
            "late",
            &CLOCK_LIST,
            "Exactly the clocks that are late.",
            "恰好哪些时限已超时。",
        ),
        optional(
            "clock",
            &CLOCK_STATES,
            "Clocks: running, paused, stopped, met.",
            "时限的状态。",
        ),
        optional(
            "refused",
            &Shape::Form(Form::Text),
            "The step is refused with this code.",
            "被拒绝的原因代码。",
        ),
        optional("closed", &OUTCOME_ID, "Closed with this outcome.", "以此结果结案。"),
        optional("workflow", &WORKFLOW, "The workflow it became.", "转成的工单种类。"),
    ],
    open: Some((Noun::Field, &Shape::Value)),
    missing: Code::ReadMissingKey,
    one_of: &[],
    needs: &[],
};
