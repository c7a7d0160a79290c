//! Brings tickets with their whole history from another system (L12). Each ticket is taken over whole or not at all.

use std::sync::Arc;

use futures_util::future::join_all;
use uuid::Uuid;

use super::past::{COMMANDS_MAX, NUMBER_LENGTH_MAX, Past, is_number};
use super::replay::{Name, Replayed, Stopped, replay};
use crate::desk::command::Around;
use crate::desk::open::{number, series};
use crate::desk::{Desk, DeskError, Inner, NotAllowed, Principal, Problem, Scope, access, contacts};
use crate::store::sheet::NumberKey;
use crate::store::{Change, Sheet, StoreError, TicketRef, Wants};
use crate::ticket::refusal::Refusal;
use crate::workflow::definition::Definition;

/// Tickets of one call at most.
pub const TICKETS_MAX: usize = 1_000;
/// Tickets that are on their way to the writer at the same time; the rest of a call waits.
const TOGETHER: usize = 64;

/// What became of one ticket.
#[derive(Debug)]
pub enum Imported {
    Accepted {
        number: Arc<str>,
        events: usize,
        closed: bool,
    },
    /// The number is taken: most likely by this same ticket, imported before. Nothing was changed.
    Exists { number: Arc<str> },
    /// The command (from 0; `None` is the opening) that the workflow refuses. Nothing of the ticket was saved.
    Refused { command: Option<usize>, refusal: Refusal },
    /// The request does not hold together.
    Invalid(Problem),
}

impl Desk {
    /// Needs `tickets:import` and the role administrator. The answers stand in the order of the tickets. An error means
    /// that the rest of the tickets was not looked at; importing again goes on where it stopped, since numbers that are
    /// there are passed over.
    pub async fn import_history(&self, principal: &Principal, pasts: Vec<Past>) -> Result<Vec<Imported>, DeskError> {
        self.bring_history(principal, pasts, false).await
    }

    /// The same answers, and nothing is changed: every ticket is replayed whole against its workflow. Two tickets of
    /// one file that bear the same number are both taken for new.
    pub async fn rehearse_history(&self, principal: &Principal, pasts: Vec<Past>) -> Result<Vec<Imported>, DeskError> {
        self.bring_history(principal, pasts, true).await
    }

    async fn bring_history(
        &self,
        principal: &Principal,
        pasts: Vec<Past>,
        rehearsal: bool,
    ) -> Result<Vec<Imported>, DeskError> {
        principal.needs(Scope::ImportTickets)?;
        self.must_import(principal)?;
        if pasts.len() > TICKETS_MAX {
            return Err(Problem::new(
                "/tickets",
                "too_many",
                format!("一次最多导入 {TICKETS_MAX} 件工单"),
                format!("at most {TICKETS_MAX} tickets are accepted at a time"),
            )
            .into());
        }
        let mut answers = Vec::with_capacity(pasts.len());
        let mut pasts = pasts.into_iter();
        loop {
            let together: Vec<_> = pasts
                .by_ref()
                .take(TOGETHER)
                .map(|past| self.import_one(past, rehearsal))
                .collect();
            if together.is_empty() {
                return Ok(answers);
            }
            for answer in join_all(together).await {
                answers.push(answer?);
            }
        }
    }

    fn must_import(&self, principal: &Principal) -> Result<(), DeskError> {
        let around = self.inner.around();
        let is_administrator =
            access::has_role(&around.directory, &principal.person, access::ADMINISTRATOR, around.now);
        if principal.is_machine() || is_administrator {
            Ok(())
        } else {
            Err(DeskError::NotAllowed {
                why: NotAllowed::Administrator,
            })
        }
    }

