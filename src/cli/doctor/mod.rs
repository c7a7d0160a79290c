//! `ombud doctor`: is everything in place that a server needs? Looks at settings, machine, database, mail server and
//! record; changes nothing, sends nothing, and may run beside the server.
//!
//! Exit code 0 all is well, 1 somebody should look at something, 2 something does not work. (Unlike other commands: a
//! supervisor reads the three as ok, warning, critical.)

mod backups;
mod certificate;
mod database;
mod files;
pub mod line;
mod machine;
mod network;
mod record;
mod secrets;

use std::io::Write;

use jiff::tz::TimeZone;
use serde_json::json;

use super::Outcome;
use super::language::Speaks;
use super::local::{Local, wait};
use crate::clock::Clock;
use crate::config::Config;
use crate::texts::{Arg, Language, say};
use line::{Line, State};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    local: Local,
    /// One JSON object a line, for programs
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    speaks: Speaks,
}

/// What is looked at, and who is told.
struct Visit {
    config: Config,
    /// Where the database is.
    url: String,
    /// The file of the settings, where there is one.
    file: Option<std::path::PathBuf>,
    clock: Clock,
    told: Teller,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let language = args.speaks.language();
    let mut told = Teller {
        language,
        json: args.json,
        lines: Vec::new(),
        failed: None,
    };
    let file = args.local.settings_file();
    match args.local.config(language) {
        Ok(config) => {
            told.say(match &file {
                Some(file) => Line::new("settings").with("file", file.display()),
                None => Line::new("settings-none"),
            });
            let url = args.local.url(language)?;
            let mut visit = Visit {
                config,
                url,
                file,
                clock: Clock::system(),
                told,
            };
            // The one provider of cryptography, for the certificate and the mail server.
            let _ = rustls::crypto::ring::default_provider().install_default();
            wait(visit.round())?;
            told = visit.told;
        }
        // Without settings nobody knows where anything is.
        Err(error) => told.say(Line::new("settings-wrong").with("error", format!("{error:#}"))),
    }
    told.end()
}

impl Visit {
    /// Everything, in an order in which the first thing that is bad is often the cause of the next.
    async fn round(&mut self) -> anyhow::Result<()> {
        network::look(self).await;
        certificate::look(self);
        secrets::look(self);
        machine::look(self).await;
        let zone = match database::look(self).await {
            Some(scan) => {
                files::look(self, &scan).await?;
                record::look(self, &scan).await?
            }
            None => TimeZone::UTC,
        };
        backups::look(self, &zone);
        network::mail(self).await;
        network::channels(self).await;
        Ok(())
    }

    fn say(&mut self, line: Line) {
        self.told.say(line);
    }
}

/// Writes the lines, and keeps them to say at the end how many are in which state.
struct Teller {
    language: Language,
    json: bool,
    lines: Vec<Line>,
    failed: Option<std::io::Error>,
}

impl Teller {
    fn say(&mut self, line: Line) {
        let text = if self.json {
            line.json(self.language).to_string()
        } else {
            line.human(self.language)
        };
        if let Err(error) = writeln!(std::io::stdout().lock(), "{text}") {
            self.failed.get_or_insert(error);
        }
        self.lines.push(line);
    }

    /// How many lines are in this state.
    fn count(&self, state: State) -> i64 {
        let lines = self.lines.iter().filter(|line| line.state() == state);
        i64::try_from(lines.count()).unwrap_or(i64::MAX)
    }

    fn end(self) -> anyhow::Result<Outcome> {
        let [ok, warn, bad] = [State::Ok, State::Warn, State::Bad].map(|state| self.count(state));
        if let Some(error) = self.failed {
            return Err(error.into());
        }
        let text = if self.json {
            json!({"ok": ok, "warn": warn, "bad": bad}).to_string()
        } else {
            let counts = [
                ("ok", Arg::Number(ok)),
                ("warn", Arg::Number(warn)),
                ("bad", Arg::Number(bad)),
            ];
            say(self.language, "doctor-end", &counts)
        };
        writeln!(std::io::stdout().lock(), "{text}")?;
        Ok(match (warn, bad) {
            (0, 0) => Outcome::Fine,
            (_, 0) => Outcome::Findings,
            (_, _) => Outcome::Bad,
        })
    }
}
