//! `ombud backup`: a whole, verified copy of the database while the server works.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::bail;
use indicatif::ProgressBar;

use super::Outcome;
use super::language::Speaks;
use super::local::{Local, bar, file_of, must_exist, wait};
use crate::clock::Clock;
use crate::desk::audit::{Finding, Listener, Progress};
use crate::desk::backup::{self, Manifest};
use crate::texts::{Arg, Language, say};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder into which the backup is written; it is made when it is not there
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Keep so many backups of this folder and remove older ones, once the new one is verified
    #[arg(long, value_name = "COUNT")]
    keep: Option<usize>,
    #[command(flatten)]
    local: Local,
    #[command(flatten)]
    speaks: Speaks,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let language = args.speaks.language();
    let url = args.local.url(language)?;
    must_exist(&url)?;
    if file_of(&url).is_none() {
        programs(language)?;
    }
    if args.keep == Some(0) {
        bail!("{}", say(language, "backup-keep", &[]));
    }
    let files = args.local.files(language, &url)?;
    let now = Clock::system().now();
    let made =
        wait(async { Ok(backup::make(&url, files.as_deref(), &args.folder, now, &mut Quiet::default()).await?) })?;
    let removed = match args.keep {
        Some(keep) => backup::remove_older(&args.folder, keep)?,
        None => 0,
    };
    tell(language, &made.file, &made.manifest, removed)?;
    Ok(if made.manifest.findings == 0 {
        Outcome::Fine
    } else {
        Outcome::Findings
    })
}

/// PostgreSQL is dumped and brought back by its own programs.
pub fn programs(language: Language) -> anyhow::Result<()> {
    backup::dump::must_be_there().map_err(|problem| {
        let why = problem.to_string();
        anyhow::anyhow!(say(language, "backup-programs", &[("why", Arg::from(&why))]))
    })
}

/// Counts what an audit finds, behind a bar; `ombud audit` says what it is.
pub struct Quiet {
    bar: ProgressBar,
}

impl Default for Quiet {
    fn default() -> Self {
        Self { bar: bar(0) }
    }
}

impl Listener for Quiet {
    fn found(&mut self, finding: &Finding) {
        tracing::debug!(code = ?finding.code, "found in the copy");
    }

    fn progress(&mut self, progress: Progress) {
        // How many there will be is not known before; the bar grows with them.
        self.bar.set_length(progress.tickets);
        self.bar.set_position(progress.tickets);
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn tell(language: Language, file: &Path, made: &Manifest, removed: usize) -> anyhow::Result<()> {
    let number = |count: u64| Arg::Number(i64::try_from(count).unwrap_or(i64::MAX));
    let shown = file.display().to_string();
    let key = if made.findings == 0 {
        "backup-done"
    } else {
        "backup-findings"
    };
    let facts = [
        ("file", Arg::from(&shown)),
        ("tickets", number(made.tickets)),
        ("events", number(made.events)),
        ("findings", number(made.findings)),
    ];
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", say(language, key, &facts))?;
    if removed > 0 {
        let removed = Arg::Number(i64::try_from(removed)?);
        writeln!(out, "{}", say(language, "backup-removed", &[("count", removed)]))?;
    }
    Ok(())
}
