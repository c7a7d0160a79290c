//! `ombud erase`: personal data of a ticket, a contact or a caller, from the machine itself.

use std::collections::HashSet;
use std::io::Write;

use anyhow::bail;

use super::Outcome;
use super::language::Speaks;
use super::local::{Local, must_exist, wait};
use super::user::sentences;
use crate::desk::Principal;
use crate::desk::erase::{Erasure, Fate, Whose};
use crate::texts::{Arg, say};

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("whose").required(true).args(["ticket", "contact", "phone"]))]
pub struct Args {
    /// The number of a ticket; its contact goes with it
    #[arg(long, value_name = "NUMBER")]
    ticket: Option<String>,
    /// The id of a contact; its ticket goes with it
    #[arg(long, value_name = "ID")]
    contact: Option<String>,
    /// A telephone number: all tickets and contacts of whoever called from it
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// Why; it stays in the record, so name nobody in it
    #[arg(long)]
    reason: String,
    /// Who erases: the id of an administrator
    #[arg(long, value_name = "PERSON")]
    by: String,
    /// Say what would be erased, erase nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    local: Local,
    #[command(flatten)]
    speaks: Speaks,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    wait(erase(args))
}

async fn erase(args: &Args) -> anyhow::Result<Outcome> {
    let language = args.speaks.language();
    must_exist(&args.local.url(language)?)?;
    let desk = args.local.desk(language).await?;
    args.local.keep_files(&desk, language).await?;
    let whose = match (&args.ticket, &args.contact, &args.phone) {
        (Some(number), _, _) => Whose::Ticket(number.clone()),
        (_, Some(id), _) => Whose::Contact(id.clone()),
        (_, _, Some(number)) => Whose::Phone(number.clone()),
        (None, None, None) => bail!("--ticket, --contact, --phone"),
    };
    let erasure = Erasure {
        whose,
        reason: args.reason.clone(),
        dry_run: args.dry_run,
    };
    let by = Principal::whole(args.by.as_str());
    let mut out = std::io::stdout().lock();
    let (mut left_open, mut told) = (false, HashSet::new());
    loop {
        let erased = desk
            .erase(&by, erasure.clone())
            .await
            .map_err(|error| anyhow::anyhow!(sentences(error, language)))?;
        for (number, fate) in &erased.tickets {
            let key = match (fate, args.dry_run) {
                (Fate::Erased, false) => "erase-erased",
                (Fate::Erased, true) => "erase-would",
                (Fate::Empty, _) => "erase-empty",
                (Fate::Open, _) => "erase-open",
            };
            left_open |= *fate == Fate::Open;
            // What stays open is found again by every round.
            if told.insert(number.clone()) {
                writeln!(out, "{}", say(language, key, &[("number", Arg::from(number))]))?;
            }
        }
        if erased.contacts > 0 {
            let count = Arg::Number(i64::try_from(erased.contacts).unwrap_or(i64::MAX));
            writeln!(out, "{}", say(language, "erase-contacts", &[("count", count)]))?;
        }
        if !erased.more || args.dry_run {
            break;
        }
    }
    Ok(if left_open { Outcome::Findings } else { Outcome::Fine })
}
