//! The shapes of the directory's entries: as requests, and as the JSON of `workflow::directory` inside.

use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};
use validator::ValidationError;

use crate::notify::address::address;
use crate::texts::Language;
use crate::web::api::holidays::Country;
use crate::web::decode::Line;
use crate::workflow::definition::Text;
use crate::workflow::id::{DepartmentId, PersonId, RoleId};
use crate::workflow::moment::Moment;
use crate::{request, words};

/// An address that mail can be sent to: what cannot is named here, not when the first mail fails.
#[allow(clippy::ref_option, reason = "so the derive hands it over")]
fn reachable(email: &Option<String>) -> Result<(), ValidationError> {
    match email.as_deref().map(address) {
        Some(Err(_)) => Err(ValidationError::new("email")),
        Some(Ok(_)) | None => Ok(()),
    }
}

request! {
    /// A department, a node of the tree.
    pub struct DepartmentIn {
        title: Text,
        parent: Option<DepartmentId>,
        /// Valid from (included) and to (excluded); open ends when left out.
        from: Option<Moment>,
        to: Option<Moment>,
    }

    /// A role: shift_lead, liaison, …
    pub struct RoleIn {
        title: Text,
    }

    /// Somebody who can act.
    pub struct PersonIn {
        name: Line,
        #[validate(custom(function = "reachable"))]
        email: Option<String>,
        /// Where else they are reached, by kind (`sms`, `wecom`, …): what `[channels]` of the settings names. Shown to
        /// administrators and to the person only.
        #[schema(required = false)]
        addresses: Map<String, Json>,
        /// zh-CN or en
        #[schema(value_type = Option<String>)]
        language: Option<Language>,
        from: Option<Moment>,
        to: Option<Moment>,
    }

    /// A role of a person, in a department or in the whole centre.
    pub struct MembershipIn {
        person: PersonId,
        role: RoleId,
        department: Option<DepartmentId>,
        from: Option<Moment>,
        to: Option<Moment>,
    }

    /// A shift of the duty roster; it may cross midnight.
    pub struct ShiftIn {
        person: PersonId,
        /// Every role of the person when left out.
        role: Option<RoleId>,
        from: Moment,
        to: Moment,
    }

    /// Somebody is away.
    pub struct AbsenceIn {
        person: PersonId,
        from: Moment,
        to: Moment,
        substitute: Option<PersonId>,
    }

    /// Working time: weekly hours, closed dates, opened make-up days (调休上班), in a zone.
    pub struct CalendarIn {
        /// Asia/Shanghai
        zone: Line,
        /// Nominal length of a working day: 8 hours
        day: Line,
        /// `cn`: its public holidays and make-up days are written into `closed` and `open`, as far as they are known now.
        #[schema(value_type = Option<String>)]
        country: Option<Country>,
        /// By mon, tue, wed, thu, fri, sat, sun: "08:30-12:00,13:30-18:00"
        hours: Map<String, Json>,
        #[schema(value_type = Option<Vec<String>>)]
        closed: Option<Vec<Date>>,
        /// By date: "08:30-12:00,13:30-18:00"
        #[schema(required = false)]
        open: Map<String, Json>,
        /// The last year whose holidays are in it.
        #[validate(range(min = 1970, max = 2199))]
        loaded_through: Option<i64>,
    }

    /// Who may use the built-in actions: roles.
    pub struct BuiltinIn {
        /// Beside the task's owners.
        sign: Vec<RoleId>,
        chase: Vec<RoleId>,
        watch: Vec<RoleId>,
        correct: Vec<RoleId>,
        reveal: Vec<RoleId>,
        grant_return: Vec<RoleId>,
        link: Vec<RoleId>,
    }
}

words!(Language {
    "zh-CN" => Language::Zh,
    "en" => Language::En,
});

/// What a shape becomes inside: the JSON of the types of `workflow::directory`.
pub trait Inside {
    fn body(self, key: Option<&str>) -> Json;

    /// A request with the members it must have, each good in itself: put in place of what cannot be read, so that the
    /// rest is looked at all the same. What the desk says of these is never told.
    fn stand_in() -> Json;
}

