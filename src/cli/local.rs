//! Commands at the machine itself: settings, database, a runtime, a progress bar.

use std::future::Future;
use std::io::IsTerminal;
use std::path::PathBuf;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::clock::Clock;
use crate::config::{Config, USUAL_FILE};
use crate::desk::Desk;
use crate::store::Database;
use crate::texts::Language;

/// Which database a command works on.
#[derive(Clone, Debug, clap::Args)]
pub struct Local {
    /// Settings [default: ombud.toml of this folder, where there is one]
    #[arg(long, value_name = "FILE", env = "OMBUD_CONFIG", global = true)]
    config: Option<PathBuf>,
    /// The database instead of the one in the settings: sqlite:FILE or postgres://…
    #[arg(long, value_name = "URL", global = true)]
    database: Option<String>,
}

impl Local {
    /// The settings, with what is wrong with them in the user's language.
    pub fn config(&self, language: Language) -> anyhow::Result<Config> {
        Config::load(self.config.as_deref()).map_err(|error| anyhow::anyhow!(error.in_language(language)))
    }

    /// The file the settings are read from, where there is one.
    pub fn settings_file(&self) -> Option<PathBuf> {
        let usual = PathBuf::from(USUAL_FILE);
        self.config.clone().or_else(|| usual.is_file().then_some(usual))
    }

    /// Where the database is.
    pub fn url(&self, language: Language) -> anyhow::Result<String> {
        match &self.database {
            Some(url) => Ok(url.clone()),
            None => Ok(self.config(language)?.database.url),
        }
    }

    /// Where contents of files lie for this database.
    pub fn files(&self, language: Language, url: &str) -> anyhow::Result<Option<PathBuf>> {
        Ok(self.config(language)?.files.folder(url))
    }

    /// Lets the desk reach the contents of files, so that what it takes away is gone at once.
    pub async fn keep_files(&self, desk: &Desk, language: Language) -> anyhow::Result<()> {
        if let Some(plan) = self.config(language)?.files.plan(&self.url(language)?) {
            desk.keep_files(plan).await?;
        }
        Ok(())
    }

    /// The desk of this database; an import may be the first thing that is done with it.
    pub async fn desk(&self, language: Language) -> anyhow::Result<Desk> {
        open(&self.url(language)?).await
    }
}

/// Opens the desk of a database.
pub async fn open(url: &str) -> anyhow::Result<Desk> {
    let database = Database::open(url)
        .await
        .with_context(|| format!("cannot open the database {}", shown(url)))?;
    Ok(Desk::start(database, Clock::system()).await?)
}

/// The file of a SQLite database.
pub fn file_of(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    Some(PathBuf::from(rest.split('?').next().unwrap_or(rest)))
}

/// Refuses a SQLite file that is not there.
pub fn must_exist(url: &str) -> anyhow::Result<()> {
    match file_of(url) {
        Some(file) if !file.is_file() => anyhow::bail!("there is no database {}", file.display()),
        Some(_) | None => Ok(()),
    }
}

/// The address of a database without its password.
pub fn shown(url: &str) -> String {
    match url
        .split_once("://")
        .and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1)))
    {
        Some((scheme, place)) => format!("{scheme}://…@{place}"),
        None => url.to_owned(),
    }
}

/// Runs a command that waits for the database.
pub fn wait<T>(command: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("cannot start")?.block_on(command)
}

/// A bar on the terminal; nothing where nobody is looking.
pub fn bar(length: u64) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(length), target);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {per_sec} {eta} {msg}") {
        bar.set_style(style);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_a_database_is_found_and_its_password_is_not_shown() {
        assert_eq!(file_of("sqlite:a/b.db?mode=rwc"), Some(PathBuf::from("a/b.db")));
        assert_eq!(file_of("sqlite:///srv/b.db"), Some(PathBuf::from("/srv/b.db")));
        assert_eq!(file_of("postgres://h/d"), None);
        assert_eq!(shown("postgres://user:secret@host/name"), "postgres://…@host/name");
    }
}
