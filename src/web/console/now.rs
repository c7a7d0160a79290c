//! What is to be known at this moment whatever page somebody looks at: urgent tickets they were told of and nobody has
//! acknowledged (R9), and the numbers beside the navigation. Every page asks for it by itself; it is never part of one,
//! so that no page is slower for it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Serialize;
use serde_json::Map;

use crate::desk::act::{Act, Seen};
use crate::desk::inbox::Entry;
use crate::desk::list::{Filter, Sort};
use crate::desk::{DeskError, Request};
use crate::web::problem::Problem;
use crate::web::state::State;

use super::answer;
use super::trouble;
use super::visitor::{Posted, Visitor};
use super::words::When;

/// Tickets that wait for somebody are counted up to here.
const WAITING_MAX: u64 = 99;

#[derive(Serialize)]
struct NowView {
    urgent: Vec<UrgentView>,
    /// The newest of them by its place among all that was told: what is newer than what was heard is heard.
    newest: i64,
    counts: Vec<Count>,
    wrong: Vec<String>,
}

#[derive(Serialize)]
struct UrgentView {
    number: String,
    subject: String,
    sentence: String,
    at: When,
}

/// A number beside an entry of the navigation.
#[derive(Serialize)]
struct Count {
    key: &'static str,
    /// `12`, `99+`; empty where there is nothing.
    words: String,
}

impl UrgentView {
    fn of(entry: Entry, visitor: &Visitor) -> Self {
        let content = entry.content.map(|content| (content.subject, content.sentence));
        let (subject, sentence) = content.unwrap_or_default();
        Self {
            number: entry.number.unwrap_or_default(),
            subject,
            sentence,
            at: When::new(entry.at, visitor.now, &visitor.zone),
        }
    }
}

fn words(count: u64, at_least: bool) -> String {
    match (count, at_least) {
        (0, _) => String::new(),
        (count, false) => count.to_string(),
        (count, true) => format!("{count}+"),
    }
}

async fn shown(
    state: &State,
    visitor: &Visitor,
    status: StatusCode,
    wrong: Vec<String>,
) -> Result<HttpResponse, Problem> {
    let language = Some(visitor.look.language);
    let desk = &state.desk;
    let urgent = desk.urgent(&visitor.principal, language).await?;
    let unread = desk.unread(&visitor.principal).await?;
    let mine = Filter {
        mine: true,
        open: Some(true),
        ..Filter::default()
    };
    let mine = desk
        .list(&visitor.principal, &mine, Sort::Updated, None, WAITING_MAX)
        .await?;
    let waiting = u64::try_from(mine.rows.len()).unwrap_or(WAITING_MAX);
    let view = NowView {
        newest: urgent.iter().map(|entry| entry.id).max().unwrap_or_default(),
        urgent: urgent.into_iter().map(|entry| UrgentView::of(entry, visitor)).collect(),
        counts: vec![
            Count {
                key: "work",
                words: words(waiting, mine.next.is_some()),
            },
            Count {
                key: "inbox",
                words: words(unread.count, unread.at_least),
            },
        ],
        wrong,
    };
    answer::part(visitor, status, "parts/now", &view)
}

/// `GET /now`
pub async fn part(state: Data<State>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    shown(&state, &visitor, StatusCode::OK, Vec::new()).await
}

/// `POST /now/acknowledge`: somebody has seen it and takes care of it; the reminders end.
pub async fn acknowledge(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let Posted { visitor, form } = sent;
    let request = Request {
        principal: visitor.principal.clone(),
        idempotency: None,
        dry_run: false,
    };
    let act = Act {
        number: form.text("number").to_owned(),
        task: None,
        action: "acknowledge".into(),
        values: Map::new(),
        texts: std::collections::BTreeMap::default(),
        with: Map::new(),
        on_behalf_of: None,
        // What is acknowledged is that it is urgent, whatever else has changed since.
        seen: Seen::Any,
    };
    let wrong = match state.desk.act(request, act).await {
        Ok(_) => Vec::new(),
        // Somebody else was quicker, or it is closed by now: what still waits is shown, and why this did not go.
        Err(error @ DeskError::Refused(_)) => trouble::faults(&Problem::from(error), &visitor.look),
        Err(error) => return Err(error.into()),
    };
    let visitor = Visitor {
        now: state.desk.clock().now(),
        ..visitor
    };
    shown(&state, &visitor, StatusCode::OK, wrong).await
}
