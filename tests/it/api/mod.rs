//! The app over HTTP: real sockets, a database and a clock of its own for each test.

pub mod app;
mod bad_administration;
mod bad_lists;
mod bad_requests;
mod bulk;
mod commands;
mod dead_letters;
mod directory;
mod duty;
mod erasing;
mod import;
mod inbox;
mod limits;
mod links;
mod matrix;
mod matrix_duty;
mod matrix_files;
mod matrix_lists;
mod matrix_reach;
mod openapi;
mod own_roster;
mod races;
mod reading;
mod scopes;

pub use app::{App, token};
