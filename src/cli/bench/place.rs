//! Where the databases of a bench are: files in a folder, or databases of their own on a PostgreSQL of this machine.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};

use super::meter::parent_of;
use crate::store::connect::statement;

/// How often a file is asked whether whoever filled it has left, and how long after each other.
const LEAVING_ASKED: u32 = 100;
const LEAVING_AGAIN: Duration = Duration::from_millis(100);

/// Makes databases and takes them away again when it goes.
pub enum Place {
    Files(PathBuf),
    Server {
        /// A database on it, in which others may be created.
        url: String,
        /// The head of its processes.
        postmaster: u32,
        made: Vec<String>,
    },
}

impl Place {
    /// In the folder, or on the server where one is named.
    pub async fn new(server: Option<&str>, folder: PathBuf) -> anyhow::Result<Self> {
        let Some(url) = server else {
            std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
            return Ok(Self::Files(folder));
        };
        let db = connect(url).await?;
        let row = db.query_one_raw(statement(db.get_database_backend(), "select pg_backend_pid()", vec![]));
        let backend: i32 = row.await?.context("pg_backend_pid")?.try_get_by_index(0)?;
        let postmaster = parent_of(u32::try_from(backend)?).context("PostgreSQL must run on this machine")?;
        Ok(Self::Server {
            url: url.to_owned(),
            postmaster,
            made: Vec::new(),
        })
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Files(_) => "SQLite",
            Self::Server { .. } => "PostgreSQL",
        }
    }

    pub fn postmaster(&self) -> Option<u32> {
        match self {
            Self::Files(_) => None,
            Self::Server { postmaster, .. } => Some(*postmaster),
        }
    }

    /// An empty database.
    pub async fn create(&mut self, name: &str) -> anyhow::Result<String> {
        match self {
            Self::Files(folder) => Ok(file_url(&folder.join(format!("{name}.db")))),
            Self::Server { url, made, .. } => {
                let name = format!("ombud_bench_{}_{name}", std::process::id());
                run(url, &format!("create database {name}")).await?;
                let address = beside(url, &name);
                made.push(name);
                Ok(address)
            }
        }
    }

    /// Brings what was filled to rest, so that the housekeeping for it is not measured with what comes after. Of a file
    /// everything stands in the file itself then, and nothing beside it.
    pub async fn settle(&self, url: &str) -> anyhow::Result<()> {
        match self {
            Self::Files(_) => emptied(url).await,
            Self::Server { .. } => {
                run(url, "vacuum analyze").await?;
                run(url, "checkpoint").await
            }
        }
    }

    /// Another database with the same rows; of one that was brought to rest.
    pub async fn copy(&mut self, from: &str, name: &str) -> anyhow::Result<String> {
        match self {
            Self::Files(folder) => {
                let file = folder.join(format!("{name}.db"));
                let source = crate::cli::local::file_of(from).context("the file that was filled")?;
                std::fs::copy(source, &file)?;
                Ok(file_url(&file))
            }
            Self::Server { url, made, .. } => {
                let name = format!("ombud_bench_{}_{name}", std::process::id());
                let template = from.rsplit('/').next().and_then(|rest| rest.split('?').next());
                let template = template.context("the name of the database")?;
                // A database is copied while nobody is connected to it; whoever filled it may still be leaving.
                let others = format!(
                    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{template}'"
                );
                run(url, &others).await?;
                run(url, &format!("create database {name} template {template}")).await?;
                let address = beside(url, &name);
                made.push(name);
                Ok(address)
            }
        }
    }

    /// Takes everything away that was made.
    pub async fn clear(self) -> anyhow::Result<()> {
        match self {
            Self::Files(folder) => Ok(std::fs::remove_dir_all(folder)?),
            Self::Server { url, made, .. } => {
                for name in made {
                    run(&url, &format!("drop database if exists {name} with (force)")).await?;
                }
                Ok(())
            }
        }
    }
}

fn file_url(file: &Path) -> String {
    format!("sqlite:{}?mode=rwc", file.display())
}

/// The address of another database on the same server.
fn beside(url: &str, name: &str) -> String {
    let (address, settings) = url
        .split_once('?')
        .map_or((url, None), |(address, rest)| (address, Some(rest)));
    // After `postgres://` comes the host; without a database there is nothing more.
    let host = address.split_once("://").map_or(0, |(scheme, _)| scheme.len() + 3);
    let end = address
        .get(host..)
        .and_then(|rest| rest.find('/'))
        .map_or(address.len(), |found| host + found);
    let mut other = format!("{}/{name}", address.get(..end).unwrap_or(address));
    if let Some(settings) = settings {
        other.push('?');
        other.push_str(settings);
    }
    other
}

async fn run(url: &str, sql: &str) -> anyhow::Result<()> {
    let db = connect(url).await?;
    db.execute_unprepared(sql).await?;
    Ok(db.close().await?)
}

/// Moves the whole log of a SQLite file into it. Whoever filled it may still be leaving, and holds the end of the log.
async fn emptied(url: &str) -> anyhow::Result<()> {
    let db = connect(url).await?;
    for _ in 0..LEAVING_ASKED {
        let asked = statement(db.get_database_backend(), "pragma wal_checkpoint(truncate)", vec![]);
        let row = db.query_one_raw(asked).await?.context("the answer to a checkpoint")?;
        let busy: i32 = row.try_get_by_index(0)?;
        if busy == 0 {
            return Ok(db.close().await?);
        }
        tokio::time::sleep(LEAVING_AGAIN).await;
    }
    bail!("somebody holds {}", crate::cli::local::shown(url))
}

async fn connect(url: &str) -> anyhow::Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let shown = crate::cli::local::shown(url);
    Database::connect(options)
        .await
        .with_context(|| format!("cannot open the database {shown}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_database_on_the_same_server_has_its_address() {
        assert_eq!(beside("postgres://u:p@h:5/postgres", "x"), "postgres://u:p@h:5/x");
        assert_eq!(
            beside("postgres://u@h/a?host=/run/pg", "x"),
            "postgres://u@h/x?host=/run/pg"
        );
        assert_eq!(beside("postgres://h", "x"), "postgres://h/x");
    }
}
