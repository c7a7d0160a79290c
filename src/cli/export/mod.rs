//! `ombud export`: tickets as a table, histories as an event log. Reads one snapshot, page by page.

mod ocel;
mod pages;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::Outcome;
use super::language::Speaks;
use super::local::{Local, must_exist, wait};
use crate::clock::Clock;
use crate::desk::audit::Known;
use crate::reports::log::{Depth, Teller, trace};
use crate::reports::tickets::Tickets;
use crate::reports::xes::Log;
use crate::store::chain;
use crate::store::scan::{Page, Scan, TicketRow, Wanted};
use crate::ticket::event::Event;
use crate::ticket::model::Ticket;
use crate::workflow::id::ActionId;

use pages::Pages;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to write
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    local: Local,
    #[command(flatten)]
    speaks: Speaks,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Tickets as a CSV table, harmless to spreadsheets
    Tickets(Target),
    /// Histories as an event log (XES), a trace for each ticket
    Xes {
        #[command(flatten)]
        target: Target,
        /// Also what the engine did by itself: states, tasks, clocks, messages
        #[arg(long)]
        all: bool,
    },
    /// Histories as an object-centric event log (OCEL 2.0, JSON): tickets, tasks, contacts, people, departments
    Ocel {
        #[command(flatten)]
        target: Target,
        /// Also what the engine did by itself: states, tasks, clocks, messages
        #[arg(long)]
        all: bool,
        /// Ids of people as they are, instead of numbers made for this log
        #[arg(long)]
        people: bool,
    },
}

#[derive(Debug, clap::Args)]
struct Target {
    /// The file to write; - is the standard output
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only tickets of this kind
    #[arg(long, value_name = "ID")]
    workflow: Option<String>,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let language = args.speaks.language();
    let url = args.local.url(language)?;
    must_exist(&url)?;
    wait(async {
        let scan = Scan::open(&url).await?;
        match &args.what {
            What::Tickets(target) => tickets(&scan, target).await,
            What::Xes { target, all } => xes(&scan, target, depth(*all)).await,
            What::Ocel { target, all, people } => ocel::export(&scan, target, depth(*all), *people).await,
        }
    })?;
    Ok(Outcome::Fine)
}

fn depth(all: bool) -> Depth {
    if all { Depth::All } else { Depth::Actions }
}

async fn tickets(scan: &Scan, target: &Target) -> anyhow::Result<()> {
    let known = Known::load(scan, Clock::system().now()).await?;
    let mut table = Tickets::new(target.create()?)?;
    let mut pages = Pages::of(scan, Wanted::Tickets).await?;
    while let Some(page) = pages.next().await? {
        for row in page.tickets.iter().filter(|row| target.wants(row)) {
            let ticket = read(row)?;
            let definition = known.definition(&ticket.definition);
            let written = table.row(&ticket, definition.map(|definition| &**definition), &row.subject);
            written.with_context(|| target.cannot())?;
        }
    }
    finish(table.end()?)
}

async fn xes(scan: &Scan, target: &Target, depth: Depth) -> anyhow::Result<()> {
    let known = Known::load(scan, Clock::system().now()).await?;
    let title = |definition: &str, action: &ActionId| {
        let definition = known.definition(definition)?;
        let of_state = definition.states.values().find_map(|state| state.actions.get(action));
        let found = of_state
            .or_else(|| definition.anytime.get(action))
            .or_else(|| definition.after_close.get(action));
        found.map(|action| action.title.clone())
    };
    let teller = Teller { depth, title: &title };
    let mut log = Log::new(target.create()?, "ombud")?;
    let mut pages = Pages::of(scan, Wanted::Histories).await?;
    while let Some(page) = pages.next().await? {
        for (row, events) in histories(&page, target)? {
            let mut write = || {
                log.begin_trace(&row.number, &trace(&read(row)?))?;
                for occurrence in teller.tell(&events) {
                    log.event(&occurrence)?;
                }
                Ok::<_, anyhow::Error>(log.end_trace()?)
            };
            write().with_context(|| target.cannot())?;
        }
    }
    finish(log.end()?)
}

/// The tickets of a page that are wanted, each with its events. Contents are left out: a log holds no texts.
fn histories<'a>(page: &'a Page, target: &Target) -> anyhow::Result<Vec<(&'a TicketRow, Vec<Event>)>> {
    let mut events = page.events.iter().peekable();
    let mut found = Vec::with_capacity(page.tickets.len());
    for row in &page.tickets {
        // Both stand in the order of the ticket's id.
        let mut own = Vec::new();
        while let Some(event) = events.next_if(|event| event.ticket <= row.id) {
            if event.ticket == row.id && target.wants(row) {
                let read = chain::unseal(&event.body, None);
                own.push(read.with_context(|| format!("an event of ticket {}; run ombud audit", row.number))?);
            }
        }
        if target.wants(row) {
            found.push((row, own));
        }
    }
    Ok(found)
}

fn read(row: &TicketRow) -> anyhow::Result<Ticket> {
    serde_json::from_str(&row.snapshot)
        .with_context(|| format!("ticket {} cannot be read; run ombud audit", row.number))
}

fn finish(mut out: impl Write) -> anyhow::Result<()> {
    Ok(out.flush()?)
}

impl Target {
    fn wants(&self, row: &TicketRow) -> bool {
        self.workflow.as_ref().is_none_or(|workflow| row.workflow == *workflow)
    }

    fn cannot(&self) -> String {
        format!("cannot write {}", self.file.display())
    }

    fn create(&self) -> anyhow::Result<Box<dyn Write>> {
        if self.file == Path::new("-") {
            return Ok(Box::new(BufWriter::new(std::io::stdout())));
        }
        let mut options = File::options();
        options.write(true);
        let options = if self.force {
            options.create(true).truncate(true)
        } else {
            options.create_new(true)
        };
        let file = options.open(&self.file).with_context(|| {
            format!(
                "cannot create {} (to replace a file that is there use --force)",
                self.file.display()
            )
        })?;
        Ok(Box::new(BufWriter::new(file)))
    }
}
