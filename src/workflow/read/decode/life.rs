//! `states`, `anytime`, `after_close`: actions, tasks, joins, and where a step goes.

use std::rc::Rc;

use indexmap::IndexMap;

use super::{Decoder, at, ats, bilingual, defined, entries, items, one_or_many, plain, said, whole, yes};
use crate::workflow::definition::{
    Action, At, AtMost, Case, Extend, ExtendBy, Join, JoinCondition, Place, Recipient, Sentence, SetTo, Span, State,
    Step, TaskSpec, Way,
};
use crate::workflow::duration::Duration;
use crate::workflow::finding::{Code, Finding};
use crate::workflow::id::{ActionId, FieldId, RuleId, StateId, TaskKey};
use crate::workflow::read::forms;
use crate::workflow::read::shape::WAYS;
use crate::workflow::read::tree::{Entry, Node};
use crate::workflow::value::FieldType;

impl Decoder<'_, '_> {
    pub(super) fn all_states(&mut self, root: &Node) -> IndexMap<StateId, State> {
        entries(root.get("states"))
            .map(|entry| {
                let state = self.state(entry);
                (state.id.clone(), state)
            })
            .collect()
    }

    fn state(&mut self, entry: &Entry) -> State {
        let node = &entry.value;
        let joins = items(node.get("then"))
            .filter(|row| row.mapping().is_some())
            .filter_map(|row| self.join(row));
        State {
            id: defined::<StateId>(entry),
            span: entry.key.inner,
            title: bilingual(node.get("title")),
            owner: rule(node.get("owner"), entry.key.inner),
            joins: joins.collect(),
            actions: self.actions(node.get("actions"), Place::State),
            tasks: entries(node.get("tasks"))
                .map(task)
                .map(|task| (task.key.clone(), task))
                .collect(),
            pause: yes(node.get("pause")),
        }
    }

    pub(super) fn anytime(&mut self, root: &Node) -> IndexMap<ActionId, Action> {
        self.actions(root.get("anytime"), Place::Anytime)
    }

    pub(super) fn after_close(&mut self, root: &Node) -> IndexMap<ActionId, Action> {
        self.actions(root.get("after_close"), Place::AfterClose)
    }

    fn actions(&mut self, node: Option<&Node>, place: Place) -> IndexMap<ActionId, Action> {
        entries(node)
            .map(|entry| {
                let action = self.action(entry, place);
                (action.id.clone(), action)
            })
            .collect()
    }

    fn action(&mut self, entry: &Entry, place: Place) -> Action {
        let node = &entry.value;
        let key = entry.key.inner;
        if let (Some(only_in), Place::State | Place::AfterClose) = (super::entry(node, "only_in"), place) {
            self.findings
                .add(Finding::new(Code::ReadTogether, only_in.key.inner).variant("only-in"));
        }
        let only_if = node.get("only_if").and_then(|only_if| self.expression(only_if));
        Action {
            id: defined::<ActionId>(entry),
            span: key,
            place,
            title: bilingual(node.get("title")),
            key: plain(node.get("key")),
            by: ats(node.get("by")),
            not_by: ats(node.get("not_by")),
            require: ats(node.get("require")),
            ask: ats(node.get("ask")),
            only_in: ats(node.get("only_in")),
            only_if: only_if.map(|condition| Sentence {
                condition,
                otherwise: bilingual(node.get("because")),
            }),
            at_most: node.get("at_most").and_then(at_most),
            set: self.set(node.get("set")),
            route: yes(node.get("route")),
            again: ats(node.get("again")),
            extend: node.get("extend").and_then(extend),
            tell: recipients(node.get("tell")),
            say: at(node.get("say")),
            way: self.way(node, key),
        }
    }

    fn set(&mut self, node: Option<&Node>) -> Vec<(At<FieldId>, At<SetTo>)> {
        let mut set = Vec::new();
        let fields = Rc::clone(&self.fields);
        for entry in entries(node) {
            let id = At::new(defined::<FieldId>(entry), entry.key.inner);
            let field = fields.get(&id.value);
            let now = said(&entry.value) == Some("now");
            let to = match field {
                Some(field) if field.kind == FieldType::Time && now => Some(SetTo::Now),
                Some(field) => self.constant(field, &entry.value).map(SetTo::Constant),
                // `check` says that there is no such field (F01); the value does not matter.
                None => Some(SetTo::Now),
            };
            set.extend(to.map(|to| (id, At::new(to, entry.value.inner()))));
        }
        set
    }

