//! Who may edit what of the directory. Managers and administrators edit everything; a shift lead the roster of the own
//! people: shifts and absences of those who work in the same centre or department (decision 0015).

use crate::workflow::directory::Directory;
use crate::workflow::id::{DepartmentId, PersonId};
use crate::workflow::moment::Moment;

use super::super::access::ADMINISTRATOR;
use super::super::command::Around;
use super::super::{DeskError, Inner, Principal};
use super::{Edit, Entry, Kind};

const SHIFT_LEAD: &str = "shift_lead";
/// Whose shifts and absences are not the shift lead's business.
const ABOVE: [&str; 3] = ["manager", ADMINISTRATOR, "auditor"];

/// Whether the principal may make these edits; `standing` is what stands under their keys now.
pub(super) fn must_edit(
    principal: &Principal,
    around: &Around,
    edits: &[Edit],
    standing: &[Entry],
) -> Result<(), DeskError> {
    Inner::must_administer(principal, around).or_else(|refused| {
        let lead = Lead::of(&around.directory, &principal.person, around.now).ok_or(refused)?;
        let own = edits.iter().all(|edit| lead.may(edit, standing));
        // As for whoever leads no shift: these entries are for others.
        if own {
            Ok(())
        } else {
            Inner::must_administer(principal, around)
        }
    })
}

/// A shift lead, and where.
pub struct Lead<'d> {
    directory: &'d Directory,
    now: Moment,
    /// The centre itself is `None`.
    places: Vec<Option<DepartmentId>>,
}

impl<'d> Lead<'d> {
    /// Nothing for whoever leads no shift.
    pub fn of(directory: &'d Directory, person: &PersonId, now: Moment) -> Option<Self> {
        let mut places = Vec::new();
        for membership in directory.roles_of(person, now).filter(|held| held.role == *SHIFT_LEAD) {
            match &membership.department {
                None => places.push(None),
                Some(department) => places.extend(directory.subtree(department).into_iter().map(Some)),
            }
        }
        (!places.is_empty()).then_some(Self { directory, now, places })
    }

    /// Whether somebody's roster is theirs to edit: who works where they lead, and stands not above them.
    pub fn leads(&self, person: &PersonId) -> bool {
        let mut held = self.directory.roles_of(person, self.now).peekable();
        if held.peek().is_none() {
            return false;
        }
        let mut here = false;
        for membership in held {
            if ABOVE.contains(&membership.role.as_str()) {
                return false;
            }
            here |= self.places.contains(&membership.department);
        }
        here
    }

    fn may(&self, edit: &Edit, standing: &[Entry]) -> bool {
        let (kind, key, body) = match edit {
            Edit::Put { kind, key, body } => (*kind, key.as_deref(), Some(body)),
            Edit::End { kind, key, .. } => (*kind, Some(key.as_str()), None),
        };
        if !matches!(kind, Kind::Shift | Kind::Absence) {
            return false;
        }
        let named = |body: &serde_json::Value, member| {
            let person = body.get(member).and_then(|person| person.as_str());
            person.map(PersonId::new)
        };
        let of = |body: &serde_json::Value| named(body, "person");
        // Whose it is, whose it becomes, and who stands in: a substitute sees and does what the absent person may.
        let becomes = body.and_then(of);
        let stands_in = body.and_then(|body| named(body, "substitute"));
        let was = standing
            .iter()
            .find(|entry| entry.kind == kind && Some(entry.key.as_str()) == key)
            .and_then(|entry| of(&entry.body));
        let all = becomes.iter().chain(&was).chain(&stands_in);
        all.into_iter().all(|person| self.leads(person))
    }
}
