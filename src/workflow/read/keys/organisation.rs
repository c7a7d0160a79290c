//! Keys of `organisation.yaml`: calendars, departments, roles, people, roster.

use super::super::shape::{Form, Noun, Shape, Table};
use super::{BILINGUAL, LANGUAGE_VERSION, PERSON, any, needed, optional, table};
use crate::workflow::finding::Code;

static DEPARTMENT_ID: Shape = Shape::Form(Form::Id(Noun::Department));
static ROLE_ID: Shape = Shape::Form(Form::Id(Noun::Role));
static ROLE_LIST: Shape = any(&ROLE_ID);
static ROLES: Shape = Shape::Either(&[&ROLE_LIST, &Shape::Each(Noun::Role, &BILINGUAL)]);
static SEATS: Shape = any(&Shape::Form(Form::Seat));
static DATED_SEATS: Shape = any(&Shape::Either(&[
    &Shape::Form(Form::Seat),
    &Shape::Mapping(&MEMBERSHIP),
]));
static DATES: Shape = any(&Shape::Form(Form::Date));
static YEAR: Shape = Shape::Form(Form::Whole(1970, 9999));
static SHIFTS: Shape = list(&Shape::Mapping(&SHIFT));
static ABSENCES: Shape = list(&Shape::Mapping(&ABSENCE));

/// A list of mappings that may be empty.
const fn list(of: &'static Shape) -> Shape {
    Shape::List {
        of,
        one: false,
        least: 0,
    }
}

/// All of `organisation.yaml`.
pub static ORGANISATION: Table = table(
    "organisation",
    &[
        needed(
            "ombud",
            &LANGUAGE_VERSION,
            "Version of the language: 1.",
            "语言版本：1。",
        ),
        optional(
            "calendar",
            &Shape::Mapping(&CALENDAR),
            "The calendar `default`.",
            "缺省的工作日历 default。",
        ),
        optional(
            "calendars",
            &Shape::Each(Noun::Calendar, &Shape::Mapping(&CALENDAR)),
            "Further calendars, by id.",
            "其他工作日历。",
        ),
        needed(
            "departments",
            &Shape::Each(Noun::Department, &Shape::Mapping(&DEPARTMENT)),
            "Departments, by id.",
            "部门。",
        ),
        needed(
            "roles",
            &ROLES,
            "Roles: [agent, head], or with titles.",
            "角色，可带名称。",
        ),
        optional(
            "test_staff",
            &Shape::Each(Noun::Person, &SEATS),
            "People of the stories: li: [agent, head@finance].",
            "测试中的人员及角色。",
        ),
        optional(
            "people",
            &Shape::Each(Noun::Person, &Shape::Mapping(&PERSON_TABLE)),
            "Real people, by the name they sign in with.",
            "真实人员，以编号为标识。",
        ),
        optional("roster", &SHIFTS, "Shifts of the duty roster.", "班表。"),
        optional("absences", &ABSENCES, "Who is away, and who stands in.", "请假与替班。"),
        optional(
            "builtin",
            &Shape::Mapping(&BUILTIN),
            "Which roles may use the built-in actions.",
            "内置操作由哪些角色使用。",
        ),
    ],
);

/// Countries whose holidays are built in.
static COUNTRY: Shape = Shape::Form(Form::Word(&["cn"]));

/// A calendar.
pub static CALENDAR: Table = table(
    "calendar",
    &[
        needed("zone", &Shape::Form(Form::Zone), "Asia/Shanghai.", "时区。"),
        optional(
            "day",
            &Shape::Form(Form::Duration),
            "Length of a nominal working day; 8 hours.",
            "一个工作日折合的时长，缺省 8 hours。",
        ),
        needed(
            "hours",
            &Shape::Mapping(&WEEK),
            "Opening hours of the week; a day without any is closed.",
            "一周的工作时间，未写的日子休息。",
        ),
        optional(
            "country",
            &COUNTRY,
            "Public holidays and make-up days that are built in: cn, 2023-2026. What `closed` and `open` say wins.",
            "内置的法定节假日与调休：cn（2023—2026 年）；closed、open 中写的优先。",
        ),
        optional("closed", &DATES, "Holidays.", "休息日。"),
        optional(
            "open",
            &Shape::Each(Noun::Date, &Shape::Form(Form::Hours)),
            "Make-up days and their hours.",
            "调休上班日及时间。",
        ),
        optional(
            "loaded_through",
            &YEAR,
            "Last year whose holidays are here; beyond it deadlines are provisional.",
            "节假日已录入到哪一年。",
        ),
    ],
);

