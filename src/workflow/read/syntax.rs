//! What the YAML parser could not read, said in the words of somebody who writes a file.

use granit_parser::{ErrorKind, ScanError};

use super::build::DEPTH_MAX;
use crate::workflow::definition::Span;
use crate::workflow::finding::{Code, Finding};

/// The finding for the place where the parser gave up.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the parser's kinds are many, foreign and not exhaustive"
)]
pub fn finding(text: &str, error: &ScanError) -> Finding {
    let offset = error.marker().byte_offset().unwrap_or_default().min(text.len());
    // The parser stands behind the tab.
    let behind = text.get(..offset).is_some_and(|before| before.ends_with('\t'));
    let offset = if behind && variant(error.kind()) == "tab" {
        offset - 1
    } else {
        offset
    };
    let span = character_at(text, offset);
    match error.kind() {
        ErrorKind::RecursionLimitExceeded => too_deep(span),
        ErrorKind::UndeclaredTagHandle
        | ErrorKind::InvalidTagTerminator
        | ErrorKind::InvalidGlobalTagCharacter
        | ErrorKind::MissingTagUri
        | ErrorKind::UnclosedVerbatimTag
        | ErrorKind::InvalidTagEscape => Finding::new(Code::ReadTag, span).variant("tag").with("tag", "!"),
        kind => {
            // A full-width colon is no colon: the usual slip on a Chinese keyboard, and the parser cannot know.
            match fullwidth_colon_before(text, offset) {
                Some(colon) if is_about_keys(kind) => Finding::new(Code::ReadSyntax, colon)
                    .variant("fullwidth")
                    .fix(colon, colon_behind(text, colon.start)),
                // `{place}：{summary}` without quotes: the first brace began a mapping.
                Some(_) | None if is_about_keys(kind) && after_bracket(text, offset) => {
                    Finding::new(Code::ReadSyntax, span).variant("bracket")
                }
                Some(_) | None => Finding::new(Code::ReadSyntax, span).variant(variant(kind)),
            }
        }
    }
}

pub fn too_deep(span: Span) -> Finding {
    Finding::new(Code::ReadBounds, span)
        .variant("depth")
        .with("max", DEPTH_MAX)
}

/// Which sentence fits.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the parser's kinds are many, foreign and not exhaustive"
)]
fn variant(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => "tab",
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::DocumentIndicatorInQuotedScalar
        | ErrorKind::InvalidQuotedScalarIndent => "quote",
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => "after-quote",
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => "escape",
        ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::MismatchedFlowCollectionEnd { .. }
        | ErrorKind::MisplacedFlowCollectionEnd
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::FlowMappingValueAdjacentCollection
        | ErrorKind::BlockEntryInFlowCollection => "bracket",
        ErrorKind::DirectiveDisallowed | ErrorKind::InvalidDirectiveTerminator | ErrorKind::MissingDirectiveName => {
            "directive"
        }
        ErrorKind::UnexpectedCharacter { .. } => "character",
        ErrorKind::MappingValueNotAllowed
        | ErrorKind::InvalidColonPlacement
        | ErrorKind::InvalidMappingValueWhitespace => "colon",
        kind if is_about_keys(kind) => "key",
        _ => "other",
    }
}

/// The parser wanted `key: value` and found something else.
fn is_about_keys(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::SimpleKeyExpected
            | ErrorKind::InvalidSimpleKey
            | ErrorKind::InvalidIndentation
            | ErrorKind::ExpectedBlockMappingKey
            | ErrorKind::ExpectedBlockSequenceEntry
            | ErrorKind::BlockSequenceEntryNotAllowed
            | ErrorKind::MappingKeyNotAllowed
            | ErrorKind::ExpectedNodeContent
            | ErrorKind::MappingValueNotAllowed
    )
}

/// A closing bracket stands before the offset, in the same line.
fn after_bracket(text: &str, offset: usize) -> bool {
    text.get(..offset)
        .is_some_and(|before| before.trim_end_matches(' ').ends_with(['}', ']']))
}

/// A `：` between a word and its value, in the line of the offset or the one above.
fn fullwidth_colon_before(text: &str, offset: usize) -> Option<Span> {
    let before = text.get(..offset)?;
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let above = before
        .get(..line.saturating_sub(1))
        .and_then(|text| text.rfind('\n'))
        .map_or(0, |at| at + 1);
    let end = text
        .get(offset..)
        .and_then(|rest| rest.find('\n'))
        .map_or(text.len(), |at| offset + at);
    for (start, end) in [(line, end), (above, line)] {
        let part = text.get(start..end)?;
        let key = part.trim_start_matches([' ', '-', '{']);
        let word = key.find(|character: char| !character.is_ascii_alphanumeric() && character != '_')?;
        if key.get(word..).is_some_and(|rest| rest.starts_with('：')) {
            let start = start + (part.len() - key.len()) + word;
            return Some(character_at(text, start));
        }
    }
    None
}

/// What to write for the wide colon at this place: a colon, and the blank that has to follow it where there is none.
pub fn colon_behind(text: &str, at: usize) -> &'static str {
    let follows = text.get(at..).and_then(|rest| rest.chars().nth(1));
    if follows.is_none_or(char::is_whitespace) {
        ":"
    } else {
        ": "
    }
}

/// The span of the character at an offset; empty at the end of the file.
fn character_at(text: &str, offset: usize) -> Span {
    let length = text
        .get(offset..)
        .and_then(|rest| rest.chars().next())
        .filter(|c| *c != '\n')
        .map_or(0, char::len_utf8);
    Span {
        start: offset,
        end: offset + length,
    }
}
