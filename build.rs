//! Tells cargo that texts and templates are part of the binary, so that a new file there is seen.

#![allow(clippy::print_stdout, reason = "a build script speaks to cargo through its output")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=templates");
}
