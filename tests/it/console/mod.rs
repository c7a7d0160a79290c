//! The console over HTTP: who is let in, what a foreign page cannot do, what stands on the pages.

mod desk;
mod duty;
mod faults;
mod follow;
mod lists;
mod lists_more;
mod now;
mod organisation;
mod pages;
mod rules;
mod second;
mod setup;
mod signing_in;
pub mod visit;
mod workflows;
