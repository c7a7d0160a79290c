//! Whoever is to hear of an event has a row in the outbox, and nobody else (I16, I17).

use std::collections::BTreeMap;

use super::finding::{Finding, Findings};
use super::history::History;
use super::world::Known;
use crate::store::notice::{CHANNELS, notices};
use crate::workflow::moment::DAY;

pub fn check(history: &History, known: &Known, findings: &mut Findings) {
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    for event in history.read() {
        for notice in notices(history.row.id, event) {
            for channel in CHANNELS {
                let key = format!("{}:{}:{}:{channel}", history.row.id, notice.seq, notice.person);
                expected.insert(key, notice.seq);
            }
        }
    }
    for row in &history.outbox {
        let seq = u64::try_from(row.seq).unwrap_or_default();
        let named = |code| Finding::new(code).seq(seq).with("key", &row.key);
        if expected.remove(&row.key) != Some(seq) {
            findings.push(named("i16-no-event"));
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
            findings.push(named("i16-state").with("state", &row.state));
        }
        // The application's own inbox is read, not sent; and what was never tried only waits for a server that runs.
        let old = known.now.0.saturating_sub(row.created_at) > DAY;
        if row.state == "pending" && row.channel == "mail" && row.attempts > 0 && old {
            findings.push(named("i17-stuck"));
        }
    }
    for (key, seq) in expected {
        findings.push(Finding::new("i16-no-row").seq(seq).with("key", key));
    }
}