    fn join(&mut self, node: &Node) -> Option<Join> {
        let span = self.head(node);
        let way = self.way(node, span);
        let condition = node.get("if")?;
        let condition = match said(condition) {
            Some("any_returned") => JoinCondition::AnyReturned,
            Some("all_done") => JoinCondition::AllDone,
            Some("lead_done") => JoinCondition::LeadDone,
            Some(_) => return None,
            None => JoinCondition::NDone(whole(condition.get("n_done"))?),
        };
        Some(Join { span, condition, way })
    }

    /// Exactly one of the four ways (B04 has said where not); `to` may be a list of cases.
    fn way(&mut self, node: &Node, place: Span) -> Way {
        let Some(cases) = node.get("to").and_then(Node::list).filter(|_| goes_one_way(node)) else {
            return Way::One(step(node, place));
        };
        let cases: Vec<_> = cases
            .iter()
            .filter(|case| case.mapping().is_some())
            .map(|case| self.case(case))
            .collect();
        if cases.is_empty() {
            return Way::One(Step::Unread(place));
        }
        Way::Cases(cases)
    }

    fn case(&mut self, node: &Node) -> Case {
        let span = self.head(node);
        let mut step = step(node, span);
        let when = node.get("when").and_then(|when| self.expression(when));
        // Without a condition it would be taken for the last case.
        if when.is_none() && node.get("else").is_none() {
            step = Step::Unread(span);
        }
        Case { span, when, step }
    }
}

fn goes_one_way(node: &Node) -> bool {
    entries(Some(node))
        .filter(|entry| WAYS.contains(&entry.key.text.as_str()))
        .count()
        == 1
}

fn step(node: &Node, place: Span) -> Step {
    if !goes_one_way(node) {
        return Step::Unread(place);
    }
    let step = if let Some(to) = node.get("to") {
        at::<StateId>(Some(to)).map(|to| match to.as_str() {
            "back" => Step::Back(to.span),
            _ => Step::To(to),
        })
    } else if let Some(close) = node.get("close") {
        at(Some(close)).map(Step::Close)
    } else if let Some(stay) = node.get("stay") {
        yes(Some(stay)).then_some(Step::Stay(stay.span))
    } else {
        node.get("becomes").and_then(becomes)
    };
    step.unwrap_or(Step::Unread(place))
}

fn task(entry: &Entry) -> TaskSpec {
    let node = &entry.value;
    TaskSpec {
        key: defined::<TaskKey>(entry),
        span: entry.key.inner,
        title: bilingual(node.get("title")),
        field: at(node.get("for")).unwrap_or_else(|| At::new(FieldId::from(""), entry.key.inner)),
        owner: rule(node.get("owner"), entry.key.inner),
        require: ats(node.get("require")),
        ask: ats(node.get("ask")),
        return_within: super::duration(node.get("return_within")),
    }
}

fn rule(node: Option<&Node>, place: Span) -> At<RuleId> {
    at(node).unwrap_or_else(|| At::new(RuleId::from(""), place))
}

fn becomes(node: &Node) -> Option<Step> {
    let workflow = at(Some(node)).or_else(|| at(node.get("workflow")))?;
    Some(Step::Becomes {
        workflow,
        end: ats(node.get("end")),
    })
}

fn at_most(node: &Node) -> Option<AtMost> {
    let (times, per) = forms::rate(said(node)?).ok()?;
    let span = node.inner();
    Some(AtMost { span, times, per })
}

fn extend(node: &Node) -> Option<Extend> {
    let by = node.get("by")?;
    let by = match Duration::parse(said(by)?) {
        Ok(duration) => ExtendBy::Duration(At::new(duration, by.inner())),
        Err(_) => ExtendBy::Field(at(Some(by))?),
    };
    Some(Extend {
        clock: at(node.get("clock"))?,
        by,
    })
}

/// Rules, and `open_tasks`.
pub(super) fn recipients(node: Option<&Node>) -> Vec<At<Recipient>> {
    one_or_many(node)
        .filter_map(|item| {
            let recipient = match said(item)? {
                "open_tasks" => Recipient::OpenTasks,
                rule => Recipient::Rule(RuleId::from(rule)),
            };
            Some(At::new(recipient, item.inner()))
        })
        .collect()
}
