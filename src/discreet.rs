//! Words for the log without what a caller said: the log is kept, copied and searched by people who may not see it.
//!
//! Our own sentences are harmless. What others say about our data (a mail server, the database, a decoder, a panic)
//! may quote it; what is quoted, addresses and long numbers are left out, the rest is what an operator needs.

use std::any::Any;
use std::fmt::Display;

/// Digits in a row that may be a telephone or an identity number.
const DIGITS_MAX: usize = 6;
/// In place of what is left out.
const LEFT_OUT: &str = "…";
/// Quotation marks in messages of libraries, opening and closing.
const QUOTES: &[(char, char)] = &[('"', '"'), ('`', '`'), ('«', '»'), ('“', '”')];

/// The words of somebody else, without quotations, addresses and long numbers.
pub fn discreet(words: &(impl Display + ?Sized)) -> String {
    let bare = without_quotations(&words.to_string());
    let parts: Vec<&str> = bare
        .split(' ')
        .map(|word| if is_telling(word) { LEFT_OUT } else { word })
        .collect();
    parts.join(" ")
}

/// An e-mail address, or a number that could be somebody's.
fn is_telling(word: &str) -> bool {
    let digits = |run: &str| run.chars().count() > DIGITS_MAX;
    word.contains('@') || word.split(|c: char| !c.is_ascii_digit()).any(digits)
}

/// Names of tables and columns stay; whatever else is quoted may be a value.
fn without_quotations(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        kept.push(c);
        let Some((_, end)) = QUOTES.iter().find(|(begin, _)| *begin == c) else {
            continue;
        };
        let mut quoted = String::new();
        let mut escaped = false;
        for inner in rest.by_ref() {
            if inner == *end && !escaped {
                break;
            }
            escaped = inner == '\\' && !escaped;
            quoted.push(inner);
        }
        kept.push_str(if is_name(&quoted) { &quoted } else { LEFT_OUT });
        kept.push(*end);
    }
    kept
}

/// As tables, columns and constraints are called: `events_hash`.
fn is_name(quoted: &str) -> bool {
    quoted.contains('_')
        && quoted
            .chars()
            .all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit())
}

/// The words of a panic where they stand in the source. Those made at run time may hold anything.
pub fn words_of(panic: &(dyn Any + Send)) -> &'static str {
    panic
        .downcast_ref::<&'static str>()
        .copied()
        .unwrap_or("words withheld")
}

/// From now on a panic is a line of the log with its place; the usual hook prints its words to standard error.
pub fn panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let words = panic.payload().downcast_ref::<&'static str>().copied();
        tracing::error!(place, words = words.unwrap_or("words withheld"), "panicked");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_quote_of_our_data_is_left_out_and_the_rest_stays() {
        for (said, kept) in [
            ("550 5.1.1 <wang@example.org>: no such user", "550 5.1.1 … no such user"),
            ("127.0.0.1:25: connection refused", "127.0.0.1:25: connection refused"),
            (
                "invalid type: string \"王\\\"先生\", expected u64 at line 1 column 20",
                "invalid type: string \"…\", expected u64 at line 1 column 20",
            ),
            ("unknown variant `li`", "unknown variant `…`"),
            ("violates \"events_hash\"", "violates \"events_hash\""),
            ("call 13800001111 back", "call … back"),
            ("an open \"quotation", "an open \"…\""),
        ] {
            assert_eq!(discreet(said), kept);
        }
    }

    #[test]
    fn words_of_a_panic_that_were_made_at_run_time_are_withheld() {
        let caught = |fall: fn()| std::panic::catch_unwind(fall).unwrap_err();
        assert_eq!(words_of(&*caught(|| panic!("a full stop"))), "a full stop");
        let made = caught(|| std::panic::panic_any(format!("the caller {}", "王先生")));
        assert_eq!(words_of(&*made), "words withheld");
    }
}
