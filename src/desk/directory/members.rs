//! A role that may never be empty is never emptied (R27, L2): checked before a change of the directory is saved.

use crate::workflow::definition::{Definition, PeopleSource};
use crate::workflow::directory::Directory;
use crate::workflow::id::RoleId;
use crate::workflow::moment::Moment;

use super::super::catalogue::Catalogue;
use super::super::{DeskError, Problem};

/// Refuses when an `always` role of an active workflow had a member and would have none, now or at one of the moments
/// at which the change lets somebody go.
pub fn must_stay(
    before: &Directory,
    after: &Directory,
    catalogue: &Catalogue,
    now: Moment,
    moments: &[Moment],
) -> Result<(), DeskError> {
    for definition in catalogue.all_active() {
        for role in always_roles(&definition) {
            for at in std::iter::once(&now).chain(moments) {
                let had = !before.members(role, None, *at).is_empty();
                if had && after.members(role, None, *at).is_empty() {
                    return Err(last_member(role, &definition));
                }
            }
        }
    }
    Ok(())
}

fn always_roles(definition: &Definition) -> impl Iterator<Item = &RoleId> {
    definition
        .people
        .values()
        .filter(|rule| rule.always)
        .filter_map(|rule| match &rule.source {
            PeopleSource::Role { role, .. } => Some(&role.value),
            PeopleSource::Creator | PeopleSource::Assignee | PeopleSource::DoerOf(_) => None,
        })
}

fn last_member(role: &RoleId, definition: &Definition) -> DeskError {
    let title = &definition.title.value;
    DeskError::Conflict(Box::new(Problem::new(
        "",
        "last_member",
        format!("流程“{}”要求角色“{role}”永远有人：请先加入另一个人", title.zh),
        format!(
            "The workflow “{}” needs somebody in the role “{role}” at all times: enter another person first",
            title.en
        ),
    )))
}
