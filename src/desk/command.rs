//! The frame of every command: idempotency, rehearsal, the world as it is when the writer decides.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::store::sheet::{AnswerKey, Kept, KeptAnswer, Span};
use crate::store::visible::{self, Viewer};
use crate::store::{Held, Sheet, StoreError, TicketRef, Wants, events};
use crate::ticket::apply::fold;
use crate::ticket::event::Event;
use crate::ticket::model::Ticket;
use crate::ticket::turn::World;
use crate::workflow::definition::Definition;
use crate::workflow::directory::Directory;
use crate::workflow::id::{PersonId, WorkflowId};
use crate::workflow::moment::Moment;

use super::access;
use super::catalogue::Catalogue;
use super::read::{FOLD_MAX, Sight};
use super::request::{Answered, Done, Idempotency, Request};
use super::{Desk, DeskError, Inner, NotAllowed, Principal};

/// The world as it is when the writer decides.
pub(super) struct Around {
    pub directory: Arc<Directory>,
    pub catalogue: Arc<Catalogue>,
    pub now: Moment,
}

impl Around {
    /// The version a ticket runs on.
    pub fn definition_of(&self, ticket: &Ticket) -> Result<Arc<Definition>, DeskError> {
        self.catalogue
            .get(&ticket.definition)
            .cloned()
            .ok_or_else(|| DeskError::UnknownDefinition(Arc::clone(&ticket.definition)))
    }

    /// Whether a chain of owners leads to this person now.
    pub fn leads_to(&self, person: &PersonId) -> impl Fn(&str) -> bool + Sync {
        let directory = Arc::clone(&self.directory);
        let person = person.clone();
        let now = self.now;
        move |chain: &str| access::leads_to(&directory, chain, &person, now)
    }

    /// Calls with what the core may look at.
    pub fn with<T>(&self, call: impl FnOnce(&World<'_>) -> T) -> T {
        let active = |workflow: &WorkflowId| self.catalogue.active(workflow);
        call(&World {
            directory: &self.directory,
            active: &active,
        })
    }
}

impl Inner {
    pub(super) fn around(&self) -> Around {
        Around {
            directory: self.directory(),
            catalogue: self.catalogue(),
            now: self.clock.now(),
        }
    }

    /// What this person may see, without the chains that lists need.
    pub(super) fn viewer(principal: &Principal, around: &Around) -> Viewer {
        access::viewer(&around.directory, principal, around.now)
    }

    /// What this person may see, for lists.
    pub(super) fn viewer_of_lists(&self, principal: &Principal, around: &Around) -> Viewer {
        let chains = self.writer.signals().chains();
        let chains = chains.iter().map(AsRef::as_ref);
        Viewer {
            chains: access::chains_to(&around.directory, &principal.person, chains, around.now),
            ..Self::viewer(principal, around)
        }
    }

    /// What this person sees of a ticket in memory; «the same caller» is left to the database.
    pub(super) fn sight_of(principal: &Principal, around: &Around, held: &Held) -> Option<Sight> {
        let viewer = Self::viewer(principal, around);
        let leads = around.leads_to(&principal.person);
        let sees = visible::sees(&viewer, held, &leads);
        access::sight(&viewer, held, sees, &leads)
    }

    /// What this person sees of a ticket they have just saved.
    pub(super) fn sight_after(principal: &Principal, around: &Around, sheet: &Sheet<'_>, ticket: &Ticket) -> Sight {
        let all = Sight {
            until: None,
            private: false,
        };
        sheet
            .ticket(&TicketRef::Id(ticket.id))
            .and_then(|held| Self::sight_of(principal, around, &held))
            .unwrap_or(all)
    }

    /// Directory and workflows are the administrators' and managers', and the machine's own.
    pub(super) fn must_administer(principal: &Principal, around: &Around) -> Result<(), DeskError> {
        let has = |role| access::has_role(&around.directory, &principal.person, role, around.now);
        if principal.is_machine() || has(access::ADMINISTRATOR) || has("manager") {
            Ok(())
        } else {
            Err(DeskError::NotAllowed {
                why: NotAllowed::Administer,
            })
        }
    }