    async fn import_one(&self, past: Past, rehearsal: bool) -> Result<Imported, DeskError> {
        let around = self.inner.around();
        let Some(definition) = around.catalogue.active(&past.workflow) else {
            return Ok(Imported::Invalid(Problem::new(
                "/workflow",
                "unknown_workflow",
                format!("没有已发布的流程“{}”", past.workflow),
                format!("no workflow “{}” is published", past.workflow),
            )));
        };
        if let Some(problem) = malformed(&past) {
            return Ok(Imported::Invalid(problem));
        }
        let series = series(&definition, &around, past.at);
        let contact_id = past.contact.as_ref().map(crate::desk::open::ContactReport::id_or_new);
        let known = past
            .number
            .as_deref()
            .map(|number| TicketRef::Number(Arc::from(number)))
            .or(past.id.map(TicketRef::Id));
        let wants = Wants {
            tickets: known.iter().cloned().collect(),
            numbers: Some(series.clone()),
            contact: contact_id.clone(),
            ..Wants::default()
        };
        let job = Job {
            inner: Arc::clone(&self.inner),
            past,
            definition,
            series,
            contact_id,
            known,
            rehearsal,
        };
        Ok(self
            .inner
            .writer
            .run_patiently(wants, move |sheet| job.decide(sheet))
            .await?)
    }
}

fn malformed(past: &Past) -> Option<Problem> {
    if past.number.as_deref().is_some_and(|number| !is_number(number)) {
        return Some(Problem::new(
            "/number",
            "number",
            format!("编号可用字母、数字、“-”“_”“.”，最长 {NUMBER_LENGTH_MAX} 个字符"),
            format!("a number has up to {NUMBER_LENGTH_MAX} letters, digits, “-”, “_” and “.”"),
        ));
    }
    (past.commands.len() > COMMANDS_MAX).then(|| {
        Problem::new(
            "/commands",
            "too_many",
            format!("一件工单最多 {COMMANDS_MAX} 步"),
            format!("at most {COMMANDS_MAX} commands are accepted for one ticket"),
        )
    })
}

/// One ticket on its way to the writer.
struct Job {
    inner: Arc<Inner>,
    past: Past,
    definition: Arc<Definition>,
    series: NumberKey,
    contact_id: Option<String>,
    known: Option<TicketRef>,
    /// Nothing is saved.
    rehearsal: bool,
}

impl Job {
    fn decide(&self, sheet: &mut Sheet<'_>) -> Result<Imported, StoreError> {
        if let Some(known) = &self.known
            && let Some(held) = sheet.ticket(known)
        {
            return Ok(Imported::Exists {
                number: Arc::clone(&held.ticket.number),
            });
        }
        let around = self.inner.around();
        let contact = self.past.contact.as_ref().zip(self.contact_id.as_ref());
        let contact = contact.map(|(report, id)| report.row(id, sheet.contact(id), around.now));
        let kept = self.past.number.as_deref().map(Arc::from);
        let number = kept.unwrap_or_else(|| Arc::from(number(&self.series, sheet.next_number(&self.series)).as_str()));
        let name = Name {
            id: self.past.id.unwrap_or_else(Uuid::now_v7),
            number: Arc::clone(&number),
        };
        let of_ticket = contact.as_ref().map(contacts::of_row);
        match self.replay(name, of_ticket, &around) {
            Err(stopped) => {
                sheet.discard();
                Ok(Imported::Refused {
                    command: stopped.command,
                    refusal: stopped.refusal,
                })
            }
            Ok(replayed) if self.rehearsal => {
                sheet.discard();
                Ok(Imported::Accepted {
                    number,
                    events: replayed.events.len(),
                    closed: replayed.ticket.is_closed(),
                })
            }
            Ok(replayed) => {
                let ticket = Arc::new(replayed.ticket);
                sheet.save(Change {
                    ticket: &ticket,
                    definition: &replayed.definition,
                    events: &replayed.events,
                    caller_number: contact.as_ref().and_then(|contact| contact.caller_number.as_deref()),
                    quiet: true,
                })?;
                if let Some(mut contact) = contact {
                    contact.ticket = contact.ticket.or(Some(ticket.id));
                    contact.agent = contact.agent.or_else(|| self.past.by.as_ref().map(ToString::to_string));
                    sheet.put_contact(contact);
                }
                Ok(Imported::Accepted {
                    number,
                    events: replayed.events.len(),
                    closed: ticket.is_closed(),
                })
            }
        }
    }

    fn replay(
        &self,
        name: Name,
        contact: Option<crate::ticket::model::Contact>,
        around: &Around,
    ) -> Result<Replayed, Stopped> {
        around.with(|world| replay(&self.past, name, &self.definition, contact, around.now, world))
    }
}
