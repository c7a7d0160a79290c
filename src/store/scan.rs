//! Reads the whole database for an audit or an export: read-only, in one snapshot, page by page.
//!
//! What cannot be read is handed on as damage with its place and never stops the scan: finding it is what an audit is
//! for. Nothing here judges.

mod around;
mod attached;
mod directory;
mod milestones;
mod shared;

use sea_orm::sea_query::Value;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as SeaOrm, DatabaseTransaction, DbBackend, DbErr, QueryResult,
    TransactionTrait, TryGetable,
};
use uuid::Uuid;

use super::StoreError;
use super::connect::statement;
use super::{ServerFacts, postgres, sqlite};
use migrations::MigratorTrait as _;

pub use around::ContactRow;
pub use attached::{AttachmentRow, NeededFile};
pub use milestones::MilestoneRow;

/// Tickets of one page. Their events come with them, so this bounds the memory of a scan.
const PAGE: u64 = 128;

/// An open snapshot.
pub struct Scan {
    db: DatabaseTransaction,
    backend: DbBackend,
    /// False for a database of a version that knew no files.
    has_files: bool,
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    pub table: &'static str,
    pub ticket: Option<Uuid>,
    pub seq: Option<i64>,
    pub why: String,
}

/// `tickets`
#[derive(Clone, Debug)]
pub struct TicketRow {
    pub id: Uuid,
    pub number: String,
    pub workflow: String,
    pub definition: String,
    pub state: String,
    pub outcome: Option<String>,
    pub creator: Option<String>,
    pub assignee: Option<String>,
    pub opened_at: i64,
    pub closed_at: Option<i64>,
    pub entered_at: i64,
    pub updated_at: i64,
    pub revision: i64,
    pub seq: i64,
    pub head: Vec<u8>,
    pub due_at: Option<i64>,
    pub late_since: Option<i64>,
    pub urgent: bool,
    pub subject: String,
    pub snapshot: String,
}

/// `events` with its `event_content`
#[derive(Clone, Debug)]
pub struct EventRow {
    pub ticket: Uuid,
    pub position: i64,
    pub seq: i64,
    pub at: i64,
    pub recorded_at: i64,
    pub actor: Option<String>,
    pub kind: String,
    pub body: String,
    pub hash: Vec<u8>,
    pub content: Option<String>,
}

/// `rungs`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RungRow {
    pub ticket: Uuid,
    pub clock: String,
    pub task: i64,
    pub cycle: i64,
    pub step: i64,
    pub repetition: i64,
    pub due_at: i64,
}

/// `outbox`, what an audit looks at.
#[derive(Clone, Debug)]
pub struct OutboxRow {
    pub ticket: Uuid,
    pub seq: i64,
    pub key: String,
    pub channel: String,
    pub person: Option<String>,
    pub state: String,
    pub created_at: i64,
    pub attempts: i64,
    pub sent_at: Option<i64>,
    pub last_error: Option<String>,
}

/// `ticket_departments`
#[derive(Clone, Debug)]
pub struct DepartmentRow {
    pub ticket: Uuid,
    pub department: String,
    pub since: i64,
    pub until: Option<i64>,
    pub open: bool,
    pub updated_at: i64,
}

/// `idempotency`, of those answers that are events of a ticket.
#[derive(Clone, Debug)]
pub struct AnswerRow {
    pub ticket: Uuid,
    pub key: String,
    pub answer: String,
}

/// `owners`
#[derive(Clone, Debug)]
pub struct OwnerRow {
    pub ticket: Uuid,
    pub task: i64,
    pub chain: String,
    pub updated_at: i64,
}

/// How much of each ticket a page brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Its row.
    Tickets,
    /// And its events, without the texts that erasing can take away.
    Histories,
    /// All that the database says of it.
    Everything,
}

/// Some tickets with what belongs to them, in the order of their ids.
#[derive(Debug, Default)]
pub struct Page {
    pub tickets: Vec<TicketRow>,
    pub events: Vec<EventRow>,
    pub rungs: Vec<RungRow>,
    pub outbox: Vec<OutboxRow>,
    pub departments: Vec<DepartmentRow>,
    pub owners: Vec<OwnerRow>,
    pub answers: Vec<AnswerRow>,
    pub milestones: Vec<MilestoneRow>,
    pub attachments: Vec<AttachmentRow>,
    pub damaged: Vec<Damaged>,
    /// Where the next page begins; `None` after the last.
    pub after: Option<Uuid>,
}

