//! From the inspected tree to the [`Definition`]: takes what is usable, silent about what `inspect` has found already.
//!
//! Only what no shape can say is found here: keys that the type of a field excludes (READ14), conditions that cannot be
//! read (F02), constants that are none of their field's type.

mod clocks;
mod constants;
mod fields;
mod life;
mod stories;

use std::rc::Rc;

use indexmap::IndexMap;
use sha2::{Digest, Sha256};

use super::scalar;
use super::tree::{Entry, Node};
use crate::workflow::definition::{At, Definition, Field, Message, Span, Text};
use crate::workflow::duration::Duration;
use crate::workflow::expression::Expression;
use crate::workflow::finding::{Finding, Findings, Lines};
use crate::workflow::id::{FieldId, MessageId, StateId, WorkflowId, is_id};
use crate::workflow::value::Decimal;

/// The definition that the tree's root says, as far as it can be read.
pub fn definition(source: &str, root: &Node, findings: &mut Findings) -> Definition {
    let mut decoder = Decoder {
        source,
        lines: Lines::new(source),
        findings,
        fields: Rc::default(),
    };
    decoder.fields = Rc::new(decoder.all_fields(root));
    let states = decoder.all_states(root);
    // Without a readable start the first state is as good as any: its absence was found.
    let first = || {
        states
            .values()
            .next()
            .map(|state| At::new(state.id.clone(), state.span))
    };
    let start = at::<StateId>(root.get("start"))
        .or_else(first)
        .unwrap_or_else(|| empty("", root.span));
    let definition = Definition {
        hash: hash(source).into(),
        source: source.into(),
        workflow: at::<WorkflowId>(root.get("workflow")).unwrap_or_else(|| empty("", root.span)),
        version: whole(root.get("version")).unwrap_or(1),
        title: At::new(
            bilingual(root.get("title")),
            root.get("title").map_or(root.span, |node| node.span),
        ),
        subject: at_text(root.get("subject")).unwrap_or_else(|| At::new(String::new(), root.span)),
        number_prefix: plain(root.get("number_prefix")),
        calendar: at(root.get("calendar")),
        people: fields::all_people(root),
        routing: decoder.routing(root),
        start,
        anytime: decoder.anytime(root),
        after_close: decoder.after_close(root),
        outcomes: fields::outcomes(root),
        clocks: decoder.all_clocks(root),
        messages: messages(root),
        in_flight: decoder.in_flight(root),
        samples: decoder.samples(root),
        tests: decoder.stories(root),
        states,
        fields: IndexMap::new(),
    };
    Definition {
        fields: Rc::unwrap_or_clone(decoder.fields),
        ..definition
    }
}

/// The name of a version for ever: SHA-256 of the file's bytes, in hex.
pub fn hash(source: &str) -> String {
    hex::encode(Sha256::digest(source.as_bytes()))
}

/// What every part of the decoding needs.
struct Decoder<'a, 'f> {
    source: &'a str,
    lines: Lines<'a>,
    findings: &'f mut Findings,
    /// The fields, once they were read: constants are read by their types.
    fields: Rc<IndexMap<FieldId, Field>>,
}

impl Decoder<'_, '_> {
    /// A condition; what cannot be read of it is found, and it never holds.
    fn expression(&mut self, node: &Node) -> Option<Expression> {
        let written = node.scalar().filter(|written| !written.is_nothing())?;
        let line = self.lines.place(written.inner.start).line;
        let (expression, problems) = Expression::parse(&written.text, written.inner, line);
        for problem in &problems {
            self.findings.add(Finding::of_expression(&expression, problem));
        }
        Some(expression)
    }

    /// The first line of a node: enough to point at.
    fn head(&self, node: &Node) -> Span {
        let text = self.source.get(node.span.start..node.span.end).unwrap_or_default();
        let length = text.find(['\r', '\n']).unwrap_or(text.len());
        Span {
            start: node.span.start,
            end: node.span.start + length,
        }
    }
}

