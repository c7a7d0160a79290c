//! ombud: tickets whose life is declared in YAML and enforced.
//!
//! Arrows point down only: `cli → {web, jobs} → desk → {store, notify, clock} → ticket → workflow` (ARCHITECTURE.md).

pub mod cli;
pub mod clock;
pub mod config;
pub mod desk;
pub mod discreet;
pub mod jobs;
pub mod measure;
pub mod notify;
pub mod reports;
pub mod store;
pub mod texts;
pub mod ticket;
pub mod web;
pub mod workflow;