/// `hours` of a calendar.
pub static WEEK: Table = table(
    "calendar.hours",
    &[
        optional(
            "mon",
            &Shape::Form(Form::Hours),
            "Monday: 08:30-12:00,13:30-18:00.",
            "星期一。",
        ),
        optional("tue", &Shape::Form(Form::Hours), "Tuesday.", "星期二。"),
        optional("wed", &Shape::Form(Form::Hours), "Wednesday.", "星期三。"),
        optional("thu", &Shape::Form(Form::Hours), "Thursday.", "星期四。"),
        optional("fri", &Shape::Form(Form::Hours), "Friday.", "星期五。"),
        optional("sat", &Shape::Form(Form::Hours), "Saturday.", "星期六。"),
        optional("sun", &Shape::Form(Form::Hours), "Sunday.", "星期日。"),
    ],
);

/// A department.
pub static DEPARTMENT: Table = Table {
    name: "departments.X",
    keys: &[
        needed("zh", &Shape::Form(Form::Text), "Its name in Chinese.", "中文名称。"),
        needed("en", &Shape::Form(Form::Text), "Its name in English.", "英文名称。"),
        optional("parent", &DEPARTMENT_ID, "The department above.", "上级部门。"),
        optional(
            "from",
            &Shape::Form(Form::Instant),
            "Since when it exists.",
            "生效时间。",
        ),
        optional(
            "to",
            &Shape::Form(Form::Instant),
            "Until when; a day alone is included.",
            "失效时间；只写日期则含当日。",
        ),
    ],
    open: None,
    missing: Code::M01,
    one_of: &[],
    needs: &[],
};

/// A person.
static PERSON_TABLE: Table = table(
    "people.X",
    &[
        needed("name", &Shape::Form(Form::Text), "The person's name.", "姓名。"),
        optional("email", &Shape::Form(Form::Text), "Where mails go.", "电子邮箱。"),
        optional(
            "language",
            &Shape::Form(Form::Word(&["zh-CN", "en"])),
            "Language of pages and mails; zh-CN.",
            "界面与邮件的语言，缺省 zh-CN。",
        ),
        optional(
            "roles",
            &DATED_SEATS,
            "Roles: [agent, head@finance, {role: callback, from: 2026-03-01}].",
            "角色，可带部门与有效期。",
        ),
        optional("from", &Shape::Form(Form::Instant), "Since when.", "生效时间。"),
        optional(
            "to",
            &Shape::Form(Form::Instant),
            "Until when; a day alone is included.",
            "失效时间；只写日期则含当日。",
        ),
    ],
);

/// A role with validity.
static MEMBERSHIP: Table = table(
    "people.X.roles",
    &[
        needed(
            "role",
            &Shape::Form(Form::Seat),
            "agent, head@finance.",
            "角色，可带部门。",
        ),
        optional("from", &Shape::Form(Form::Instant), "Since when.", "生效时间。"),
        optional(
            "to",
            &Shape::Form(Form::Instant),
            "Until when; a day alone is included.",
            "失效时间；只写日期则含当日。",
        ),
    ],
);

/// A shift.
static SHIFT: Table = table(
    "roster",
    &[
        needed("person", &PERSON, "Who.", "值班人。"),
        optional(
            "role",
            &ROLE_ID,
            "In which role; without one in every role of the person.",
            "以何角色值班，缺省为其所有角色。",
        ),
        needed(
            "from",
            &Shape::Form(Form::Instant),
            "Since when: 2026-03-02 08:00.",
            "开始时间。",
        ),
        needed(
            "to",
            &Shape::Form(Form::Instant),
            "Until when; a day alone is included.",
            "结束时间；只写日期则含当日。",
        ),
    ],
);

/// An absence.
static ABSENCE: Table = table(
    "absences",
    &[
        needed("person", &PERSON, "Who.", "请假人。"),
        needed("from", &Shape::Form(Form::Instant), "Since when.", "开始时间。"),
        needed(
            "to",
            &Shape::Form(Form::Instant),
            "Until when; a day alone is included.",
            "结束时间；只写日期则含当日。",
        ),
        optional("substitute", &PERSON, "Who stands in.", "替班人。"),
    ],
);

/// Roles that may use the built-in actions.
static BUILTIN: Table = table(
    "builtin",
    &[
        optional(
            "sign",
            &ROLE_LIST,
            "Sign for a task, beside its owners.",
            "签收任务（任务负责人之外）。",
        ),
        optional("chase", &ROLE_LIST, "Chase.", "催办。"),
        optional("watch", &ROLE_LIST, "Put under watch.", "督办。"),
        optional("correct", &ROLE_LIST, "Correct a field.", "更正字段。"),
        optional("reveal", &ROLE_LIST, "See private fields.", "查看个人信息。"),
        optional(
            "grant_return",
            &ROLE_LIST,
            "Grant returns and force dispatch.",
            "批准退单、强制派单。",
        ),
        optional(
            "link",
            &ROLE_LIST,
            "Link, merge, undo merging.",
            "关联、并案、撤销并案。",
        ),
    ],
);
