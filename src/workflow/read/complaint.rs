//! What the inspection says: a key that is missing or not known, a value of the wrong kind.

use std::collections::HashSet;

use super::inspect::{FILE, Spot};
use super::keys;
use super::shape::{Shape, Table, WAYS};
use super::syntax::colon_behind;
use super::tree::{Content, Entry, Node};
use crate::workflow::definition::Span;
use crate::workflow::finding::{Code, Finding};
use crate::workflow::nearest::nearest;

/// Keys that have to be there.
pub fn missing(keys: &[&str], table: &Table, spot: Spot, place: Span) -> Finding {
    Finding::new(table.missing, place)
        .with("key", keys.join(", "))
        .with("of", spot.key)
}

/// A key that is not known here: the nearest that is, or where it belongs.
pub fn unknown_key(entry: &Entry, table: &'static Table, present: &HashSet<&str>) -> Finding {
    let written = entry.key.text.as_str();
    let known = || table.keys.iter().map(|key| key.name);
    let finding = Finding::new(Code::ReadUnknownKey, entry.key.inner).with("key", written);
    // A key that is there already was not meant.
    let free = known().filter(|name| !present.contains(name));
    if let Some(name) = nearest(written, free) {
        return finding.variant("near").near(Some(name));
    }
    let known = known().collect::<Vec<_>>().join(", ");
    if entry.value.span.start == entry.value.span.end && entry.value.scalar().is_some() && written.contains(' ') {
        // `{en: Closed, dissatisfied again}`: the comma ended the text.
        return finding.with("known", known).variant("comma");
    }
    let elsewhere = keys::ALL.iter().filter(|table| table.key(written).is_some());
    let places = elsewhere.map(|table| table.name).collect::<Vec<_>>().join(", ");
    if places.is_empty() {
        return finding.with("known", known);
    }
    finding.with("known", known).with("places", places).variant("elsewhere")
}

/// None of a group of keys stands there, or two of them do; for the ways of a step that is B04.
pub fn not_exactly_one(group: &[&str], first: Option<&Entry>, second: Option<&Entry>, place: Span) -> Option<Finding> {
    let code = if group == WAYS { Code::B04 } else { Code::ReadTogether };
    let (variant, span) = match (first, second) {
        (Some(_), None) => return None,
        (None, _) => ("none-of", place),
        (Some(_), Some(second)) => ("one-of", second.key.inner),
    };
    let finding = Finding::new(code, span).variant(variant).with("keys", group.join(", "));
    Some(match first {
        Some(first) => finding.note(first.key.inner, "note-other-here"),
        None => finding,
    })
}

/// Something else stands where `shape` is wanted.
pub fn wrong_kind(node: &Node, shape: &Shape, spot: Spot) -> Finding {
    let first = if let Shape::Either(shapes) = shape {
        shapes.first().copied()
    } else {
        None
    };
    let shape = first.unwrap_or(shape);
    if let (Some(written), Shape::Mapping(_) | Shape::Each(..)) = (node.scalar(), shape)
        && let Some(at) = written.text.find('：')
    {
        // `workflow：enquiry` is one text for YAML, where a key with its value is meant.
        let start = written.inner.start + at;
        let colon = Span {
            start,
            end: start + '：'.len_utf8(),
        };
        return Finding::new(Code::ReadSyntax, colon)
            .variant("fullwidth")
            .fix(colon, colon_behind(&written.text, at));
    }
    let found = match &node.content {
        Content::Scalar(written) if written.is_nothing() => "nothing",
        Content::Scalar(_) | Content::Refused => "text",
        Content::List(_) => "list",
        Content::Mapping(_) => "mapping",
    };
    // A list or mapping may be long, and nothing has no place of its own: the key has.
    let own = node.scalar().is_some() && node.span.end > node.span.start && spot.key != FILE;
    let finding = Finding::new(Code::ReadType, if own { node.span } else { spot.place });
    let finding = if spot.key == FILE {
        finding.variant("root")
    } else {
        finding
    };
    finding
        .with("key", spot.key)
        .with("wanted", shape.as_str())
        .with("found", found)
        .with("known", shape.known())
        .with("noun", shape.noun())
}
