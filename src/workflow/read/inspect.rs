//! Walks the tree along the shapes and finds everything that is written wrongly.
//!
//! After it the decoders may take what they find and be silent about the rest: whatever they cannot use has its finding
//! already. Findings about names (is there such a state?) are not made here but in `check`.

use std::collections::{HashMap, HashSet};

use super::complaint::{missing, not_exactly_one, unknown_key, wrong_kind};
use super::keys::EXPECTATION;
use super::scalar;
use super::shape::{Form, Noun, Shape, Table};
use super::tree::{Content, Entry, Node, Scalar};
use crate::workflow::check::builtin;
use crate::workflow::definition::Span;
use crate::workflow::expression::RESERVED;
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::is_id;

/// Keys that were not known and the ones that were meant, by the place of the key: what stands under them is decoded
/// as if it had been written rightly, so that one slip of the pen does not bring ten findings.
pub type Corrections = HashMap<usize, &'static str>;

/// The name of the whole file where a finding names the key above.
pub const FILE: &str = "file";

/// Finds what is wrong with the file's tree.
pub fn inspect(root: &Node, shape: &'static Shape, findings: &mut Findings) -> Corrections {
    let first = root.mapping().and_then(|entries| entries.first());
    let start = root.span.start;
    let place = first.map_or(Span { start, end: start }, |first| first.key.inner);
    let mut inspector = Inspector {
        findings,
        corrections: HashMap::new(),
    };
    inspector.value(root, shape, Spot { key: FILE, place });
    inspector.corrections
}

/// Under which key a value stands.
#[derive(Clone, Copy)]
pub struct Spot<'a> {
    pub key: &'a str,
    /// What a finding about something missing points at.
    pub place: Span,
}

impl<'a> Spot<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self {
            key: &entry.key.text,
            place: entry.key.inner,
        }
    }
}

struct Inspector<'f> {
    findings: &'f mut Findings,
    corrections: Corrections,
}

impl Inspector<'_> {
    fn value(&mut self, node: &Node, shape: &'static Shape, spot: Spot) {
        if matches!(node.content, Content::Refused) {
            return;
        }
        if node.scalar().is_some_and(Scalar::is_nothing) {
            self.findings.add(wrong_kind(node, shape, spot).variant("nothing"));
            return;
        }
        match shape {
            Shape::Mapping(table) => match node.mapping() {
                Some(entries) => self.table(entries, table, spot),
                None => self.findings.add(wrong_kind(node, shape, spot)),
            },
            Shape::Each(noun, of) => match node.mapping() {
                Some(entries) => self.each(entries, *noun, of),
                None => self.findings.add(wrong_kind(node, shape, spot)),
            },
            Shape::List { of, one, least } => match node.list() {
                Some(items) => self.items(node, items, of, *least, spot),
                None if *one && node.scalar().is_some() => self.value(node, of, spot),
                None => self.findings.add(wrong_kind(node, shape, spot)),
            },
            Shape::Either(shapes) => self.value(node, choose(node, shapes), spot),
            Shape::Value => self.constant(node, spot),
            Shape::Form(form) => match node.scalar() {
                Some(written) => self
                    .findings
                    .extend(scalar::problem(written, node.span, form, spot.key)),
                None => self.findings.add(wrong_kind(node, shape, spot)),
            },
        }
    }

    fn table(&mut self, entries: &[Entry], table: &'static Table, spot: Spot) {
        let mut present: HashSet<&str> = entries.iter().map(|entry| entry.key.text.as_str()).collect();
        for entry in entries {
            let name = entry.key.text.as_str();
            match (table.key(name), table.open) {
                // M01 says «the English text is missing» better than READ07 says «nothing».
                (Some(key), _) if table.missing == Code::M01 && says_nothing(&entry.value) => {
                    self.findings.add(missing(&[key.name], table, spot, entry.key.inner));
                }
                (Some(key), _) => self.value(&entry.value, key.shape, Spot::of(entry)),
                (None, Some((_, shape))) if is_id(name) => self.value(&entry.value, shape, Spot::of(entry)),
                (None, _) => {
                    let finding = unknown_key(entry, table, &present);
                    let meant = finding.nearest.as_deref().and_then(|nearest| table.key(nearest));
                    self.findings.add(finding);
                    if let Some(key) = meant {
                        self.corrections.insert(entry.key.inner.start, key.name);
                        self.value(&entry.value, key.shape, Spot::of(entry));
                        present.insert(key.name);
                    }
                }
            }
        }
        let needed = table
            .keys
            .iter()
            .filter(|key| key.needed && !present.contains(key.name));
        let lacking: Vec<_> = needed.map(|key| key.name).collect();
        if table.missing == Code::M01 {
            for key in lacking {
                self.findings.add(missing(&[key], table, spot, spot.place));
            }
        } else if !lacking.is_empty() {
            self.findings.add(missing(&lacking, table, spot, spot.place));
        }
        self.together(entries, table, spot);
    }

    /// READ14 and B04: keys that exclude each other, or say something only together.
    fn together(&mut self, entries: &[Entry], table: &'static Table, spot: Spot) {
        let corrections = &self.corrections;
        let is = |entry: &Entry, key: &str| {
            let corrected = corrections.get(&entry.key.inner.start).copied();
            corrected.unwrap_or(&entry.key.text) == key
        };
        for group in table.one_of {
            let mut present = entries.iter().filter(|entry| group.iter().any(|key| is(entry, key)));
            let pair = (present.next(), present.next());
            self.findings.extend(not_exactly_one(group, pair.0, pair.1, spot.place));
        }
        for (key, other) in table.needs {
            let Some(entry) = entries.iter().find(|entry| is(entry, key)) else {
                continue;
            };
            if !entries.iter().any(|entry| is(entry, other)) {
                let finding = Finding::new(Code::ReadTogether, entry.key.inner).variant("needs");
                self.findings.add(finding.with("key", key).with("other", other));
            }
        }
    }

    fn each(&mut self, entries: &[Entry], noun: Noun, of: &'static Shape) {
        let defines = matches!(of, Shape::Mapping(_));
        for entry in entries {
            let key = &entry.key;
            self.findings.extend(scalar::id_problem(key, key.inner, noun));
            if defines && reserved(noun).any(|word| word == key.text) {
                let finding = Finding::new(Code::ReadId, key.inner).variant("reserved");
                self.findings
                    .add(finding.with("found", &key.text).with("noun", noun.as_str()));
            }
            self.value(&entry.value, of, Spot::of(entry));
        }
    }

    fn items(&mut self, node: &Node, items: &[Node], of: &'static Shape, least: usize, spot: Spot) {
        if items.len() < least {
            let finding = Finding::new(Code::ReadType, node.span).variant("empty-list");
            self.findings.add(finding.with("key", spot.key));
        }
        for item in items {
            let first = item.mapping().and_then(|entries| entries.first());
            let place = first.map_or(item.span, |first| first.key.inner);
            self.value(item, of, Spot { key: spot.key, place });
        }
    }

    /// A constant: a scalar or a list of scalars. Its type is judged where the field is known.
    fn constant(&mut self, node: &Node, spot: Spot) {
        if node.scalar().is_some() {
            return;
        }
        let Some(items) = node.list() else {
            self.findings.add(wrong_kind(node, &Shape::Value, spot));
            return;
        };
        for item in items {
            if item.list().is_some() || item.mapping().is_some() || item.scalar().is_some_and(Scalar::is_nothing) {
                self.findings.add(wrong_kind(item, &Shape::Value, spot));
            }
        }
    }
}

