//! Walks the tree along the shapes and finds everything that is written wrongly.
//!
//! After it the decoders may take what they find and be silent about the rest: whatever they cannot use has its finding
//! already. Findings about names (is there such a state?) are not made here but in `check`.

use super::keys::EXPECTATION;
use super::scalar;
use super::shape::{Key, Noun, Shape, Table};
use super::tree::{Content, Entry, Node, Scalar};
use crate::workflow::definition::Span;
use crate::workflow::expression::RESERVED;
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::is_id;
use crate::workflow::nearest::nearest;

/// Under which key a value stands.
#[derive(Clone, Copy)]
pub struct Spot<'a> {
    pub key: &'a str,
    /// What a finding about something missing points at.
    pub place: Span,
}

/// Finds what is wrong with `node` where `shape` is wanted.
pub fn inspect(node: &Node, shape: &'static Shape, spot: Spot, findings: &mut Findings) {
    if matches!(node.content, Content::Refused) {
        return;
    }
    if node.scalar().is_some_and(Scalar::is_nothing) {
        findings.add(wrong_kind(node, shape, spot).variant("nothing"));
        return;
    }
    match shape {
        Shape::Mapping(table) => match node.mapping() {
            Some(entries) => inspect_table(node, entries, table, spot, findings),
            None => findings.add(wrong_kind(node, shape, spot)),
        },
        Shape::Each(noun, of) => match node.mapping() {
            Some(entries) => inspect_each(entries, *noun, of, findings),
            None => findings.add(wrong_kind(node, shape, spot)),
        },
        Shape::List { of, one, least } => match node.list() {
            Some(items) => inspect_items(node, items, of, *least, spot, findings),
            None if *one && node.scalar().is_some() => inspect(node, of, spot, findings),
            None => findings.add(wrong_kind(node, shape, spot)),
        },
        Shape::Either(shapes) => inspect(node, choose(node, shapes), spot, findings),
        Shape::Value => inspect_value(node, spot, findings),
        Shape::Text
        | Shape::Template
        | Shape::Prefix
        | Shape::Id(_)
        | Shape::Word(_)
        | Shape::YesNo
        | Shape::True
        | Shape::Whole(..)
        | Shape::Number
        | Shape::Duration
        | Shape::Point
        | Shape::Rate
        | Shape::Expression
        | Shape::Who
        | Shape::Time
        | Shape::Event => match node.scalar() {
            Some(written) => findings.extend(scalar::problem(written, node.span, shape, spot.key)),
            None => findings.add(wrong_kind(node, shape, spot)),
        },
    }
}

/// The alternative that is meant: the first that accepts the value, else the first of the same kind.
fn choose(node: &Node, shapes: &'static [&'static Shape]) -> &'static Shape {
    let fits = |shape: &Shape| match (&node.content, shape) {
        (Content::Mapping(_), Shape::Mapping(_) | Shape::Each(..)) | (Content::List(_), Shape::List { .. }) => true,
        (Content::Scalar(_), shape) => is_scalar(shape),
        (Content::Mapping(_) | Content::List(_) | Content::Refused, _) => false,
    };
    let accepts = |shape: &Shape| {
        node.scalar()
            .is_none_or(|written| scalar::problem(written, node.span, shape, "").is_none())
    };
    // What begins with a digit is meant as a duration or a time, never as an id.
    let digit = node
        .scalar()
        .is_some_and(|written| written.text.starts_with(|first: char| first.is_ascii_digit()));
    let mut fitting = shapes.iter().copied().filter(|shape| fits(shape));
    let meant = fitting
        .clone()
        .find(|shape| accepts(shape))
        .or_else(|| {
            fitting
                .clone()
                .find(|shape| digit == matches!(shape, Shape::Duration | Shape::Time))
        })
        .or_else(|| fitting.next());
    // `to: {when: …}`: the dash before the only case was forgotten.
    let list = || {
        shapes
            .iter()
            .copied()
            .find(|shape| node.mapping().is_some() && matches!(shape, Shape::List { .. }))
    };
    meant
        .or_else(list)
        .or_else(|| shapes.first().copied())
        .unwrap_or(&Shape::Value)
}

