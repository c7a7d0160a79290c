//! Histories as an object-centric log: events in a first round through the snapshot, objects in a second one.

use std::collections::HashSet;

use anyhow::Context;
use uuid::Uuid;

use super::pages::Pages;
use super::{Target, finish, histories};
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
    let mut log = Log::new(target.create()?)?;
    let mut pages = Pages::of(scan, Wanted::Histories, 2).await?;
    while let Some(page) = pages.next().await? {
        let histories = histories(&page, target)?;
        let around = around(scan, &contacts(scan, &page, target).await?, &histories, target).await?;
        for (row, events) in &histories {
            for event in weaver.events(row.id, events, &around) {
                log.event(&event).with_context(|| target.cannot())?;
            }
        }
    }
    log.objects()?;
    while let Some(page) = pages.next().await? {
        let histories = histories(&page, target)?;
        let contacts = contacts(scan, &page, target).await?;
        let around = around(scan, &contacts, &histories, target).await?;
        for (row, events) in &histories {
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
    finish(log.end()?.0)
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
