//! The bare server beside ombud: the same HTTP stack, the same statements, no rules and no authority.
//!
//! It copies the rows that one ticket of ombud left behind: opening writes its first rows under a new id, acting the
//! rest. On SQLite one writer commits what waits together, on PostgreSQL each action is one statement over a pool. What
//! is left of the difference is what ombud's rules, authority, chain and answers cost.

mod pattern;
mod postgres;
mod sqlite;

use std::net::TcpListener;

use actix_web::web::{self, Data, Path};
use actix_web::{App, HttpResponse, HttpServer};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, QueryResult};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::store::connect::statement;
use pattern::Pattern;

/// Commands waiting at most: as ombud's writer has them.
const QUEUE_MAX: usize = 1_024;
/// Connections to PostgreSQL: enough that commits share a flush.
const POOL: u32 = 32;

enum What {
    Open,
    Act(Uuid),
}

struct Job {
    what: What,
    answer: oneshot::Sender<Option<Uuid>>,
}

#[derive(Clone)]
struct Bare {
    writer: Writer,
    readers: DatabaseConnection,
}

#[derive(Clone)]
enum Writer {
    Queue(mpsc::Sender<Job>),
    Pool(postgres::Pool),
}

/// Serves until the process is ended. `number` is the ticket that is copied.
pub async fn serve(url: &str, listener: TcpListener, number: &str) -> anyhow::Result<()> {
    let shared = url.starts_with("postgres");
    let readers = connect(url, if shared { POOL } else { 4 }).await?;
    let pattern = Pattern::of(&readers, number).await?;
    let writer = if shared {
        Writer::Pool(postgres::Pool::new(readers.clone(), pattern))
    } else {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(sqlite::write(connect(url, 1).await?, waiting, pattern));
        Writer::Queue(queue)
    };
    let bare = Data::new(Bare { writer, readers });
    let server = HttpServer::new(move || {
        App::new()
            .app_data(bare.clone())
            .route("/api/v1/tickets", web::post().to(open))
            .route("/api/v1/tickets", web::get().to(list))
            .route("/api/v1/tickets/{number}", web::get().to(one))
            .route("/api/v1/tickets/{number}/actions/{action}", web::post().to(act))
    });
    Ok(server.listen(listener)?.run().await?)
}

async fn connect(url: &str, connections: u32) -> anyhow::Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .test_before_acquire(false)
        .sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|options| {
        options
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
            .pragma("busy_timeout", "5000")
            .pragma("cache_size", "-8192")
    });
    Ok(Database::connect(options).await?)
}

impl Bare {
    async fn ask(&self, what: What) -> HttpResponse {
        let done = match &self.writer {
            Writer::Queue(queue) => {
                let (answer, done) = oneshot::channel();
                if queue.try_send(Job { what, answer }).is_err() {
                    return HttpResponse::ServiceUnavailable().finish();
                }
                done.await.ok().flatten()
            }
            Writer::Pool(pool) => pool.write(&what).await.ok(),
        };
        match done {
            Some(id) => HttpResponse::Created()
                .insert_header(("etag", "\"1\""))
                .content_type("application/json")
                .body(format!("{{\"ticket\":{{\"number\":\"{}\"}}}}", id.simple())),
            None => HttpResponse::ServiceUnavailable().finish(),
        }
    }

    async fn rows(&self, sql: &str, values: Vec<sea_orm::sea_query::Value>) -> Option<Vec<QueryResult>> {
        let backend: DbBackend = self.readers.get_database_backend();
        self.readers.query_all_raw(statement(backend, sql, values)).await.ok()
    }
}

async fn open(bare: Data<Bare>, _: web::Bytes) -> HttpResponse {
    bare.ask(What::Open).await
}

async fn act(bare: Data<Bare>, path: Path<(String, String)>, _: web::Bytes) -> HttpResponse {
    match Uuid::try_parse(&path.0) {
        Ok(id) => bare.ask(What::Act(id)).await,
        Err(_) => HttpResponse::NotFound().finish(),
    }
}

async fn one(bare: Data<Bare>, number: Path<String>) -> HttpResponse {
    let sql = "select snapshot from tickets where number = ?";
    let found = bare.rows(sql, vec![number.as_str().into()]).await.unwrap_or_default();
    match found.first().and_then(|row| row.try_get_by_index::<String>(0).ok()) {
        Some(text) => HttpResponse::Ok().content_type("application/json").body(text),
        None => HttpResponse::NotFound().finish(),
    }
}

async fn list(bare: Data<Bare>) -> HttpResponse {
    let sql = "select number, workflow, state, outcome, subject, urgent, creator, assignee, opened_at, updated_at, \
        closed_at, due_at, late_since, revision from tickets where closed_at is null order by updated_at desc limit 50";
    let Some(rows) = bare.rows(sql, Vec::new()).await else {
        return HttpResponse::ServiceUnavailable().finish();
    };
    let columns = ["number", "workflow", "state", "subject"];
    let item = |row: &QueryResult| {
        let texts = columns.map(|column| row.try_get::<Option<String>>("", column).ok().flatten());
        columns
            .into_iter()
            .zip(texts)
            .map(|(name, text)| (name.to_owned(), text.into()))
            .collect()
    };
    let items: Vec<serde_json::Map<String, serde_json::Value>> = rows.iter().map(item).collect();
    HttpResponse::Ok().json(items)
}
