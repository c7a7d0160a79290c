//! A file as a tree of nodes, each with its place; scalars stay the text they were written as.
//!
//! Nothing is guessed here: `no`, `010`, `9:30` and `2026-03-02 08:30` are texts, and it is remembered whether they
//! stood in quotes. What a text means is decided where it is wanted ([`super::shape`]).

use std::collections::HashMap;

use crate::workflow::definition::Span;

/// A node of the file.
#[derive(Clone, Debug)]
pub struct Node {
    /// All of it, quotes and brackets included.
    pub span: Span,
    pub content: Content,
}

#[derive(Clone, Debug)]
pub enum Content {
    Scalar(Scalar),
    List(Vec<Node>),
    Mapping(Vec<Entry>),
    /// An alias or a tagged node: found already, and nothing more is said about it.
    Refused,
}

/// A scalar.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// As it stands in the file, without quotes and escapes.
    pub text: String,
    /// In quotes, or a block (`|`, `>`): certainly meant as a text.
    pub quoted: bool,
    /// The text without the quotes, where it stands letter by letter in the file; else the whole node.
    pub inner: Span,
}

/// `key: value`.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: Scalar,
    pub value: Node,
}

impl Node {
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.content {
            Content::Scalar(scalar) => Some(scalar),
            Content::List(_) | Content::Mapping(_) | Content::Refused => None,
        }
    }

    pub fn list(&self) -> Option<&[Self]> {
        match &self.content {
            Content::List(items) => Some(items),
            Content::Scalar(_) | Content::Mapping(_) | Content::Refused => None,
        }
    }

    pub fn mapping(&self) -> Option<&[Entry]> {
        match &self.content {
            Content::Mapping(entries) => Some(entries),
            Content::Scalar(_) | Content::List(_) | Content::Refused => None,
        }
    }

    /// The value under a key of a mapping.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.mapping()?
            .iter()
            .find(|entry| entry.key.text == key)
            .map(|entry| &entry.value)
    }

    /// Writes keys as they were meant: `names` by the place of the key.
    pub fn correct(&mut self, names: &HashMap<usize, &'static str>) {
        match &mut self.content {
            Content::Scalar(_) | Content::Refused => {}
            Content::List(items) => items.iter_mut().for_each(|item| item.correct(names)),
            Content::Mapping(entries) => {
                for entry in entries {
                    if let Some(name) = names.get(&entry.key.inner.start) {
                        (*name).clone_into(&mut entry.key.text);
                    }
                    entry.value.correct(names);
                }
            }
        }
    }

    /// Where a finding about its content points: at the text without quotes, or at all of it.
    pub fn inner(&self) -> Span {
        self.scalar().map_or(self.span, |scalar| scalar.inner)
    }
}

impl Scalar {
    /// Nothing was written, or one of YAML's words for nothing.
    pub fn is_nothing(&self) -> bool {
        !self.quoted && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }
}
