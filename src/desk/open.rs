//! Opens a ticket (R1, R4): number, first events, its contact, in one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::store::sheet::NumberKey;
use crate::store::{Change, Sheet, Wants};
use crate::ticket::command::{Command, Opening, Order};
use crate::ticket::event::Actor;
use crate::ticket::json;
use crate::ticket::model::Channel;
use crate::ticket::turn::{self, Decision};
use crate::workflow::definition::Definition;
use crate::workflow::id::WorkflowId;
use crate::workflow::moment::Moment;
use crate::workflow::value::Values;

use super::command::Around;
use super::files::Claim;
use super::{Answered, Desk, DeskError, Done, Inner, Principal, Request, Scope, contacts};

/// What `POST /tickets` carries.
#[derive(Clone, Debug)]
pub struct Open {
    pub workflow: WorkflowId,
    /// Fields as JSON, read by their types.
    pub values: Map<String, Json>,
    pub contact: Option<ContactReport>,
}

/// A contact as a telephone system or an agent reports it. The number is personal and never stands in an event.
#[derive(Clone, Debug, Default)]
pub struct ContactReport {
    /// The telephone system's own id; made up where there is none.
    pub id: Option<String>,
    pub channel: Option<Channel>,
    pub caller_number: Option<String>,
    pub started_at: Option<Moment>,
    /// Hang-up; empty while it runs.
    pub ended_at: Option<Moment>,
    /// Reference of the recording (R11).
    pub recording: Option<String>,
}

/// Letters of a number's prefix at most.
const PREFIX_MAX: usize = 8;

impl Desk {
    /// Needs `tickets:open`. Errors: `NotFound` for an unknown workflow, `Refused`, `Invalid`.
    pub async fn open(&self, request: Request, open: Open) -> Result<Answered, DeskError> {
        self.open_with(request, open, &[]).await
    }

    /// The same with files that were uploaded before; they need `tickets:act:attach`.
    pub async fn open_with(&self, request: Request, open: Open, files: &[String]) -> Result<Answered, DeskError> {
        request.principal.needs(Scope::OpenTickets)?;
        let around = self.inner.around();
        Inner::must_work_here(&request.principal, &around)?;
        if let Some(contact) = &open.contact {
            contact.check(around.now)?;
        }
        let claim = self.claim(&request.principal, files).await?;
        let definition = around
            .catalogue
            .active(&open.workflow)
            .ok_or(DeskError::not_found("workflow"))?;
        let values = json::read(&definition, &open.values)?;
        let contact_id = open.contact.as_ref().map(ContactReport::id_or_new);
        let series = series(&definition, &around, around.now);
        let wants = Wants {
            numbers: Some(series.clone()),
            contact: contact_id.clone(),
            ..Wants::default()
        };
        let job = Opens {
            principal: request.principal.clone(),
            definition,
            values,
            series,
            contact: open.contact.zip(contact_id),
            claim,
        };
        self.command(&request, wants, move |sheet, around| job.decide(sheet, around))
            .await
    }
}

/// One opening, ready for the writer.
struct Opens {
    principal: Principal,
    definition: Arc<Definition>,
    values: Values,
    series: NumberKey,
    contact: Option<(ContactReport, String)>,
    claim: Claim,
}

impl Opens {
    fn decide(&self, sheet: &mut Sheet<'_>, around: &Around) -> Result<Done, DeskError> {
        let now = around.now;
        let known = self.contact.as_ref().and_then(|(_, id)| sheet.contact(id).cloned());
        let contact = self
            .contact
            .as_ref()
            .map(|(report, id)| report.row(id, known.as_ref(), now));
        let opening = Opening {
            id: Uuid::now_v7(),
            number: Arc::from(number(&self.series, sheet.next_number(&self.series)).as_str()),
            creator: Actor::Person(self.principal.person.clone()),
            contact: contact.as_ref().map(contacts::of_row),
            values: self.values.clone(),
            imported: false,
        };
        let decision = match self.opened(&opening, around) {
            Ok(decision) => decision,
            Err(refused) => {
                // The number was not used.
                sheet.discard();
                return Err(refused);
            }
        };
        let ticket = Arc::new(decision.ticket);
        sheet.save(Change {
            ticket: &ticket,
            definition: &decision.definition,
            events: &decision.events,
            caller_number: contact.as_ref().and_then(|contact| contact.caller_number.as_deref()),
            quiet: false,
        })?;
        self.claim.used(sheet);
        if let Some(mut contact) = contact {
            contact.ticket = contact.ticket.or(Some(ticket.id));
            contact.agent = contact.agent.or_else(|| Some(self.principal.person.to_string()));
            sheet.put_contact(contact);
        }
        let sight = Inner::sight_after(&self.principal, around, sheet, &ticket);
        Ok(Done {
            ticket,
            definition: decision.definition,
            events: decision.events,
            sight,
            dry_run: false,
        })
    }
}

impl Opens {
    /// The ticket, and its files after it.
    fn opened(&self, opening: &Opening, around: &Around) -> Result<Decision, DeskError> {
        let now = around.now;
        let opened = around.with(|world| turn::open(&self.definition, opening, now, world))?;
        let files = self.claim.files(&opened.ticket, None, None)?;
        if files.is_empty() {
            return Ok(opened);
        }
        let command = Command {
            actor: opening.creator.clone(),
            on_behalf_of: None,
            order: Order::Attach,
            texts: BTreeMap::new(),
            files,
            imported: false,
        };
        let added = around.with(|world| turn::decide(&opened.definition, &opened.ticket, &command, now, world))?;
        Ok(Decision {
            events: [opened.events, added.events].concat(),
            ..added
        })
    }
}

/// Which row counts the numbers: the prefix of the workflow, the day by its calendar's zone.
pub(super) fn series(definition: &Definition, around: &Around, at: Moment) -> NumberKey {
    let prefix = match &definition.number_prefix {
        Some(prefix) => prefix.clone(),
        None => definition
            .workflow
            .as_str()
            .chars()
            .take(1)
            .collect::<String>()
            .to_uppercase(),
    };
    let calendar = definition.calendar.as_ref().map(|calendar| &calendar.value);
    let zone = around
        .directory
        .calendar(calendar)
        .map_or(TimeZone::UTC, |calendar| calendar.zone.clone());
    let date = at.timestamp().to_zoned(zone).strftime("%Y%m%d").to_string();
    (prefix.chars().take(PREFIX_MAX).collect(), date)
}

/// `T20260302-000017`.
pub(super) fn number(series: &NumberKey, count: i64) -> String {
    format!("{}{}-{count:06}", series.0, series.1)
}
