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
use crate::workflow::moment::{DAY, HOUR, MINUTE, Moment, SECOND};
use crate::workflow::read;
use crate::workflow::shipped;

/// Who opens them all.
pub const AGENT: &str = "li";
/// Who decides.
const SHIFT_LEAD: &str = "zhang";
/// Over what time closed ones are spread, in steps that never fall on the same moment.
const YEAR: i64 = 365 * DAY;
/// Tickets handed to the desk at a time, and how many such parts wait for each other.
const TICKETS_AT_A_TIME: usize = 512;
const PARTS: usize = 4;

/// The number of a ticket that is there from the beginning.
pub fn number(place: usize) -> String {
    format!("BENCH-{place}")
}

/// The demonstration's organisation, the shipped workflows and so many submitted complaints, the first ones of them
/// closed; the agent's token.
pub async fn fill(url: &str, count: usize, closed: usize) -> anyhow::Result<String> {
    let desk = open(url).await?;
    // As a server does when it first starts on an empty database; it would look through all tickets of a full one.
    desk.write_missed_milestones().await?;
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
                part.map(|place| past(&desk, place, place < closed)).collect()
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
pub async fn fill_and_keep(url: &str, count: usize, closed: usize) -> anyhow::Result<()> {
    fill(url, count, closed).await?;
    let text = json!({"tickets": count, "closed": closed.min(count)});
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

/// Opened and submitted a little before now, one after the other: no clock runs out while it is measured. Closed ones
/// lie behind, over a year: nothing the centre could do, explained to the caller.
fn past(desk: &Desk, place: usize, closed: bool) -> Past {
    let (first, apart) = if closed { (DAY, YEAR) } else { (2 * MINUTE, 60_000) };
    // A large odd step spreads neighbours; open ones stand a millisecond apart.
    let step = if closed { 314_159_269 } else { 1 };
    let apart = i64::try_from(place).unwrap_or_default().saturating_mul(step) % apart;
    let at = desk.clock().now().plus(-first - apart);
    let mut values = contents();
    values.insert("happened_at".to_owned(), json!(at.plus(-HOUR).timestamp().to_string()));
    let mut commands = vec![command(at.plus(30 * SECOND), AGENT, "submit", values)];
    if closed {
        commands.push(command(at.plus(60 * SECOND), SHIFT_LEAD, "out_of_scope", not_ours()));
        commands.push(command(at.plus(90 * SECOND), AGENT, "explained", told()));
    }
    Past {
        id: None,
        workflow: "complaint".into(),
        number: Some(number(place)),
        at,
        by: Some(AGENT.into()),
        contact: None,
        values: Map::new(),
        commands,
    }
}

fn command(at: Moment, by: &str, action: &str, values: Map<String, Json>) -> PastCommand {
    PastCommand {
        at,
        by: Some(by.into()),
        action: action.into(),
        task: None,
        values,
        texts: std::collections::BTreeMap::new(),
        with: Map::new(),
        on_behalf_of: None,
    }
}

/// What a caller said.
pub fn contents() -> Map<String, Json> {
    let values = json!({
        "caller": "王先生", "phone": "19900001234", "place": "和平路12号", "summary": "电费多计",
        "happened_at": "2026-03-02T08:30:00+08:00", "course": "本月电费比往月高出一倍，家中用电无变化",
        "demands": ["核查电表"], "category": "billing", "region": "north"
    });
    object(values)
}

/// Why it is not the centre's (R22).
fn not_ours() -> Map<String, Json> {
    object(json!({
        "legal_basis": "《物业管理条例》第三十五条", "explanation": "供电正常，由物业负责", "other_way": "可向区住建局反映"
    }))
}

/// How the caller took it.
fn told() -> Map<String, Json> {
    object(json!({"word_said": "已电话说明原因和反映渠道"}))
}

fn object(values: Json) -> Map<String, Json> {
    match values {
        Json::Object(values) => values,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => Map::new(),
    }
}
