//! `ombud duty gaps`: what the roster leaves open in the coming days, and who would be reached instead; for a timer
//! that tells somebody, or a look before the weekend.

use std::io::Write;

use anyhow::bail;
use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::json;

use super::Outcome;
use super::language::Speaks;
use super::local::{self, Local, wait};
use crate::desk::Principal;
use crate::desk::duty::{DAYS_MAX, DutyGap};
use crate::texts::{Arg, Language, say};
use crate::workflow::definition::Text;
use crate::workflow::directory::Directory;
use crate::workflow::id::RoleId;
use crate::workflow::moment::Moment;

/// Days for which nothing else is said.
const DAYS: u32 = 14;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// When nobody is on duty in a role that a workflow needs, and who is reached then
    Gaps(GapArgs),
}

#[derive(Debug, clap::Args)]
struct GapArgs {
    /// How many days ahead, at most 92
    #[arg(long, default_value_t = DAYS)]
    days: u32,
    /// One JSON object a line, for programs
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
    #[command(flatten)]
    speaks: Speaks,
}

/// Findings where there are gaps.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let Command::Gaps(args) = &args.command;
    wait(gaps(args))
}

async fn gaps(args: &GapArgs) -> anyhow::Result<Outcome> {
    let language = args.speaks.language();
    if !(1..=DAYS_MAX).contains(&args.days) {
        let max = Arg::Number(i64::from(DAYS_MAX));
        bail!("--days: {}", say(language, "duty-days", &[("max", max)]));
    }
    let url = args.local.url(language)?;
    local::must_exist(&url)?;
    let desk = local::open(&url).await?;
    let found = desk.duty_gaps(&Principal::machine(), args.days)?;
    let directory = desk.directory();
    let mut out = std::io::stdout().lock();
    for gap in &found {
        let line = if args.json {
            as_json(gap).to_string()
        } else {
            as_line(gap, &directory, language)
        };
        writeln!(out, "{line}")?;
    }
    if found.is_empty() {
        if !args.json {
            let days = [("days", Arg::Number(i64::from(args.days)))];
            writeln!(out, "{}", say(language, "duty-line-none", &days))?;
        }
        return Ok(Outcome::Fine);
    }
    Ok(Outcome::Findings)
}

/// As the API shows it.
fn as_json(found: &DutyGap) -> serde_json::Value {
    let gap = &found.gap;
    let ids = |ids: &[crate::workflow::id::PersonId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    json!({
        "role": gap.role.as_str(),
        "department": gap.department.as_ref().map(ToString::to_string),
        "from": gap.span.from.rfc3339(),
        "to": gap.span.to.rfc3339(),
        "why": gap.why.as_str(),
        "workflows": found.workflows.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "instead": gap.instead.as_ref().map(|instead| json!({
            "role": instead.role.as_str(),
            "persons": ids(&instead.persons),
            "away": instead.away,
        })),
    })
}

fn as_line(found: &DutyGap, directory: &Directory, language: Language) -> String {
    let gap = &found.gap;
    let zone = directory
        .calendar(None)
        .map_or(TimeZone::UTC, |calendar| calendar.zone.clone());
    let role = |id: &RoleId| {
        let title = directory.roles.get(id);
        title.map_or_else(|| id.to_string(), |title| words(title, language))
    };
    let department = gap.department.as_ref().map(|id| {
        let known = directory.departments.get(id);
        let title = known.map_or_else(|| id.to_string(), |known| words(&known.title, language));
        say(language, "duty-line-of", &[("department", Arg::from(&title))])
    });
    let instead = gap.instead.as_ref().map_or_else(
        || say(language, "duty-line-nobody", &[]),
        |instead| {
            let names: Vec<String> = instead
                .persons
                .iter()
                .map(|id| {
                    let person = directory.people.get(id);
                    person.map_or_else(|| id.to_string(), |person| person.name.clone())
                })
                .collect();
            let (role, names) = (role(&instead.role), names.join(&say(language, "list-comma", &[])));
            let arguments = [("role", Arg::from(&role)), ("names", Arg::from(&names))];
            say(language, "duty-line-instead", &arguments)
        },
    );
    let workflows: Vec<String> = found.workflows.iter().map(ToString::to_string).collect();
    let arguments = [
        ("from", on_the_wall(gap.span.from, &zone)),
        ("to", on_the_wall(gap.span.to, &zone)),
        ("role", role(&gap.role)),
        ("department", department.unwrap_or_default()),
        ("why", say(language, &format!("duty-gap-{}", gap.why.as_str()), &[])),
        ("instead", instead),
        ("workflows", workflows.join(&say(language, "list-comma", &[]))),
    ];
    let arguments: Vec<(&str, Arg)> = arguments
        .iter()
        .map(|(name, value)| (*name, Arg::from(value)))
        .collect();
    say(language, "duty-line", &arguments)
}

fn words(text: &Text, language: Language) -> String {
    match language {
        Language::Zh => text.zh.clone(),
        Language::En => text.en.clone(),
    }
}

/// On the wall of the centre.
fn on_the_wall(at: Moment, zone: &TimeZone) -> String {
    at.timestamp()
        .to_zoned(zone.clone())
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}
