//! What a mail template may read: everything already in the reader's language, nothing private, nothing to compute.
//!
//! Every name is always there (templates are strict): what does not apply is `false`, empty or zero.

use serde::Serialize;

use crate::texts::Language;
use crate::workflow::moment::Moment;

/// What a mail is about; each kind has its own templates `KIND.{subject,text,html}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A step of a clock's ladder: something is due soon or late.
    Clock,
    /// An action told somebody (`tell`, `say`).
    Told,
    /// A clock was to do something and was refused (L8).
    Refused,
    /// The caller rang again, 催办 (R18).
    Chased,
    /// Several messages as one; it tells of no ticket of its own.
    Digest,
    /// A calendar lacks a year: of no ticket.
    Calendar,
}

impl Kind {
    pub const ALL: [Self; 6] = [
        Self::Clock,
        Self::Told,
        Self::Refused,
        Self::Chased,
        Self::Digest,
        Self::Calendar,
    ];

    /// The first part of the template's file name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clock => "clock",
            Self::Told => "told",
            Self::Refused => "refused",
            Self::Chased => "chased",
            Self::Digest => "digest",
            Self::Calendar => "calendar",
        }
    }

    /// It tells of one ticket.
    pub fn is_of_a_ticket(self) -> bool {
        match self {
            Self::Clock | Self::Told | Self::Refused | Self::Chased => true,
            Self::Digest | Self::Calendar => false,
        }
    }
}

/// One mail before it is put into words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Letter {
    #[serde(skip)]
    pub kind: Kind,
    #[serde(skip)]
    pub language: Language,
    /// The language's tag, for `lang=` in HTML.
    pub lang: &'static str,
    /// Name of the centre as configured; may be empty.
    pub centre: String,
    /// Whom it is for.
    pub name: String,
    /// Number of the ticket.
    pub number: String,
    /// Subject of the ticket; private fields are left out.
    pub subject: String,
    /// Title of the workflow.
    pub workflow: String,
    /// Title of the state, or of the outcome when closed.
    pub state: String,
    pub closed: bool,
    pub urgent: bool,
    /// The workflow's own sentence (`say`); empty where there is none.
    pub sentence: String,
    /// The clock it is about; `named` is false where there is none.
    pub clock: ClockLine,
    /// How many steps of this clock the mail stands for; more than one after an outage (L8).
    pub stands_for: u32,
    pub stands_for_several: bool,
    /// The action that told, was refused, or is asked for.
    pub action: String,
    /// Who did it; empty for a clock.
    pub actor: String,
    /// Why a clock's action was refused.
    pub refusal: String,
    /// Who else is told, by name.
    pub others: Vec<String>,
    pub told_others: bool,
    /// Why the reader: one sentence.
    pub why: String,
    /// Address of the ticket's page; empty without a configured base address.
    pub link: String,
    pub linked: bool,
    /// The clock falls silent once somebody acknowledges.
    pub acknowledge: bool,
    /// Where the reader may do so without signing in, for some time; may be empty.
    pub acknowledge_link: String,
    pub acknowledge_linked: bool,
    /// What a digest stands for, the oldest first, and how many that are; else empty and 0.
    pub lines: Vec<Line>,
    pub count: u32,
}

/// One message within a digest.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The subject it would have had as a mail of its own.
    pub title: String,
    pub number: String,
    /// The workflow's own sentence; may be empty.
    pub sentence: String,
    pub why: String,
    pub link: String,
    pub linked: bool,
    pub acknowledge_link: String,
    pub acknowledge_linked: bool,
}

impl Line {
    /// A letter as a line of a digest; `title` is the subject of its mail.
    pub fn of(letter: Letter, title: String) -> Self {
        Self {
            title,
            number: letter.number,
            sentence: letter.sentence,
            why: letter.why,
            link: letter.link,
            linked: letter.linked,
            acknowledge_link: letter.acknowledge_link,
            acknowledge_linked: letter.acknowledge_linked,
        }
    }
}

impl Letter {
    /// A letter that tells of no ticket: what is said of one is empty.
    pub fn of_no_ticket(kind: Kind, language: Language, name: String) -> Self {
        Self {
            kind,
            language,
            lang: language.tag(),
            centre: String::new(),
            name,
            number: String::new(),
            subject: String::new(),
            workflow: String::new(),
            state: String::new(),
            closed: false,
            urgent: false,
            sentence: String::new(),
            clock: ClockLine::default(),
            stands_for: 1,
            stands_for_several: false,
            action: String::new(),
            actor: String::new(),
            refusal: String::new(),
            others: Vec::new(),
            told_others: false,
            why: String::new(),
            link: String::new(),
            linked: false,
            acknowledge: false,
            acknowledge_link: String::new(),
            acknowledge_linked: false,
            lines: Vec::new(),
            count: 0,
        }
    }
}

/// What a mail says about a clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ClockLine {
    pub named: bool,
    pub title: String,
    /// When it is due, in the centre's zone; empty while it does not run.
    pub due: String,
    /// The same as an instant, for whoever shows times in a form of their own.
    #[serde(skip)]
    pub due_at: Option<Moment>,
    pub late: bool,
    /// How late, or how much is left, in words.
    pub span: String,
    /// It waits or has stopped: there is no time to speak of.
    pub idle: bool,
}
