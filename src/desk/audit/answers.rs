//! A kept answer points at the events of its command, and no two keys claim the same (I18).

use super::code::Code;
use super::finding::{Finding, Findings};
use super::history::History;
use crate::store::sheet::Span;

pub fn check(history: &History, findings: &mut Findings) {
    let count = u64::try_from(history.events.len()).unwrap_or(u64::MAX);
    let mut spans: Vec<(u64, u64, &str)> = Vec::new();
    for row in &history.answers {
        match serde_json::from_str::<Span>(&row.answer) {
            Ok(span) if span.first >= 1 && span.last <= count => spans.push((span.first, span.last, &row.key)),
            Ok(_) | Err(_) => findings.push(Finding::new(Code::Answer).with("key", &row.key)),
        }
    }
    spans.sort_unstable();
    for (one, other) in spans.iter().zip(spans.iter().skip(1)) {
        if other.0 <= one.1 {
            findings.push(Finding::new(Code::Answer).seq(other.0).with("key", other.2));
        }
    }
}
