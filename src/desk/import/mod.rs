//! What comes in from files: the directory from tables, tickets with their history.
//!
//! A file is read whole and reported line by line before anything is changed; when one line is wrong nothing changes.

pub mod bring;
pub mod cells;
pub mod departments;
pub mod edits;
pub mod fault;
pub mod held;
pub mod history;
pub mod month;
pub mod past;
pub mod past_table;
pub mod people;
pub mod replay;
pub mod roster;
mod sheet;
pub mod table;
