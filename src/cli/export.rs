//! `ombud export`: tickets as a table, histories as an event log. Reads one snapshot, page by page.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::Outcome;
use super::language::Speaks;
use super::local::{Local, bar, must_exist, wait};
use crate::clock::Clock;
use crate::desk::audit::Known;
use crate::reports::log::{Depth, Teller, trace};
use crate::reports::tickets::Tickets;
use crate::reports::xes::Log;
use crate::store::chain;
use crate::store::scan::{Page, Scan, TicketRow};
use crate::ticket::event::Event;
use crate::ticket::model::Ticket;
use crate::workflow::id::ActionId;

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
            What::Xes { target, all } => xes(&scan, target, if *all { Depth::All } else { Depth::Actions }).await,
        }
    })?;
    Ok(Outcome::Fine)
}

async fn tickets(scan: &Scan, target: &Target) -> anyhow::Result<()> {
    let known = Known::load(scan, Clock::system().now()).await?;
    let mut table = Tickets::new(target.create()?)?;
    each_page(scan, target, |page| {
        for row in page.tickets.iter().filter(|row| target.wants(row)) {
            let ticket = read(row)?;
            let definition = known.definition(&ticket.definition);
            table.row(&ticket, definition.map(|definition| &**definition), &row.subject)?;
        }
        Ok(())
    })
    .await?;
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
    each_page(scan, target, |page| {
        let mut events: BTreeMap<uuid::Uuid, Vec<Event>> = BTreeMap::new();
        for row in &page.events {
            // Contents are left out: a log holds no texts, so they need not be read at all.
            let event = chain::unseal(&row.body, None).with_context(|| format!("an event of ticket {}", row.ticket))?;
            events.entry(row.ticket).or_default().push(event);
        }
        for row in page.tickets.iter().filter(|row| target.wants(row)) {
            log.begin_trace(&row.number, &trace(&read(row)?))?;
            for occurrence in teller.tell(events.get(&row.id).into_iter().flatten()) {
                log.event(&occurrence)?;
            }
            log.end_trace()?;
        }
        Ok(())
    })
    .await?;
    finish(log.end()?)
}

async fn each_page(
    scan: &Scan,
    target: &Target,
    mut write: impl FnMut(&Page) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let bar = bar(scan.tickets().await?);
    let mut after = None;
    loop {
        let page = scan.page(after).await?;
        if let Some(damaged) = page.damaged.first() {
            bail!(
                "a row of {} cannot be read ({}); run ombud audit",
                damaged.table,
                damaged.why
            );
        }
        write(&page).with_context(|| format!("cannot write {}", target.file.display()))?;
        bar.inc(u64::try_from(page.tickets.len()).unwrap_or_default());
        after = page.after;
        if after.is_none() {
            bar.finish_and_clear();
            return Ok(());
        }
    }
}

fn read(row: &TicketRow) -> anyhow::Result<Ticket> {
    serde_json::from_str(&row.snapshot)
        .with_context(|| format!("ticket {} cannot be read; run ombud audit", row.number))
}

fn finish(mut out: Box<dyn Write>) -> anyhow::Result<()> {
    Ok(out.flush()?)
}

impl Target {
    fn wants(&self, row: &TicketRow) -> bool {
        self.workflow.as_ref().is_none_or(|workflow| row.workflow == *workflow)
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
