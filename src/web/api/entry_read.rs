//! A request for an entry of the directory, read to its end: what its shape forbids and what the directory forbids are
//! told together, so that nobody puts one thing right only to be told of the next.
//!
//! Where the shape has faults the desk is asked all the same, about the rest: what could not be read is replaced by a
//! stand-in ([`Inside::stand_in`]), and what the desk says of such a place is left out. Nothing is changed by that.

use serde_json::Value as Json;
use validator::Validate;

use crate::desk::directory::{Edit, Kind};
use crate::desk::{DeskError, Principal};
use crate::web::body::shape;
use crate::web::decode::{At, Decode};
use crate::web::problem::{Code, Fault, Place, Problem};
use crate::web::state::State;

use super::entries::Inside;

/// Readings of one request: its shape, the rules of its members, and what only then comes to light.
const READINGS_MAX: usize = 3;

/// What a request says, as far as it could be read.
pub struct Reading {
    /// For the desk; with stand-ins where there are faults, and nothing when even so it cannot be read.
    pub body: Option<Json>,
    /// What its shape forbids.
    pub faults: Vec<Fault>,
}

/// Reads a request of the shape; `own` is the id in its address.
pub fn read<T: Decode + Validate + Inside>(request: &Json, own: Option<&str>) -> Reading {
    let stand_in = T::stand_in();
    let mut asked = request.clone();
    let mut faults = Vec::new();
    for _ in 0..READINGS_MAX {
        match shape::<T>(&asked, &At::Body(String::new())) {
            Ok(read) => {
                let body = Some(read.body(own));
                return Reading { body, faults };
            }
            Err(problem) => {
                asked = mended(&asked, &problem.faults, &stand_in);
                faults.extend(problem.faults.iter().cloned());
            }
        }
    }
    Reading { body: None, faults }
}

/// The request with a stand-in at each fault, or without the member where there is none.
fn mended(request: &Json, faults: &[Fault], stand_in: &Json) -> Json {
    let mut members = request.as_object().cloned().unwrap_or_default();
    for pointer in faults.iter().filter_map(pointer) {
        let mut path = pointer.trim_start_matches('/').split('/').map(unescaped);
        let outer = path.next().unwrap_or_default();
        let (inner, deeper) = (path.next(), path.next().is_some());
        match (members.get_mut(&outer), inner, stand_in.pointer(pointer)) {
            (Some(Json::Object(inside)), Some(inner), Some(value)) if !deeper => {
                inside.insert(inner, value.clone());
            }
            _ => {
                members.remove(&outer);
            }
        }
    }
    for (name, value) in stand_in.as_object().into_iter().flatten() {
        members.entry(name).or_insert_with(|| value.clone());
    }
    Json::Object(members)
}

fn unescaped(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

fn pointer(fault: &Fault) -> Option<&str> {
    match &fault.place {
        Some(Place::Pointer(pointer)) => Some(pointer),
        Some(Place::Parameter(_) | Place::Header(_)) | None => None,
    }
}

/// The edit that a request asks for, or everything that is wrong with it.
pub async fn sound<T: Decode + Validate + Inside>(
    state: &State,
    who: &Principal,
    (kind, key): (Kind, Option<String>),
    own: Option<&str>,
    request: &Json,
) -> Result<Edit, Problem> {
    let read = read::<T>(request, own);
    let whole = read.faults.is_empty();
    match read.body {
        Some(body) if whole => Ok(Edit::Put { kind, key, body }),
        Some(body) => Err(with_the_desk(state, who, Edit::Put { kind, key, body }, read.faults).await),
        None => Err(Problem::invalid(read.faults)),
    }
}

/// These faults, and what the desk would say of the edit elsewhere.
pub async fn with_the_desk(state: &State, who: &Principal, edit: Edit, mut faults: Vec<Fault>) -> Problem {
    // Whatever else keeps the desk from answering, these faults are known.
    if let Err(error @ DeskError::Invalid(_)) = state.desk.rehearse(who, vec![edit]).await {
        let known: Vec<String> = faults.iter().filter_map(pointer).map(str::to_owned).collect();
        let found = of_one_edit(Problem::from(error));
        let elsewhere = found.faults.iter().filter(|fault| {
            let place = pointer(fault).unwrap_or_default();
            !known
                .iter()
                .any(|known| is_within(place, known) || is_within(known, place))
        });
        faults.extend(elsewhere.cloned());
    }
    Problem::new(Code::Invalid).faults(faults)
}

fn is_within(place: &str, other: &str) -> bool {
    place
        .strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The desk points into a list of edits and their bodies; outside there is one, and `valid` is no level of its own.
pub fn of_one_edit(problem: Problem) -> Problem {
    problem
        .without_prefix("/0")
        .without_prefix("/body")
        .without_prefix("/valid")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::entries::{CalendarIn, MembershipIn, PersonIn, ShiftIn};
    use super::*;

    fn places(faults: &[Fault]) -> Vec<&str> {
        faults.iter().filter_map(pointer).collect()
    }

    #[test]
    fn members_that_cannot_be_read_do_not_hide_the_rules_of_the_others() {
        let read = read::<PersonIn>(&json!({"name": " ", "email": "nowhere", "nmae": 1}), Some("li"));
        assert_eq!(places(&read.faults), ["/nmae", "/name", "/email"]);
        let body = read.body.unwrap();
        assert_eq!((&body["id"], &body["email"]), (&json!("li"), &Json::Null));
    }

    #[test]
    fn what_could_be_read_goes_on_to_the_desk() {
        let asked = json!({"zone": "Asia/Nowhere", "day": " ", "hours": {"mon": "25:00"}, "closed": ["2026-02-30"]});
        let read = read::<CalendarIn>(&asked, Some("default"));
        assert_eq!(places(&read.faults), ["/day", "/closed/0"]);
        let body = read.body.unwrap();
        assert_eq!(
            (&body["zone"], &body["hours"]["mon"]),
            (&json!("Asia/Nowhere"), &json!("25:00"))
        );
        assert_eq!(body["closed"], json!([]));
    }

    #[test]
    fn every_shape_can_be_stood_in_for() {
        for nothing in [json!({}), json!([]), json!(null)] {
            assert!(read::<PersonIn>(&nothing, Some("li")).body.is_some());
            assert!(read::<MembershipIn>(&nothing, None).body.is_some());
            assert!(read::<ShiftIn>(&nothing, None).body.is_some());
            assert!(read::<CalendarIn>(&nothing, Some("default")).body.is_some());
        }
    }
}
