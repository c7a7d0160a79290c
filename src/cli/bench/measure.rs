//! The loads of a round, one after the other on one server.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use serde_json::{Value as Json, json};

use super::figures::Figures;
use super::fill::{contents, number};
use super::http::{Connection, Request};
use super::load::{self, Loaded, Manner, Prepared, Target};

/// Requests prepared for one load at most.
const REQUESTS_MAX: usize = 60_000;
/// How deep the deep list is.
const PAGES_DEEP: usize = 20;
/// Share of what a closed load reached that an open one asks for: a busy day, not a flood.
const OPEN_SHARE: f64 = 0.5;
const LIST: &str = "/api/v1/tickets?open=true&limit=50";

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Plan {
    pub connections: Vec<usize>,
    /// Connections of the open loads.
    pub open_connections: usize,
    pub at_most: Duration,
}

/// Which server it is.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// Ombud, with so many tickets to read.
    Ours(usize),
    /// The bare server beside it: no pages but the first, the same rates.
    Bare(&'a [Figures]),
}

/// All loads: closed with each number of connections, then open.
pub async fn measure(plan: &Plan, target: &Target, whose: Whose<'_>) -> anyhow::Result<Vec<Figures>> {
    let mut all = Vec::new();
    for connections in &plan.connections {
        let closed = |operation, keep| Manner {
            operation,
            connections: *connections,
            rate: None,
            at_most: plan.at_most,
            keep,
        };
        let created = load::run(target, closed("create", true), creates()).await?;
        let numbers = numbers(&created);
        all.push(created.figures);
        all.push(
            load::run(target, closed("action", false), submits(&numbers))
                .await?
                .figures,
        );
        let reads = reads(&numbers, whose);
        all.push(load::run(target, closed("read", false), reads).await?.figures);
        for (operation, page) in lists(target, whose).await? {
            let pages = vec![Prepared::get(page); REQUESTS_MAX];
            all.push(load::run(target, closed(operation, false), pages).await?.figures);
        }
    }
    for operation in ["create", "list"] {
        let Some(rate) = rate(operation, &all, whose) else {
            continue;
        };
        let manner = Manner {
            operation,
            connections: plan.open_connections,
            rate: Some(rate),
            at_most: plan.at_most,
            keep: false,
        };
        let requests = match operation {
            "create" => creates(),
            _ => vec![Prepared::get(LIST.to_owned()); REQUESTS_MAX],
        };
        all.push(load::run(target, manner, requests).await?.figures);
    }
    Ok(all)
}

/// The rate of an open load: a share of what the closed one reached where it reached most; the same for both servers.
fn rate(operation: &str, own: &[Figures], whose: Whose<'_>) -> Option<f64> {
    match whose {
        Whose::Bare(ours) => ours
            .iter()
            .find(|figures| figures.operation == operation && figures.rate.is_some())
            .and_then(|figures| figures.rate),
        Whose::Ours(_) => own
            .iter()
            .filter(|figures| figures.operation == operation)
            .map(|figures| (figures.per_second() * OPEN_SHARE).round())
            .max_by(f64::total_cmp),
    }
}

fn creates() -> Vec<Prepared> {
    let body: Arc<str> = Arc::from(json!({"workflow": "complaint", "values": {}}).to_string());
    (0..REQUESTS_MAX)
        .map(|_| post("/api/v1/tickets".to_owned(), &body, None))
        .collect()
}

fn submits(numbers: &[(String, Option<String>)]) -> Vec<Prepared> {
    let body: Arc<str> = Arc::from(json!({"values": contents()}).to_string());
    numbers
        .iter()
        .map(|(number, etag)| post(format!("/api/v1/tickets/{number}/actions/submit"), &body, etag.clone()))
        .collect()
}

/// Every other read is of a ticket that nobody touched since the start, where there are some.
fn reads(numbers: &[(String, Option<String>)], whose: Whose<'_>) -> Vec<Prepared> {
    let there = match whose {
        Whose::Ours(there) => there,
        Whose::Bare(_) => 0,
    };
    let read = |place: usize| {
        let old = there > 0 && place.is_multiple_of(2);
        let known = || {
            let new = numbers.get(place % numbers.len().max(1));
            new.map_or_else(|| number(0), |(number, _)| number.clone())
        };
        let number = if old { number(place * 7919 % there) } else { known() };
        Prepared::get(format!("/api/v1/tickets/{number}"))
    };
    (0..REQUESTS_MAX).map(read).collect()
}

/// Lists by name: the first page of open tickets, what waits for me, and a page far behind.
async fn lists(target: &Target, whose: Whose<'_>) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut lists = vec![("list", LIST.to_owned())];
    if let Whose::Ours(_) = whose {
        lists.push(("my list", "/api/v1/tickets?mine=true&limit=50".to_owned()));
        let mut connection = Connection::new(target.address, &target.token);
        let mut page = LIST.to_owned();
        for _ in 0..PAGES_DEEP {
            let request = Request {
                method: "GET",
                path: &page,
                ..Request::default()
            };
            let answer: Json = serde_json::from_slice(&connection.send(request).await?.body)?;
            let Some(next) = answer.get("next").and_then(Json::as_str) else {
                break;
            };
            page = format!("{LIST}&cursor={next}");
        }
        lists.push(("deep list", page));
    }
    Ok(lists)
}

fn post(path: String, body: &Arc<str>, revision: Option<String>) -> Prepared {
    Prepared {
        method: "POST",
        path,
        body: Some(Arc::clone(body)),
        key: Some(uuid::Uuid::now_v7().simple().to_string()),
        revision,
    }
}

/// Numbers of the tickets that were created, with their revisions.
fn numbers(created: &Loaded) -> Vec<(String, Option<String>)> {
    let number = |body: &[u8]| -> anyhow::Result<String> {
        let json: Json = serde_json::from_slice(body)?;
        let number = json.get("ticket").and_then(|ticket| ticket.get("number"));
        Ok(number.and_then(Json::as_str).context("ticket.number")?.to_owned())
    };
    let answers = created.answers.iter().flatten();
    answers
        .filter_map(|(etag, body)| Some((number(body).ok()?, etag.clone())))
        .collect()
}
