//! The database as such: its own checks, rows that may not be, counters, the administrator's log (I15, I16, I18, I22,
//! I24, I25).

use super::code::Code;
use super::finding::Finding;
use crate::store::scan::Scan;
use crate::store::{StoreError, settings};

/// Tables whose rows belong to a ticket, if to anything.
const OF_TICKETS: [(Code, &str); 9] = [
    (Code::EventOrphan, "events"),
    (Code::RungOrphan, "rungs"),
    (Code::TicketOrphan, "ticket_departments"),
    (Code::TicketOrphan, "owners"),
    (Code::TicketOrphan, "milestones"),
    (Code::TicketOrphan, "contacts"),
    (Code::MessageOrphan, "outbox"),
    (Code::AnswerOrphan, "idempotency"),
    (Code::FileRow, "attachments"),
];

/// Rows that belong to nothing, or keep what must be gone, by table. Each gives the number of such rows.
const STRAYS: [(Code, &str, &str); 3] = [
    (
        Code::ContentOrphan,
        "event_content",
        "select count(*) from event_content c where not exists \
         (select 1 from events e where e.ticket = c.ticket and e.seq = c.seq)",
    ),
    (
        Code::MailKept,
        "outbox",
        "select count(*) from outbox where mail is not null and state <> 'pending'",
    ),
    (
        Code::TokenOrphan,
        "tokens",
        "select count(*) from tokens k where not exists \
         (select 1 from directory d where d.kind = 'person' and d.key = k.person)",
    ),
];

/// The checks of the whole.
pub async fn check(scan: &Scan) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    let of_tickets = OF_TICKETS.iter().map(|(code, table)| {
        let sql = format!(
            "select count(*) from {table} o where o.ticket is not null \
             and not exists (select 1 from tickets t where t.id = o.ticket)"
        );
        (*code, *table, sql)
    });
    let strays = STRAYS
        .iter()
        .map(|(code, table, sql)| (*code, *table, (*sql).to_owned()));
    for (code, table, sql) in of_tickets.chain(strays) {
        let count = scan.number(&sql, Vec::new()).await?.unwrap_or_default();
        if count > 0 {
            findings.push(Finding::new(code).with("table", table).with("count", count));
        }
    }
    directory(scan, &mut findings).await?;
    if scan.is_sqlite() {
        sqlite(scan, &mut findings).await?;
    } else {
        server(scan, &mut findings).await?;
    }
    Ok(findings)
}

/// I24: every change of the administrator's data has its line in the log, and the last line is what stands.
async fn directory(scan: &Scan, findings: &mut Vec<Finding>) -> Result<(), StoreError> {
    let unlogged = scan
        .words(
            "select d.kind || ' ' || d.key from directory d where not exists (select 1 from directory_log l \
             where l.kind = d.kind and l.key = d.key and l.version = d.version and l.after = d.body) limit 20",
        )
        .await?;
    for entry in unlogged {
        findings.push(Finding::new(Code::ChangeUnlogged).with("entry", entry));
    }
    let lost = scan
        .number("select max(version) - count(*) from directory_log", Vec::new())
        .await?
        .unwrap_or_default();
    if lost != 0 {
        findings.push(Finding::new(Code::ChangeLost).with("count", lost));
    }
    Ok(())
}

/// PostgreSQL looks after its files itself; here, that tables and indexes are those of this program.
async fn server(scan: &Scan, findings: &mut Vec<Finding>) -> Result<(), StoreError> {
    for what in scan.foreign_schema().await? {
        findings.push(Finding::new(Code::Schema).with("what", what));
    }
    Ok(())
}

async fn sqlite(scan: &Scan, findings: &mut Vec<Finding>) -> Result<(), StoreError> {
    for said in scan.words("pragma integrity_check").await? {
        if said != "ok" {
            findings.push(Finding::new(Code::Integrity).with("said", said));
        }
    }
    let broken = scan.words("pragma foreign_key_check").await?;
    if !broken.is_empty() {
        findings.push(Finding::new(Code::ForeignKey).with("count", broken.len()));
    }
    let mode = scan.words("pragma journal_mode").await?.join("");
    if mode != "wal" {
        findings.push(Finding::new(Code::Journal).with("mode", mode));
    }
    written(scan, findings).await?;
    for what in scan.foreign_schema().await? {
        findings.push(Finding::new(Code::Schema).with("what", what));
    }
    positions(scan, findings).await
}

/// The least that keeps every promise: FULL flushes at each commit, a deleted text is overwritten.
const WRITTEN_WITH: [(Code, &str, i64); 2] = [
    (Code::Synchronous, settings::SYNCHRONOUS, 2),
    (Code::SecureDelete, settings::SECURE_DELETE, 1),
];

/// What the last process that opened the database for writing said of its own connection.
async fn written(scan: &Scan, findings: &mut Vec<Finding>) -> Result<(), StoreError> {
    for (code, name, least) in WRITTEN_WITH {
        let sql = "select cast(value as integer) from settings where name = ?";
        let found = scan.number(sql, vec![name.into()]).await?;
        if found.is_none_or(|found| found < least) {
            let shown = found.map_or_else(|| "–".to_owned(), |found| found.to_string());
            findings.push(Finding::new(code).with("found", shown));
        }
    }
    Ok(())
}

async fn positions(scan: &Scan, findings: &mut Vec<Finding>) -> Result<(), StoreError> {
    // Positions are given out without a gap by one writer in one transaction: a gap is an event that was taken away.
    let given = scan
        .number("select seq from sqlite_sequence where name = 'events'", Vec::new())
        .await?;
    let highest = scan
        .number("select max(position) from events", Vec::new())
        .await?
        .unwrap_or_default();
    let lowest = scan
        .number("select min(position) from events", Vec::new())
        .await?
        .unwrap_or(1);
    let count = scan
        .number("select count(*) from events", Vec::new())
        .await?
        .unwrap_or_default();
    if count != highest || lowest != 1 || given.is_some_and(|given| given != highest) {
        let finding = Finding::new(Code::Positions)
            .with("count", count)
            .with("highest", highest);
        findings.push(finding.with("given", given.unwrap_or_default()));
    }
    Ok(())
}
