//! `ombud backup`: a whole, verified copy of the database while the server works. `ombud restore`: the way back.

mod manifest;
pub mod restore;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::Outcome;
use super::language::Speaks;
use super::local::{Local, bar, file_of, must_exist, wait};
use crate::clock::Clock;
use crate::desk::audit::{self, Finding, Known, Listener, Progress};
use crate::store::{backup, scan::Scan};
use crate::texts::{Arg, Language, say};
use crate::workflow::moment::Moment;
use manifest::Manifest;

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

/// Names of backups begin so; nothing else is ever removed.
const PREFIX: &str = "ombud-";
const SUFFIX: &str = ".db";

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let language = args.speaks.language();
    let url = args.local.url(language)?;
    if file_of(&url).is_none() {
        bail!("{}", say(language, "backup-postgres", &[]));
    }
    must_exist(&url)?;
    if args.keep == Some(0) {
        bail!("{}", say(language, "backup-keep", &[]));
    }
    std::fs::create_dir_all(&args.folder).with_context(|| args.folder.display().to_string())?;
    let made_at = Clock::system().now();
    let file = args.folder.join(name_of(made_at));
    let made = wait(make(&url, &file, made_at))?;
    let removed = match args.keep {
        Some(keep) => remove_older(&args.folder, keep)?,
        None => 0,
    };
    tell(language, &file, &made, removed)?;
    Ok(if made.findings == 0 {
        Outcome::Fine
    } else {
        Outcome::Findings
    })
}

/// `ombud-20260302T083000Z.db`: the order of names is that of time.
fn name_of(at: Moment) -> String {
    let stamp: String = at
        .rfc3339()
        .chars()
        .take_while(|mark| *mark != '.')
        .filter(|mark| !matches!(mark, '-' | ':' | 'Z'))
        .collect();
    format!("{PREFIX}{stamp}Z{SUFFIX}")
}

/// Copies, audits the copy, and only then gives it its name: what has the name is whole.
async fn make(url: &str, file: &Path, made_at: Moment) -> anyhow::Result<Manifest> {
    let partial = file.with_extension("partial");
    remove_with_companions(&partial)?;
    backup::copy(url, &partial)
        .await
        .with_context(|| format!("cannot copy into {}", partial.display()))?;
    let audited = audit_of(&partial).await?;
    File::open(&partial)?.sync_all()?;
    let manifest = Manifest::of(&partial, made_at.rfc3339(), audited)?;
    let mut beside = File::create(Manifest::beside(file))?;
    writeln!(beside, "{}", serde_json::to_string_pretty(&manifest)?)?;
    beside.sync_all()?;
    std::fs::rename(&partial, file)?;
    sync_folder(file)?;
    Ok(manifest)
}

/// The name of a new file is on disk once its folder is.
fn sync_folder(file: &Path) -> anyhow::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok(File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()?)
}

/// Audits a file as `ombud audit` does.
async fn audit_of(file: &Path) -> anyhow::Result<Progress> {
    let scan = Scan::open(&format!("sqlite:{}", file.display())).await?;
    let known = Known::load(&scan, Clock::system().now()).await?;
    let mut quiet = Quiet {
        bar: bar(scan.tickets().await?),
    };
    let progress = audit::run(&scan, &known, &mut quiet).await?;
    quiet.bar.finish_and_clear();
    drop(scan);
    // Reading leaves the files of an empty log behind.
    for companion in COMPANIONS {
        remove(&beside(file, companion))?;
    }
    Ok(progress)
}

/// Files that SQLite keeps beside a database.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn remove(file: &Path) -> anyhow::Result<()> {
    if file.exists() {
        std::fs::remove_file(file).with_context(|| file.display().to_string())?;
    }
    Ok(())
}

fn remove_with_companions(file: &Path) -> anyhow::Result<()> {
    remove(file)?;
    COMPANIONS
        .iter()
        .try_for_each(|companion| remove(&beside(file, companion)))
}

/// Counts what an audit finds; `ombud audit` says what it is.
struct Quiet {
    bar: indicatif::ProgressBar,
}

impl Listener for Quiet {
    fn found(&mut self, finding: &Finding) {
        tracing::debug!(code = ?finding.code, "found in the copy");
    }

    fn progress(&mut self, progress: Progress) {
        self.bar.set_position(progress.tickets);
    }
}

/// Removes the oldest backups of a folder, with what lies beside them, until so many are left.
fn remove_older(folder: &Path, keep: usize) -> anyhow::Result<usize> {
    let mut backups: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| is_backup(path))
        .collect();
    backups.sort();
    let too_many = backups.len().saturating_sub(keep);
    for old in backups.iter().take(too_many) {
        remove(old)?;
        remove(&Manifest::beside(old))?;
    }
    Ok(too_many)
}

fn is_backup(path: &Path) -> bool {
    let stamp = path
        .file_name()
        .and_then(|name| name.to_str())
        .and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX));
    stamp.is_some_and(|stamp| {
        stamp.len() == 16
            && stamp
                .chars()
                .all(|mark| mark.is_ascii_digit() || matches!(mark, 'T' | 'Z'))
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_the_order_of_time_and_nothing_else_is_taken_for_a_backup() {
        let name = name_of(Moment(1_772_411_400_000));
        assert_eq!(name, "ombud-20260302T003000Z.db");
        assert!(is_backup(Path::new(&name)));
        for other in ["ombud.db", "ombud-notes.db", "ombud-20260302T003000Z.json", "x.db"] {
            assert!(!is_backup(Path::new(other)), "{other}");
        }
    }

    #[test]
    fn the_newest_are_kept() {
        let folder = tempfile::TempDir::new().unwrap();
        for day in 1..=4 {
            let backup = folder.path().join(format!("ombud-2026030{day}T003000Z.db"));
            std::fs::write(&backup, "x").unwrap();
            std::fs::write(Manifest::beside(&backup), "{}").unwrap();
        }
        std::fs::write(folder.path().join("ombud.db"), "mine").unwrap();
        assert_eq!(remove_older(folder.path(), 2).unwrap(), 2);
        let mut left: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(
            left,
            [
                "ombud-20260303T003000Z.db",
                "ombud-20260303T003000Z.json",
                "ombud-20260304T003000Z.db",
                "ombud-20260304T003000Z.json",
                "ombud.db"
            ]
        );
        assert_eq!(remove_older(folder.path(), 2).unwrap(), 0);
    }
}
