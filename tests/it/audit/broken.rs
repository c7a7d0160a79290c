//! Somebody writes into the database with a tool of their own.

use ombud::desk::audit::Code;
use sea_orm::Database;

use crate::support::database::is_postgres;

use super::{Original, codes, findings, lived, run};

/// The finding, and what breaks it.
pub const CORRUPTIONS: &[(Code, &str)] = &[
    (Code::Gap, "delete from events where seq = 3"),
    (
        Code::NoEvents,
        "delete from events where ticket = (select ticket from events limit 1)",
    ),
    (
        Code::EventOrphan,
        "pragma foreign_keys = off; delete from tickets where seq = (select min(seq) from tickets)",
    ),
    (
        Code::Positions,
        "delete from events where position = (select max(position) from events)",
    ),
    (
        Code::Position,
        "update events set position = position + 100000 where seq = 2",
    ),
    (
        Code::Hash,
        "update events set body = replace(body, 'submit', 'sbumit') where body like '%submit%'",
    ),
    (Code::Hash, "update events set hash = x'00' where seq = 2"),
    (
        Code::Head,
        "update tickets set head = x'0000000000000000000000000000000000000000000000000000000000000000'",
    ),
    (Code::EventColumn, "update events set at = at + 1 where seq = 2"),
    (Code::EventColumn, "update events set type = 'noted' where seq = 2"),
    (Code::EventColumn, "update events set actor = 'somebody' where seq = 1"),
    (
        Code::Content,
        "update event_content set content = replace(content, '和平路', '解放路')",
    ),
    (Code::ContentMissing, "delete from event_content"),
    (Code::Unreadable, "update events set body = 'x' where seq = 1"),
    (
        Code::ContentOrphan,
        "insert into event_content (ticket, seq, content) select ticket, 9999, content from event_content limit 1",
    ),
    (
        Code::Snapshot,
        "update tickets set snapshot = replace(snapshot, '和平路', '解放路')",
    ),
    (Code::SnapshotUnreadable, "update tickets set snapshot = '{}'"),
    (Code::TicketColumn, "update tickets set state = 'draft'"),
    (
        Code::TicketColumn,
        "update tickets set due_at = due_at + 1 where due_at is not null",
    ),
    (
        Code::TicketColumn,
        "update tickets set late_since = null where late_since is not null",
    ),
    (Code::TicketColumn, "update tickets set subject = 'x'"),
    (Code::TicketColumn, "update ticket_departments set until = 1"),
    (Code::TicketColumn, "delete from owners"),
    (Code::TicketColumn, "update owners set updated_at = updated_at + 1"),
    (
        Code::TicketColumn,
        "update ticket_departments set open = not open where until is null",
    ),
    (
        Code::TicketColumn,
        "update ticket_departments set updated_at = 0 where until is null",
    ),
    (
        Code::Milestone,
        "update milestones set in_time = not in_time where in_time is not null",
    ),
    (
        Code::Milestone,
        "update milestones set kind = 'late' where kind = 'received'",
    ),
    (
        Code::Milestone,
        "update milestones set counts_as = 'satisfied' where kind = 'closed'",
    ),
    (
        Code::Milestone,
        "update milestones set at = at - 86400000 where seq = 1",
    ),
    (
        Code::Milestone,
        "update milestones set department = 'north' where kind = 'assigned'",
    ),
    (Code::Milestone, "delete from milestones where kind = 'shared'"),
    (
        Code::Milestone,
        "insert into milestones select ticket, seq + 100000, department, at, kind, workflow, in_time, outcome, counts_as, \
         solved from milestones where kind = 'received'",
    ),
    (
        Code::TicketOrphan,
        "update milestones set ticket = x'00000000000000000000000000000001' where rowid = (select min(rowid) from milestones)",
    ),
    (
        Code::TicketOrphan,
        "update owners set ticket = x'00000000000000000000000000000001' where task = 0 and ticket = (select ticket from owners limit 1)",
    ),
    (Code::Count, "update tickets set seq = seq + 1"),
    (Code::NoDefinition, "update definitions set hash = 'x'"),
    (Code::RungRow, "delete from rungs"),
    (Code::RungRow, "update rungs set cycle = cycle + 1"),
    (
        Code::RungOrphan,
        "update rungs set ticket = x'00000000000000000000000000000001' where rowid = (select min(rowid) from rungs)",
    ),
    (
        Code::MessageMissing,
        "delete from outbox where id = (select min(id) from outbox)",
    ),
    (
        Code::MessageUncalled,
        "update outbox set key = key || 'x' where id = (select min(id) from outbox)",
    ),
    (
        Code::MessageState,
        "update outbox set state = 'dead', last_error = null where channel = 'mail'",
    ),
    (
        Code::MessageStuck,
        "update outbox set created_at = 0, attempts = 3 where channel = 'mail' and state = 'pending'",
    ),
    (
        Code::MessageOrphan,
        "update outbox set ticket = x'00000000000000000000000000000001'",
    ),
    (
        Code::Answer,
        "update idempotency set answer = replace(answer, '\"last\":', '\"last\":99')",
    ),
    (
        Code::Answer,
        "insert into idempotency select scope, \"key\" || '2', request, status, answer, ticket, created_at from idempotency",
    ),
    (
        Code::AnswerOrphan,
        "insert into idempotency (scope, \"key\", request, status, answer, ticket, created_at) values ('li', 'k', x'00', 201, '', x'00000000000000000000000000000001', 0)",
    ),
    (
        Code::ChangeUnlogged,
        "update directory set body = replace(body, 'example.org', 'example.com') where kind = 'person'",
    ),
    (Code::ChangeLost, "delete from directory_log where version = 2"),
    (
        Code::TokenOrphan,
        "insert into tokens (id, hash, person, title, scopes, created_at, expires_at) values ('a', x'00', 'nobody', 't', '', 0, 0)",
    ),
    (Code::Damaged, "update events set at = 'soon' where seq = 2"),
    (
        Code::MailKept,
        "update outbox set mail = x'00', state = 'sent', sent_at = 1 where channel = 'mail'",
    ),
    (
        Code::Personal,
        "update outbox set state = 'dead', last_error = 'no such user: 13800001111' where channel = 'mail'",
    ),
    (Code::Journal, "pragma journal_mode = delete"),
    (
        Code::Synchronous,
        "update settings set value = '1' where name = 'sqlite.synchronous'",
    ),
    (
        Code::Synchronous,
        "delete from settings where name = 'sqlite.synchronous'",
    ),
    (
        Code::SecureDelete,
        "update settings set value = '0' where name = 'sqlite.secure_delete'",
    ),
    (Code::Schema, "drop index events_by_ticket_seq"),
    (Code::Schema, "create table notes (text text)"),
    (Code::Schema, "delete from seaql_migrations"),
    (
        Code::ForeignKey,
        "pragma foreign_keys = off; create table stray (ticket blob references tickets (id)); insert into stray values (x'01')",
    ),
    (
        Code::Integrity,
        "pragma writable_schema = on; delete from sqlite_schema where name = 'events_by_ticket_seq'",
    ),
];

#[tokio::test]
async fn every_corruption_is_found_and_named() {
    if is_postgres() {
        return; // It takes the file apart.
    }
    let (test, now) = lived().await;
    let url = test.url.clone();
    drop(test.desk);
    let original = Original::of(&url).await;
    let mut missed = Vec::new();
    for (code, sql) in CORRUPTIONS {
        let (url, _folder) = original.copy();
        let db = Database::connect(&url).await.unwrap();
        let changed = run(&db, sql).await;
        let of_rows = ["update", "delete", "insert"].iter().any(|word| sql.starts_with(word));
        assert!(changed > 0 || !of_rows, "nothing was changed by: {sql}");
        db.close().await.unwrap();
        let found = codes(&findings(&url, now).await);
        if !found.contains(code) {
            missed.push((*code, *sql, found));
        }
    }
    assert!(missed.is_empty(), "not found: {missed:#?}");
}
