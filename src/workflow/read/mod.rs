//! Reads a workflow file: bytes → text → tree → definition, collecting every finding on the way.

pub mod build;
pub mod keys;
pub mod shape;
mod syntax;
pub mod text;
pub mod tree;
