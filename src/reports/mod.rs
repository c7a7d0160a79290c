//! What leaves ombud for other eyes: event logs, tables.

pub mod csv;
pub mod log;
pub mod tickets;
pub mod xes;
