//! Messages over HTTP beside mail: gateways for short messages, robots of chat rooms, endpoints of one's own.
//!
//! ```text
//! Letter ──words──▶ body (kept in the outbox, the same bytes for the same key) ──post──▶ Outcome
//!                                    sign: headers, query or body, anew each time ──┘   guard: to public addresses only
//! ```
//! What a channel is stands in `[channels.NAME]` of `ombud.toml`; whoever has an address of its kind in the directory is
//! told by it. Secrets never get into a body, a log or the outbox.

pub mod guard;
pub mod post;
pub mod settings;
pub mod sign;
pub mod words;