fn is_scalar(shape: &Shape) -> bool {
    !matches!(
        shape,
        Shape::Mapping(_) | Shape::Each(..) | Shape::List { one: false, .. } | Shape::Either(_)
    )
}

fn inspect_table(node: &Node, entries: &[Entry], table: &'static Table, spot: Spot, findings: &mut Findings) {
    for entry in entries {
        let inner = Spot {
            key: &entry.key.text,
            place: entry.key.inner,
        };
        match (table.key(&entry.key.text), table.open) {
            // M01 says «the English text is missing» better than READ07 says «nothing».
            (Some(key), _) if table.missing == Code::M01 && says_nothing(&entry.value) => {
                findings.add(missing(key, table, spot, entry.key.inner));
            }
            (Some(key), _) => inspect(&entry.value, key.shape, inner, findings),
            (None, Some((noun, shape))) if is_id(&entry.key.text) => {
                let _ = noun;
                inspect(&entry.value, shape, inner, findings);
            }
            (None, _) => findings.add(unknown_key(entry, table, entries)),
        }
    }
    for key in table
        .keys
        .iter()
        .filter(|key| key.needed && node.get(key.name).is_none())
    {
        findings.add(missing(key, table, spot, spot.place));
    }
}

fn says_nothing(node: &Node) -> bool {
    node.scalar()
        .is_some_and(|written| written.is_nothing() || written.text.trim().is_empty())
}

fn missing(key: &Key, table: &Table, spot: Spot, place: Span) -> Finding {
    Finding::new(table.missing, place)
        .with("key", key.name)
        .with("of", spot.key)
}

/// A key that is not known here: the nearest that is, or where it belongs.
fn unknown_key(entry: &Entry, table: &'static Table, entries: &[Entry]) -> Finding {
    let written = entry.key.text.as_str();
    let known = || table.keys.iter().map(|key| key.name);
    let finding = Finding::new(Code::ReadUnknownKey, entry.key.inner)
        .with("key", written)
        .with("known", known().collect::<Vec<_>>().join(", "));
    // A key that is there already was not meant.
    let free = known().filter(|name| !entries.iter().any(|other| other.key.text == *name));
    if let Some(name) = nearest(written, free) {
        return finding.near(Some(name));
    }
    let comma = entry
        .value
        .scalar()
        .is_some_and(|value| value.text.is_empty() && !value.quoted);
    if comma {
        // `{en: Closed, dissatisfied}`: the comma ended the text.
        return finding.variant("comma");
    }
    finding
}

fn inspect_each(entries: &[Entry], noun: Noun, of: &'static Shape, findings: &mut Findings) {
    let defines = matches!(of, Shape::Mapping(_));
    for entry in entries {
        findings.extend(scalar::id_problem(&entry.key, entry.key.inner, noun));
        if defines && reserved(noun).any(|word| word == entry.key.text) {
            let finding = Finding::new(Code::ReadId, entry.key.inner).variant("reserved");
            findings.add(finding.with("found", &entry.key.text).with("noun", noun.as_str()));
        }
        let spot = Spot {
            key: &entry.key.text,
            place: entry.key.inner,
        };
        inspect(&entry.value, of, spot, findings);
    }
}

/// Words that mean something already where an id of the kind may stand. (`check` knows those of states, S01.)
fn reserved(noun: Noun) -> impl Iterator<Item = &'static str> {
    let words: &[&[&str]] = match noun {
        // In expressions, in routing rows, in what a story expects, in messages.
        Noun::Field => &[RESERVED, &["else", "number", "left", "over", "stands_for"]],
        Noun::Rule => &[&["open_tasks", "nobody"]],
        Noun::Person => &[&["nobody"]],
        Noun::Workflow
        | Noun::Calendar
        | Noun::Option
        | Noun::Role
        | Noun::Department
        | Noun::State
        | Noun::Action
        | Noun::Task
        | Noun::TaskOf
        | Noun::Outcome
        | Noun::Clock
        | Noun::Message
        | Noun::Sample => &[],
    };
    let expected = EXPECTATION
        .keys
        .iter()
        .map(|key| key.name)
        .filter(move |_| noun == Noun::Field);
    words.iter().flat_map(|words| words.iter().copied()).chain(expected)
}

