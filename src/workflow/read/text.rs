//! From the bytes of a file to a text that may be parsed: size, encoding, characters that nobody can see.

use std::str;

use crate::workflow::definition::Span;
use crate::workflow::finding::{Code, Finding, Findings};

/// Bytes a file may have (LANGUAGE, rule 3). The shipped example has 17,000.
pub const FILE_BYTES_MAX: usize = 256 * 1024;
/// Characters that nobody can see are named one by one up to this many.
const INVISIBLE_MAX: usize = 20;
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text, or `None` when it cannot be parsed; what is wrong stands in `findings`.
pub fn text<'a>(source: &'a [u8], findings: &mut Findings) -> Option<&'a str> {
    if source.len() > FILE_BYTES_MAX {
        let finding = Finding::new(Code::ReadFile, Span::default()).variant("size");
        findings.add(finding.with("bytes", source.len()).with("max", FILE_BYTES_MAX));
        return None;
    }
    let text = match str::from_utf8(source) {
        Ok(text) => text,
        Err(error) => {
            let start = error.valid_up_to();
            let end = start + error.error_len().unwrap_or(1);
            findings.add(Finding::new(Code::ReadFile, Span { start, end }).variant("encoding"));
            return None;
        }
    };
    note_habits_of_editors(text, findings);
    let invisible = text
        .char_indices()
        .filter(|(at, character)| *at > 0 && (is_invisible(*character) || is_lone_return(text, *at)));
    let mut readable = true;
    for (start, character) in invisible.take(INVISIBLE_MAX) {
        let end = start + character.len_utf8();
        let finding = Finding::new(Code::ReadFile, Span { start, end }).variant("invisible");
        findings.add(
            finding
                .with("character", format!("U+{:04X}", u32::from(character)))
                .fix(Span { start, end }, ""),
        );
        readable = false;
    }
    readable.then_some(text)
}

/// A byte order mark and Windows line ends do no harm, but make two files of one content: warnings.
fn note_habits_of_editors(text: &str, findings: &mut Findings) {
    if text.starts_with(BYTE_ORDER_MARK) {
        let span = Span {
            start: 0,
            end: BYTE_ORDER_MARK.len_utf8(),
        };
        findings.add(
            Finding::new(Code::ReadFile, span)
                .variant("bom")
                .fix(span, "")
                .warning(),
        );
    }
    if let Some(start) = text.find("\r\n") {
        let span = Span { start, end: start + 1 };
        let lines = text.matches("\r\n").count();
        findings.add(
            Finding::new(Code::ReadFile, span)
                .variant("crlf")
                .with("lines", lines)
                .warning(),
        );
    }
}

/// Control characters, and those that make a text look other than it is: a reader of the file (four eyes, before it is
/// published) must see what the machine reads.
fn is_invisible(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => false,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => true,
        BYTE_ORDER_MARK | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => character.is_control(),
    }
}

/// A carriage return alone is a line break for YAML and none for most editors.
fn is_lone_return(text: &str, at: usize) -> bool {
    text.get(at..)
        .is_some_and(|rest| rest.starts_with('\r') && !rest.starts_with("\r\n"))
}
