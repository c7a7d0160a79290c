//! Histories as an object-centric log: one round through the snapshot, events and objects of each ticket together.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::Context;
use uuid::Uuid;

use super::pages::Pages;
use super::{Target, histories};
use crate::clock::Clock;
use crate::desk::audit::Known;
use crate::reports::log::Depth;
use crate::reports::objects::{Around, Contact, Weaver, contact_of, linked};
use crate::reports::ocel::Log;
use crate::store::scan::{ContactRow, Page, Scan, TicketRow, Wanted};
use crate::ticket::event::Event;
use crate::workflow::moment::Moment;

pub async fn export(scan: &Scan, target: &Target, depth: Depth, people: bool) -> anyhow::Result<()> {
    let known = Known::load(scan, Clock::system().now()).await?;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).context("no randomness")?;
    let mut weaver = Weaver::new(depth, people, &known.definitions, salt);
    let out = target.create()?;
    let mut log = Log::new(target.aside("events")?, target.aside("objects")?);
    let mut pages = Pages::of(scan, Wanted::Histories).await?;
    while let Some(page) = pages.next().await? {
        let histories = histories(&page, target)?;
        let contacts = contacts(scan, &page, target).await?;
        let around = around(scan, &contacts, &histories, target).await?;
        for (row, events) in &histories {
            for event in weaver.events(row.id, events, &around) {
                log.event(&event).with_context(|| target.cannot())?;
            }
            for object in weaver.objects(row.id, events, &around) {
                log.object(&object).with_context(|| target.cannot())?;
            }
        }
        for contact in &contacts {
            let object = weaver.contact_object(&contact.id, &said(contact));
            log.object(&object).with_context(|| target.cannot())?;
        }
    }
    for object in weaver.organisation(&known.directory) {
        log.object(&object).with_context(|| target.cannot())?;
    }
    log.end(out).with_context(|| target.cannot())?;
    Ok(())
}

/// A file without a name beside the target: it goes away with the process, whatever becomes of that.
pub struct Aside(BufWriter<File>);

impl Target {
    fn aside(&self, what: &str) -> anyhow::Result<Aside> {
        let beside = |name: &Path| name.with_extension(format!("{what}-{}", std::process::id()));
        let name = if self.file == Path::new("-") {
            beside(&std::env::temp_dir().join("ombud-log"))
        } else {
            beside(&self.file)
        };
        let opened = File::options().read(true).write(true).create_new(true).open(&name);
        let file = opened.with_context(|| format!("cannot create {}", name.display()))?;
        std::fs::remove_file(&name).with_context(|| format!("cannot remove {}", name.display()))?;
        Ok(Aside(BufWriter::with_capacity(BUFFER, file)))
    }
}

const BUFFER: usize = 256 << 10;

impl Write for Aside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Seek for Aside {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// After everything was written and the place was sought, which writes out what waited.
impl Read for Aside {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.0.get_mut().read(bytes)
    }
}

/// Contacts that came in first with a ticket of this page that is wanted.
async fn contacts(scan: &Scan, page: &Page, target: &Target) -> anyhow::Result<Vec<ContactRow>> {
    let wanted: HashSet<Uuid> = page
        .tickets
        .iter()
        .filter(|row| target.wants(row))
        .map(|row| row.id)
        .collect();
    let mut contacts = scan.contacts(&page.tickets).await?;
    contacts.retain(|contact| wanted.contains(&contact.ticket));
    Ok(contacts)
}

fn said(contact: &ContactRow) -> Contact {
    Contact {
        channel: contact.channel.clone(),
        started_at: contact.started_at.map(Moment),
        ended_at: contact.ended_at.map(Moment),
        known_at: Moment(contact.reported_at),
    }
}

/// Which contacts and other tickets of this page's events are in the log, so that no relation leads nowhere.
async fn around(
    scan: &Scan,
    contacts: &[ContactRow],
    histories: &[(&TicketRow, Vec<Event>)],
    target: &Target,
) -> anyhow::Result<Around> {
    let workflow = target.workflow.as_deref();
    let mut around = Around {
        contacts: contacts.iter().map(|contact| contact.id.clone()).collect(),
        tickets: HashSet::new(),
    };
    // A contact may have come in first with a ticket of another page: one call, two matters.
    let elsewhere: Vec<String> = histories
        .iter()
        .filter_map(|(_, events)| contact_of(events))
        .filter(|contact| !around.contacts.contains(*contact))
        .map(ToOwned::to_owned)
        .collect();
    around.contacts.extend(scan.contacts_known(&elsewhere, workflow).await?);
    let others: Vec<_> = histories.iter().flat_map(|(_, events)| linked(events)).collect();
    around.tickets.extend(scan.tickets_known(&others, workflow).await?);
    Ok(around)
}
