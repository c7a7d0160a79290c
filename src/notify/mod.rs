//! Telling people: letters from events, letters into words, words into mails, mails to a server.
//!
//! ```text
//! event + ticket + directory ──compose──▶ Letter ──render──▶ Rendered ──mail──▶ Mail ──line──▶ server
//!                                                                     └─channel──▶ body ──post──▶ endpoint
//! ```
//! Nothing here knows the database or decides anything: `jobs` takes rows from the outbox and walks them along this
//! way. Private fields never get into a letter, control characters never into a header.

pub mod address;
pub mod channel;
pub mod compose;
pub mod letter;
pub mod line;
pub mod lint;
pub mod mail;
pub mod outcome;
pub mod patience;
pub mod render;
pub mod settings;
pub mod specimen;
pub mod why;
pub mod words;
