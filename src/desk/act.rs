//! Does something to a ticket: an action of the file or a built-in one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::store::{Change, Held, Sheet, TicketRef, Wants, tickets};
use crate::ticket::command::{Command, Order};
use crate::ticket::event::{Actor, Body, Event};
use crate::ticket::model::{LinkKind, TaskId, Ticket};
use crate::ticket::turn;
use crate::workflow::definition::Definition;
use crate::workflow::id::{ActionId, DepartmentId};

use super::command::Around;
use super::files::{self, Claim};
use super::read::Sight;
use super::{Answered, Desk, DeskError, Done, Inner, NotAllowed, Principal, Request, Scope, order};

/// What `POST /tickets/{number}/actions/{action}` and `…/tasks/{id}/actions/{action}` carry.
#[derive(Clone, Debug)]
pub struct Act {
    pub number: String,
    pub task: Option<TaskId>,
    pub action: ActionId,
    /// Fields as JSON, read by their types.
    pub values: Map<String, Json>,
    /// `reason`, `basis`, `note`, `evidence`.
    pub texts: BTreeMap<Arc<str>, String>,
    /// What built-in actions take beside fields and texts.
    pub with: With,
    pub on_behalf_of: Option<DepartmentId>,
    /// The revision the user saw. `Seen::Unasked` is for the machine itself and for built-ins that race with nobody.
    pub seen: Seen,
}

/// `If-Match`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Revision(u64),
    /// The header was missing: `PreconditionRequired`.
    Missing,
    /// `If-Match: *`, and commands that are not made against a page.
    Any,
}

/// Parameters of built-in actions, as JSON: `{"to": "finance"}` of `hand_over`, `{"ticket": "T2026…", "kind": "repeat"}`
/// of `link` and `unlink`, `{"ticket": …}` of `merge`, `{"on": false}` of `watch`, `{"public": true}` of `note`,
/// `{"field": "phone"}` of `reveal`, `{"attachment": 17}` of `detach`; `{"files": ["…"]}` of every action.
pub type With = Map<String, Json>;

impl Desk {
    /// Needs `tickets:act`, or `tickets:act:` of this action. Errors: `NotFound`, `PreconditionRequired`, `Stale`, `Refused`, `Invalid`.
    /// `link`, `merge` and `unmerge` write their events on both tickets in the same transaction.
    pub async fn act(&self, request: Request, act: Act) -> Result<Answered, DeskError> {
        request.principal.needs(Scope::Do(act.action.clone()))?;
        if act.seen == Seen::Missing {
            return Err(DeskError::PreconditionRequired);
        }
        let around = self.inner.around();
        Inner::must_work_here(&request.principal, &around)?;
        let claim = self.claim(&request.principal, &files::named(&act.with)).await?;
        let mut acts = Acts {
            principal: request.principal.clone(),
            act: Arc::new(act),
            claim: Arc::new(claim),
            vouched: Vec::new(),
            also: None,
            dry_run: request.dry_run,
        };
        // Whether somebody sees a ticket only because it is of a caller of theirs, the database knows.
        loop {
            match self.act_once(&request, acts.clone()).await? {
                Ok(answered) => {
                    self.after(&acts.act, &answered).await;
                    return Ok(answered);
                }
                Err(Stop::Error(error)) => return Err(error),
                Err(Stop::Also(ticket)) => acts.also = Some(ticket),
                Err(Stop::Unseen(ticket)) => {
                    let viewer = Inner::viewer(&request.principal, &around);
                    if acts.vouched.contains(&ticket)
                        || !tickets::is_visible(&self.inner.database, &viewer, ticket).await?
                    {
                        return Err(DeskError::not_found("ticket"));
                    }
                    acts.vouched.push(ticket);
                }
            }
        }
    }

    /// What lies outside the database follows it: the content of a file that was taken away.
    async fn after(&self, act: &Act, answered: &Answered) {
        let Answered::Done(done) = answered else { return };
        if act.action == *"detach" && !done.dry_run {
            let gone = |seq: u64| {
                let mut bodies = done.events.iter().map(|event| &event.body);
                bodies.any(|body| matches!(body, Body::Detached { attachment } if *attachment == seq))
            };
            let files = done.ticket.attachments.iter().filter(|file| gone(file.seq));
            let hashes: Vec<String> = files.map(|file| file.content.hash.to_string()).collect();
            self.forget_contents(&hashes).await;
        }
    }

