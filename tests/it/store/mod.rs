//! The store and the use cases on a real file database.

mod commands;
