//! The commands of the binary, one file each: read the arguments, call the library, write to the terminal.
//!
//! Exit codes of every command: 0 done, 1 done and something is wrong (findings), 2 could not be done.

mod audit;
mod backup;
mod bench;
mod check;
mod config;
mod demo;
pub mod doctor;
mod draw;
mod duty;
mod erase;
mod export;
mod import;
mod import_roster;
mod language;
mod local;
mod publish;
pub mod report;
mod restore;
mod schema;
mod serve;
mod user;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a command that was done comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Fine,
    /// There is something wrong with what was looked at.
    Findings,
    /// It was looked at, and it does not work.
    Bad,
}

#[derive(Debug, Parser)]
#[command(
    name = "ombud",
    version,
    about = "Tickets whose life is declared in YAML and enforced",
    propagate_version = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find everything that is wrong with workflow files, run their tests, prove that no ticket can be forgotten
    Check(check::Args),
    /// Serve the API
    Serve(serve::Args),
    /// People and tokens, from the machine itself
    User(user::Args),
    /// Publish workflow files, together or not at all; two people stand in the record
    Publish(publish::Args),
    /// All settings with their comments, or what counts here
    Config(config::Args),
    /// Draw the life of a ticket
    Draw(draw::Args),
    /// Print the JSON Schema of workflow files, for editors
    Schema(schema::Args),
    /// Measure the server over HTTP, with a bare server beside it
    Bench(bench::Args),
    /// A whole hotline to look at, made in a folder of its own
    Demo(demo::Args),
    /// Bring in departments, people, rosters, calendars or tickets with their history
    Import(import::Args),
    /// Who is on duty, and when nobody is
    Duty(duty::Args),
    /// Write tickets as a table or histories as an event log
    Export(export::Args),
    /// Erase personal data of a ticket, a contact or a caller, for ever
    Erase(erase::Args),
    /// Is the record whole and true? Reads everything, changes nothing
    Audit(audit::Args),
    /// Write a whole, audited copy of the database, while the server works
    Backup(backup::Args),
    /// Is everything in place that a server needs? Changes nothing, sends nothing
    Doctor(doctor::Args),
    /// Make a backup the database
    Restore(restore::Args),
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Check(args) => check::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::User(args) => user::run(&args),
        Command::Publish(args) => publish::run(&args),
        Command::Config(args) => config::run(&args),
        Command::Draw(args) => draw::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Duty(args) => duty::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Erase(args) => erase::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Restore(args) => restore::run(&args),
    };
    match result {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Ok(Outcome::Bad) => ExitCode::from(2),
        // A reader that has seen enough (`| head`) is no failure.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "ombud: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
