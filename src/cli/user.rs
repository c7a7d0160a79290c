//! `ombud user`: tokens and passwords from the machine itself, for whoever has none yet.

use std::collections::BTreeSet;
use std::io::Write;

use anyhow::{Context, bail};
use clap::Subcommand;

use super::Outcome;
use super::language::Speaks;
use super::serve::Settings;
use crate::clock::Clock;
use crate::desk::tokens::TokenWish;
use crate::desk::{Desk, DeskError, Principal, Scope};
use crate::store::Database;
use crate::texts::{Arg, Language, say};
use crate::web::console;
use crate::web::problem::Problem;
use crate::workflow::id::{DepartmentId, PersonId};
use crate::workflow::moment::DAY;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make an API token for a person and print its secret, this once
    Token(TokenArgs),
    /// Make a one-time link with which a person sets a new password, and print it, this once
    Reset(ResetArgs),
}

#[derive(Debug, clap::Args)]
struct ResetArgs {
    /// Whose: the id of a person in the directory
    person: String,
    /// Take away the second factor too: telephone and written-down codes are lost
    #[arg(long)]
    second_factor: bool,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    speaks: Speaks,
}

#[derive(Debug, clap::Args)]
struct TokenArgs {
    /// Whose: the id of a person in the directory
    person: String,
    /// What it may be used for, separated by commas [default: everything]
    #[arg(long, value_delimiter = ',', value_name = "SCOPE")]
    scopes: Vec<String>,
    /// What it is for
    #[arg(long, default_value = "command line")]
    title: String,
    /// Narrow it to one department's tickets
    #[arg(long)]
    department: Option<String>,
    /// Days until it expires [default: tokens.days]
    #[arg(long)]
    days: Option<u32>,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    speaks: Speaks,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    match &args.command {
        Command::Token(args) => actix_web::rt::System::new().block_on(token(args)),
        Command::Reset(args) => actix_web::rt::System::new().block_on(reset(args)),
    }
}

async fn token(args: &TokenArgs) -> anyhow::Result<Outcome> {
    let language = args.speaks.language();
    let config = args.settings.load(language)?;
    let days = args.days.unwrap_or(config.tokens.days);
    if days == 0 || days > config.tokens.days_max {
        let max = config.tokens.days_max.to_string();
        bail!("--days: {}", say(language, "user-days", &[("max", Arg::from(&max))]));
    }
    let desk = Desk::start(Database::open(&config.database.url).await?, Clock::system())
        .await
        .context("cannot open the database")?;
    let wish = TokenWish {
        person: PersonId::new(args.person.as_str()),
        title: args.title.clone(),
        scopes: scopes(&args.scopes, language)?,
        department: args.department.as_deref().map(DepartmentId::from),
        expires_at: Some(desk.clock().now().plus(i64::from(days) * DAY)),
    };
    let (secret, _) = desk
        .issue_token(None, wish)
        .await
        .map_err(|error| anyhow::anyhow!(sentences(error, language)))?;
    writeln!(std::io::stdout(), "{secret}")?;
    Ok(Outcome::Fine)
}

async fn reset(args: &ResetArgs) -> anyhow::Result<Outcome> {
    let language = args.speaks.language();
    let config = args.settings.load(language)?;
    let desk = Desk::start(Database::open(&config.database.url).await?, Clock::system())
        .await
        .context("cannot open the database")?;
    let person = PersonId::new(args.person.as_str());
    let secret = desk
        .invite(&Principal::machine(), &person)
        .await
        .map_err(|error| anyhow::anyhow!(sentences(error, language)))?;
    if args.second_factor {
        desk.remove_second_factor(&Principal::machine(), &person)
            .await
            .map_err(|error| anyhow::anyhow!(sentences(error, language)))?;
    }
    let link = console::welcome_link(&config.server.public_url, &secret);
    let arguments = [("name", Arg::from(&args.person)), ("link", Arg::from(&link))];
    writeln!(std::io::stdout(), "{}", say(language, "user-reset", &arguments))?;
    Ok(Outcome::Fine)
}

/// What the desk says, as the API would say it.
pub fn sentences(error: DeskError, language: Language) -> String {
    let problem = Problem::from(error);
    let lines: Vec<String> = problem
        .faults
        .iter()
        .filter_map(|fault| fault.write(language).get("detail")?.as_str().map(str::to_owned))
        .collect();
    if lines.is_empty() {
        let title = format!("problem-title-{}", problem.code.as_str());
        return say(language, &title, &[]);
    }
    lines.join("\n")
}

fn scopes(words: &[String], language: Language) -> anyhow::Result<BTreeSet<Scope>> {
    if words.is_empty() {
        return Ok(Scope::ALL.into_iter().collect());
    }
    let known = Scope::words().join(", ");
    words
        .iter()
        .map(|word| {
            let arguments = [("value", Arg::from(word)), ("accepted", Arg::from(&known))];
            Scope::parse(word).with_context(|| format!("--scopes: {}", say(language, "fault-scope", &arguments)))
        })
        .collect()
}
