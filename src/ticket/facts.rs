//! What expressions may ask of a ticket, and what a failed one says to the user.

use crate::workflow::definition::Definition;
use crate::workflow::expression::{Expression, Facts, Failure, Since};
use crate::workflow::id::{ActionId, ClockId, FieldId};
use crate::workflow::moment::Moment;
use crate::workflow::value::{Value, Values};

use super::model::Ticket;
use super::refusal::{Code, Objection};

/// A ticket with the values of the command laid over its fields.
pub struct View<'a> {
    pub ticket: &'a Ticket,
    pub overlay: Option<&'a Values>,
    pub now: Moment,
}

impl Facts for View<'_> {
    fn field(&self, field: &FieldId) -> Option<&Value> {
        self.overlay
            .and_then(|overlay| overlay.get(field))
            .or_else(|| self.ticket.fields.get(field))
    }

    fn times(&self, since: Since, action: &ActionId) -> i64 {
        let counts = |doing: &&super::model::Doing| {
            doing.action == *action
                && match since {
                    Since::Round => doing.round == self.ticket.round,
                    Since::Visit => doing.visit == self.ticket.visit,
                    Since::Ever => true,
                }
        };
        i64::try_from(self.ticket.doings.iter().filter(counts).count()).unwrap_or(i64::MAX)
    }

    fn now(&self) -> Moment {
        self.now
    }

    fn opened_at(&self) -> Moment {
        self.ticket.opened_at
    }

    fn closed_at(&self) -> Option<Moment> {
        self.ticket.closed_at
    }

    fn is_late(&self, clock: &ClockId) -> bool {
        self.ticket.late_clocks().any(|run| run.clock == *clock)
    }

    fn contact_ended_at(&self) -> Option<Moment> {
        self.ticket.contact.as_ref().and_then(|contact| contact.ended_at)
    }
}

/// A condition that has no result refuses the command, naming file, line and field; it never counts as false.
pub fn holds(definition: &Definition, condition: &Expression, view: &View<'_>) -> Result<bool, Objection> {
    condition
        .holds(view)
        .map_err(|failure| objection(definition, condition, &failure))
}

fn objection(definition: &Definition, condition: &Expression, failure: &Failure) -> Objection {
    let mut objection = Objection::new(Code::Expression)
        .with("workflow", definition.workflow.as_str())
        .with("line", condition.line.to_string())
        .with("text", &*condition.text);
    objection.field = failure.field().cloned();
    objection
}
