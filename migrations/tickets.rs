//! Tickets, their events, and all that is written in the same transaction as an event.
//!
//! `tickets` is a projection: every column follows from the events. What is personal lies in `event_content`, in
//! `tickets.subject`/`snapshot`/`caller` and in `contacts`; erasing a person touches those and nothing else.

use sea_orm_migration::prelude::*;

use super::{
    bytes, bytes_or_null, counted, id, id_or_null, index, key, number, number_or_null, table, text, text_or_null,
    yes_no,
};

#[derive(DeriveMigrationName)]
pub struct Tickets;

#[async_trait::async_trait]
impl MigrationTrait for Tickets {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for create in tables() {
            manager.create_table(create).await?;
        }
        for create in indexes() {
            manager.create_index(create).await?;
        }
        Ok(())
    }
}

fn tables() -> Vec<TableCreateStatement> {
    vec![
        table("tickets")
            .col(id("id").primary_key())
            .col(text("number"))
            .col(text("workflow"))
            .col(text("definition"))
            .col(text("state"))
            .col(text_or_null("outcome"))
            .col(text_or_null("creator"))
            .col(text_or_null("assignee"))
            // A keyed hash of the caller's number: finds the same caller, tells nobody the number.
            .col(text_or_null("caller"))
            .col(number("opened_at"))
            .col(number_or_null("closed_at"))
            .col(number("entered_at"))
            .col(number("updated_at"))
            .col(number("revision"))
            .col(number("seq"))
            .col(bytes("head"))
            .col(number_or_null("due_at"))
            .col(number_or_null("late_since"))
            .col(yes_no("urgent"))
            .col(text("subject"))
            .col(text("snapshot"))
            .to_owned(),
        table("events")
            .col(counted("position"))
            .col(id("ticket"))
            .col(number("seq"))
            .col(number("at"))
            .col(number("recorded_at"))
            .col(text_or_null("actor"))
            .col(text("type"))
            // Exactly the bytes that were hashed: free text is replaced by commitments.
            .col(text("body"))
            .col(bytes("hash"))
            .to_owned(),
        table("event_content")
            .col(id("ticket"))
            .col(number("seq"))
            .col(text("content"))
            .primary_key(&mut key(&["ticket", "seq"]))
            .to_owned(),
        table("ticket_departments")
            .col(id("ticket"))
            .col(text("department"))
            .col(number("since"))
            .col(number_or_null("until"))
            // The ticket's own, while the department is involved: its lists are read in order, page by page.
            .col(yes_no("open"))
            .col(number("updated_at"))
            .primary_key(&mut key(&["ticket", "department"]))
            .to_owned(),
        // Who has it now: the `else` chain of the owner of the state (task 0) and of each open task, as
        // `role:head@finance|role:manager`. Who that is at this moment is worked out when somebody asks.
        table("owners")
            .col(id("ticket"))
            .col(number("task"))
            .col(text("chain"))
            // The ticket's own.
            .col(number("updated_at"))
            .primary_key(&mut key(&["ticket", "task"]))
            .to_owned(),
        table("rungs")
            .col(id("ticket"))
            .col(text("clock"))
            .col(number("task"))
            .col(number("cycle"))
            .col(number("step"))
            .col(number("repetition"))
            .col(number("due_at"))
            .col(number("fired_at"))
            .primary_key(&mut key(&["ticket", "clock", "task", "cycle", "step", "repetition"]))
            .to_owned(),
        outbox(),
        table("idempotency")
            .col(text("scope"))
            .col(text("key"))
            .col(bytes("request"))
            .col(number("status"))
            .col(text("answer"))
            .col(id_or_null("ticket"))
            .col(number("created_at"))
            .primary_key(&mut key(&["scope", "key"]))
            .to_owned(),
        table("numbers")
            .col(text("prefix"))
            .col(text("date"))
            .col(number("counter"))
            .primary_key(&mut key(&["prefix", "date"]))
            .to_owned(),
        table("contacts")
            .col(text("id").primary_key())
            .col(text("channel"))
            .col(text_or_null("caller"))
            .col(text_or_null("caller_number"))
            .col(number_or_null("started_at"))
            .col(number_or_null("ended_at"))
            .col(text_or_null("recording"))
            .col(id_or_null("ticket"))
            .col(text_or_null("agent"))
            .col(number("reported_at"))
            .col(number("updated_at"))
            .to_owned(),
    ]
}

