//! The one integration binary: house rules, stories, the store, the app over HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on should stop with the place; helpers outside #[test] are tests too"
)]

mod api;
mod api_texts;
mod audit;
mod backup;
mod broken;
mod calendar;
mod calendar_holidays;
mod calendar_reference;
mod check_bounds;
mod check_command;
mod console;
mod core;
mod deploy;
mod doctor;
mod draw;
mod duty_command;
mod event_logs;
mod expression;
mod expression_oracle;
mod files;
mod filled;
mod fuzzed;
mod hardship;
mod helpdesk;
mod history_commands;
mod import;
mod lag;
mod lives;
mod logs;
mod mail;
mod manual;
mod metrics;
mod mutation;
mod organisation;
mod partition;
mod publish;
mod reader;
mod roster;
mod schema;
mod seeded;
mod shipped;
mod stopping;
mod store;
mod supply;
mod support;
mod texts;
mod tidy;
mod tls;