fn inspect_items(node: &Node, items: &[Node], of: &'static Shape, least: usize, spot: Spot, findings: &mut Findings) {
    if items.len() < least {
        findings.add(
            Finding::new(Code::ReadType, node.span)
                .variant("empty-list")
                .with("key", spot.key),
        );
    }
    for item in items {
        let place = item
            .mapping()
            .and_then(|entries| entries.first())
            .map_or(item.span, |first| first.key.inner);
        inspect(item, of, Spot { key: spot.key, place }, findings);
    }
}

/// A constant: a scalar or a list of scalars. Its type is judged where the field is known.
fn inspect_value(node: &Node, spot: Spot, findings: &mut Findings) {
    if node.scalar().is_some() {
        return;
    }
    let Some(items) = node.list() else {
        findings.add(wrong_kind(node, &Shape::Value, spot));
        return;
    };
    for item in items {
        if item.list().is_some() || item.mapping().is_some() || item.scalar().is_some_and(Scalar::is_nothing) {
            findings.add(wrong_kind(item, &Shape::Value, spot));
        }
    }
}

/// Something else stands where `shape` is wanted.
fn wrong_kind(node: &Node, shape: &Shape, spot: Spot) -> Finding {
    let found = match &node.content {
        Content::Scalar(written) if written.is_nothing() => "nothing",
        Content::Scalar(_) | Content::Refused => "text",
        Content::List(_) => "list",
        Content::Mapping(_) => "mapping",
    };
    // Nothing has no place of its own: the key has.
    let span = if node.span.end > node.span.start {
        node.span
    } else {
        spot.place
    };
    let span = if matches!(node.content, Content::Scalar(_)) {
        span
    } else {
        spot.place
    };
    let known = match shape {
        Shape::Mapping(table) => table.keys.iter().map(|key| key.name).collect::<Vec<_>>().join(", "),
        Shape::Word(words) => words.join(", "),
        Shape::Either(shapes) => shapes.iter().map(|shape| shape.as_str()).collect::<Vec<_>>().join(", "),
        Shape::Text
        | Shape::Template
        | Shape::Prefix
        | Shape::Id(_)
        | Shape::YesNo
        | Shape::True
        | Shape::Whole(..)
        | Shape::Number
        | Shape::Duration
        | Shape::Point
        | Shape::Rate
        | Shape::Expression
        | Shape::Who
        | Shape::Time
        | Shape::Event
        | Shape::Value
        | Shape::Each(..)
        | Shape::List { .. } => String::new(),
    };
    Finding::new(Code::ReadType, span)
        .with("key", spot.key)
        .with("wanted", shape.as_str())
        .with("found", found)
        .with("known", known)
        .with("noun", noun_of(shape))
}

fn noun_of(shape: &Shape) -> &'static str {
    match shape {
        Shape::Id(noun) | Shape::Each(noun, _) => noun.as_str(),
        Shape::List { of, .. } => noun_of(of),
        Shape::Either(shapes) => shapes.first().map_or("", |shape| noun_of(shape)),
        Shape::Text
        | Shape::Template
        | Shape::Prefix
        | Shape::Word(_)
        | Shape::YesNo
        | Shape::True
        | Shape::Whole(..)
        | Shape::Number
        | Shape::Duration
        | Shape::Point
        | Shape::Rate
        | Shape::Expression
        | Shape::Who
        | Shape::Time
        | Shape::Event
        | Shape::Value
        | Shape::Mapping(_) => "",
    }
}
