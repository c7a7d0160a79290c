//! `ombud demo`: a whole hotline to look at, made in a folder of its own. Nothing is sent, nothing is kept elsewhere.
//!
//! The first start makes departments, people, rosters, a calendar, the six shipped workflows and some hundred tickets
//! of a lifelike day that ends now, so that their clocks are running. Later starts find all that and go on.

mod chance;
mod day;
mod form;
pub mod organisation;
mod phrases;

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use indexmap::IndexMap;

use super::Outcome;
use super::language::Speaks;
use super::local::{bar, open};
use crate::config::Config;
use crate::desk::directory::EDITS_MAX;
use crate::desk::import::edits;
use crate::desk::import::history::Imported;
use crate::desk::tokens::TokenWish;
use crate::desk::{Desk, Principal, Scope};
use crate::texts::{Arg, Language, say};
use crate::workflow::directory::Directory;
use crate::workflow::read;
use crate::workflow::shipped;

use chance::Chance;
use day::Day;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the demonstration lives; it may be deleted at any time
    #[arg(long, value_name = "FOLDER", default_value = "demo")]
    folder: PathBuf,
    /// Where it listens
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Tickets of the generated days
    #[arg(long, value_name = "COUNT", default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    tickets: u32,
    /// Make everything, print it, and do not serve
    #[arg(long)]
    prepare: bool,
    #[command(flatten)]
    speaks: Speaks,
}

/// The same every time, so that pictures and texts stay true.
const SEED: u64 = 12_345;
/// Tickets handed to the desk at a time.
const TICKETS_AT_A_TIME: usize = 64;

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let language = args.speaks.language();
    std::fs::create_dir_all(&args.folder).with_context(|| format!("cannot make {}", args.folder.display()))?;
    let database = format!("sqlite:{}?mode=rwc", args.folder.join("ombud.db").display());
    let mut config = Config::load(None).map_err(|error| anyhow::anyhow!(error.in_language(language)))?;
    config.log.level = "warn".to_owned();
    config.database.url.clone_from(&database);
    // Bound before anything is said: port 0 is whichever is free, and every line names it.
    let bind = || TcpListener::bind(args.listen).with_context(|| format!("cannot listen on {}", args.listen));
    let listener = (!args.prepare).then(bind).transpose()?;
    let address = match &listener {
        Some(listener) => listener.local_addr()?,
        None => args.listen,
    };
    config.server.listen = address;
    config.server.public_url = format!("http://{address}");
    let people = super::local::wait(async {
        let desk = open(&database).await?;
        prepare(&desk, args).await?;
        let people = tokens(&desk, &args.folder).await?;
        let password = password(&desk, &args.folder).await?;
        anyhow::Ok((people, password))
    })?;
    let (people, password) = people;
    tell(args, address, &people, &password, language)?;
    let Some(listener) = listener else {
        return Ok(Outcome::Fine);
    };
    super::serve::start(config, language, stage(), Some(listener))
}

/// Makes whatever is not there yet.
async fn prepare(desk: &Desk, args: &Args) -> anyhow::Result<()> {
    let machine = Principal::machine();
    if desk.directory().people.len() < organisation::PEOPLE.len() {
        let mut all = edits::whole(&organisation::directory(desk.clock().now())).into_iter();
        loop {
            let part: Vec<_> = all.by_ref().take(EDITS_MAX).collect();
            if part.is_empty() {
                break;
            }
            desk.edit(&machine, part)
                .await
                .context("cannot make the organisation")?;
        }
    }
    publish(desk).await?;
    tickets(desk, args).await
}

/// The people of the stories in the shipped files.
fn stage() -> Option<Directory> {
    let organisation = read::read_organisation(shipped::ORGANISATION.as_bytes()).organisation;
    organisation.map(|organisation| organisation.stand_in())
}

async fn publish(desk: &Desk) -> anyhow::Result<()> {
    // The stories of the shipped files play among the people of their own stand-in.
    if let Some(stage) = stage() {
        desk.set_stage(stage);
    }
    let missing: Vec<&str> = shipped::WORKFLOWS
        .iter()
        .filter(|(id, _)| desk.active(&(*id).into()).is_none())
        .map(|(_, source)| *source)
        .collect();
    if !missing.is_empty() {
        let published = desk.publish_together(&Principal::machine(), &missing).await;
        published.context("cannot publish the shipped workflows")?;
    }
    Ok(())
}

