//! What stands in the database that somebody must look after: calendars, workflows, the mails that wait.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::Visit;
use super::line::Line;
use crate::desk::access::ADMINISTRATOR;
use crate::desk::audit::Known;
use crate::store::scan::Scan;
use crate::workflow::calendar::Calendar;
use crate::workflow::check::{self, Others, Surroundings};
use crate::workflow::definition::Definition;
use crate::workflow::finding::Severity;
use crate::workflow::moment::{MINUTE, Moment};
use crate::workflow::read;

/// From this month on the holidays of the next year should be there.
const LOOK_AHEAD_FROM: i8 = 10;
/// The clock may be so much behind the last thing that was recorded.
const BEHIND_MAX: i64 = 5_000;
/// Mails that wait for longer wait for something.
const WAITS_MAX: i64 = 10 * MINUTE;

/// The zone of the default calendar, in which the times of settings are meant.
pub(super) async fn look(visit: &mut Visit, scan: &Scan) -> anyhow::Result<TimeZone> {
    let now = visit.clock.now();
    let last = scan.number("select max(recorded_at) from events", Vec::new()).await?;
    if let Some(last) = last.filter(|last| now.0 + BEHIND_MAX < *last) {
        let line = Line::new("clock-behind").with("now", now.rfc3339());
        visit.say(line.with("last", Moment(last).rfc3339()));
    }
    let known = Known::load(scan, now).await?;
    for line in calendars(&known, now) {
        visit.say(line);
    }
    workflows(visit, scan, &known).await?;
    let holds = |member: &crate::workflow::directory::Membership| member.role == *ADMINISTRATOR;
    if !known.directory.memberships.iter().any(holds) {
        visit.say(Line::new("administrator-none"));
    }
    outbox(visit, scan, now).await?;
    let calendar = known.directory.calendar(None);
    Ok(calendar.map_or(TimeZone::UTC, |calendar| calendar.zone.clone()))
}

fn calendars(known: &Known, now: Moment) -> Vec<Line> {
    let all = known.directory.calendars.values();
    let wrong: Vec<Line> = all.clone().filter_map(|calendar| ends(calendar, now)).collect();
    if wrong.is_empty() {
        vec![Line::new("calendars").with("count", all.count())]
    } else {
        wrong
    }
}

/// A calendar whose yearly holidays are loaded too short a way ahead.
fn ends(calendar: &Calendar, now: Moment) -> Option<Line> {
    let last = calendar.loaded_through?;
    let today = calendar.zone.to_datetime(now.timestamp());
    let line = |name| Line::new(name).with("calendar", &calendar.id).with("year", last);
    if last < today.year() {
        Some(line("calendar-ended"))
    } else if last == today.year() && today.month() >= LOOK_AHEAD_FROM {
        Some(line("calendar-ends"))
    } else {
        None
    }
}

/// Every published workflow is checked against the directory as it is today: a role or a department may be gone.
async fn workflows(visit: &mut Visit, scan: &Scan, known: &Known) -> anyhow::Result<()> {
    let hashes = scan
        .words("select hash from definitions where active order by workflow")
        .await?;
    let active: Vec<&Arc<Definition>> = hashes.iter().filter_map(|hash| known.definition(hash)).collect();
    if active.is_empty() {
        visit.say(Line::new("workflows-none"));
        return Ok(());
    }
    let others: Others = active
        .iter()
        .map(|kind| (kind.workflow.value.clone(), kind.clocks.keys().cloned().collect()))
        .collect();
    let directory = (!known.directory.people.is_empty()).then_some(&known.directory);
    let around = Surroundings {
        directory,
        now: known.now,
        others: Some(&others),
        previous: None,
        incomplete: false,
    };
    let mut unclean = BTreeSet::new();
    for kind in &active {
        let Some(mut definition) = read::read(kind.source.as_bytes()).definition else {
            continue;
        };
        let findings = check::check(&mut definition, &around);
        let errors: Vec<_> = findings
            .as_slice()
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .collect();
        if let Some(first) = errors.first() {
            let first = format!("{} {}", first.code.as_str(), first.sentence(visit.told.language));
            unclean.insert((kind.workflow.value.to_string(), errors.len(), first));
        }
    }
    if unclean.is_empty() {
        visit.say(Line::new("workflows").with("count", active.len()));
    }
    for (workflow, count, first) in unclean {
        let line = Line::new("workflow-unclean").with("workflow", workflow);
        visit.say(line.with("count", count).with("first", first));
    }
    Ok(())
}

async fn outbox(visit: &mut Visit, scan: &Scan, now: Moment) -> anyhow::Result<()> {
    // A database that this program has not brought up yet lacks what is asked for here.
    let (missing, _) = scan.migrations().await?;
    if !missing.is_empty() {
        return Ok(());
    }
    let sql = "select count(*) from outbox where state = 'dead' and digest is null";
    let dead = scan.number(sql, Vec::new()).await?;
    if let Some(count) = dead.filter(|count| *count > 0) {
        visit.say(Line::new("mail-dead").with("count", count));
    }
    // What waits on purpose, for a digest or for quiet hours to end, is not late.
    let sql = "select min(case when held_until is null then created_at when held_until <= ? then held_until end) \
               from outbox where state = 'pending' and digest is null";
    let oldest = scan.number(sql, vec![now.0.into()]).await?;
    if let Some(oldest) = oldest.filter(|oldest| now.0 - oldest > WAITS_MAX) {
        let minutes = (now.0 - oldest) / MINUTE;
        visit.say(Line::new("mail-waits").with("minutes", minutes));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_that_ends_is_told_from_october_on() {
        let at = |text: &str| Moment::from_timestamp(text.parse().unwrap());
        let name = |through, now| {
            let calendar = Calendar {
                id: "default".into(),
                zone: jiff::tz::TimeZone::UTC,
                day: 0,
                weekly: std::array::from_fn(|_| Vec::new()),
                closed: BTreeSet::new(),
                opened: std::collections::BTreeMap::new(),
                loaded_through: through,
                version: 1,
            };
            ends(&calendar, at(now)).map(|line| line.name())
        };
        assert_eq!(name(Some(2026), "2026-09-30T08:00:00Z"), None);
        assert_eq!(name(Some(2026), "2026-10-01T08:00:00Z"), Some("calendar-ends"));
        assert_eq!(name(Some(2027), "2026-10-01T08:00:00Z"), None);
        assert_eq!(name(Some(2025), "2026-01-02T08:00:00Z"), Some("calendar-ended"));
        assert_eq!(name(None, "2026-12-31T08:00:00Z"), None);
    }
}
