//! The keys of a workflow file, table by table, in the order a manager reads them.

mod clocks;
mod fields;
mod life;
mod organisation;
mod stories;

pub use clocks::{CLOCK, LIMIT_CASE, RUNG};
pub use fields::{FIELD, PEOPLE_RULE, ROUTING_ROW};
pub use life::{ACTION, BECOMES, CASE, EXTEND, JOIN, OUTCOME, STATE, TASK};
pub use organisation::ORGANISATION;
pub use stories::{EXPECTATION, GIVEN, IN_FLIGHT, STEP, STORY};

use super::shape::{Form, Key, Noun, Shape, Table};
use crate::workflow::finding::Code;

/// A key that has to be there.
const fn needed(name: &'static str, shape: &'static Shape, en: &'static str, zh: &'static str) -> Key {
    Key {
        name,
        shape,
        needed: true,
        en,
        zh,
    }
}

/// A key that may be left out.
const fn optional(name: &'static str, shape: &'static Shape, en: &'static str, zh: &'static str) -> Key {
    Key {
        name,
        shape,
        needed: false,
        en,
        zh,
    }
}

/// A mapping with exactly these keys.
const fn table(name: &'static str, keys: &'static [Key]) -> Table {
    Table {
        name,
        keys,
        open: None,
        missing: Code::ReadMissingKey,
        one_of: &[],
        needs: &[],
    }
}

/// A list with at least one item; a single one needs no brackets.
const fn some(of: &'static Shape) -> Shape {
    Shape::List {
        of,
        one: true,
        least: 1,
    }
}

/// A list that may be empty; a single item needs no brackets.
const fn any(of: &'static Shape) -> Shape {
    Shape::List {
        of,
        one: true,
        least: 0,
    }
}

/// A list of mappings.
const fn rows(of: &'static Shape) -> Shape {
    Shape::List {
        of,
        one: false,
        least: 1,
    }
}

/// `{zh: …, en: …}`.
pub static BILINGUAL_TABLE: Table = Table {
    name: "title",
    keys: &[
        needed("zh", &Shape::Form(Form::Text), "in Chinese", "中文"),
        needed("en", &Shape::Form(Form::Text), "in English", "英文"),
    ],
    open: None,
    missing: Code::M01,
    one_of: &[],
    needs: &[],
};
pub static BILINGUAL: Shape = Shape::Mapping(&BILINGUAL_TABLE);

/// A message, with placeholders in both languages.
pub static MESSAGE_TABLE: Table = Table {
    name: "messages.X",
    keys: &[
        needed("zh", &Shape::Form(Form::Template), "in Chinese", "中文"),
        needed("en", &Shape::Form(Form::Template), "in English", "英文"),
    ],
    open: None,
    missing: Code::M01,
    one_of: &[],
    needs: &[],
};
static MESSAGE: Shape = Shape::Mapping(&MESSAGE_TABLE);

static VERSION: Shape = Shape::Form(Form::Whole(1, 1_000_000));
static LANGUAGE_VERSION: Shape = Shape::Form(Form::Whole(1, 1));
static WORKFLOW: Shape = Shape::Form(Form::Id(Noun::Workflow));
static CALENDAR: Shape = Shape::Form(Form::Id(Noun::Calendar));
static FIELD_ID: Shape = Shape::Form(Form::Id(Noun::Field));
static RULE: Shape = Shape::Form(Form::Id(Noun::Rule));
static STATE_ID: Shape = Shape::Form(Form::Id(Noun::State));
static ACTION_ID: Shape = Shape::Form(Form::Id(Noun::Action));
static TASK_KEY: Shape = Shape::Form(Form::Id(Noun::Task));
static OUTCOME_ID: Shape = Shape::Form(Form::Id(Noun::Outcome));
static CLOCK_ID: Shape = Shape::Form(Form::Id(Noun::Clock));
static MESSAGE_ID: Shape = Shape::Form(Form::Id(Noun::Message));
static PERSON: Shape = Shape::Form(Form::Id(Noun::Person));

