//! What leaves ombud for other eyes: event logs, tables.

pub mod attribute;
pub mod csv;
pub mod log;
pub mod objects;
pub mod ocel;
pub mod tickets;
pub mod xes;
pub mod xlsx;
