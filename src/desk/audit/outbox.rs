//! Whoever is to hear of an event has a row in the outbox, and nobody else (I16, I17). What is said there of an event
//! is as lasting as a log, so no secret and no telephone number belongs into it (I23).

use std::collections::{BTreeMap, BTreeSet};

use super::code::Code;
use super::finding::{Finding, Findings};
use super::history::History;
use super::world::Known;
use crate::store::notice::{CHANNELS, notices};
use crate::store::scan::OutboxRow;
use crate::workflow::moment::DAY;

pub fn check(history: &History, known: &Known, findings: &mut Findings) {
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    let mut forgettable: BTreeSet<String> = BTreeSet::new();
    let mut telling: BTreeSet<u64> = BTreeSet::new();
    for event in history.read() {
        let notices = notices(history.row.id, event);
        if !notices.is_empty() {
            telling.insert(event.seq);
        }
        for notice in notices {
            for channel in CHANNELS {
                let key = format!("{}:{}:{}:{channel}", history.row.id, notice.seq, notice.person);
                // The inbox is kept for so long only (`inbox.keep_days`).
                if channel == "app" && notice.at < known.inbox_from {
                    forgettable.insert(key.clone());
                }
                expected.insert(key, notice.seq);
            }
        }
    }
    for row in &history.outbox {
        let seq = u64::try_from(row.seq).unwrap_or_default();
        let named = |code| Finding::new(code).seq(seq).with("key", &row.key);
        // People are resolved again at sending (L2): who came in only then has a row beside those of the event.
        if expected.remove(&row.key) != Some(seq) && !(telling.contains(&seq) && row.key == key(row)) {
            findings.push(named(Code::MessageUncalled));
        }
        if row.last_error.as_deref().is_some_and(is_personal) {
            findings.push(named(Code::Personal));
        }
        let sent = row.sent_at.is_some();
        let says_why = row.last_error.is_some();
        let right = match row.state.as_str() {
            // What is shown in the application is there at once.
            "sent" => sent || row.channel == "app",
            "pending" => !sent,
            "superseded" => true,
            "dead" | "skipped" => !sent && says_why,
            _ => false,
        };
        if !right {
            findings.push(named(Code::MessageState).with("state", &row.state));
        }
        // The application's own inbox is read, not sent; and what was never tried only waits for a server that runs.
        let old = known.now.0.saturating_sub(row.created_at) > DAY;
        if row.state == "pending" && row.channel != "app" && row.attempts > 0 && old {
            findings.push(named(Code::MessageStuck));
        }
    }
    for (key, seq) in expected.into_iter().filter(|(key, _)| !forgettable.contains(key)) {
        findings.push(Finding::new(Code::MessageMissing).seq(seq).with("key", key));
    }
}

/// The key that the row's own columns make.
fn key(row: &OutboxRow) -> String {
    let person = row.person.as_deref().unwrap_or_default();
    format!("{}:{}:{person}:{}", row.ticket, row.seq, row.channel)
}

/// Holds a token of ours or a whole mobile number.
fn is_personal(text: &str) -> bool {
    let is_mobile = |digits: &str| {
        let national = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86"));
        let digits = national.filter(|rest| rest.len() == MOBILE_DIGITS).unwrap_or(digits);
        digits.len() == MOBILE_DIGITS && digits.starts_with('1') && !digits.starts_with("10")
    };
    text.contains(TOKEN) || text.split(|mark: char| !mark.is_ascii_digit()).any(is_mobile)
}

const MOBILE_DIGITS: usize = 11;
/// What every token of ours begins with.
const TOKEN: &str = "omb_";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_or_a_token_is_personal_and_times_and_codes_are_not() {
        for text in ["no route to 13800001111", "+8613800001111: refused", "omb_a1b2_secret"] {
            assert!(is_personal(text), "{text}");
        }
        for text in [
            "451 4.7.1 try later",
            "138****1111",
            "id 1772413200000",
            "10012345678 queued",
        ] {
            assert!(!is_personal(text), "{text}");
        }
    }
}
