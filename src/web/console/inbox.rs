//! The inbox: what somebody was told, newest first, in the language of the page.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};

use crate::desk::inbox::{Entry, Which};
use crate::notify::letter::Kind;
use crate::texts::say;
use crate::web::problem::Problem;
use crate::web::state::State;

use super::answer::{self, see_other, word};
use super::visitor::{Posted, Visitor};
use super::words::When;

/// Which page of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    before: Option<i64>,
    all: Option<String>,
}

/// Entries of a page.
const ROWS: u64 = 50;

#[derive(Serialize)]
struct InboxView {
    entries: Vec<EntryView>,
    /// The newest one shown: up to it everything may be marked as read.
    last: Option<i64>,
    unread: u64,
    all: bool,
    next: Option<String>,
}

#[derive(Serialize)]
struct EntryView {
    number: Option<String>,
    link: String,
    icon: &'static str,
    tone: &'static str,
    kind: String,
    at: When,
    unread: bool,
    subject: Option<String>,
    sentence: Option<String>,
    state: Option<String>,
    clock: Option<String>,
    due: Option<When>,
    urgent: bool,
}

fn entry(entry: Entry, visitor: &Visitor) -> EntryView {
    let (icon, tone, key) = match entry.kind {
        Kind::Clock => ("clock-exclamation", "w", "inbox-clock"),
        Kind::Told => ("bell", "a", "inbox-told"),
        Kind::Refused => ("alert-triangle", "c", "inbox-refused"),
        Kind::Chased => ("speakerphone", "w", "inbox-chased"),
        // It stands for entries that are here each by itself.
        Kind::Digest => ("bell", "a", "inbox-told"),
        Kind::Calendar => ("calendar-time", "w", "inbox-calendar"),
    };
    let some = |text: String| (!text.is_empty()).then_some(text);
    let content = entry.content;
    let clock = content
        .as_ref()
        .map(|content| &content.clock)
        .filter(|clock| clock.named);
    let due = clock.and_then(|clock| clock.due_at);
    // A ticket that was only just begun has a subject without a word in it.
    let titled = |subject: String| {
        if subject.chars().any(char::is_alphanumeric) {
            subject
        } else {
            say(visitor.look.language, "inbox-untitled", &[])
        }
    };
    EntryView {
        icon,
        tone,
        kind: say(visitor.look.language, key, &[]),
        at: When::new(entry.at, visitor.now, &visitor.zone),
        unread: entry.read_at.is_none(),
        urgent: content.as_ref().is_some_and(|content| content.urgent),
        clock: clock.map(|clock| clock.title.clone()),
        due: due.map(|due| When::new(due, visitor.now, &visitor.zone)),
        sentence: content.as_ref().and_then(|content| some(content.sentence.clone())),
        state: content.as_ref().and_then(|content| some(content.state.clone())),
        subject: content.and_then(|content| some(content.subject)).map(titled),
        link: match &entry.number {
            Some(number) => format!("/tickets/{number}"),
            None => "/organisation/calendars".to_owned(),
        },
        number: entry.number,
    }
}

/// `GET /inbox`
pub async fn page(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    let all = asked.all.is_some();
    let which = Which {
        unread_only: !all,
        before: asked.before,
    };
    let language = Some(visitor.look.language);
    let found = state.desk.inbox(&visitor.principal, which, ROWS, language).await?;
    let unread = state.desk.unread(&visitor.principal).await?;
    let kept = if all { "&all=yes" } else { "" };
    let view = InboxView {
        last: found.entries.first().map(|first| first.id),
        unread: unread.count,
        all,
        next: found.next.map(|next| format!("/inbox?before={next}{kept}")),
        entries: found.entries.into_iter().map(|one| entry(one, &visitor)).collect(),
    };
    answer::page(&visitor, "inbox", word(&visitor.look, "nav-inbox"), "inbox", &view)
}

/// `POST /inbox/read`: everything up to the newest one that was shown.
pub async fn read(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    if let Ok(last) = sent.form.text("last").parse() {
        state.desk.mark_read_to(&sent.visitor.principal, last).await?;
    }
    Ok(see_other("/inbox"))
}
