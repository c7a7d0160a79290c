//! The promise in words: a paragraph for each state, a line for each clock.

use super::{Act, Case, ClockProof, Leads, Proof, ProofStep, StateProof, Told, Wait};
use crate::texts::{self, Arg, Language};
use crate::workflow::definition::Text;
use crate::workflow::duration::Duration;
use crate::workflow::id::RuleId;
use crate::workflow::moment::{HOUR, MINUTE};

impl Proof {
    /// The whole page: what is promised, each state, the clocks that several states share, and who is who.
    pub fn sentences(&self, language: Language) -> String {
        let mut page = vec![texts::say(language, "proof-head", &[])];
        page.extend(self.states.iter().map(|state| state.sentences(language)));
        let shared = self.shared();
        if !shared.is_empty() {
            page.push(texts::say(language, "proof-shared", &[]));
            page.extend(shared.iter().map(|clock| format!("  {}", clock.sentence(language))));
        }
        page.push(texts::say(language, "proof-people", &[]));
        page.extend(self.people.iter().map(|chain| {
            let names: Vec<&str> = chain.iter().map(RuleId::as_str).collect();
            format!("  {}", names.join(" → "))
        }));
        page.join("\n")
    }

    /// Clocks that go on from state to state, each once: every state names them, their steps are told once.
    pub fn shared(&self) -> Vec<&ClockProof> {
        let mut found: Vec<&ClockProof> = Vec::new();
        for clock in self
            .states
            .iter()
            .flat_map(|state| &state.clocks)
            .filter(|clock| clock.again)
        {
            if !found.iter().any(|known| known.clock == clock.clock) {
                found.push(clock);
            }
        }
        found
    }
}

impl StateProof {
    pub fn sentences(&self, language: Language) -> String {
        let arguments = [
            ("state", Arg::from(self.state.as_str())),
            ("title", Arg::from(of(&self.title, language))),
            ("owner", Arg::from(self.owner.as_str())),
        ];
        let mut lines = vec![texts::say(language, "proof-state", &arguments)];
        let own = self.clocks.iter().filter(|clock| !clock.again);
        lines.extend(own.map(|clock| format!("  {}", clock.sentence(language))));
        let others: Vec<&str> = self
            .clocks
            .iter()
            .filter(|clock| clock.again)
            .map(|clock| of(&clock.title, language))
            .collect();
        if !others.is_empty() {
            let joined = others.join(&texts::say(language, "proof-comma", &[]));
            let said = texts::say(language, "proof-further", &[("clocks", Arg::from(joined))]);
            lines.push(format!("  {}", written(said, language)));
        }
        if self.clocks.is_empty() {
            lines.push(format!("  {}", texts::say(language, "proof-nothing", &[])));
        }
        lines.join("\n")
    }
}

impl ClockProof {
    /// `Shift lead's review: 30 minutes (5 minutes if urgent) shift_lead and unit_head; 1 hour manager`
    pub fn sentence(&self, language: Language) -> String {
        let steps: Vec<String> = self.steps.iter().map(|step| step.sentence(language)).collect();
        let key = if self.from_contact {
            "proof-clock-contact"
        } else {
            "proof-clock"
        };
        let arguments = [
            ("clock", Arg::from(of(&self.title, language))),
            ("steps", Arg::from(steps.join(&texts::say(language, "proof-then", &[])))),
        ];
        texts::say(language, key, &arguments)
    }
}

impl ProofStep {
    fn sentence(&self, language: Language) -> String {
        let mut does: Vec<String> = Vec::new();
        if !self.tell.is_empty() {
            let told: Vec<String> = self.tell.iter().map(|told| recipients(told, language)).collect();
            let joined = told.join(&texts::say(language, "proof-and", &[]));
            does.push(texts::say(language, "proof-tell", &[("told", Arg::from(joined))]));
        }
        if let Some(act) = &self.act {
            does.push(act.sentence(language));
        }
        if let Some((times, every)) = &self.repeat {
            let every = Duration::parse(every).map_or_else(|_| every.clone(), |every| duration_words(language, every));
            let arguments = [("times", Arg::Number(i64::from(*times))), ("every", Arg::from(every))];
            does.push(texts::say(language, "proof-repeat", &arguments));
        }
        if self.unless_acknowledged {
            does.push(texts::say(language, "proof-unless", &[]));
        }
        if self.quiet_hours_wait {
            does.push(texts::say(language, "proof-quiet", &[]));
        }
        let arguments = [
            ("after", Arg::from(after(&self.after, language))),
            ("does", Arg::from(does.join(&texts::say(language, "proof-comma", &[])))),
        ];
        written(texts::say(language, "proof-step", &arguments), language)
    }
}

impl Act {
    fn sentence(&self, language: Language) -> String {
        let leads: Vec<String> = self.leads.iter().map(|lead| lead.words(language)).collect();
        let arguments = [
            ("action", Arg::from(self.action.as_str())),
            ("title", Arg::from(of(&self.title, language))),
            ("leads", Arg::from(leads.join(" | "))),
        ];
        texts::say(language, "proof-do", &arguments)
    }
}