    /// Only somebody who works here now may act, and not who is there to watch.
    pub(super) fn must_work_here(principal: &Principal, around: &Around) -> Result<(), DeskError> {
        if !around.directory.is_known(&principal.person, around.now) {
            return Err(DeskError::NotAllowed {
                why: NotAllowed::Unknown,
            });
        }
        if access::only_watches(&around.directory, &principal.person, around.now) {
            return Err(DeskError::NotAllowed {
                why: NotAllowed::Watches,
            });
        }
        Ok(())
    }
}

impl Desk {
    /// Runs a command in the writer. `decide` saves on the sheet; on an error that is no [`DeskError::Store`] what it
    /// has saved stays (rungs that came due, L3).
    pub(super) async fn command<F>(&self, request: &Request, wants: Wants, decide: F) -> Result<Answered, DeskError>
    where
        F: FnMut(&mut Sheet<'_>, &Around) -> Result<Done, DeskError> + Send + 'static,
    {
        let key = request
            .idempotency
            .as_ref()
            .filter(|_| !request.dry_run)
            .map(|idempotency| (request.principal.keeps_as(), idempotency.key.clone()));
        let _running = match &key {
            Some(key) => Some(Running::enter(&self.inner.running, key)?),
            None => None,
        };
        let wants = Wants {
            answer: key.clone(),
            ..wants
        };
        let frame = Frame {
            inner: Arc::clone(&self.inner),
            key,
            idempotency: request.idempotency.clone(),
            dry_run: request.dry_run,
        };
        let framed = Arc::new(Mutex::new((frame, decide)));
        let job = || {
            let framed = Arc::clone(&framed);
            move |sheet: &mut Sheet<'_>| {
                let mut framed = framed.lock().unwrap_or_else(PoisonError::into_inner);
                let (frame, decide) = &mut *framed;
                frame.decide(sheet, decide)
            }
        };
        let decided = match self.inner.writer.run(wants.clone(), job()).await? {
            // Another instance may have published it a moment ago.
            Err(DeskError::UnknownDefinition(hash)) => {
                self.inner.definition(&hash).await?;
                self.inner.writer.run(wants, job()).await?
            }
            decided => decided,
        };
        match decided? {
            Decided::Now(done) => Ok(Answered::Done(done)),
            Decided::Before { ticket, span } => Ok(Answered::Repeated(Box::new(self.done_before(ticket, span).await?))),
        }
    }

    /// What a command did, from the events it wrote.
    async fn done_before(&self, ticket: Uuid, span: Span) -> Result<Done, DeskError> {
        let stored = events::of_ticket(&self.inner.database, ticket, 0, Some(span.last), FOLD_MAX).await?;
        let mut events: Vec<Event> = stored.into_iter().map(|stored| stored.event).collect();
        let ticket = fold(&events).ok_or(DeskError::not_found("ticket"))?;
        events.retain(|event| event.seq >= span.first);
        Ok(Done {
            definition: self.inner.definition_of(&ticket).await?,
            ticket: Arc::new(ticket),
            events,
            sight: Sight {
                until: None,
                private: span.private,
            },
            dry_run: false,
        })
    }
}

/// What the writer found.
enum Decided {
    Now(Box<Done>),
    /// The key was used before, by a command that wrote these events.
    Before {
        ticket: Uuid,
        span: Span,
    },
}

struct Frame {
    inner: Arc<Inner>,
    key: Option<AnswerKey>,
    idempotency: Option<Idempotency>,
    dry_run: bool,
}

impl Frame {
    /// Store errors throw everything away; all other answers stand beside what was saved.
    fn decide<F>(&self, sheet: &mut Sheet<'_>, decide: &mut F) -> Result<Result<Decided, DeskError>, StoreError>
    where
        F: FnMut(&mut Sheet<'_>, &Around) -> Result<Done, DeskError>,
    {
        match self.kept(sheet) {
            Ok(Some(before)) => return Ok(Ok(before)),
            Ok(None) => {}
            Err(error) => return Ok(Err(error)),
        }
        let around = self.inner.around();
        let decided = decide(sheet, &around);
        if self.dry_run {
            sheet.discard();
        }
        match decided {
            Ok(done) => {
                let done = Done {
                    dry_run: self.dry_run,
                    ..done
                };
                self.keep(sheet, &done, around.now)?;
                Ok(Ok(Decided::Now(Box::new(done))))
            }
            Err(DeskError::Store(error)) => Err(error),
            Err(error) => Ok(Err(error)),
        }
    }

    fn kept(&self, sheet: &Sheet<'_>) -> Result<Option<Decided>, DeskError> {
        let (Some(key), Some(idempotency)) = (&self.key, &self.idempotency) else {
            return Ok(None);
        };
        let Some(kept) = sheet.answer(key) else {
            return Ok(None);
        };
        match kept.answer {
            Kept::Events { ticket, span } if kept.request == idempotency.request => {
                Ok(Some(Decided::Before { ticket, span }))
            }
            // A text answers something that is no command on a ticket: another request.
            Kept::Events { .. } | Kept::Text { .. } => Err(DeskError::KeyReused),
        }
    }

    fn keep(&self, sheet: &mut Sheet<'_>, done: &Done, now: Moment) -> Result<(), StoreError> {
        let (Some(key), Some(idempotency)) = (&self.key, &self.idempotency) else {
            return Ok(());
        };
        let last = done.ticket.seq;
        let span = Span {
            first: done.events.first().map_or(last + 1, |event| event.seq),
            last,
            private: done.sight.private,
        };
        let answer = KeptAnswer {
            request: idempotency.request.to_vec(),
            answer: Kept::Events {
                ticket: done.ticket.id,
                span,
            },
        };
        sheet.keep(key.clone(), answer, now)
    }
}

/// Keys of requests that are running now.
pub(super) type RunningKeys = Mutex<HashSet<AnswerKey>>;

/// A key of a running request; it leaves when the request is over.
pub(super) struct Running<'a> {
    keys: &'a RunningKeys,
    key: AnswerKey,
}

impl<'a> Running<'a> {
    pub fn enter(keys: &'a RunningKeys, key: &AnswerKey) -> Result<Self, DeskError> {
        let mut running = keys.lock().unwrap_or_else(PoisonError::into_inner);
        if running.insert(key.clone()) {
            Ok(Self { keys, key: key.clone() })
        } else {
            Err(DeskError::InFlight)
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.key);
    }
}