impl Scan {
    /// Opens the database for reading only. On SQLite the file itself is opened so that not even a slip could write.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(1)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(|options| {
                options
                    .read_only(true)
                    .create_if_missing(false)
                    .pragma("cache_size", "-16384")
            });
        let db = SeaOrm::connect(options).await?;
        let backend = db.get_database_backend();
        let db = if backend == DbBackend::Postgres {
            let repeatable = sea_orm::IsolationLevel::RepeatableRead;
            db.begin_with_config(Some(repeatable), Some(sea_orm::AccessMode::ReadOnly))
                .await?
        } else {
            db.begin().await?
        };
        let mut scan = Self {
            db,
            backend,
            has_files: false,
        };
        scan.has_files = scan.knows_files().await?;
        Ok(scan)
    }

    pub fn is_sqlite(&self) -> bool {
        self.backend == DbBackend::Sqlite
    }

    /// How many tickets there are, for a progress bar.
    pub async fn tickets(&self) -> Result<u64, StoreError> {
        let count = self.number("select count(*) from tickets", Vec::new()).await?;
        Ok(u64::try_from(count.unwrap_or_default()).unwrap_or_default())
    }

    /// The next tickets after this one, with what is wanted of them.
    pub async fn page(&self, after: Option<Uuid>, wanted: Wanted) -> Result<Page, StoreError> {
        let mut page = Page::default();
        let from = after.unwrap_or(Uuid::nil());
        let ids = self
            .rows(
                "select id from tickets where id > ? order by id limit ?",
                vec![Value::from(from), Value::from(PAGE)],
            )
            .await?;
        let mut last = None;
        for row in &ids {
            match row.try_get_by_index::<Uuid>(0) {
                Ok(id) => last = Some(id),
                Err(error) => page.damaged.push(damaged("tickets", row, &error)),
            }
        }
        let Some(last) = last else { return Ok(page) };
        let whole = u64::try_from(ids.len()).is_ok_and(|found| found == PAGE);
        page.after = whole.then_some(last);
        let range = || vec![Value::from(from), Value::from(last)];
        for row in self.rows(TICKETS, range()).await? {
            keep(&mut page.tickets, &mut page.damaged, "tickets", &row, ticket(&row));
        }
        if wanted == Wanted::Tickets {
            return Ok(page);
        }
        let events = if wanted == Wanted::Histories { HISTORIES } else { EVENTS };
        for row in self.rows(events, range()).await? {
            keep(&mut page.events, &mut page.damaged, "events", &row, event(&row));
        }
        if wanted == Wanted::Histories {
            return Ok(page);
        }
        for row in self.rows(RUNGS, range()).await? {
            keep(&mut page.rungs, &mut page.damaged, "rungs", &row, rung(&row));
        }
        for row in self.rows(OUTBOX, range()).await? {
            keep(&mut page.outbox, &mut page.damaged, "outbox", &row, outbox(&row));
        }
        for row in self.rows(DEPARTMENTS, range()).await? {
            keep(
                &mut page.departments,
                &mut page.damaged,
                "ticket_departments",
                &row,
                department(&row),
            );
        }
        for row in self.rows(OWNERS, range()).await? {
            keep(&mut page.owners, &mut page.damaged, "owners", &row, owner(&row));
        }
        for row in self.rows(ANSWERS, range()).await? {
            keep(&mut page.answers, &mut page.damaged, "idempotency", &row, answer(&row));
        }
        for row in self.rows(milestones::MILESTONES, range()).await? {
            let read = milestones::milestone(&row);
            keep(&mut page.milestones, &mut page.damaged, "milestones", &row, read);
        }
        self.attachments(&mut page, range()).await?;
        Ok(page)
    }

    /// Published definitions: hash and source.
    pub async fn definitions(&self) -> Result<Vec<(String, String)>, StoreError> {
        let rows = self
            .rows("select hash, source from definitions order by hash", Vec::new())
            .await?;
        Ok(rows
            .iter()
            .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
            .collect::<Result<_, DbErr>>()?)
    }

    /// The one number that a query of ours gives.
    pub async fn number(&self, sql: &str, values: Vec<Value>) -> Result<Option<i64>, StoreError> {
        let row = self.db.query_one_raw(statement(self.backend, sql, values)).await?;
        Ok(row
            .map(|row| row.try_get_by_index::<Option<i64>>(0))
            .transpose()?
            .flatten())
    }

    /// First columns of a query of ours as texts: what a check of the database itself has to say.
    pub async fn words(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        let rows = self.rows(sql, Vec::new()).await?;
        let word = |row: &QueryResult| {
            row.try_get_by_index::<String>(0)
                .or_else(|_| row.try_get_by_index::<i64>(0).map(|number| number.to_string()))
                .or_else(|_| row.try_get_by_index::<Uuid>(0).map(|id| id.to_string()))
                .unwrap_or_else(|_| "?".to_owned())
        };
        Ok(rows.iter().map(word).collect())
    }

    /// Tables, indexes and migrations that are not as this program makes them: missing, changed or unknown.
    pub async fn foreign_schema(&self) -> Result<Vec<String>, StoreError> {
        if !self.is_sqlite() {
            return Ok(postgres::foreign_schema(&self.db).await?);
        }
        let (found, ours) = (sqlite::schema(&self.db).await?, sqlite::schema_of_ours().await?);
        let strange = found.iter().filter(|line| !ours.contains(line));
        let missing = ours.iter().filter(|line| !found.contains(line));
        let mut names: Vec<String> = strange
            .chain(missing)
            .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
            .collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// Migrations of this program that the database has not seen, and those it has seen that this program does not know.
    pub async fn migrations(&self) -> Result<(Vec<String>, Vec<String>), StoreError> {
        let ours: Vec<String> = migrations::Migrator::migrations()
            .iter()
            .map(|migration| migration.name().to_owned())
            .collect();
        // A database that nobody has started on has no such table.
        let seen = self
            .words("select version from seaql_migrations order by version")
            .await
            .unwrap_or_default();
        let missing = ours.iter().filter(|name| !seen.contains(name)).cloned().collect();
        let unknown = seen.into_iter().filter(|name| !ours.contains(name)).collect();
        Ok((missing, unknown))
    }

    /// What a PostgreSQL server says of itself.
    pub async fn server_facts(&self) -> Result<ServerFacts, StoreError> {
        Ok(postgres::facts(&self.db).await?)
    }

    async fn rows(&self, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, StoreError> {
        Ok(self.db.query_all_raw(statement(self.backend, sql, values)).await?)
    }
}

const TICKETS: &str = "select id, number, workflow, definition, state, outcome, creator, assignee, opened_at, closed_at, \
    entered_at, updated_at, revision, seq, head, due_at, late_since, urgent, subject, snapshot \
    from tickets where id > ? and id <= ? order by id";
const EVENTS: &str = "select e.ticket, e.position, e.seq, e.at, e.recorded_at, e.actor, e.type, e.body, e.hash, c.content \
    from events e left join event_content c on c.ticket = e.ticket and c.seq = e.seq \
    where e.ticket > ? and e.ticket <= ? order by e.ticket, e.seq";
const HISTORIES: &str = "select ticket, position, seq, at, recorded_at, actor, type, body, hash, null as content \
    from events where ticket > ? and ticket <= ? order by ticket, seq";
const RUNGS: &str = "select ticket, clock, task, cycle, step, repetition, due_at \
    from rungs where ticket > ? and ticket <= ? order by ticket";
const OUTBOX: &str = "select ticket, seq, key, channel, person, state, created_at, attempts, sent_at, last_error \
    from outbox where ticket > ? and ticket <= ? order by ticket, seq, id";
const DEPARTMENTS: &str = "select ticket, department, since, until, open, updated_at \
    from ticket_departments where ticket > ? and ticket <= ? order by ticket";
const OWNERS: &str = "select ticket, task, chain, updated_at from owners \
    where ticket > ? and ticket <= ? order by ticket, task";
const ANSWERS: &str = "select ticket, \"key\", answer from idempotency where ticket > ? and ticket <= ? \
    order by ticket, scope, \"key\"";

fn keep<T>(
    rows: &mut Vec<T>,
    broken: &mut Vec<Damaged>,
    table: &'static str,
    row: &QueryResult,
    read: Result<T, DbErr>,
) {
    match read {
        Ok(read) => rows.push(read),
        Err(error) => broken.push(damaged(table, row, &error)),
    }
}

fn damaged(table: &'static str, row: &QueryResult, error: &DbErr) -> Damaged {
    Damaged {
        table,
        ticket: row.try_get("", "ticket").or_else(|_| row.try_get("", "id")).ok(),
        seq: row.try_get("", "seq").ok(),
        why: error.to_string(),
    }
}

fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, DbErr> {
    row.try_get("", column)
}

fn ticket(row: &QueryResult) -> Result<TicketRow, DbErr> {
    Ok(TicketRow {
        id: get(row, "id")?,
        number: get(row, "number")?,
        workflow: get(row, "workflow")?,
        definition: get(row, "definition")?,
        state: get(row, "state")?,
        outcome: get(row, "outcome")?,
        creator: get(row, "creator")?,
        assignee: get(row, "assignee")?,
        opened_at: get(row, "opened_at")?,
        closed_at: get(row, "closed_at")?,
        entered_at: get(row, "entered_at")?,
        updated_at: get(row, "updated_at")?,
        revision: get(row, "revision")?,
        seq: get(row, "seq")?,
        head: get(row, "head")?,
        due_at: get(row, "due_at")?,
        late_since: get(row, "late_since")?,
        urgent: get(row, "urgent")?,
        subject: get(row, "subject")?,
        snapshot: get(row, "snapshot")?,
    })
}

fn event(row: &QueryResult) -> Result<EventRow, DbErr> {
    Ok(EventRow {
        ticket: get(row, "ticket")?,
        position: get(row, "position")?,
        seq: get(row, "seq")?,
        at: get(row, "at")?,
        recorded_at: get(row, "recorded_at")?,
        actor: get(row, "actor")?,
        kind: get(row, "type")?,
        body: get(row, "body")?,
        hash: get(row, "hash")?,
        content: get(row, "content")?,
    })
}

fn rung(row: &QueryResult) -> Result<RungRow, DbErr> {
    Ok(RungRow {
        ticket: get(row, "ticket")?,
        clock: get(row, "clock")?,
        task: get(row, "task")?,
        cycle: get(row, "cycle")?,
        step: get(row, "step")?,
        repetition: get(row, "repetition")?,
        due_at: get(row, "due_at")?,
    })
}

fn outbox(row: &QueryResult) -> Result<OutboxRow, DbErr> {
    Ok(OutboxRow {
        ticket: get(row, "ticket")?,
        seq: get(row, "seq")?,
        key: get(row, "key")?,
        channel: get(row, "channel")?,
        person: get(row, "person")?,
        state: get(row, "state")?,
        created_at: get(row, "created_at")?,
        attempts: get(row, "attempts")?,
        sent_at: get(row, "sent_at")?,
        last_error: get(row, "last_error")?,
    })
}

fn department(row: &QueryResult) -> Result<DepartmentRow, DbErr> {
    Ok(DepartmentRow {
        ticket: get(row, "ticket")?,
        department: get(row, "department")?,
        since: get(row, "since")?,
        until: get(row, "until")?,
        open: get(row, "open")?,
        updated_at: get(row, "updated_at")?,
    })
}

fn owner(row: &QueryResult) -> Result<OwnerRow, DbErr> {
    Ok(OwnerRow {
        ticket: get(row, "ticket")?,
        task: get(row, "task")?,
        chain: get(row, "chain")?,
        updated_at: get(row, "updated_at")?,
    })
}

fn answer(row: &QueryResult) -> Result<AnswerRow, DbErr> {
    Ok(AnswerRow {
        ticket: get(row, "ticket")?,
        key: get(row, "key")?,
        answer: get(row, "answer")?,
    })
}
