//! From the parser's events to the tree. Refuses what LANGUAGE rule 3 refuses: tags, anchors, aliases, merge keys,
//! keys written twice, a second document, too deep or too large a tree.

use std::{borrow::Cow, collections::HashMap};

use granit_parser::{Event, Parser, ScalarStyle, Tag, options};

use super::syntax;
use super::tree::{Content, Entry, Node, Scalar};
use crate::workflow::definition::Span;
use crate::workflow::finding::{Code, Finding, Findings};

/// Nodes a file may have, keys included. The shipped example has about 2,000.
pub const NODES_MAX: usize = 20_000;
/// Mappings and lists within each other. The language needs eight.
pub const DEPTH_MAX: usize = 64;

/// The tree of the file's one document, or `None` when there is none; what is wrong stands in `findings`.
pub fn tree(text: &str, findings: &mut Findings) -> Option<Node> {
    let options = options! {
        emit_comments: false,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        disallow_directives: true,
        flow_nesting_limit: DEPTH_MAX,
        block_nesting_limit: DEPTH_MAX,
    };
    let mut builder = Builder {
        text,
        findings,
        open: Vec::new(),
        root: None,
        nodes: 0,
        documents: 0,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, place)) => {
                if !builder.take(event, &place) {
                    return None;
                }
            }
            Err(error) => {
                builder.findings.add(syntax::finding(text, &error));
                return None;
            }
        }
    }
    let root = builder.root.take();
    let nothing = root
        .as_ref()
        .is_none_or(|root| root.scalar().is_some_and(Scalar::is_nothing));
    if nothing {
        findings.add(Finding::new(Code::ReadFile, Span::default()).variant("empty"));
        return None;
    }
    root
}

struct Builder<'a, 'f> {
    text: &'a str,
    findings: &'f mut Findings,
    /// Mappings and lists that are not closed yet, the innermost last.
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    documents: usize,
}

/// A mapping or list that is not closed yet.
struct Open {
    start: usize,
    refused: bool,
    kind: OpenKind,
}

enum OpenKind {
    List(Vec<Node>),
    Mapping {
        entries: Vec<Entry>,
        /// The key whose value comes next.
        key: Option<WaitingKey>,
        /// Where each key stood first.
        seen: HashMap<String, Span>,
    },
}

enum WaitingKey {
    Good(Scalar),
    /// There is a finding; its value is read and dropped.
    Bad,
}