static FIELDS: Shape = Shape::Each(Noun::Field, &Shape::Mapping(&FIELD));
static PEOPLE: Shape = Shape::Each(Noun::Rule, &Shape::Mapping(&PEOPLE_RULE));
static ROUTING: Shape = rows(&Shape::Mapping(&ROUTING_ROW));
static STATES: Shape = Shape::Each(Noun::State, &Shape::Mapping(&STATE));
static ACTIONS: Shape = Shape::Each(Noun::Action, &Shape::Mapping(&ACTION));
static OUTCOMES: Shape = Shape::Each(Noun::Outcome, &Shape::Mapping(&OUTCOME));
static CLOCKS: Shape = Shape::Each(Noun::Clock, &Shape::Mapping(&CLOCK));
static MESSAGES: Shape = Shape::Each(Noun::Message, &MESSAGE);
static SAMPLES: Shape = Shape::Each(Noun::Sample, &Shape::Each(Noun::Field, &Shape::Value));
static STORIES: Shape = rows(&Shape::Mapping(&STORY));

/// Every table of a workflow file, in the order of the manual.
pub static ALL: &[&Table] = &[
    &FILE,
    &FIELD,
    &PEOPLE_RULE,
    &ROUTING_ROW,
    &STATE,
    &TASK,
    &JOIN,
    &ACTION,
    &CASE,
    &BECOMES,
    &EXTEND,
    &OUTCOME,
    &CLOCK,
    &LIMIT_CASE,
    &RUNG,
    &IN_FLIGHT,
    &STORY,
    &GIVEN,
    &STEP,
    &EXPECTATION,
];

/// The whole file.
pub static FILE: Table = table(
    "file",
    &[
        needed(
            "ombud",
            &LANGUAGE_VERSION,
            "Version of the language: 1.",
            "语言版本：1。",
        ),
        needed(
            "workflow",
            &WORKFLOW,
            "Id of this kind of ticket: complaint.",
            "工单种类的标识，如 complaint。",
        ),
        needed(
            "version",
            &VERSION,
            "Number of this version, for people.",
            "本版本的编号，供人阅读。",
        ),
        needed("title", &BILINGUAL, "Name of this kind of ticket.", "工单种类的名称。"),
        needed(
            "subject",
            &Shape::Form(Form::Template),
            "Title of each ticket, from fields: \"{place}: {summary}\".",
            "每件工单的标题，由字段组成。",
        ),
        optional(
            "number_prefix",
            &Shape::Form(Form::Prefix),
            "In front of the ticket's number: C.",
            "工单编号的前缀。",
        ),
        optional(
            "calendar",
            &CALENDAR,
            "Which of the administrator's calendars counts; without one the calendar `default`.",
            "使用哪一份工作日历，缺省为 default。",
        ),
        needed("fields", &FIELDS, "What is written down.", "要记录的内容。"),
        needed(
            "people",
            &PEOPLE,
            "Rules that say who is meant.",
            "指明由谁处理的规则。",
        ),
        optional(
            "routing",
            &ROUTING,
            "Which department gets the ticket; exactly one row may fit.",
            "派给哪个部门；恰有一行适用。",
        ),
        needed("start", &STATE_ID, "The first state.", "起始状态。"),
        needed(
            "states",
            &STATES,
            "The states of the ticket's life.",
            "工单的各个状态。",
        ),
        optional(
            "anytime",
            &ACTIONS,
            "Actions in every open state.",
            "任何未结状态下都可进行的操作。",
        ),
        optional(
            "after_close",
            &ACTIONS,
            "Actions on a closed ticket.",
            "结案之后的操作。",
        ),
        needed("outcomes", &OUTCOMES, "How a ticket can end.", "工单的结果。"),
        optional("clocks", &CLOCKS, "Limits, and who is told when.", "时限与升级链。"),
        optional("messages", &MESSAGES, "What people are told.", "通知的文字。"),
        optional(
            "in_flight",
            &Shape::Mapping(&IN_FLIGHT),
            "What happens to tickets that are open when this version is published.",
            "发布本版本时未结工单如何处理。",
        ),
        optional(
            "samples",
            &SAMPLES,
            "Named contents for the tests.",
            "测试用的示例内容。",
        ),
        optional(
            "tests",
            &STORIES,
            "Stories that are run by every check.",
            "每次检查都会运行的测试。",
        ),
    ],
);