impl Leads {
    fn words(&self, language: Language) -> String {
        match self {
            Self::To(state) => state.clone(),
            Self::Back => texts::say(language, "proof-back", &[]),
            Self::Close(outcome) => texts::say(language, "proof-close", &[("outcome", Arg::from(outcome))]),
            Self::Stay => texts::say(language, "proof-stay", &[]),
            Self::Becomes(workflow) => texts::say(language, "proof-becomes", &[("workflow", Arg::from(workflow))]),
        }
    }
}

/// A duration as people say it: `19 小时 12 分钟`, `5 working days`.
pub fn duration_words(language: Language, duration: Duration) -> String {
    let parts: Vec<Duration> = match duration {
        Duration::Elapsed(ms) => split(ms).into_iter().map(Duration::Elapsed).collect(),
        Duration::Working(ms) => split(ms).into_iter().map(Duration::Working).collect(),
        Duration::Days(_) | Duration::WorkingDays(_) | Duration::WorkingDaysFromNext(_) => vec![duration],
    };
    let words: Vec<String> = parts.into_iter().map(|part| plain_words(language, part)).collect();
    words.join(" ")
}

/// Whole hours, whole minutes, and the rest.
fn split(ms: i64) -> Vec<i64> {
    let parts = [ms / HOUR * HOUR, ms % HOUR / MINUTE * MINUTE, ms % MINUTE];
    let some: Vec<i64> = parts.into_iter().filter(|part| *part != 0).collect();
    if some.is_empty() { vec![0] } else { some }
}

fn plain_words(language: Language, duration: Duration) -> String {
    let written = duration.to_string();
    let Some((number, unit)) = written.split_once(' ') else {
        return written;
    };
    let unit = match language {
        Language::En => unit.to_owned(),
        Language::Zh => unit.replace("days", "day").trim_end_matches('s').replace(' ', "-"),
    };
    texts::say(
        language,
        "duration-words",
        &[("number", Arg::from(number)), ("unit", Arg::from(unit))],
    )
}

fn after(cases: &[Case], language: Language) -> String {
    if cases.iter().all(|case| case.wait.roughly() == 0) {
        return texts::say(language, "proof-at-once", &[]);
    }
    let mut waits = cases.iter().map(|case| (case, wait_words(case.wait, language)));
    let Some((longest, said)) = waits.next() else {
        return String::new();
    };
    let condition = |when: Option<&String>| match when {
        Some(when) => texts::say(language, "proof-if", &[("when", Arg::from(when))]),
        None => texts::say(language, "proof-else", &[]),
    };
    let others: Vec<String> = waits
        .map(|(case, said)| {
            let arguments = [
                ("wait", Arg::from(said)),
                ("condition", Arg::from(condition(case.when.as_ref()))),
            ];
            texts::say(language, "proof-case", &arguments)
        })
        .collect();
    if others.is_empty() || longest.wait == cases.last().map_or(longest.wait, |case| case.wait) {
        return said;
    }
    texts::say(
        language,
        "proof-cases",
        &[
            ("wait", Arg::from(said)),
            (
                "others",
                Arg::from(others.join(&texts::say(language, "proof-comma", &[]))),
            ),
        ],
    )
}

fn wait_words(wait: Wait, language: Language) -> String {
    let words = |duration| Arg::from(duration_words(language, duration));
    match wait {
        Wait::Exactly(duration) => duration_words(language, duration),
        Wait::Share(share, limit) => texts::say(
            language,
            "proof-share",
            &[("share", Arg::Number(i64::from(share))), ("limit", words(limit))],
        ),
        Wait::Plus(100, limit, more) => texts::say(
            language,
            "proof-plus",
            &[("limit", words(limit)), ("more", words(more))],
        ),
        Wait::Plus(share, limit, more) => {
            let share = texts::say(
                language,
                "proof-share",
                &[("share", Arg::Number(i64::from(share))), ("limit", words(limit))],
            );
            texts::say(
                language,
                "proof-plus",
                &[("limit", Arg::from(share)), ("more", words(more))],
            )
        }
        Wait::Before(limit, left) => texts::say(
            language,
            "proof-before",
            &[("limit", words(limit)), ("left", words(left))],
        ),
    }
}

fn recipients(told: &Told, language: Language) -> String {
    match told {
        Told::Rule(rule) => rule.to_string(),
        Told::OpenTasks => texts::say(language, "proof-open-tasks", &[]),
    }
}

/// Ids keep their blanks, Chinese titles have none.
fn written(sentence: String, language: Language) -> String {
    match language {
        Language::Zh => texts::closed_up(&sentence),
        Language::En => sentence,
    }
}

fn of(text: &Text, language: Language) -> &str {
    match language {
        Language::Zh => &text.zh,
        Language::En => &text.en,
    }
}
