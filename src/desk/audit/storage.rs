//! The database as such: its own checks, rows that belong to nothing, counters, the administrator's log (I15, I16, I18,
//! I24, I25).

use super::finding::Finding;
use crate::store::StoreError;
use crate::store::scan::Scan;

/// Rows that belong to no ticket or no event, by table. Each gives the number of such rows.
const ORPHANS: &[(&str, &str, &str)] = &[
    (
        "i1-orphan",
        "events",
        "select count(*) from events e where not exists (select 1 from tickets t where t.id = e.ticket)",
    ),
    (
        "i2-orphan",
        "event_content",
        "select count(*) from event_content c where not exists \
         (select 1 from events e where e.ticket = c.ticket and e.seq = c.seq)",
    ),
    (
        "i15-orphan",
        "rungs",
        "select count(*) from rungs r where not exists (select 1 from tickets t where t.id = r.ticket)",
    ),
    (
        "i4-orphan",
        "ticket_departments",
        "select count(*) from ticket_departments d where not exists (select 1 from tickets t where t.id = d.ticket)",
    ),
    (
        "i4-orphan",
        "owners",
        "select count(*) from owners o where not exists (select 1 from tickets t where t.id = o.ticket)",
    ),
    (
        "i16-orphan",
        "outbox",
        "select count(*) from outbox o where o.ticket is not null and not exists \
         (select 1 from tickets t where t.id = o.ticket)",
    ),
    (
        "i18-orphan",
        "idempotency",
        "select count(*) from idempotency i where i.ticket is not null and not exists \
         (select 1 from tickets t where t.id = i.ticket)",
    ),
    (
        "i4-orphan",
        "contacts",
        "select count(*) from contacts c where c.ticket is not null and not exists \
         (select 1 from tickets t where t.id = c.ticket)",
    ),
    (
        "i24-orphan",
        "tokens",
        "select count(*) from tokens k where not exists \
         (select 1 from directory d where d.kind = 'person' and d.key = k.person)",
    ),
];

/// The checks of the whole.
pub async fn check(scan: &Scan) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    for (code, table, sql) in ORPHANS {
        let count = scan.number(sql, Vec::new()).await?.unwrap_or_default();
        if count > 0 {
            findings.push(Finding::new(code).with("table", table).with("count", count));
        }
    }
    directory(scan, &mut findings).await?;
    if scan.is_sqlite() {
        sqlite(scan, &mut findings).await?;
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
        findings.push(Finding::new("i24-unlogged").with("entry", entry));
    }
    let lost = scan
        .number("select max(version) - count(*) from directory_log", Vec::new())
        .await?
        .unwrap_or_default();
    if lost != 0 {
        findings.push(Finding::new("i24-log").with("count", lost));
    }
    Ok(())
}

async fn sqlite(scan: &Scan, findings: &mut Vec<Finding>) -> Result<(), StoreError> {
    for said in scan.words("pragma integrity_check").await? {
        if said != "ok" {
            findings.push(Finding::new("i25-integrity").with("said", said));
        }
    }
    let broken = scan.words("pragma foreign_key_check").await?;
    if !broken.is_empty() {
        findings.push(Finding::new("i25-foreign-key").with("count", broken.len()));
    }
    let mode = scan.words("pragma journal_mode").await?.join("");
    if mode != "wal" {
        findings.push(Finding::new("i25-journal").with("mode", mode));
    }
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
        let finding = Finding::new("i1-positions")
            .with("count", count)
            .with("highest", highest);
        findings.push(finding.with("given", given.unwrap_or_default()));
    }
    Ok(())
}
