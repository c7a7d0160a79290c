//! The language: what a workflow file may say, whether it holds together, and what follows from it. Pure.

pub mod calendar;
pub mod check;
pub mod constant;
pub mod coverage;
pub mod definition;
pub mod directory;
pub mod draw;
pub mod duration;
pub mod duty;
pub mod effort;
pub mod expression;
pub mod finding;
pub mod id;
pub mod moment;
pub mod nearest;
pub mod prove;
pub mod read;
pub mod schema;
pub mod shipped;
pub mod value;
