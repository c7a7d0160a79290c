//! What may stand where: the shapes of values and the tables of keys.
//!
//! One table for each kind of mapping ([`super::keys`]) drives everything that has to agree about keys: what `inspect`
//! accepts, «did you mean», the JSON Schema for editors and the test that the manual names every key.

use crate::workflow::finding::Code;

/// The keys of one kind of mapping.
#[derive(Debug)]
pub struct Table {
    /// As the manual names it: `clocks.X`.
    pub name: &'static str,
    pub keys: &'static [Key],
    /// Further keys: ids, all with values of one shape (fields in a routing row).
    pub open: Option<(Noun, &'static Shape)>,
    /// Code of the finding for a needed key that is not there.
    pub missing: Code,
    /// Of each of these groups exactly one key stands there.
    pub one_of: &'static [&'static [&'static str]],
    /// The first says something only beside the second.
    pub needs: &'static [(&'static str, &'static str)],
}

/// The four ways a step can go (rule 5): exactly one of them stands in a case, a join, an action (B04).
pub const WAYS: &[&str] = &["to", "close", "stay", "becomes"];

/// A key.
#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub shape: &'static Shape,
    pub needed: bool,
    /// What it is for, in a line of each language; editors show it.
    pub en: &'static str,
    pub zh: &'static str,
}

/// What a value looks like.
#[derive(Debug)]
pub enum Shape {
    /// One text, of a form.
    Form(Form),
    /// A constant, read by the type of its field.
    Value,
    /// Keys of a table.
    Mapping(&'static Table),
    /// Ids, each with a value of one shape.
    Each(Noun, &'static Shape),
    /// A list; where `one` is true a single item needs no brackets; at least so many items.
    List {
        of: &'static Shape,
        one: bool,
        least: usize,
    },
    /// The first that accepts the value.
    Either(&'static [&'static Shape]),
}

/// What a text looks like.
#[derive(Debug)]
pub enum Form {
    /// Any text that says something.
    Text,
    /// A text with `{placeholders}`.
    Template,
    /// A few letters and digits in front of a ticket's number.
    Prefix,
    /// An id, and of what.
    Id(Noun),
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    YesNo,
    /// `true`, or the key is left out.
    True,
    /// A whole number within bounds.
    Whole(i64, i64),
    /// A number with at most four decimal places.
    Number,
    /// `15 minutes`, `5 working days`.
    Duration,
    /// `60%`, `100% + 30 minutes`, `remaining 2 hours`.
    Point,
    /// `once per 10 minutes`, `3 times per 1 days`.
    Rate,
    /// A condition.
    Expression,
    /// `creator`, `assignee`, `doer of ACTION`.
    Who,
    /// `2026-03-02 09:00`.
    Time,
    /// `li does submit`, `9 minutes`.
    Event,
    /// `2026-03-02`.
    Date,
    /// `2026-03-02 08:00`, or a date alone.
    Instant,
    /// `08:30-12:00,13:30-18:00`.
    Hours,
    /// `Asia/Shanghai`.
    Zone,
    /// `agent`, `head@finance`.
    Seat,
}

/// What an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    Workflow,
    Calendar,
    Field,
    Option,
    Rule,
    Role,
    Department,
    Person,
    State,
    Action,
    Task,
    /// A task, or one of several: `assist`, `assist@finance`.
    TaskOf,
    Outcome,
    Clock,
    Message,
    Sample,
    /// No id but a date, as the key of a make-up day.
    Date,
}

impl Noun {
    /// Its name among the texts (`noun`) and in the schema.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Workflow => "workflow",
            Self::Calendar => "calendar",
            Self::Field => "field",
            Self::Option => "option",
            Self::Rule => "rule",
            Self::Role => "role",
            Self::Department => "department",
            Self::Person => "person",
            Self::State => "state",
            Self::Action => "action",
            Self::Task | Self::TaskOf => "task",
            Self::Outcome => "outcome",
            Self::Clock => "clock",
            Self::Message => "message",
            Self::Sample => "sample",
            Self::Date => "date",
        }
    }
}

impl Shape {
    /// Its name among the texts (`wanted`).
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Form(form) => form.as_str(),
            Self::Value => "value",
            Self::Mapping(table) if table.missing == Code::M01 => "bilingual",
            Self::Mapping(_) => "mapping",
            Self::Each(..) => "each",
            Self::List { one: true, .. } => "one_or_list",
            Self::List { one: false, .. } => "list",
            Self::Either(_) => "either",
        }
    }

    /// The keys or words that are accepted, for messages.
    pub fn known(&self) -> String {
        match self {
            Self::Mapping(table) => table.keys.iter().map(|key| key.name).collect::<Vec<_>>().join(", "),
            Self::Form(Form::Word(words)) => words.join(", "),
            Self::List { of, .. } => of.known(),
            Self::Either(shapes) => shapes.first().map(|shape| shape.known()).unwrap_or_default(),
            Self::Form(_) | Self::Value | Self::Each(..) => String::new(),
        }
    }

    /// What its ids name, for messages.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Form(Form::Id(noun)) | Self::Each(noun, _) => noun.as_str(),
            Self::List { of, .. } => of.noun(),
            Self::Either(shapes) => shapes.first().map_or("", |shape| shape.noun()),
            Self::Form(_) | Self::Value | Self::Mapping(_) => "",
        }
    }
}

impl Form {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Template => "template",
            Self::Prefix => "prefix",
            Self::Id(_) => "id",
            Self::Word(_) => "word",
            Self::YesNo => "yes_no",
            Self::True => "true",
            Self::Whole(..) => "whole",
            Self::Number => "number",
            Self::Duration => "duration",
            Self::Point => "point",
            Self::Rate => "rate",
            Self::Expression => "expression",
            Self::Who => "who",
            Self::Time => "time",
            Self::Event => "event",
            Self::Date => "date",
            Self::Instant => "instant",
            Self::Hours => "hours",
            Self::Zone => "zone",
            Self::Seat => "seat",
        }
    }
}

impl Table {
    /// The same with groups of which exactly one key stands there.
    pub const fn one_of(mut self, groups: &'static [&'static [&'static str]]) -> Self {
        self.one_of = groups;
        self
    }

    /// The same with keys that say something only beside another.
    pub const fn needs(mut self, pairs: &'static [(&'static str, &'static str)]) -> Self {
        self.needs = pairs;
        self
    }

    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}