/// The tickets of the generated days; their numbers say that they are there already.
async fn tickets(desk: &Desk, args: &Args) -> anyhow::Result<()> {
    let marker = args.folder.join("complete");
    if marker.is_file() {
        return Ok(());
    }
    let definitions: IndexMap<_, _> = desk
        .all_active()
        .into_iter()
        .map(|definition| (definition.workflow.value.clone(), definition))
        .collect();
    let directory = desk.directory();
    let mut day = Day {
        directory: &directory,
        definitions: &definitions,
        now: desk.clock().now(),
        chance: Chance::new(SEED),
    };
    let mut pasts = day.tickets(usize::try_from(args.tickets)?);
    for (place, past) in pasts.iter_mut().enumerate() {
        past.number = Some(format!("D{:05}", place + 1));
    }
    let bar = bar(u64::try_from(pasts.len())?);
    let mut pasts = pasts.into_iter();
    loop {
        let part: Vec<_> = pasts.by_ref().take(TICKETS_AT_A_TIME).collect();
        if part.is_empty() {
            break;
        }
        bar.inc(u64::try_from(part.len())?);
        for answer in desk.import_history(&Principal::machine(), part).await? {
            match answer {
                Imported::Accepted { .. } | Imported::Exists { .. } => {}
                Imported::Refused { refusal, .. } => bail!("a generated ticket is refused: {refusal:?}"),
                Imported::Invalid(problem) => bail!("a generated ticket is invalid: {problem:?}"),
            }
        }
    }
    bar.finish_and_clear();
    std::fs::write(&marker, "").with_context(|| format!("cannot write {}", marker.display()))
}

/// A token for somebody of each role: those of the last start, as long as they are valid.
async fn tokens(desk: &Desk, folder: &Path) -> anyhow::Result<Vec<(&'static str, &'static str, String)>> {
    let file = folder.join("tokens.sh");
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let mut found = Vec::new();
    for (role, person) in organisation::SHOWN {
        let known = kept
            .lines()
            .find_map(|line| line.strip_prefix(&format!("export {}=", variable(role))));
        let secret = match known {
            Some(secret) if desk.principal_of(secret).await?.is_some() => secret.to_owned(),
            Some(_) | None => {
                let wish = TokenWish {
                    person: (*person).into(),
                    title: "demo".to_owned(),
                    scopes: Scope::ALL.into_iter().collect(),
                    department: None,
                    expires_at: None,
                };
                desk.issue_token(None, wish).await?.0
            }
        };
        found.push((*role, *person, secret));
    }
    let mut text = String::from("# Tokens of the demonstration: . demo/tokens.sh\n");
    for (role, _, secret) in &found {
        let _ = writeln!(text, "export {}={secret}", variable(role));
    }
    write_private(&file, &text)?;
    Ok(found)
}

/// One password for everybody who has a token here, kept beside the tokens.
async fn password(desk: &Desk, folder: &Path) -> anyhow::Result<String> {
    let file = folder.join("password");
    if let Ok(kept) = std::fs::read_to_string(&file) {
        return Ok(kept);
    }
    let mut random = [0; 12];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!(error.to_string()))?;
    let password = format!("demo-{}", hex::encode(random));
    for (_, person) in organisation::SHOWN {
        let link = desk.invite(&Principal::machine(), &(*person).into()).await?;
        desk.accept_invitation(&link, password.clone()).await?;
    }
    write_private(&file, &password)?;
    Ok(password)
}

/// `shift_lead` is `SHIFT_LEAD`.
fn variable(role: &str) -> String {
    role.to_uppercase()
}

/// Writes a file that only its owner can read.
fn write_private(file: &Path, text: &str) -> anyhow::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut opened = options
        .open(file)
        .with_context(|| format!("cannot write {}", file.display()))?;
    Ok(opened.write_all(text.as_bytes())?)
}

fn tell(
    args: &Args,
    address: SocketAddr,
    people: &[(&str, &str, String)],
    password: &str,
    language: Language,
) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let folder = args.folder.display().to_string();
    writeln!(
        out,
        "{}",
        say(language, "demo-ready", &[("folder", Arg::from(&folder))])
    )?;
    for (role, person, secret) in people {
        let name = organisation::PEOPLE
            .iter()
            .find(|(id, ..)| id == person)
            .map_or(*person, |(_, name, _)| name);
        writeln!(out, "  {role:<14} {person:<10} {name}\t{secret}")?;
    }
    writeln!(
        out,
        "{}",
        say(
            language,
            "demo-tokens",
            &[("file", Arg::from(format!("{folder}/tokens.sh")))]
        )
    )?;
    let url = format!("http://{address}/");
    let arguments = [("url", Arg::from(&url)), ("password", Arg::from(password))];
    writeln!(out, "{}", say(language, "demo-console", &arguments))?;
    Ok(out.flush()?)
}