/// An id that nobody has to have; the shape takes it.
const SOMEBODY: &str = "somebody";
/// Before everything and after everything: no other time is wrong because of these.
const FIRST: &str = "1970-01-01T00:00:00Z";
const LAST: &str = "2199-01-01T00:00:00Z";

fn stand_in_title() -> Json {
    json!({"title": {"zh": "-", "en": "-"}})
}

fn stand_in_time() -> Json {
    json!({"person": SOMEBODY, "from": FIRST, "to": LAST})
}

fn valid(from: Option<Moment>, to: Option<Moment>) -> Json {
    json!({"from": from, "to": to})
}

impl Inside for DepartmentIn {
    fn body(self, key: Option<&str>) -> Json {
        json!({"id": key, "title": self.title, "parent": self.parent, "valid": valid(self.from, self.to)})
    }

    fn stand_in() -> Json {
        stand_in_title()
    }
}

impl Inside for RoleIn {
    fn body(self, key: Option<&str>) -> Json {
        json!({"id": key, "title": self.title})
    }

    fn stand_in() -> Json {
        stand_in_title()
    }
}

impl Inside for PersonIn {
    fn body(self, key: Option<&str>) -> Json {
        json!({
            "id": key,
            "name": self.name.0,
            "email": self.email,
            "addresses": self.addresses,
            "language": self.language.unwrap_or_default().tag(),
            "valid": valid(self.from, self.to),
        })
    }

    fn stand_in() -> Json {
        json!({"name": "-"})
    }
}

impl Inside for MembershipIn {
    fn body(self, _: Option<&str>) -> Json {
        json!({
            "person": self.person,
            "role": self.role,
            "department": self.department,
            "valid": valid(self.from, self.to),
        })
    }

    fn stand_in() -> Json {
        json!({"person": SOMEBODY, "role": SOMEBODY})
    }
}

impl Inside for ShiftIn {
    fn body(self, _: Option<&str>) -> Json {
        json!({"person": self.person, "role": self.role, "from": self.from, "to": self.to})
    }

    fn stand_in() -> Json {
        stand_in_time()
    }
}

impl Inside for AbsenceIn {
    fn body(self, _: Option<&str>) -> Json {
        json!({"person": self.person, "from": self.from, "to": self.to, "substitute": self.substitute})
    }

    fn stand_in() -> Json {
        stand_in_time()
    }
}

impl Inside for CalendarIn {
    fn body(self, key: Option<&str>) -> Json {
        let closed: Vec<String> = self
            .closed
            .unwrap_or_default()
            .iter()
            .map(ToString::to_string)
            .collect();
        json!({
            "id": key,
            "zone": self.zone.0,
            "country": self.country,
            "day": self.day.0,
            "hours": self.hours,
            "closed": closed,
            "open": self.open,
            "loaded_through": self.loaded_through,
        })
    }

    fn stand_in() -> Json {
        json!({"zone": "UTC", "day": "8 hours", "hours": {}})
    }
}

impl Inside for BuiltinIn {
    fn body(self, _: Option<&str>) -> Json {
        json!({
            "sign": self.sign, "chase": self.chase, "watch": self.watch, "correct": self.correct,
            "reveal": self.reveal, "grant_return": self.grant_return, "link": self.link,
        })
    }

    fn stand_in() -> Json {
        json!({"sign": [], "chase": [], "watch": [], "correct": [], "reveal": [], "grant_return": [], "link": []})
    }
}

/// Instants of an entry as times; `valid` is no level of its own outside.
pub fn outside(mut body: Json) -> Json {
    let Some(members) = body.as_object_mut() else {
        return body;
    };
    if let Some(Json::Object(valid)) = members.remove("valid") {
        members.extend(valid);
    }
    for name in ["from", "to"] {
        if let Some(milliseconds) = members.get(name).and_then(Json::as_i64) {
            members.insert(name.to_owned(), json!(Moment(milliseconds).rfc3339()));
        }
    }
    body
}
