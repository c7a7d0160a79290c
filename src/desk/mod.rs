//! Use cases, one file each: load, ask the core, save, in one transaction.

pub mod import;
