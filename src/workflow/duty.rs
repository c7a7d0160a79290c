//! What «on duty» means in this house: rostered, or rostered and signed on (decision 0010).
//!
//! Pure values; who is rostered and who has signed on stands in [`super::directory`]. Nothing here can make a level
//! empty: signing on chooses among those who are rostered, it never adds a level to fall through.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::id::{PersonId, RoleId};
use super::moment::Moment;

/// Somebody is at their post, from signing on to signing off, at the latest to the end of their shift.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignOn {
    pub person: PersonId,
    pub from: Moment,
    pub to: Moment,
}

/// What makes somebody be on duty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDuty {
    /// The roster alone.
    #[default]
    Rostered,
    /// The roster, and having signed on; when nobody of those rostered has, the roster alone.
    SignedOn,
}

impl OnDuty {
    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rostered => "rostered",
            Self::SignedOn => "signed_on",
        }
    }
}

/// When a swap of shifts counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Swaps {
    /// As soon as the other has agreed.
    Agreed,
    /// When the shift lead has granted it too.
    #[default]
    Granted,
}

impl Swaps {
    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::Granted => "granted",
        }
    }
}

/// The house's rules of duty: one entry of the directory.
///
/// Signing on is needed *since* a moment: what was decided before it stays right when the history is decided again
/// (audit I7). Turning it off needs none, because those rostered hold those signed on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DutySettings {
    /// For roles that are not named below; never when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_on_since: Option<Moment>,
    /// `null`: in this role the roster alone counts, whatever is said above.
    pub roles: IndexMap<RoleId, Option<Moment>>,
    pub swaps: Swaps,
    /// What the letters of a month's roster mean: `早` is `08:00-16:00`, `休` is nothing.
    pub shift_codes: IndexMap<String, String>,
}

impl DutySettings {
    /// Whether whoever is on duty in this role must have signed on at that instant.
    pub fn must_sign_on(&self, role: &RoleId, at: Moment) -> bool {
        let since = self.roles.get(role).copied().unwrap_or(self.signed_on_since);
        since.is_some_and(|since| since <= at)
    }

    /// What a role's entry says; `None` asks for the house's rule.
    pub fn means(&self, role: Option<&RoleId>) -> OnDuty {
        let since = role.map_or(self.signed_on_since, |role| {
            self.roles.get(role).copied().unwrap_or(self.signed_on_since)
        });
        if since.is_some() {
            OnDuty::SignedOn
        } else {
            OnDuty::Rostered
        }
    }

    /// These rules instead, beginning now where they ask for more than before.
    pub fn changed_to(
        &self,
        house: OnDuty,
        roles: &IndexMap<RoleId, OnDuty>,
        swaps: Swaps,
        shift_codes: IndexMap<String, String>,
        now: Moment,
    ) -> Self {
        let since = |means: OnDuty, was: Option<Moment>| match means {
            OnDuty::Rostered => None,
            OnDuty::SignedOn => Some(was.unwrap_or(now)),
        };
        Self {
            signed_on_since: since(house, self.signed_on_since),
            roles: roles
                .iter()
                .map(|(role, means)| {
                    let was = self.roles.get(role).copied().unwrap_or(self.signed_on_since);
                    (role.clone(), since(*means, was))
                })
                .collect(),
            swaps,
            shift_codes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stricter_rule_begins_now_and_a_kept_one_keeps_its_beginning() {
        let roles: IndexMap<RoleId, OnDuty> = [(RoleId::from("shift_lead"), OnDuty::SignedOn)].into_iter().collect();
        let settings = DutySettings::default();
        let strict = settings.changed_to(OnDuty::Rostered, &roles, Swaps::Granted, IndexMap::new(), Moment(10));
        assert!(!strict.must_sign_on(&"shift_lead".into(), Moment(9)));
        assert!(strict.must_sign_on(&"shift_lead".into(), Moment(10)));
        assert!(!strict.must_sign_on(&"agent".into(), Moment(10)));
        let house = strict.changed_to(OnDuty::SignedOn, &roles, Swaps::Granted, IndexMap::new(), Moment(20));
        assert!(
            house.must_sign_on(&"shift_lead".into(), Moment(10)),
            "it was so already"
        );
        assert!(!house.must_sign_on(&"agent".into(), Moment(19)));
        assert_eq!(house.means(Some(&"agent".into())), OnDuty::SignedOn);
    }
}
