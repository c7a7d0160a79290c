//! A fresh database for one test: a SQLite file, or with `TEST_OMBUD_DATABASE=postgres://…` a database of its own on
//! that server (`scripts/postgres.py` starts one).

use std::env;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use ombud::store::Database;
use sea_orm::{ConnectOptions, ConnectionTrait, Database as SeaOrm, DatabaseConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// A migrated, empty database that goes away with its test.
pub struct Fresh {
    pub url: String,
    place: Place,
}

enum Place {
    File { folder: TempDir },
    Server { name: String },
}

/// Where the server is, when the tests are to run on PostgreSQL.
#[allow(clippy::disallowed_methods, reason = "the tests' own setting, not the program's")]
pub fn server() -> Option<String> {
    env::var("TEST_OMBUD_DATABASE").ok().filter(|url| !url.is_empty())
}

pub fn is_postgres() -> bool {
    server().is_some()
}

impl Fresh {
    pub async fn new() -> Self {
        match server() {
            Some(server) => Self::on(&server).await,
            None => Self::file(),
        }
    }

    /// An empty database without a single table.
    pub async fn bare() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let Some(server) = server() else {
            return Self::file();
        };
        let maintenance = connect(&server).await;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("ombud_{}_bare_{count}", std::process::id());
        run(&maintenance, &format!("create database {name}")).await;
        maintenance.close().await.unwrap();
        Self {
            url: named(&server, &name),
            place: Place::Server { name },
        }
    }

    /// The folder of the file; there is none on a server.
    pub fn folder(&self) -> Option<&Path> {
        match &self.place {
            Place::File { folder } => Some(folder.path()),
            Place::Server { .. } => None,
        }
    }

    pub fn file() -> Self {
        let folder = TempDir::new().unwrap();
        Self {
            url: format!("sqlite:{}?mode=rwc", folder.path().join("ombud.db").display()),
            place: Place::File { folder },
        }
    }

    async fn on(server: &str) -> Self {
        static TEMPLATE: OnceCell<()> = OnceCell::const_new();
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let maintenance = connect(server).await;
        let template = format!("ombud_{}_template", std::process::id());
        TEMPLATE
            .get_or_init(|| async {
                run(&maintenance, &format!("create database {template}")).await;
                let migrated = Database::open(&named(server, &template)).await.unwrap();
                migrated.close().await.unwrap();
            })
            .await;
        let finished = std::mem::take(&mut *FINISHED.lock().unwrap_or_else(PoisonError::into_inner));
        for name in finished {
            run(&maintenance, &format!("drop database if exists {name} with (force)")).await;
        }
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("ombud_{}_{count}", std::process::id());
        run(&maintenance, &format!("create database {name} template {template}")).await;
        maintenance.close().await.unwrap();
        Self {
            url: named(server, &name),
            place: Place::Server { name },
        }
    }
}

/// Databases whose tests are over; the next one removes them.
static FINISHED: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl Drop for Fresh {
    fn drop(&mut self) {
        if let Place::Server { name } = &self.place {
            FINISHED
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(name.clone());
        }
    }
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    SeaOrm::connect(options).await.unwrap()
}

async fn run(db: &DatabaseConnection, sql: &str) {
    db.execute_unprepared(sql).await.unwrap();
}

/// The address of another database of the same server.
fn named(server: &str, name: &str) -> String {
    let (place, _) = server.rsplit_once('/').unwrap();
    format!("{place}/{name}")
}
