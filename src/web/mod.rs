//! The edge that speaks HTTP: JSON at `/api/v1` for programs, pages for people ([`console`]).
//!
//! A handler reads as a checklist: who (an extractor that names the scope), what (a shape that was read strictly), do
//! (the desk), answer. No rule stands here and no SQL: whether something is possible is decided by the core, who sees
//! what by the desk.

pub mod address;
pub mod api;
pub mod auth;
pub mod body;
pub mod clock_words;
pub mod command;
pub mod console;
pub mod deadline;
pub mod decode;
mod describe;
pub mod desk_problem;
mod examples;
pub mod faults;
pub mod form;
pub mod guard;
pub mod idempotency;
pub mod incoming;
pub mod json;
pub mod openapi;
pub mod outgoing;
pub mod problem;
pub mod query;
pub mod rate;
pub mod revision;
pub mod schema;
pub mod server;
pub mod show;
pub mod state;
pub mod stopping;
pub mod tls;