/// One row for each person and channel that is to hear of something; filled in the transaction of the event.
fn outbox() -> TableCreateStatement {
    table("outbox")
        .col(counted("id"))
        // `ticket:seq:person:channel`; the same message never gets in twice, and the receiver can drop repeats by it.
        .col(text("key"))
        // `mail` or `app`.
        .col(text("channel"))
        .col(text_or_null("person"))
        .col(text_or_null("address"))
        .col(id_or_null("ticket"))
        .col(number("seq"))
        .col(text_or_null("message"))
        // `ticket:clock:task:cycle:person`: after an outage only the last of these is sent (L8).
        .col(text_or_null("clock_key"))
        .col(text("payload"))
        .col(number("created_at"))
        // Next attempt.
        .col(number("due_at"))
        .col(number("attempts"))
        // `pending`, `sent`, `dead`, `superseded`, `skipped` (mail is not configured).
        .col(text("state"))
        .col(text_or_null("last_error"))
        .col(number_or_null("sent_at"))
        .col(number_or_null("read_at"))
        .col(number("stands_for"))
        // Who is sending it, and until when nobody else may try.
        .col(text_or_null("lease"))
        .col(number_or_null("leased_until"))
        // How the person was found at sending (L8), as JSON.
        .col(text_or_null("way"))
        // The mail as it was first sent, so that a repeat has the same bytes; emptied once it is out.
        .col(bytes_or_null("mail"))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let set = |column: &'static str| Expr::col(column).is_not_null();
    let open = || Expr::col("closed_at").is_null();
    let closed = || Expr::col("closed_at").is_not_null();
    // Lists are read along these, the part of the open tickets and that of the closed ones apart: a page costs what is
    // on it, however many tickets were closed before.
    let by_update = |name, first: Option<&'static str>| {
        let columns: Vec<&'static str> = first.into_iter().chain(["updated_at", "id"]).collect();
        [
            index("tickets", &columns, false)
                .name(format!("tickets_open_{name}"))
                .and_where(open())
                .to_owned(),
            index("tickets", &columns, false)
                .name(format!("tickets_closed_{name}"))
                .and_where(closed())
                .to_owned(),
        ]
    };
    let mut indexes = vec![
        index("tickets", &["number"], true),
        index("tickets", &["due_at"], false).and_where(set("due_at")).to_owned(),
        index("tickets", &["late_since"], false)
            .and_where(set("late_since"))
            .to_owned(),
        index("tickets", &["workflow", "state"], false)
            .and_where(open())
            .to_owned(),
        index("tickets", &["caller"], false).and_where(set("caller")).to_owned(),
        index("tickets", &["creator", "caller"], false),
        index("tickets", &["definition"], false).and_where(open()).to_owned(),
        // The compare-and-set of every command: two writers never both write the next event of a ticket.
        index("events", &["ticket", "seq"], true),
        index(
            "ticket_departments",
            &["department", "open", "updated_at", "ticket"],
            false,
        )
        .and_where(Expr::col("until").is_null())
        .to_owned(),
        index("ticket_departments", &["department", "ticket"], false)
            .and_where(set("until"))
            .to_owned(),
        index("owners", &["chain", "updated_at", "ticket"], false),
        index("outbox", &["key"], true),
        index("outbox", &["channel", "due_at"], false)
            .and_where(Expr::col("state").eq("pending"))
            .to_owned(),
        index("outbox", &["clock_key"], false)
            .and_where(Expr::col("state").eq("pending"))
            .to_owned(),
        index("outbox", &["person", "channel", "id"], false),
        index("idempotency", &["created_at"], false),
        index("contacts", &["ticket"], false),
        index("contacts", &["caller"], false)
            .and_where(set("caller"))
            .to_owned(),
    ];
    indexes.extend(by_update("all", None));
    indexes.extend(by_update("creator", Some("creator")));
    indexes.extend(by_update("assignee", Some("assignee")));
    indexes
}
