//! The bare server beside ombud: the same HTTP stack, the same statements, group commit, no rules and no authority.
//!
//! It copies the rows that one ticket of ombud left behind: opening writes its first rows under a new id, acting the
//! rest. What is left of the difference is what ombud's rules, authority, chain and answers cost.

use std::net::TcpListener;

use actix_web::web::{self, Data, Path};
use actix_web::{App, HttpResponse, HttpServer};
use anyhow::Context;
use sea_orm::sea_query::Value;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, QueryResult, SqliteTransactionMode,
    Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Commands of one transaction, and waiting: as ombud's writer has them.
const BATCH_MAX: usize = 128;
const QUEUE_MAX: usize = 1_024;
/// Rows of one statement.
const ROWS_MAX: usize = 64;

const EVENTS: &[&str] = &["ticket", "seq", "at", "recorded_at", "actor", "type", "body", "hash"];
const CONTENT: &[&str] = &["ticket", "seq", "content"];
const OWNERS: &[&str] = &["ticket", "task", "chain", "updated_at"];
const DEPARTMENTS: &[&str] = &["ticket", "department", "since", "until", "open", "updated_at"];
const IDEMPOTENCY: &[&str] = &["scope", "key", "request", "status", "answer", "ticket", "created_at"];
const TICKETS: &[&str] = &[
    "id",
    "number",
    "workflow",
    "definition",
    "state",
    "outcome",
    "creator",
    "assignee",
    "caller",
    "opened_at",
    "closed_at",
    "entered_at",
    "updated_at",
    "revision",
    "seq",
    "head",
    "due_at",
    "late_since",
    "urgent",
    "subject",
    "snapshot",
];

type Rows = Vec<Vec<Value>>;

/// What is kept for a repeat: which events a command wrote.
const KEPT: &str = "{\"first\":1,\"last\":6,\"private\":true}";

/// The rows of one ticket: those of its opening, and those of what was done to it then.
struct Pattern {
    ticket: Vec<Value>,
    owners: Rows,
    departments: Rows,
    opened: (Rows, Rows),
    acted: (Rows, Rows),
}

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
    queue: mpsc::Sender<Job>,
    readers: DatabaseConnection,
}

/// Serves until the process is ended. `number` is the ticket that is copied, `opening` its events of the opening.
pub async fn serve(url: &str, listener: TcpListener, number: &str, opening: i64) -> anyhow::Result<()> {
    let writer = connect(url, 1).await?;
    let readers = connect(url, 4).await?;
    let pattern = pattern(&readers, number, opening).await?;
    let (queue, waiting) = mpsc::channel(QUEUE_MAX);
    tokio::spawn(write(writer, waiting, pattern));
    let bare = Data::new(Bare { queue, readers });
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

fn statement(sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}

async fn pattern(db: &DatabaseConnection, number: &str, opening: i64) -> anyhow::Result<Pattern> {
    let sql = format!("select {} from tickets where number = ?", TICKETS.join(","));
    let row = db
        .query_one_raw(statement(&sql, vec![number.into()]))
        .await?
        .context("the ticket to copy")?;
    let id: Uuid = row.try_get("", "id")?;
    let rows = async |columns: &[&str], table: &str, more: &str| -> anyhow::Result<Rows> {
        let sql = format!("select {} from {table} where ticket = ? {more}", columns.join(","));
        let found = db.query_all_raw(statement(&sql, vec![id.into()])).await?;
        Ok(found.iter().map(|row| values(row, columns)).collect())
    };
    let first = format!("and seq <= {opening} order by seq");
    let then = format!("and seq > {opening} order by seq");
    Ok(Pattern {
        ticket: values(&row, TICKETS),
        owners: rows(OWNERS, "owners", "").await?,
        departments: rows(DEPARTMENTS, "ticket_departments", "").await?,
        opened: (
            rows(EVENTS, "events", &first).await?,
            rows(CONTENT, "event_content", &first).await?,
        ),
        acted: (
            rows(EVENTS, "events", &then).await?,
            rows(CONTENT, "event_content", &then).await?,
        ),
    })
}

/// The columns of a row as values, whatever their types are.
fn values(row: &QueryResult, columns: &[&str]) -> Vec<Value> {
    let value = |column: &&str| {
        if matches!(*column, "id" | "ticket" | "head" | "hash") {
            return row
                .try_get::<Option<Vec<u8>>>("", column)
                .map_or(Value::Bytes(None), Value::from);
        }
        let number = row.try_get::<Option<i64>>("", column);
        number
            .map(Value::from)
            .or_else(|_| row.try_get::<Option<String>>("", column).map(Value::from))
            .unwrap_or(Value::String(None))
    };
    columns.iter().map(value).collect()
}

async fn write(db: DatabaseConnection, mut waiting: mpsc::Receiver<Job>, pattern: Pattern) {
    let mut jobs = Vec::with_capacity(BATCH_MAX);
    while waiting.recv_many(&mut jobs, BATCH_MAX).await > 0 {
        let done = together(&db, &jobs, &pattern).await;
        for (place, job) in jobs.drain(..).enumerate() {
            let id = done.as_ref().ok().and_then(|ids| ids.get(place).copied());
            let _ = job.answer.send(id);
        }
    }
}

async fn together(db: &DatabaseConnection, jobs: &[Job], pattern: &Pattern) -> anyhow::Result<Vec<Uuid>> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let tx = db.begin_with_options(options).await?;
    let (mut tickets, mut events, mut content) = (vec![], vec![], vec![]);
    let (mut owners, mut departments, mut kept) = (vec![], vec![], vec![]);
    let (mut ids, mut acted) = (Vec::with_capacity(jobs.len()), Vec::new());
    for job in jobs {
        let (id, rows) = match job.what {
            What::Open => (Uuid::now_v7(), &pattern.opened),
            What::Act(id) => {
                acted.push(Value::from(id));
                departments.extend(pattern.departments.iter().map(|row| under(row, &[(0, id.into())])));
                (id, &pattern.acted)
            }
        };
        ids.push(id);
        tickets.push(under(
            &pattern.ticket,
            &[(0, id.into()), (1, id.simple().to_string().into())],
        ));
        events.extend(rows.0.iter().map(|row| under(row, &[(0, id.into())])));
        content.extend(rows.1.iter().map(|row| under(row, &[(0, id.into())])));
        owners.extend(pattern.owners.iter().map(|row| under(row, &[(0, id.into())])));
        let key = Uuid::now_v7().simple().to_string();
        kept.push(vec![
            "li".into(),
            key.into(),
            vec![0_u8; 32].into(),
            0.into(),
            KEPT.into(),
            id.into(),
            0_i64.into(),
        ]);
    }
    if !acted.is_empty() {
        let list = vec!["?"; acted.len()].join(",");
        tx.execute_raw(statement(
            &format!("delete from owners where ticket in ({list})"),
            acted,
        ))
        .await?;
    }
    let update = "on conflict (id) do update set state = excluded.state, updated_at = excluded.updated_at, \
        revision = excluded.revision, seq = excluded.seq, head = excluded.head, due_at = excluded.due_at, \
        subject = excluded.subject, snapshot = excluded.snapshot";
    for (table, columns, rows, conflict) in [
        ("tickets", TICKETS, tickets, update),
        ("events", EVENTS, events, ""),
        ("event_content", CONTENT, content, ""),
        ("owners", OWNERS, owners, ""),
        (
            "ticket_departments",
            DEPARTMENTS,
            departments,
            "on conflict (ticket, department) do update set updated_at = excluded.updated_at",
        ),
        ("idempotency", IDEMPOTENCY, kept, ""),
    ] {
        insert(&tx, table, columns, rows, conflict).await?;
    }
    tx.commit().await?;
    Ok(ids)
}

