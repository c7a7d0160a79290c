//! What somebody may do to a ticket now: `decide` asked for every action, so that it never disagrees with `act`.

use crate::ticket::event::Actor;
use crate::ticket::model::TaskId;
use crate::ticket::possible;
use crate::ticket::refusal::Refusal;
use crate::workflow::definition::Text;
use crate::workflow::id::{ActionId, FieldId};

use super::read::View;
use super::{Desk, DeskError, Principal, Scope};

/// An action, and whether it is possible for this person now.
#[derive(Clone, Debug)]
pub struct Possible {
    pub action: ActionId,
    pub task: Option<TaskId>,
    /// Built in, not of the file.
    pub builtin: bool,
    /// Title and shortcut of an action of the file; built-in ones have texts of their own.
    pub title: Option<Text>,
    pub key: Option<String>,
    /// Fields that must be given or filled already.
    pub require: Vec<FieldId>,
    /// Fields that may be given.
    pub ask: Vec<FieldId>,
    /// Texts that must be given: `reason`, `basis` …
    pub texts: Vec<&'static str>,
    /// `None` when it is possible once its form is filled; else why not, and who could.
    pub refusal: Option<Refusal>,
    /// The scope that the token lacks for it.
    pub lacks: Option<Scope>,
}

impl Possible {
    /// Nothing stands against it.
    pub fn is_possible(&self) -> bool {
        self.refusal.is_none() && self.lacks.is_none()
    }

    fn of(found: possible::Possible, principal: &Principal) -> Self {
        let scope = Scope::Do(found.action.clone());
        Self {
            lacks: (!principal.has(&scope)).then_some(scope),
            action: found.action,
            task: found.task,
            builtin: found.title.is_none(),
            title: found.title,
            key: found.key,
            require: found.require,
            ask: found.ask,
            texts: found.texts,
            refusal: (!found.objections.is_empty()).then_some(Refusal {
                objections: found.objections,
            }),
        }
    }
}

impl Desk {
    /// Needs `tickets:read`. With `why_not` also what is not possible, each with its objections. The view is the
    /// ticket as it stands now, due rungs applied.
    pub async fn possible(
        &self,
        principal: &Principal,
        number: &str,
        why_not: bool,
    ) -> Result<(View, Vec<Possible>), DeskError> {
        let around = self.inner.around();
        let (view, _) = self.seen(principal, &around, number).await?;
        let view = around.brought_up(view);
        // A department that gave the ticket away reads it and does nothing.
        if view.sight.until.is_some() {
            return Ok((view, Vec::new()));
        }
        let actor = Actor::Person(principal.person.clone());
        let now = around.now;
        let found = around.with(|world| possible::possible(&view.definition, &view.ticket, &actor, now, world));
        let mut all: Vec<Possible> = found.into_iter().map(|found| Possible::of(found, principal)).collect();
        if !why_not {
            all.retain(Possible::is_possible);
        }
        Ok((view, all))
    }
}
