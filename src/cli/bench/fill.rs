//! Fills a database with submitted complaints, the way an import of history does: through the writer, decided by the
//! core, many tickets to a batch. Whoever audits it finds nothing.

use std::io::Write as _;

use anyhow::bail;
use futures_util::future::join_all;
use serde_json::{Map, Value as Json, json};

use crate::cli::demo::organisation;
use crate::cli::local::{bar, open};
use crate::desk::directory::EDITS_MAX;
use crate::desk::import::edits;
use crate::desk::import::history::Imported;
use crate::desk::import::past::{Past, PastCommand};
use crate::desk::tokens::TokenWish;
use crate::desk::{Desk, Principal, Scope};
use crate::workflow::moment::{MINUTE, SECOND};
use crate::workflow::read;
use crate::workflow::shipped;

/// Who opens them all.
pub const AGENT: &str = "li";
/// Tickets handed to the desk at a time, and how many such parts wait for each other.
const TICKETS_AT_A_TIME: usize = 512;
const PARTS: usize = 4;

/// The number of a ticket that is there from the beginning.
pub fn number(place: usize) -> String {
    format!("BENCH-{place}")
}

/// The demonstration's organisation, the shipped workflows and so many submitted complaints; the agent's token.
pub async fn fill(url: &str, count: usize) -> anyhow::Result<String> {
    let desk = open(url).await?;
    let machine = Principal::machine();
    let mut all = edits::whole(&organisation::directory(desk.clock().now())).into_iter();
    loop {
        let part: Vec<_> = all.by_ref().take(EDITS_MAX).collect();
        if part.is_empty() {
            break;
        }
        desk.edit(&machine, part).await?;
    }
    if let Some(stage) = read::read_organisation(shipped::ORGANISATION.as_bytes()).organisation {
        desk.set_stage(stage.stand_in());
    }
    let sources: Vec<&str> = shipped::WORKFLOWS.iter().map(|(_, source)| *source).collect();
    desk.publish_together(&machine, &sources).await?;
    let bar = bar(u64::try_from(count)?);
    let mut places = 0..count;
    loop {
        let parts: Vec<Vec<Past>> = (0..PARTS)
            .map(|_| {
                let part = places.by_ref().take(TICKETS_AT_A_TIME);
                part.map(|place| past(&desk, place)).collect()
            })
            .collect();
        if parts.iter().all(Vec::is_empty) {
            break;
        }
        let imports = parts.into_iter().map(|part| desk.import_history(&machine, part));
        for answers in join_all(imports).await {
            let answers = answers?;
            bar.inc(u64::try_from(answers.len())?);
            if let Some(other) = answers
                .iter()
                .find(|answer| !matches!(answer, Imported::Accepted { .. }))
            {
                bail!("a ticket of the bench is not accepted: {other:?}");
            }
        }
    }
    bar.finish_and_clear();
    let wish = TokenWish {
        person: AGENT.into(),
        title: "bench".to_owned(),
        scopes: Scope::ALL.into_iter().collect(),
        department: None,
        expires_at: None,
    };
    Ok(desk.issue_token(None, wish).await?.0)
}

/// Fills a database that stays, for measuring something else with it.
pub async fn fill_and_keep(url: &str, count: usize) -> anyhow::Result<()> {
    fill(url, count).await?;
    let text = json!({"tickets": count});
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

/// Opened and submitted a little before now, one after the other: no clock runs out while it is measured.
fn past(desk: &Desk, place: usize) -> Past {
    let apart = i64::try_from(place % 60_000).unwrap_or_default();
    let at = desk.clock().now().plus(-2 * MINUTE - apart);
    Past {
        id: None,
        workflow: "complaint".into(),
        number: Some(number(place)),
        at,
        by: Some(AGENT.into()),
        contact: None,
        values: Map::new(),
        commands: vec![PastCommand {
            at: at.plus(30 * SECOND),
            by: Some(AGENT.into()),
            action: "submit".into(),
            task: None,
            values: contents(),
            texts: std::collections::BTreeMap::new(),
            with: Map::new(),
            on_behalf_of: None,
        }],
    }
}

/// What a caller said.
pub fn contents() -> Map<String, Json> {
    let values = json!({
        "caller": "王先生", "phone": "19900001234", "place": "和平路12号", "summary": "电费多计",
        "happened_at": "2026-03-02T08:30:00+08:00", "course": "本月电费比往月高出一倍，家中用电无变化",
        "demands": ["核查电表"], "category": "billing", "region": "north"
    });
    match values {
        Json::Object(values) => values,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => Map::new(),
    }
}