/// The row with some of its values replaced.
fn under(row: &[Value], other: &[(usize, Value)]) -> Vec<Value> {
    let mut row = row.to_vec();
    for (place, value) in other {
        if let Some(slot) = row.get_mut(*place) {
            *slot = value.clone();
        }
    }
    row
}

async fn insert(
    tx: &impl ConnectionTrait,
    table: &str,
    columns: &[&str],
    rows: Rows,
    conflict: &str,
) -> anyhow::Result<()> {
    let mut rows = rows.into_iter();
    loop {
        // As ombud does: powers of two, so that the texts are few and stay prepared.
        let left = rows.len();
        if left == 0 {
            return Ok(());
        }
        let count = (1 << (usize::BITS - 1 - left.leading_zeros())).min(ROWS_MAX);
        let one = format!("({})", vec!["?"; columns.len()].join(","));
        let all = vec![one.as_str(); count].join(",");
        let sql = format!("insert into {table} ({}) values {all} {conflict}", columns.join(","));
        let values: Vec<Value> = rows.by_ref().take(count).flatten().collect();
        tx.execute_raw(statement(&sql, values)).await?;
    }
}

async fn ask(bare: &Bare, what: What) -> HttpResponse {
    let (answer, done) = oneshot::channel();
    if bare.queue.try_send(Job { what, answer }).is_err() {
        return HttpResponse::ServiceUnavailable().finish();
    }
    match done.await {
        Ok(Some(id)) => HttpResponse::Created()
            .insert_header(("etag", "\"1\""))
            .content_type("application/json")
            .body(format!("{{\"ticket\":{{\"number\":\"{}\"}}}}", id.simple())),
        Ok(None) | Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

async fn open(bare: Data<Bare>, _: web::Bytes) -> HttpResponse {
    ask(&bare, What::Open).await
}

async fn act(bare: Data<Bare>, path: Path<(String, String)>, _: web::Bytes) -> HttpResponse {
    match Uuid::try_parse(&path.0) {
        Ok(id) => ask(&bare, What::Act(id)).await,
        Err(_) => HttpResponse::NotFound().finish(),
    }
}

async fn one(bare: Data<Bare>, number: Path<String>) -> HttpResponse {
    let sql = "select snapshot from tickets where number = ?";
    let row = bare
        .readers
        .query_one_raw(statement(sql, vec![number.as_str().into()]))
        .await;
    match row
        .ok()
        .flatten()
        .and_then(|row| row.try_get_by_index::<String>(0).ok())
    {
        Some(text) => HttpResponse::Ok().content_type("application/json").body(text),
        None => HttpResponse::NotFound().finish(),
    }
}

async fn list(bare: Data<Bare>) -> HttpResponse {
    let sql = "select number, workflow, state, outcome, subject, urgent, creator, assignee, opened_at, updated_at, \
        closed_at, due_at, late_since, revision from tickets where closed_at is null order by updated_at desc limit 50";
    let Ok(rows) = bare.readers.query_all_raw(statement(sql, Vec::new())).await else {
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
