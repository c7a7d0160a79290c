//! PostgreSQL's own programs: `pg_dump` of one moment, the archive read once more to its end, `pg_restore` into a new
//! database. They come with PostgreSQL and must be found.
//!
//! ```text
//!   snapshot ──▶ contents of files ──▶ pg_dump --snapshot ──▶ pg_restore to nowhere ──▶ audit of the same snapshot
//! ```
//! What is audited is what was dumped; that the archive can be read is seen by reading it. A password never stands among
//! the arguments of a program, where everybody on the machine could see it.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use super::BackupProblem;
use crate::store::scan::Scan;

const DUMP: &str = "pg_dump";
const RESTORE: &str = "pg_restore";
/// Characters that are kept of what a program says when it fails: its last words.
const SAID_MAX: usize = 1_000;

/// Refuses a machine on which the programs cannot be run.
pub fn must_be_there() -> Result<(), BackupProblem> {
    [DUMP, RESTORE]
        .into_iter()
        .try_for_each(|program| run(program, Command::new(program).arg("--version")))
}

/// Writes what the scan sees into a file that is not there yet, and reads that to its end.
pub(super) async fn write(url: &str, scan: &Scan, to: &Path) -> Result<(), BackupProblem> {
    let snapshot = scan.share().await?;
    let mut dump = connected(DUMP, url);
    // Claims of sweepers are nobody's any more when the dump is brought back.
    dump.args([
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        "--no-unlogged-table-data",
    ])
    .arg(format!("--snapshot={snapshot}"))
    .arg("--file")
    .arg(to);
    run(DUMP, &mut dump)?;
    run(RESTORE, Command::new(RESTORE).arg("--file=/dev/null").arg(to))
}

/// Brings a dump into a database that has no tables yet: all of it, or nothing.
pub fn bring_back(from: &Path, url: &str) -> Result<(), BackupProblem> {
    let mut restore = connected(RESTORE, url);
    restore
        .args([
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--single-transaction",
        ])
        .arg(from);
    run(RESTORE, &mut restore)
}

fn connected(program: &str, url: &str) -> Command {
    let (address, password) = apart(url);
    let mut command = Command::new(program);
    command.arg(format!("--dbname={address}"));
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command
}

/// The address without its password, and the password.
fn apart(url: &str) -> (String, Option<String>) {
    let found = || {
        let (scheme, rest) = url.split_once("://")?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let (user, host) = authority.rsplit_once('@')?;
        let (user, password) = user.split_once(':')?;
        Some((format!("{scheme}://{user}@{host}{path}"), plain(password)))
    };
    found().map_or_else(
        || (url.to_owned(), None),
        |(address, password)| (address, Some(password)),
    )
}

/// `%40` is `@`.
fn plain(encoded: &str) -> String {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend(before.bytes());
        let byte = after
            .split_at_checked(2)
            .and_then(|(two, _)| u8::from_str_radix(two, 16).ok());
        bytes.push(byte.unwrap_or(b'%'));
        rest = match byte {
            Some(_) => after.split_at_checked(2).map_or("", |(_, rest)| rest),
            None => after,
        };
    }
    bytes.extend(rest.bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn run(program: &'static str, command: &mut Command) -> Result<(), BackupProblem> {
    let failed = |said: String| BackupProblem::Program { program, said };
    let done = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output();
    let done = done.map_err(|error| {
        failed(if error.kind() == ErrorKind::NotFound {
            "not found; it comes with PostgreSQL (Debian: postgresql-client)".to_owned()
        } else {
            error.to_string()
        })
    })?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let skipped = said.chars().count().saturating_sub(SAID_MAX);
    let said: String = said.trim().chars().skip(skipped).collect();
    Err(failed(format!("{} ({})", said, done.status)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_stands_in_no_argument() {
        for (url, address, password) in [
            (
                "postgres://ombud:p%40ss%2f@db/ombud?sslmode=require",
                "postgres://ombud@db/ombud?sslmode=require",
                Some("p@ss/"),
            ),
            (
                "postgres://ombud:100%@%2Frun%2Fpg:5432/o",
                "postgres://ombud@%2Frun%2Fpg:5432/o",
                Some("100%"),
            ),
            ("postgresql://ombud@db/ombud", "postgresql://ombud@db/ombud", None),
            (
                "postgres:///ombud?host=/run/a:b@c",
                "postgres:///ombud?host=/run/a:b@c",
                None,
            ),
        ] {
            assert_eq!(apart(url), (address.to_owned(), password.map(str::to_owned)), "{url}");
        }
        let command = connected(DUMP, "postgres://o:secret@db/o");
        assert!(!format!("{:?}", command.get_args().collect::<Vec<_>>()).contains("secret"));
    }

    #[test]
    fn a_program_that_fails_says_why() {
        let problem = run(
            RESTORE,
            Command::new("sh").args(["-c", "echo it is broken >&2; exit 3"]),
        );
        let said = problem.unwrap_err().to_string();
        assert!(
            said.contains("pg_restore: it is broken") && said.contains('3'),
            "{said}"
        );
        let missing = run(DUMP, &mut Command::new("/nowhere/pg_dump"))
            .unwrap_err()
            .to_string();
        assert!(missing.contains("postgresql-client"), "{missing}");
    }
}
