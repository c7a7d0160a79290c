//! A whole, verified copy of a database in a folder of backups: made, named, counted, forgotten.
//!
//! ```text
//!   copy as of one moment ──▶ ….partial ──▶ audit ──▶ manifest ──▶ ombud-20260302T003000Z.db
//! ```
//! The contents of files lie beside, once for all backups (`contents`). Of PostgreSQL the copy is a dump (`dump`), and
//! its name ends with `.dump`.
//!
//! What has the name is whole: the copy is read back before it gets it. The server (`jobs::backup`) and `ombud backup`
//! both come here; a lock in the folder keeps two from working at once.

mod contents;
pub mod dump;
mod manifest;

pub use contents::{copy, list_of, needed, pool};
pub use manifest::Manifest;

use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::civil::Time;
use jiff::tz::TimeZone;

use contents::Needed;

use super::audit::{self, Known, Listener, Progress};
use crate::store::files::Folder;
use crate::store::scan::Scan;
use crate::store::{StoreError, backup};
use crate::workflow::moment::Moment;

/// Names of backups begin so; nothing else is ever removed.
const PREFIX: &str = "ombud-";
/// And end so: a SQLite database, or a dump of PostgreSQL.
const SUFFIXES: [&str; 2] = [".db", ".dump"];
/// Held while a backup is made.
const LOCK: &str = ".ombud-backup.lock";
/// Files that SQLite keeps beside a database.
pub const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupProblem {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{}: {error}", .file.display())]
    File { file: PathBuf, error: std::io::Error },
    #[error("{}: another backup is being made", .folder.display())]
    Running { folder: PathBuf },
    #[error("{program}: {said}")]
    Program { program: &'static str, said: String },
    #[error("{}: the contents of files there belong to another database, or to none", .file.display())]
    Foreign { file: PathBuf },
}

pub(super) fn at(file: &Path) -> impl FnOnce(std::io::Error) -> BackupProblem {
    let file = file.to_owned();
    |error| BackupProblem::File { file, error }
}

/// A backup that is there.
#[derive(Clone, Debug)]
pub struct Made {
    pub file: PathBuf,
    pub manifest: Manifest,
}

/// Copies the database into the folder, which is made when it is not there; audits the copy, and only then gives it its
/// name. The contents of files that it needs come from their own folder, where there is one.
pub async fn make(
    url: &str,
    files: Option<&Path>,
    folder: &Path,
    now: Moment,
    listener: &mut dyn Listener,
) -> Result<Made, BackupProblem> {
    std::fs::create_dir_all(folder).map_err(at(folder))?;
    let _held = lock(folder)?;
    let file = folder.join(name_of(now, backup::is_postgres(url)));
    let partial = file.with_extension("partial");
    remove_with_companions(&partial)?;
    let scan = Scan::open(url).await?;
    let contents = Contents::of(&scan, files, folder).await?;
    let pool = contents.as_ref().map(|contents| contents.to.root().to_path_buf());
    // Contents first, so that what is erased meanwhile is still in the copy whose rows name it.
    let mut needed = take(contents.as_ref(), &scan, now).await?;
    let audited = if backup::is_postgres(url) {
        dump::write(url, &scan, &partial).await?;
        audited(&scan, pool, now, listener).await?
    } else {
        drop(scan);
        backup::copy(url, &partial).await?;
        let copied = Scan::open(&format!("sqlite:{}", partial.display())).await?;
        needed = take(contents.as_ref(), &copied, now).await?;
        drop(copied);
        audit_of(&partial, pool, now, listener).await?
    };
    sync(&partial)?;
    contents::write_list(&file, &needed)?;
    let manifest = Manifest::of(&partial, now.rfc3339(), audited)?.with_files(&needed);
    let beside = Manifest::beside(&file);
    let mut written = File::create(&beside).map_err(at(&beside))?;
    writeln!(written, "{}", manifest.text()).map_err(at(&beside))?;
    written.sync_all().map_err(at(&beside))?;
    std::fs::rename(&partial, &file).map_err(at(&file))?;
    sync_folder(&file)?;
    Ok(Made { file, manifest })
}

/// Until the value is dropped nobody else makes a backup in this folder.
fn lock(folder: &Path) -> Result<File, BackupProblem> {
    let file = folder.join(LOCK);
    let lock = File::create(&file).map_err(at(&file))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(BackupProblem::Running {
            folder: folder.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(at(&file)(error)),
    }
}

/// From where contents come, and where they go.
struct Contents {
    from: Folder,
    to: Folder,
}

impl Contents {
    /// Nothing for a database that has never seen a file.
    async fn of(scan: &Scan, files: Option<&Path>, backups: &Path) -> Result<Option<Self>, BackupProblem> {
        let Some((files, id)) = files.zip(scan.files_id().await?) else {
            return Ok(None);
        };
        let to = pool(backups, &id);
        to.found()?;
        let from = Folder::new(files, &id);
        Ok(Some(Self { from, to }))
    }
}

/// Copies the contents that a scan names, where there are any.
async fn take(contents: Option<&Contents>, scan: &Scan, now: Moment) -> Result<Needed, BackupProblem> {
    let Some(Contents { from, to }) = contents else {
        return Ok(Needed::new());
    };
    let needed = needed(scan).await?;
    copy(from, to, &needed, now)?;
    Ok(needed)
}

/// Audits what a scan sees as `ombud audit` does; contents of files too, where it is said where they lie.
pub async fn audited(
    scan: &Scan,
    files: Option<PathBuf>,
    now: Moment,
    listener: &mut dyn Listener,
) -> Result<Progress, BackupProblem> {
    let known = Known::load(scan, now).await?.with_files(scan, files).await?;
    Ok(audit::run(scan, &known, listener).await?)
}

/// Audits a SQLite file.
pub async fn audit_of(
    file: &Path,
    files: Option<PathBuf>,
    now: Moment,
    listener: &mut dyn Listener,
) -> Result<Progress, BackupProblem> {
    let scan = Scan::open(&format!("sqlite:{}", file.display())).await?;
    let progress = audited(&scan, files, now, listener).await?;
    drop(scan);
    // Reading leaves the files of an empty log behind.
    for companion in COMPANIONS {
        remove(&beside(file, companion))?;
    }
    Ok(progress)
}

/// `ombud-20260302T083000Z.db`: the order of names is that of time.
fn name_of(at: Moment, is_dump: bool) -> String {
    let [database, dump] = SUFFIXES;
    let suffix = if is_dump { dump } else { database };
    let stamp: String = at
        .rfc3339()
        .chars()
        .take_while(|mark| *mark != '.')
        .filter(|mark| !matches!(mark, '-' | ':' | 'Z'))
        .collect();
    format!("{PREFIX}{stamp}Z{suffix}")
}

/// When a backup was made, by its name; `None` for whatever is none.
fn made_at(path: &Path) -> Option<Moment> {
    let name = path.file_name()?.to_str()?;
    let rest = name.strip_prefix(PREFIX)?;
    let stamp = SUFFIXES.iter().find_map(|suffix| rest.strip_suffix(suffix))?;
    if stamp.len() != 16 {
        return None;
    }
    stamp.parse().ok().map(Moment::from_timestamp)
}

/// The backups of a folder, the oldest first; none where there is no folder.
pub fn all(folder: &Path) -> Vec<(Moment, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut backups: Vec<(Moment, PathBuf)> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter_map(|path| Some((made_at(&path)?, path)))
        .collect();
    backups.sort();
    backups
}

/// Removes the oldest backups of a folder, with what lies beside them, until so many are left.
pub fn remove_older(folder: &Path, keep: usize) -> Result<usize, BackupProblem> {
    let backups = all(folder);
    let too_many = backups.len().saturating_sub(keep);
    for (_, old) in backups.iter().take(too_many) {
        remove(old)?;
        remove(&Manifest::beside(old))?;
        remove(&list_of(old))?;
    }
    if too_many > 0 {
        // While another backup is being made, its contents stand on no list yet: they are left for the next time.
        match lock(folder) {
            Ok(_held) => {
                let kept: Vec<PathBuf> = all(folder).into_iter().map(|(_, file)| file).collect();
                contents::prune(folder, &kept)?;
            }
            Err(BackupProblem::Running { .. }) => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(too_many)
}

/// The last moment, up to now, at which a daily backup was to be made. A time that a day does not have (the clock was
/// put forward) is the next one there is.
pub fn last_due(time: Time, zone: &TimeZone, now: Moment) -> Moment {
    let today = zone.to_datetime(now.timestamp()).date();
    let yesterday = today.yesterday().unwrap_or(today);
    let on = |date: jiff::civil::Date| {
        let due = zone.to_ambiguous_timestamp(date.to_datetime(time)).compatible();
        due.map(Moment::from_timestamp).ok()
    };
    let due = [today, yesterday].into_iter().filter_map(on).find(|due| *due <= now);
    due.unwrap_or(now)
}

/// The name of a file that lies beside another.
pub fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The content of a file is on disk.
pub fn sync(file: &Path) -> Result<(), BackupProblem> {
    File::open(file).and_then(|file| file.sync_all()).map_err(at(file))
}

/// The name of a new file is on disk once its folder is.
pub fn sync_folder(file: &Path) -> Result<(), BackupProblem> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    sync(folder.unwrap_or_else(|| Path::new(".")))
}

fn remove(file: &Path) -> Result<(), BackupProblem> {
    if file.exists() {
        std::fs::remove_file(file).map_err(at(file))?;
    }
    Ok(())
}

/// Removes a database with the files beside it, where they are.
pub fn remove_with_companions(file: &Path) -> Result<(), BackupProblem> {
    remove(file)?;
    COMPANIONS
        .iter()
        .try_for_each(|companion| remove(&beside(file, companion)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_the_order_of_time_and_nothing_else_is_taken_for_a_backup() {
        let at = Moment(1_772_411_400_000);
        for (is_dump, wanted) in [
            (false, "ombud-20260302T003000Z.db"),
            (true, "ombud-20260302T003000Z.dump"),
        ] {
            let name = name_of(at, is_dump);
            assert_eq!(name, wanted);
            assert_eq!(made_at(Path::new(&name)), Some(at));
        }
        for other in ["ombud.db", "ombud-notes.db", "ombud-20260302T003000Z.json", "x.db"] {
            assert_eq!(made_at(Path::new(other)), None, "{other}");
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
                ".ombud-backup.lock",
                "ombud-20260303T003000Z.db",
                "ombud-20260303T003000Z.json",
                "ombud-20260304T003000Z.db",
                "ombud-20260304T003000Z.json",
                "ombud.db"
            ]
        );
        assert_eq!(remove_older(folder.path(), 2).unwrap(), 0);
    }

    #[test]
    fn two_do_not_work_in_one_folder_at_once() {
        let folder = tempfile::TempDir::new().unwrap();
        let held = lock(folder.path()).unwrap();
        assert!(matches!(lock(folder.path()), Err(BackupProblem::Running { .. })));
        drop(held);
        assert!(lock(folder.path()).is_ok());
    }

    #[test]
    fn a_daily_time_is_that_of_the_zone_also_when_the_clock_is_put_forward() {
        let zone = |name| TimeZone::get(name).unwrap();
        let moment = |text: &str| Moment::from_timestamp(text.parse().unwrap());
        let at = Time::constant(2, 30, 0, 0);
        let due = |name, now| last_due(at, &zone(name), moment(now)).rfc3339();
        let shanghai = |now| due("Asia/Shanghai", now);
        assert_eq!(
            shanghai("2026-03-02T18:30:00Z"),
            moment("2026-03-02T18:30:00Z").rfc3339()
        );
        assert_eq!(
            shanghai("2026-03-02T18:29:59Z"),
            moment("2026-03-01T18:30:00Z").rfc3339()
        );
        // There is no 02:30 on this day.
        assert_eq!(
            due("Europe/Berlin", "2026-03-29T12:00:00Z"),
            moment("2026-03-29T01:30:00Z").rfc3339()
        );
    }
}