/// A key with its value.
fn entry<'a>(node: &'a Node, key: &str) -> Option<&'a Entry> {
    node.mapping()?.iter().find(|entry| entry.key.text == key)
}

/// The entries of a mapping; none when there is something else.
pub(super) fn entries(node: Option<&Node>) -> impl Iterator<Item = &Entry> {
    node.and_then(Node::mapping).unwrap_or_default().iter()
}

/// The items of a list; none when there is something else.
pub(super) fn items(node: Option<&Node>) -> impl Iterator<Item = &Node> {
    node.and_then(Node::list).unwrap_or_default().iter()
}

/// One item, or the items of a list.
pub(super) fn one_or_many(node: Option<&Node>) -> impl Iterator<Item = &Node> {
    let one = node.filter(|node| node.scalar().is_some());
    one.into_iter().chain(items(node))
}

/// A scalar's text, where something was written.
pub(super) fn said(node: &Node) -> Option<&str> {
    node.scalar()
        .filter(|written| !written.is_nothing())
        .map(|written| written.text.as_str())
}

/// The id that a mapping's key defines; signs that no id has are left out, so that its uses are found.
pub(super) fn defined<T: for<'a> std::convert::From<&'a str>>(entry: &Entry) -> T {
    let written = entry.key.text.as_str();
    if is_id(written) {
        return T::from(written);
    }
    let kept = |character: &char| character.is_ascii_alphanumeric() || *character == '_';
    let id: String = written.chars().filter(kept).collect::<String>().to_ascii_lowercase();
    T::from(if is_id(&id) { &id } else { written })
}

/// An id with its place; what cannot be one is empty, and `check` passes over it.
pub(super) fn at<T: for<'a> std::convert::From<&'a str>>(node: Option<&Node>) -> Option<At<T>> {
    let node = node?;
    let id = said(node)?;
    Some(At::new(T::from(if is_id(id) { id } else { "" }), node.inner()))
}

/// Ids with their places.
pub(super) fn ats<T: for<'a> std::convert::From<&'a str>>(node: Option<&Node>) -> Vec<At<T>> {
    one_or_many(node).filter_map(|node| at(Some(node))).collect()
}

fn empty<T: for<'a> std::convert::From<&'a str>>(id: &str, span: Span) -> At<T> {
    At::new(T::from(id), span)
}

fn at_text(node: Option<&Node>) -> Option<At<String>> {
    let node = node?;
    Some(At::new(said(node)?.to_owned(), node.inner()))
}

fn plain(node: Option<&Node>) -> Option<String> {
    said(node?).map(str::to_owned)
}

fn yes(node: Option<&Node>) -> bool {
    node.and_then(Node::scalar).and_then(scalar::yes_no) == Some(true)
}

fn whole(node: Option<&Node>) -> Option<u32> {
    let number = Decimal::parse(said(node?)?)?.whole()?;
    u32::try_from(number).ok()
}

/// A duration with its place.
fn duration(node: Option<&Node>) -> Option<At<Duration>> {
    let node = node?;
    Some(At::new(Duration::parse(said(node)?).ok()?, node.inner()))
}

/// `{zh, en}`; a language that is missing is empty, and M01 has said so.
pub(super) fn bilingual(node: Option<&Node>) -> Text {
    let language = |key| {
        node.and_then(|node| node.get(key))
            .and_then(said)
            .unwrap_or_default()
            .to_owned()
    };
    Text {
        zh: language("zh"),
        en: language("en"),
    }
}

fn messages(root: &Node) -> IndexMap<MessageId, Message> {
    entries(root.get("messages"))
        .map(|entry| {
            let id: MessageId = defined(entry);
            let message = Message {
                id: id.clone(),
                span: entry.key.inner,
                text: bilingual(Some(&entry.value)),
            };
            (id, message)
        })
        .collect()
}
