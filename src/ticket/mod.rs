//! The life of a ticket: pure decisions and their events. No async, no database, no HTTP, no file, no system clock.

pub mod apply;
pub mod command;
pub mod event;
pub mod model;
pub mod people;
pub mod refusal;
pub mod turn;
