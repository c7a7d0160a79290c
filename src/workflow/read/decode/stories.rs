//! `in_flight`, `samples`, `tests`.

use indexmap::IndexMap;

use super::{Decoder, at, at_text, ats, defined, entries, items, one_or_many, plain, said, whole};
use crate::workflow::constant::local_time;
use crate::workflow::definition::{
    At, Expectation, Given, GivenContact, InFlight, Sample, Story, StoryEvent, StoryStep, StoryValue,
};
use crate::workflow::id::{FieldId, StateId};
use crate::workflow::read::forms;
use crate::workflow::read::keys::EXPECTATION;
use crate::workflow::read::tree::{Entry, Node};

impl Decoder<'_, '_> {
    pub(super) fn in_flight(&self, root: &Node) -> Option<InFlight> {
        let node = root.get("in_flight").filter(|node| node.mapping().is_some())?;
        let states = entries(node.get("states")).filter_map(|entry| {
            let old = At::new(defined::<StateId>(entry), entry.key.inner);
            Some((old, at(Some(&entry.value))?))
        });
        Some(InFlight {
            span: super::entry(root, "in_flight").map_or(self.head(node), |entry| entry.key.inner),
            from: whole(node.get("from"))?,
            move_tickets: node.get("tickets").and_then(said) == Some("move"),
            states: states.collect(),
            recompute_deadlines: node.get("deadlines").and_then(said) == Some("recompute"),
        })
    }

    pub(super) fn samples(&mut self, root: &Node) -> IndexMap<String, Sample> {
        entries(root.get("samples"))
            .map(|entry| {
                let values = entries(Some(&entry.value)).filter_map(|value| {
                    let id = At::new(FieldId::from(value.key.text.as_str()), value.key.inner);
                    Some((id, self.written(&value.key.text, &value.value)?))
                });
                let sample = Sample {
                    span: entry.key.inner,
                    values: values.collect(),
                };
                (entry.key.text.clone(), sample)
            })
            .collect()
    }

    pub(super) fn stories(&mut self, root: &Node) -> Vec<Story> {
        items(root.get("tests"))
            .filter(|story| story.mapping().is_some())
            .filter_map(|story| self.story(story))
            .collect()
    }

    fn story(&mut self, node: &Node) -> Option<Story> {
        let name = at_text(node.get("name"));
        let steps = items(node.get("steps")).filter(|step| step.mapping().is_some());
        let steps: Vec<_> = steps.map(|step| self.step_of_story(step)).collect();
        Some(Story {
            span: name.as_ref().map_or_else(|| self.head(node), |name| name.span),
            name: name.map(|name| name.value).unwrap_or_default(),
            given: given(node.get("given")?)?,
            steps,
        })
    }

    fn step_of_story(&mut self, node: &Node) -> StoryStep {
        let when = node.get("when").and_then(|when| Some((when, said(when)?)));
        let with: Vec<_> = entries(node.get("with"))
            .filter_map(|entry| {
                let name = At::new(entry.key.text.clone(), entry.key.inner);
                Some((name, self.written(&entry.key.text, &entry.value)?))
            })
            .collect();
        let then = node.get("then").filter(|then| then.mapping().is_some());
        StoryStep {
            span: self.head(node),
            when: when.map_or_else(
                || At::new(StoryEvent::Unread, self.head(node)),
                |(when, text)| At::new(forms::event(text).unwrap_or(StoryEvent::Unread), when.inner()),
            ),
            with,
            then: then.map(|then| self.expectation(then)),
        }
    }

    fn expectation(&mut self, node: &Node) -> Expectation {
        let nobody = |told: &Node| said(told) == Some("nobody");
        let others = entries(Some(node)).filter(|entry| EXPECTATION.key(&entry.key.text).is_none());
        let fields: Vec<_> = others.filter_map(|entry| self.expected_field(entry)).collect();
        Expectation {
            span: self.head(node),
            state: at(node.get("state")),
            owner: ats(node.get("owner")),
            tasks: words(node.get("tasks")),
            tell: node
                .get("tell")
                .map(|told| if nobody(told) { Vec::new() } else { ats(Some(told)) }),
            say: at(node.get("say")),
            late: node.get("late").map(|late| ats(Some(late))),
            clocks: entries(node.get("clock"))
                .filter_map(|entry| {
                    let clock = At::new(entry.key.text.as_str().into(), entry.key.inner);
                    Some((clock, at_text(Some(&entry.value))?))
                })
                .collect(),
            refused: at_text(node.get("refused")),
            closed: at(node.get("closed")),
            fields,
            workflow: at(node.get("workflow")),
        }
    }

    /// `none` for empty; any other value must be one of the field's type.
    fn expected_field(&mut self, entry: &Entry) -> Option<(At<FieldId>, At<StoryValue>)> {
        let id = At::new(defined::<FieldId>(entry), entry.key.inner);
        if said(&entry.value) == Some("none") {
            return Some((id, At::new(StoryValue::One("none".to_owned()), entry.value.inner())));
        }
        Some((id, self.written(&entry.key.text, &entry.value)?))
    }
}

fn words(node: Option<&Node>) -> Vec<(At<String>, At<String>)> {
    entries(node)
        .filter_map(|entry| {
            let key = At::new(entry.key.text.clone(), entry.key.inner);
            Some((key, at_text(Some(&entry.value))?))
        })
        .collect()
}

fn given(node: &Node) -> Option<Given> {
    let contact = plain(node.get("contact"));
    Some(Given {
        now: local_time(node.get("now").and_then(said)?)?,
        on_duty: one_or_many(node.get("on_duty"))
            .filter_map(|person| at(Some(person)))
            .collect(),
        state: at(node.get("state")),
        with: at_text(node.get("with")),
        contact: contact.and_then(|contact| match contact.as_str() {
            "running" => Some(GivenContact::Running),
            time => local_time(time).map(GivenContact::Ended),
        }),
    })
}
