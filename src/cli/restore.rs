//! `ombud restore`: a backup becomes the database.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::Outcome;
use super::backup::{Quiet, programs};
use super::language::Speaks;
use super::local::{Local, file_of, shown, wait};
use crate::clock::Clock;
use crate::desk::backup::{
    self as desk_backup, COMPANIONS, Manifest, audit_of, beside, remove_with_companions, sync, sync_folder,
};
use crate::store::backup;
use crate::store::files::Folder;
use crate::store::scan::Scan;
use crate::texts::{Arg, Language, say};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The backup, as `ombud backup` wrote it
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,
    /// Put the database aside that is there now, under another name (SQLite; a dump goes into a new database)
    #[arg(long)]
    replace: bool,
    /// Restore a backup in which the audit finds something, or that has no manifest
    #[arg(long)]
    anyway: bool,
    #[command(flatten)]
    local: Local,
    #[command(flatten)]
    speaks: Speaks,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let language = args.speaks.language();
    let url = args.local.url(language)?;
    if !args.backup.is_file() {
        bail!("there is no backup {}", args.backup.display());
    }
    let target = file_of(&url);
    let is_dump = args.backup.extension().is_some_and(|extension| extension == "dump");
    if is_dump != target.is_none() {
        let shown = args.backup.display().to_string();
        bail!(
            "{}",
            say(language, "restore-other-kind", &[("file", Arg::from(&shown))])
        );
    }
    is_what_was_written(args, language)?;
    let files = args.local.files(language, &url)?;
    let file = if let Some(target) = target {
        wait(restore(args, &target, files, language))?;
        target.display().to_string()
    } else {
        programs(language)?;
        wait(bring_back(args, &url, files, language))?;
        shown(&url)
    };
    let from = args.backup.display().to_string();
    let facts = [("file", Arg::from(&file)), ("backup", Arg::from(&from))];
    writeln!(std::io::stdout(), "{}", say(language, "restore-done", &facts))?;
    Ok(Outcome::Fine)
}

fn is_what_was_written(args: &Args, language: Language) -> anyhow::Result<()> {
    let shown = args.backup.display().to_string();
    let file = [("file", Arg::from(&shown))];
    match Manifest::read(&args.backup)? {
        Some(manifest) if !manifest.fits(&args.backup)? => bail!("{}", say(language, "restore-changed", &file)),
        Some(_) => Ok(()),
        None if args.anyway => Ok(()),
        None => bail!("{}", say(language, "restore-no-manifest", &file)),
    }
}

async fn restore(args: &Args, target: &Path, files: Option<PathBuf>, language: Language) -> anyhow::Result<()> {
    let shown = target.display().to_string();
    let file = [("file", Arg::from(&shown))];
    if target.exists() {
        if !args.replace {
            bail!("{}", say(language, "restore-exists", &file));
        }
        if backup::is_in_use(target).await? {
            bail!("{}", say(language, "restore-in-use", &file));
        }
    }
    let partial = beside(target, ".restoring");
    remove_with_companions(&partial)?;
    std::fs::copy(&args.backup, &partial).with_context(|| partial.display().to_string())?;
    let scan = Scan::open(&format!("sqlite:{}", partial.display())).await?;
    let contents = Contents::of(args, &scan, files).await?;
    drop(scan);
    let pool = contents.as_ref().map(|contents| contents.from.root().to_path_buf());
    let audited = audit_of(&partial, pool, Clock::system().now(), &mut Quiet::default()).await?;
    if audited.findings > 0 && !args.anyway {
        remove_with_companions(&partial)?;
        let findings = Arg::Number(i64::try_from(audited.findings).unwrap_or(i64::MAX));
        bail!("{}", say(language, "restore-findings", &[("findings", findings)]));
    }
    if let Some(contents) = &contents {
        // Before the database takes its place: a row never comes before its content.
        contents
            .take(&Scan::open(&format!("sqlite:{}", partial.display())).await?)
            .await?;
    }
    backup::become_database(&partial).await?;
    sync(&partial)?;
    if target.exists() {
        put_aside(target)?;
    }
    std::fs::rename(&partial, target)?;
    Ok(sync_folder(target)?)
}

/// A dump goes into a database without a table, whole or not at all. Nobody serves that yet, so contents may come after
/// the rows that name them.
async fn bring_back(args: &Args, url: &str, files: Option<PathBuf>, language: Language) -> anyhow::Result<()> {
    if !backup::is_bare(url).await? {
        let place = shown(url);
        bail!(
            "{}",
            say(language, "restore-not-bare", &[("database", Arg::from(&place))])
        );
    }
    desk_backup::dump::bring_back(&args.backup, url)?;
    let scan = Scan::open(url).await?;
    let contents = Contents::of(args, &scan, files).await?;
    if let Some(contents) = &contents {
        contents.take(&scan).await?;
    }
    let pool = contents.map(|contents| contents.to.root().to_path_buf());
    let audited = desk_backup::audited(&scan, pool, Clock::system().now(), &mut Quiet::default()).await?;
    if audited.findings > 0 && !args.anyway {
        let findings = Arg::Number(i64::try_from(audited.findings).unwrap_or(i64::MAX));
        bail!("{}", say(language, "restore-dump-findings", &[("findings", findings)]));
    }
    Ok(())
}

/// Contents of files: from beside the backup to their own folder. What is there already stays there.
struct Contents {
    from: Folder,
    to: Folder,
}

impl Contents {
    /// Nothing for a database that has never seen a file.
    async fn of(args: &Args, scan: &Scan, files: Option<PathBuf>) -> anyhow::Result<Option<Self>> {
        let Some((files, id)) = files.zip(scan.files_id().await?) else {
            return Ok(None);
        };
        let beside = args.backup.parent().unwrap_or_else(|| Path::new("."));
        Ok(Some(Self {
            from: desk_backup::pool(beside, &id),
            to: Folder::new(files, &id),
        }))
    }

    async fn take(&self, scan: &Scan) -> anyhow::Result<()> {
        self.to.found()?;
        let needed = desk_backup::needed(scan).await?;
        desk_backup::copy(&self.from, &self.to, &needed, Clock::system().now())?;
        Ok(())
    }
}

/// The database that was there keeps all its files, under a name that says when.
fn put_aside(target: &Path) -> anyhow::Result<()> {
    let stamp: String = Clock::system()
        .now()
        .rfc3339()
        .chars()
        .filter(|mark| !matches!(mark, ':'))
        .collect();
    let aside = beside(target, &format!(".before-{stamp}"));
    for companion in COMPANIONS {
        let from = beside(target, companion);
        if from.exists() {
            std::fs::rename(&from, beside(&aside, companion))?;
        }
    }
    // A second name, not another one: until the backup takes its place the database is never missing, or the next server
    // would begin an empty one after a crash.
    if std::fs::hard_link(target, &aside).is_err() {
        std::fs::copy(target, &aside).with_context(|| aside.display().to_string())?;
    }
    Ok(())
}
