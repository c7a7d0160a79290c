//! What the doctor says: one line for each thing that was looked at, with its state and, where something is wrong, the
//! cure. Every sentence stands in `templates/texts/*/doctor.ftl` under the name of its line.

use serde_json::{Map, Value as Json, json};

use crate::texts::{Arg, Language, say};

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Ok,
    /// It works today. Somebody should look at it.
    Warn,
    /// It does not work, or what was promised is not kept.
    Bad,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

/// Every line the doctor knows: its name and what it means. A name is stable, programs may look for it.
pub const LINES: &[(&str, State)] = &[
    ("settings", State::Ok),
    ("settings-none", State::Ok),
    ("settings-wrong", State::Bad),
    ("address", State::Ok),
    ("address-form", State::Bad),
    ("address-local", State::Warn),
    ("address-plain", State::Warn),
    ("port-free", State::Ok),
    ("port-ours", State::Ok),
    ("port-taken", State::Bad),
    ("port-refused", State::Bad),
    ("tls", State::Ok),
    ("tls-elsewhere", State::Ok),
    ("tls-plain", State::Warn),
    ("tls-missing", State::Bad),
    ("tls-half", State::Bad),
    ("tls-unreadable", State::Bad),
    ("tls-soon", State::Warn),
    ("tls-expired", State::Bad),
    ("tls-early", State::Bad),
    ("tls-name", State::Bad),
    ("secrets", State::Ok),
    ("secret-open", State::Bad),
    ("clock", State::Ok),
    ("clock-unset", State::Bad),
    ("clock-behind", State::Bad),
    ("clock-apart", State::Bad),
    ("clock-alone", State::Warn),
    ("database", State::Ok),
    ("database-none", State::Warn),
    ("database-away", State::Bad),
    ("schema", State::Ok),
    ("schema-old", State::Warn),
    ("schema-new", State::Bad),
    ("schema-changed", State::Bad),
    ("file-sound", State::Ok),
    ("file-damaged", State::Bad),
    ("file-network", State::Bad),
    ("file-locked-away", State::Bad),
    ("durable", State::Ok),
    ("durable-not", State::Bad),
    ("durable-mended", State::Warn),
    ("disk", State::Ok),
    ("disk-low", State::Warn),
    ("disk-full", State::Bad),
    ("files", State::Ok),
    ("files-new", State::Ok),
    ("files-off", State::Warn),
    ("files-away", State::Bad),
    ("files-foreign", State::Bad),
    ("files-locked", State::Bad),
    ("server-old", State::Bad),
    ("server-encoding", State::Bad),
    ("connections", State::Ok),
    ("connections-few", State::Bad),
    ("backup", State::Ok),
    ("backup-elsewhere", State::Ok),
    ("backup-off", State::Warn),
    ("backup-none", State::Warn),
    ("backup-old", State::Bad),
    ("backup-unclean", State::Bad),
    ("backup-impossible", State::Bad),
    ("mail", State::Ok),
    ("mail-off", State::Warn),
    ("mail-settings", State::Bad),
    ("mail-refused", State::Bad),
    ("mail-dead", State::Warn),
    ("mail-waits", State::Warn),
    ("channel", State::Ok),
    ("channel-wrong", State::Bad),
    ("channel-refused", State::Bad),
    ("calendars", State::Ok),
    ("calendar-ends", State::Warn),
    ("calendar-ended", State::Bad),
    ("workflows", State::Ok),
    ("workflows-none", State::Warn),
    ("workflow-unclean", State::Bad),
    ("administrator-none", State::Warn),
];

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    name: &'static str,
    facts: Vec<(&'static str, String)>,
}

impl Line {
    pub fn new(name: &'static str) -> Self {
        debug_assert!(LINES.iter().any(|(known, _)| *known == name), "no line {name}");
        Self {
            name,
            facts: Vec::new(),
        }
    }

    pub fn with(mut self, fact: &'static str, value: impl std::fmt::Display) -> Self {
        self.facts.push((fact, value.to_string()));
        self
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    pub fn state(&self) -> State {
        LINES
            .iter()
            .find(|(known, _)| *known == self.name)
            .map_or(State::Bad, |(_, state)| *state)
    }

    fn arguments(&self) -> Vec<(&str, Arg<'_>)> {
        self.facts
            .iter()
            .map(|(name, value)| (*name, Arg::from(value)))
            .collect()
    }

    pub fn sentence(&self, language: Language) -> String {
        say(language, &format!("doctor-{}", self.name), &self.arguments())
    }

    /// What to do; `None` where nothing is wrong.
    pub fn cure(&self, language: Language) -> Option<String> {
        let key = format!("doctor-cure-{}", self.name);
        (self.state() != State::Ok).then(|| say(language, &key, &self.arguments()))
    }

    /// For people: state, sentence, and the cure below it.
    pub fn human(&self, language: Language) -> String {
        let state = say(language, &format!("doctor-state-{}", self.state().as_str()), &[]);
        let mut text = format!("{state} {}", self.sentence(language));
        if let Some(cure) = self.cure(language) {
            text.push_str("\n     → ");
            text.push_str(&cure);
        }
        text
    }

    /// For programs.
    pub fn json(&self, language: Language) -> Json {
        let facts: Map<String, Json> = self
            .facts
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        json!({
            "check": self.name,
            "state": self.state().as_str(),
            "sentence": self.sentence(language),
            "cure": self.cure(language),
            "facts": facts,
        })
    }
}
