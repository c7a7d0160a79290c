//! What strangers may send, one door each: every function takes any bytes, and must neither panic nor break what its
//! head promises (TRUST, Y2).
//!
//! `scripts/soak fuzz` sends millions of mutated inputs through them; `tests/it/fuzzed.rs` includes these files and
//! sends what is kept in `corpus/` and `crashes/` with every run of the tests, on a stable compiler.

mod bytes;

pub mod calendar;
pub mod event;
pub mod expression_eval;
pub mod expression_parse;
pub mod mail;
pub mod table;
pub mod template;
pub mod workflow;

/// A target by its name.
pub type Target = (&'static str, fn(&[u8]));

/// All of them, by the names of their folders.
pub const TARGETS: [Target; 8] = [
    ("calendar", calendar::run),
    ("event", event::run),
    ("expression_eval", expression_eval::run),
    ("expression_parse", expression_parse::run),
    ("mail", mail::run),
    ("table", table::run),
    ("template", template::run),
    ("workflow", workflow::run),
];
