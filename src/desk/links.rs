//! The links of a ticket, as somebody may see them: the other ticket's number always (it stands in events both sides
//! read), what it is about only where they may see it.

use uuid::Uuid;

use crate::store::visible::Sees;
use crate::store::{TicketRef, projection, tickets};
use crate::ticket::model::{Link, LinkKind};
use crate::workflow::id::{OutcomeId, StateId, WorkflowId};

use super::{Desk, DeskError, Inner, Principal, Problem};

/// A link, from the side that is read.
#[derive(Clone, Debug)]
pub struct Linked {
    pub id: Uuid,
    pub kind: LinkKind,
    /// Nothing when the other ticket is not there any more.
    pub number: Option<String>,
    /// The other ticket, for whoever may see it as it stands now.
    pub other: Option<Other>,
}

/// What the other ticket is about.
#[derive(Clone, Debug)]
pub struct Other {
    pub workflow: WorkflowId,
    pub subject: String,
    pub state: StateId,
    pub outcome: Option<OutcomeId>,
    pub open: bool,
}

/// A page of links.
#[derive(Clone, Debug)]
pub struct Links {
    pub items: Vec<Linked>,
    /// Give it back for the next page; `None` at the end.
    pub next: Option<String>,
}

impl Desk {
    /// Needs `tickets:read`. In the order of the other tickets' ids, about `limit` at a time: links of several kinds to
    /// one ticket stay together.
    pub async fn links(
        &self,
        principal: &Principal,
        number: &str,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Links, DeskError> {
        let after = cursor.map(read_cursor).transpose()?;
        let around = self.inner.around();
        let (view, _) = self.seen(principal, &around, number).await?;
        let mut links: Vec<&Link> = view.ticket.links.iter().collect();
        links.sort_by_key(|link| link.to);
        links.retain(|link| after.is_none_or(|after| link.to > after));
        let whole = usize::try_from(limit).unwrap_or(usize::MAX).max(1);
        let last = links.get(whole.saturating_sub(1)).map(|link| link.to);
        let shown: Vec<&Link> = match last {
            Some(last) => links.iter().copied().filter(|link| link.to <= last).collect(),
            None => links.clone(),
        };
        let next = last.filter(|_| shown.len() < links.len()).map(|last| last.to_string());
        let viewer = Inner::viewer(principal, &around);
        let leads = around.leads_to(&principal.person);
        let mut items = Vec::with_capacity(shown.len());
        for link in shown {
            let wanted = TicketRef::Id(link.to);
            let found = tickets::find(&self.inner.database, &viewer, &leads, &wanted).await?;
            let (number, other) = match found {
                Some((held, Sees::All)) => {
                    let ticket = &held.ticket;
                    let definition = self.inner.definition_of(ticket).await?;
                    let other = Other {
                        workflow: definition.workflow.value.clone(),
                        subject: projection::subject(ticket, &definition),
                        state: ticket.state.clone(),
                        outcome: ticket.outcome.clone(),
                        open: !ticket.is_closed(),
                    };
                    (Some(ticket.number.to_string()), Some(other))
                }
                Some((held, Sees::Until(_) | Sees::Nothing)) => (Some(held.ticket.number.to_string()), None),
                None => (tickets::number_of(&self.inner.database, link.to).await?, None),
            };
            items.push(Linked {
                id: link.to,
                kind: link.kind,
                number,
                other,
            });
        }
        Ok(Links { items, next })
    }
}

fn read_cursor(cursor: &str) -> Result<Uuid, DeskError> {
    Uuid::parse_str(cursor).map_err(|_| {
        Problem::new(
            "cursor",
            "cursor",
            "这不是关联列表给出的游标",
            "This is no cursor that this list of links gave out",
        )
        .into()
    })
}