    async fn act_once(&self, request: &Request, acts: Acts) -> Result<Result<Answered, Stop>, DeskError> {
        let stopped = Arc::new(Mutex::new(None));
        let wants = Wants::tickets(acts.wanted());
        let report = Arc::clone(&stopped);
        let answered = self
            .command(request, wants, move |sheet, around| {
                acts.decide(sheet, around).map_err(|stop| match stop {
                    Stop::Error(error) => error,
                    again @ (Stop::Unseen(_) | Stop::Also(_)) => {
                        sheet.discard();
                        *report.lock().unwrap_or_else(PoisonError::into_inner) = Some(again);
                        DeskError::not_found("ticket")
                    }
                })
            })
            .await;
        let stopped = stopped.lock().unwrap_or_else(PoisonError::into_inner).take();
        match stopped {
            Some(stop) => Ok(Err(stop)),
            None => answered.map(Ok),
        }
    }
}

/// Why it cannot be decided yet, or at all.
enum Stop {
    /// The rules in memory do not show this ticket to the person; the database may.
    Unseen(Uuid),
    /// The ticket it was merged into must be loaded too.
    Also(Uuid),
    Error(DeskError),
}

impl<E: Into<DeskError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// One action, ready for the writer.
#[derive(Clone)]
struct Acts {
    principal: Principal,
    act: Arc<Act>,
    claim: Arc<Claim>,
    /// Tickets that the database says this person may see.
    vouched: Vec<Uuid>,
    /// The ticket this one was merged into, once that is known.
    also: Option<Uuid>,
    dry_run: bool,
}

impl Acts {
    /// The tickets it is about. The ones it is linked to are known only once it is loaded; `merge` and `link` name them.
    fn wanted(&self) -> Vec<TicketRef> {
        let mut wanted = vec![TicketRef::Number(Arc::from(self.act.number.as_str()))];
        wanted.extend(order::other_number(&self.act).map(|number| TicketRef::Number(Arc::from(number))));
        wanted.extend(self.also.map(TicketRef::Id));
        wanted
    }

    fn decide(&self, sheet: &mut Sheet<'_>, around: &Around) -> Result<Done, Stop> {
        let wanted = TicketRef::Number(Arc::from(self.act.number.as_str()));
        let held = sheet.ticket(&wanted).ok_or(DeskError::not_found("ticket"))?;
        self.must_see(around, &held)?;
        let other = self.other(sheet, &held)?;
        if let Some(other) = &other
            && self.also.is_none()
        {
            self.must_see(around, other)?;
        }
        let definition = around.definition_of(&held.ticket)?;
        let find = |number: &str| {
            other
                .as_ref()
                .filter(|held| *held.ticket.number == *number)
                .map(|held| held.ticket.id)
        };
        let order = order::order(&self.act, &definition, &find)?;
        let action = Some(&self.act.action).filter(|action| **action != *"attach");
        let command = Command {
            files: self.claim.files(&held.ticket, action, self.act.task)?,
            actor: Actor::Person(self.principal.person.clone()),
            on_behalf_of: self.act.on_behalf_of.clone(),
            order,
            texts: self.act.texts.clone(),
            imported: false,
        };
        let done = self.carry_out(sheet, around, &held, &command)?;
        self.claim.used(sheet);
        if let Some(other) = other
            && let Some(mirrored) = mirror(&command, done.ticket.id)
        {
            advance_and_decide(sheet, around, &other, &mirrored)?;
        }
        let after = Inner::sight_after(&self.principal, around, sheet, &done.ticket);
        // A rehearsal leaves no trace, so it shows nothing that would have left one (R10): who rehearses taking the
        // ticket sees no more of it than before.
        let rehearsed =
            self.dry_run && !Inner::sight_of(&self.principal, around, &held).is_some_and(|sight| sight.private);
        let sight = Sight {
            private: after.private && !rehearsed,
            ..after
        };
        Ok(Done { sight, ..done })
    }

    /// The ticket that `link`, `merge` and `unmerge` write on too.
    fn other(&self, sheet: &Sheet<'_>, held: &Held) -> Result<Option<Arc<Held>>, Stop> {
        if let Some(number) = order::other_number(&self.act) {
            return Ok(sheet.ticket(&TicketRef::Number(Arc::from(number))));
        }
        match held.ticket.merged_into {
            Some(into) if self.act.action == *"unmerge" => {
                let other = sheet.ticket(&TicketRef::Id(into));
                if other.is_none() && self.also != Some(into) {
                    return Err(Stop::Also(into));
                }
                Ok(other)
            }
            Some(_) | None => Ok(None),
        }
    }

    fn must_see(&self, around: &Around, held: &Held) -> Result<(), Stop> {
        let ticket = held.ticket.id;
        if self.vouched.contains(&ticket) {
            return Ok(());
        }
        match Inner::sight_of(&self.principal, around, held) {
            Some(sight) if sight.until.is_none() => Ok(()),
            // Their department gave it away: it is there to read, not to act on.
            Some(_) => Err(DeskError::NotAllowed {
                why: NotAllowed::GivenAway,
            }
            .into()),
            None => Err(Stop::Unseen(ticket)),
        }
    }

