//! The life of a ticket: pure decisions and their events. No async, no database, no HTTP, no file, no system clock.
//!
//! `turn` has the entrances. What may be asked is in `command`, what happened in `event`, how it stands in `model`,
//! why not in `refusal`.

mod act;
pub mod apply;
pub mod attachment;
mod clocks;
pub mod command;
mod doing;
pub mod event;
pub mod facts;
pub mod json;
pub mod judge;
pub mod mask;
mod may;
pub mod milestone;
pub mod model;
mod orders;
pub mod people;
pub mod possible;
pub mod refusal;
pub mod route;
mod rungs;
mod schedule;
pub mod story;
pub mod turn;
pub mod values;
mod way;
