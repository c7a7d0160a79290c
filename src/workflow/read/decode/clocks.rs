//! `clocks` and their ladders.

use indexmap::IndexMap;

use super::{Decoder, at, ats, bilingual, defined, duration, entries, items, said, whole};
use crate::workflow::definition::{At, Clock, From, LimitCase, Reentry, Repeat, Rung, Runs};
use crate::workflow::finding::{Code, Finding};
use crate::workflow::id::{ClockId, FieldId};
use crate::workflow::read::forms;
use crate::workflow::read::tree::{Entry, Node};

impl Decoder<'_, '_> {
    pub(super) fn all_clocks(&mut self, root: &Node) -> IndexMap<ClockId, Clock> {
        entries(root.get("clocks"))
            .map(|entry| {
                let clock = self.clock(entry);
                (clock.id.clone(), clock)
            })
            .collect()
    }

    fn clock(&mut self, entry: &Entry) -> Clock {
        let node = &entry.value;
        let reentry = node.get("reentry").and_then(said);
        let ladder = items(node.get("ladder")).filter(|rung| rung.mapping().is_some());
        Clock {
            id: defined::<ClockId>(entry),
            span: entry.key.inner,
            title: bilingual(node.get("title")),
            runs: runs(node),
            paused_in: ats(node.get("paused_in")),
            from: node.get("from").and_then(from),
            limit: self.limit(node.get("limit")),
            reentry: match reentry {
                Some("continue") => Some(Reentry::Continue),
                Some("restart") => Some(Reentry::Restart),
                Some(_) | None => None,
            },
            until: ats(node.get("until")),
            ladder: ladder.filter_map(|rung| self.rung(rung)).collect(),
        }
    }

    fn limit(&mut self, node: Option<&Node>) -> Vec<LimitCase> {
        let Some(node) = node else {
            return Vec::new();
        };
        if let Some(is) = duration(Some(node)) {
            let span = node.inner();
            let when = None;
            return vec![LimitCase { span, when, is }];
        }
        let cases = items(Some(node)).filter(|case| case.mapping().is_some());
        cases.filter_map(|case| self.limit_case(case)).collect()
    }

    fn limit_case(&mut self, node: &Node) -> Option<LimitCase> {
        let span = self.head(node);
        let when = node.get("when").and_then(|when| self.expression(when));
        // A case whose condition is unreadable must not pass for the last one.
        if when.is_none() && node.get("else").is_none() {
            return None;
        }
        let is = duration(node.get("is"))?;
        Some(LimitCase { span, when, is })
    }

    fn rung(&mut self, node: &Node) -> Option<Rung> {
        let span = self.head(node);
        if ["tell", "say", "do"].iter().all(|key| node.get(key).is_none()) {
            self.findings
                .add(Finding::new(Code::ReadTogether, span).variant("idle-step"));
        }
        let point = node.get("at")?;
        let repeat = duration(node.get("repeat")).zip(whole(node.get("times")));
        Some(Rung {
            span,
            at: At::new(forms::point(said(point)?).ok()?, point.inner()),
            tell: super::life::recipients(node.get("tell")),
            say: at(node.get("say")),
            act: at(node.get("do")),
            repeat: repeat.map(|(every, times)| Repeat { every, times }),
            unless_acknowledged: node.get("unless").and_then(said) == Some("acknowledged"),
            quiet_hours_wait: node
                .get("quiet_hours")
                .filter(|word| said(word) == Some("wait"))
                .map(Node::inner),
        })
    }
}

fn runs(node: &Node) -> Runs {
    if let Some(task) = node.get("of_task") {
        return Runs::Task {
            unsigned: said(task) == Some("unsigned"),
            keys: ats(node.get("tasks")),
            span: task.inner(),
        };
    }
    match node.get("runs_in") {
        Some(states) if said(states) == Some("open") => Runs::Open,
        Some(states) => Runs::States(ats(Some(states))),
        // READ14 has said that it is missing; a clock of no state would bring findings of its own.
        None => Runs::Open,
    }
}

fn from(node: &Node) -> Option<From> {
    Some(match said(node)? {
        "opened" => From::Opened,
        "contact_ended" => From::ContactEnded,
        field => From::Field(At::new(FieldId::from(field), node.inner())),
    })
}