    fn carry_out(
        &self,
        sheet: &mut Sheet<'_>,
        around: &Around,
        held: &Arc<Held>,
        command: &Command,
    ) -> Result<Done, DeskError> {
        let advanced = advance(sheet, around, held)?;
        if let Seen::Revision(seen) = self.act.seen
            && seen != advanced.ticket.revision
        {
            return Err(stale(&advanced.ticket));
        }
        decide(sheet, around, advanced, command)
    }
}

fn stale(ticket: &Ticket) -> DeskError {
    let last = ticket.doings.last();
    DeskError::Stale {
        revision: ticket.revision,
        by: last.map_or_else(|| ticket.creator.clone(), |doing| doing.by.clone()),
        at: last.map_or(ticket.opened_at, |doing| doing.at),
        what: last.map(|doing| doing.action.clone()),
    }
}

/// What the other ticket is told: links and merging stand on both.
fn mirror(command: &Command, ticket: Uuid) -> Option<Command> {
    let order = match &command.order {
        Order::Link { kind, .. } => Order::Link {
            to: ticket,
            kind: opposite(*kind),
        },
        Order::Unlink { kind, .. } => Order::Unlink {
            to: ticket,
            kind: opposite(*kind),
        },
        Order::Merge { .. } => Order::Link {
            to: ticket,
            kind: LinkKind::Absorbed,
        },
        Order::Unmerge => Order::Unlink {
            to: ticket,
            kind: LinkKind::Absorbed,
        },
        Order::Do { .. }
        | Order::Sign { .. }
        | Order::Reply { .. }
        | Order::AskReturn { .. }
        | Order::GrantReturn { .. }
        | Order::Force { .. }
        | Order::HandOver { .. }
        | Order::GiveBack { .. }
        | Order::Take { .. }
        | Order::Release { .. }
        | Order::Acknowledge
        | Order::Chase
        | Order::Watch { .. }
        | Order::Note { .. }
        | Order::Correct { .. }
        | Order::ContactEnded { .. }
        | Order::ContactReported { .. }
        | Order::Reveal { .. }
        | Order::Attach
        | Order::Detach { .. }
        | Order::CalendarChanged => return None,
    };
    Some(Command {
        order,
        files: Vec::new(),
        ..command.clone()
    })
}

fn opposite(kind: LinkKind) -> LinkKind {
    match kind {
        LinkKind::Parent => LinkKind::Child,
        LinkKind::Child => LinkKind::Parent,
        LinkKind::Merged => LinkKind::Absorbed,
        LinkKind::Absorbed => LinkKind::Merged,
        LinkKind::Related | LinkKind::Repeat | LinkKind::Bypass | LinkKind::Successor => kind,
    }
}

/// A ticket brought up to now, and what had to happen for that.
pub(super) struct Advanced {
    pub ticket: Arc<Ticket>,
    pub definition: Arc<Definition>,
    pub events: Vec<Event>,
}

/// Applies every rung that is due, and saves that (L8): also when the command is refused afterwards (L3).
pub(super) fn advance(sheet: &mut Sheet<'_>, around: &Around, held: &Arc<Held>) -> Result<Advanced, DeskError> {
    let definition = around.definition_of(&held.ticket)?;
    if held.projection.due_at.is_none_or(|due| due > around.now) {
        return Ok(Advanced {
            ticket: Arc::clone(&held.ticket),
            definition,
            events: Vec::new(),
        });
    }
    let now = around.now;
    let decision = around.with(|world| turn::advance(&definition, &held.ticket, now, now, world));
    let ticket = Arc::new(decision.ticket);
    sheet.save(Change {
        ticket: &ticket,
        definition: &decision.definition,
        events: &decision.events,
        caller_number: None,
        quiet: false,
    })?;
    Ok(Advanced {
        ticket,
        definition: decision.definition,
        events: decision.events,
    })
}

fn decide(sheet: &mut Sheet<'_>, around: &Around, advanced: Advanced, command: &Command) -> Result<Done, DeskError> {
    let now = around.now;
    let decision = around.with(|world| turn::decide(&advanced.definition, &advanced.ticket, command, now, world))?;
    let ticket = Arc::new(decision.ticket);
    sheet.save(Change {
        ticket: &ticket,
        definition: &decision.definition,
        events: &decision.events,
        caller_number: None,
        quiet: false,
    })?;
    let mut events = advanced.events;
    events.extend(decision.events);
    Ok(Done {
        ticket,
        definition: decision.definition,
        events,
        sight: Sight {
            until: None,
            private: false,
        },
        dry_run: false,
    })
}

/// Brings a ticket up to now and decides a command on it, without asking what revision somebody saw.
pub(super) fn advance_and_decide(
    sheet: &mut Sheet<'_>,
    around: &Around,
    held: &Arc<Held>,
    command: &Command,
) -> Result<Done, DeskError> {
    let advanced = advance(sheet, around, held)?;
    decide(sheet, around, advanced, command)
}