impl Builder<'_, '_> {
    /// False when reading has to stop.
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "the parser's events are foreign and not exhaustive"
    )]
    fn take(&mut self, event: Event, place: &granit_parser::Span) -> bool {
        let span = span(place);
        match event {
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => true,
            Event::DocumentStart(..) => self.begin_document(span),
            Event::Anchor(_, name) => {
                let finding = Finding::new(Code::ReadTag, span).variant("anchor");
                self.findings.add(finding.with("name", name));
                true
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let name = self
                    .text
                    .get(span.start..span.end)
                    .unwrap_or_default()
                    .trim_start_matches('*');
                let finding = Finding::new(Code::ReadTag, span).variant("alias").with("name", name);
                self.findings.add(finding);
                self.count(span)
                    && self.add(Node {
                        span,
                        content: Content::Refused,
                    })
            }
            Event::Scalar(text, style, _, tag) => {
                let refused = self.refuse_tag(tag.as_deref(), place, span);
                let content = if refused {
                    Content::Refused
                } else {
                    Content::Scalar(self.scalar(text, style, span))
                };
                self.count(span) && self.add(Node { span, content })
            }
            Event::SequenceStart(_, _, tag) => {
                let refused = self.refuse_tag(tag.as_deref(), place, span);
                self.begin(span, refused, OpenKind::List(Vec::new()))
            }
            Event::MappingStart(_, _, tag) => {
                let refused = self.refuse_tag(tag.as_deref(), place, span);
                let kind = OpenKind::Mapping {
                    entries: Vec::new(),
                    key: None,
                    seen: HashMap::new(),
                };
                self.begin(span, refused, kind)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            // Comments, which were switched off.
            _ => true,
        }
    }

    fn begin_document(&mut self, span: Span) -> bool {
        self.documents += 1;
        if self.documents > 1 {
            self.findings
                .add(Finding::new(Code::ReadFile, span).variant("documents"));
        }
        self.documents == 1
    }

    fn count(&mut self, span: Span) -> bool {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            self.findings.add(
                Finding::new(Code::ReadBounds, span)
                    .variant("nodes")
                    .with("max", NODES_MAX),
            );
        }
        self.nodes <= NODES_MAX
    }

    fn begin(&mut self, span: Span, refused: bool, kind: OpenKind) -> bool {
        if self.open.len() >= DEPTH_MAX {
            self.findings.add(syntax::too_deep(span));
            return false;
        }
        let start = span.start;
        self.open.push(Open { start, refused, kind });
        self.count(span)
    }

    fn end(&mut self, at: Span) -> bool {
        let Some(open) = self.open.pop() else {
            return true;
        };
        let start = open.start;
        let (last, content) = match open.kind {
            OpenKind::List(items) => (items.last().map(|item| item.span.end), Content::List(items)),
            OpenKind::Mapping { entries, .. } => {
                let last = entries
                    .last()
                    .map(|entry| entry.value.span.end.max(entry.key.inner.end));
                (last, Content::Mapping(entries))
            }
        };
        // A flow collection ends with its bracket; a block has no end of its own but that of its last entry.
        let end = if at.end > at.start {
            at.end
        } else {
            last.unwrap_or(at.end)
        };
        let content = if open.refused { Content::Refused } else { content };
        let span = Span {
            start,
            end: end.max(start),
        };
        self.add(Node { span, content })
    }

    /// Puts a finished node where it belongs.
    fn add(&mut self, node: Node) -> bool {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return true;
        };
        match &mut open.kind {
            OpenKind::List(items) => items.push(node),
            OpenKind::Mapping { entries, key, seen } => match key.take() {
                None => *key = Some(waiting_key(node, seen, self.findings)),
                Some(WaitingKey::Good(key)) => entries.push(Entry { key, value: node }),
                Some(WaitingKey::Bad) => {}
            },
        }
        true
    }

    fn scalar(&self, text: Cow<str>, style: ScalarStyle, span: Span) -> Scalar {
        let raw = self.text.get(span.start..span.end).unwrap_or_default();
        let quoted = !matches!(style, ScalarStyle::Plain);
        let unquoted = Span {
            start: span.start + 1,
            end: span.end.saturating_sub(1).max(span.start + 1),
        };
        let letter_by_letter =
            quoted && raw.len() == text.len() + 2 && self.text.get(unquoted.start..unquoted.end) == Some(&*text);
        let text = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => text.trim_end_matches('\n').to_owned(),
            ScalarStyle::Plain | ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => text.into_owned(),
        };
        let inner = if letter_by_letter { unquoted } else { span };
        Scalar { text, quoted, inner }
    }

    /// True when the node has a tag. `only_if: !urgent` is one: most readers would lose the guard without a word.
    fn refuse_tag(&mut self, tag: Option<&Tag>, place: &granit_parser::Span, node: Span) -> bool {
        let Some(tag) = tag else {
            return false;
        };
        let at = place.tag_span().map_or(node, |place| span(&place));
        let written = self
            .text
            .get(at.start..at.end)
            .map_or_else(|| tag.original(), str::to_owned);
        let mut finding = Finding::new(Code::ReadTag, at).variant("tag").with("tag", written);
        let whole = Span {
            start: at.start,
            end: at.end.max(node.end),
        };
        let raw = self.text.get(whole.start..whole.end).unwrap_or_default();
        // `!urgent` is a text that lost its quotes; `!!str` and its like are a programmer's.
        if node.start >= at.start && !raw.starts_with("!!") && !raw.contains(['\n', '"', '\\', '[', '{']) {
            finding = finding.fix(whole, format!("\"{raw}\""));
        }
        self.findings.add(finding);
        true
    }
}

/// A key that was read, with a finding when it cannot be one or stood there before.
fn waiting_key(node: Node, seen: &mut HashMap<String, Span>, findings: &mut Findings) -> WaitingKey {
    let key = match node.content {
        Content::Scalar(key) => key,
        Content::List(_) | Content::Mapping(_) => {
            findings.add(Finding::new(Code::ReadType, node.span).variant("key"));
            return WaitingKey::Bad;
        }
        Content::Refused => return WaitingKey::Bad,
    };
    if key.text == "<<" && !key.quoted {
        findings.add(Finding::new(Code::ReadTag, key.inner).variant("merge"));
        return WaitingKey::Bad;
    }
    if key.text.is_empty() {
        findings.add(Finding::new(Code::ReadType, node.span).variant("key"));
        return WaitingKey::Bad;
    }
    if let Some(first) = seen.get(&key.text) {
        let finding = Finding::new(Code::ReadDuplicateKey, key.inner).with("key", &key.text);
        findings.add(finding.note(*first, "note-first-here"));
        return WaitingKey::Bad;
    }
    seen.insert(key.text.clone(), key.inner);
    WaitingKey::Good(key)
}

fn span(place: &granit_parser::Span) -> Span {
    let start = place.start.byte_offset().unwrap_or_default();
    let end = place.end.byte_offset().unwrap_or(start).max(start);
    Span { start, end }
}
