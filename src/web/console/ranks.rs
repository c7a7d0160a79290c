//! Roles in the order in which a house thinks of them: those that the shipped workflows know by their usual rank, from who
//! takes the call to who looks after the server; a house's own after them, by their titles.

use crate::texts::Language;
use crate::workflow::definition::Text;
use crate::workflow::directory::Directory;
use crate::workflow::id::RoleId;

use super::words::text;

/// Roles with a usual rank.
const RANKS: [&str; 9] = [
    "agent",
    "shift_lead",
    "callback",
    "liaison",
    "head",
    "manager",
    "reviewer",
    "auditor",
    "administrator",
];

/// Every role with its title, by rank.
pub fn ranked(directory: &Directory, language: Language) -> Vec<(&RoleId, &Text)> {
    let mut roles: Vec<(&RoleId, &Text)> = directory.roles.iter().collect();
    roles.sort_by_cached_key(|(id, title)| {
        let rank = RANKS.iter().position(|known| *known == id.as_str());
        (rank.unwrap_or(RANKS.len()), text(title, language))
    });
    roles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_stand_by_rank_and_a_houses_own_by_title() {
        let mut directory = Directory::default();
        for (id, title) in [
            ("administrator", "管理员"),
            ("zoo", "A"),
            ("agent", "坐席"),
            ("any", "B"),
            ("shift_lead", "值班长"),
        ] {
            let title = Text {
                zh: title.to_owned(),
                ..Text::default()
            };
            directory.roles.insert(id.into(), title);
        }
        let found: Vec<&str> = ranked(&directory, Language::Zh)
            .iter()
            .map(|(id, _)| id.as_str())
            .collect();
        assert_eq!(found, ["agent", "shift_lead", "administrator", "zoo", "any"]);
    }
}