fn says_nothing(node: &Node) -> bool {
    node.scalar()
        .is_some_and(|written| written.is_nothing() || written.text.trim().is_empty())
}

/// The alternative that is meant: the first that accepts the value, else the first of the same kind.
fn choose(node: &Node, shapes: &'static [&'static Shape]) -> &'static Shape {
    let fits = |shape: &Shape| match (&node.content, shape) {
        (Content::Mapping(_), Shape::Mapping(_) | Shape::Each(..)) | (Content::List(_), Shape::List { .. }) => true,
        (Content::Scalar(_), shape) => is_scalar(shape),
        (Content::Mapping(_) | Content::List(_) | Content::Refused, _) => false,
    };
    let accepts = |shape: &Shape| match (node.scalar(), shape) {
        (Some(written), Shape::Form(form)) => scalar::problem(written, node.span, form, "").is_none(),
        (_, _) => true,
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
                .find(|shape| digit == matches!(shape, Shape::Form(Form::Duration | Form::Time)))
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

/// Words that mean something already where an id of the kind may stand. (`check` knows those of states, S01.)
fn reserved(noun: Noun) -> impl Iterator<Item = &'static str> {
    let words: &[&[&str]] = match noun {
        // In expressions, in routing rows, in what a story expects, in messages.
        Noun::Field => &[RESERVED, &["else", "number", "left", "over", "stands_for"]],
        Noun::Rule => &[&["open_tasks", "nobody"]],
        Noun::Person => &[&["nobody"]],
        // The built-in actions are there in every workflow; a second one of the name could never be meant.
        Noun::Action => &[builtin::OF_TASK, builtin::OF_TICKET],
        Noun::Workflow
        | Noun::Calendar
        | Noun::Option
        | Noun::Role
        | Noun::Department
        | Noun::State
        | Noun::Task
        | Noun::TaskOf
        | Noun::Outcome
        | Noun::Clock
        | Noun::Message
        | Noun::Sample
        | Noun::Date => &[],
    };
    let expected = EXPECTATION
        .keys
        .iter()
        .map(|key| key.name)
        .filter(move |_| noun == Noun::Field);
    words.iter().flat_map(|words| words.iter().copied()).chain(expected)
}
