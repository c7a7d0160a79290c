//! From what the desk says to a problem: the one table of use-case errors → code → status.

use serde_json::{Value, json};

use crate::desk::definitions::Checked;
use crate::desk::{DeskError, NotAllowed, Problem as DeskFault};
use crate::discreet::discreet;
use crate::store::StoreError;
use crate::texts::Language;
use crate::ticket::event::Actor;
use crate::ticket::refusal::{Code as Reason, Objection, Refusal};
use crate::workflow::definition::Text;
use crate::workflow::id::PersonId;

use super::problem::{Code, Fault, Place, Problem};

/// Seconds after which a client may try again when the server is busy.
const RETRY_AFTER: &str = "1";

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        problem(error)
    }
}

/// The problem that stands for an error of the desk.
pub fn problem(error: DeskError) -> Problem {
    match error {
        DeskError::Refused(refusal) => refused(&refusal),
        DeskError::NotFound { what } => Problem::new(Code::NotFound).member("what", json!(what)),
        DeskError::Stale { revision, by, at, what } => {
            let who = actor(&by);
            Problem::new(Code::Stale)
                .with("revision", revision.to_string())
                .with("by", who.as_str().unwrap_or("ombud").to_owned())
                .with("at", at.rfc3339())
                .with(
                    "action",
                    what.as_ref().map_or_else(|| "open".to_owned(), ToString::to_string),
                )
                .member(
                    "changed",
                    json!(what.map_or_else(|| "open".to_owned(), |what| what.to_string())),
                )
                .member("revision", json!(revision))
                .member("changed_by", who)
                .member("changed_at", json!(at.rfc3339()))
                .header("ETag", super::revision::tag(revision))
        }
        DeskError::PreconditionRequired => Problem::new(Code::IfMatchMissing),
        DeskError::KeyReused => Problem::new(Code::KeyReused),
        DeskError::InFlight => Problem::new(Code::KeyInFlight).header("Retry-After", RETRY_AFTER),
        DeskError::Busy => busy(),
        DeskError::Unknown(what) => unknown(&what),
        DeskError::Forbidden { need } => super::auth::scope_missing(&need),
        DeskError::NotAllowed { why } => not_allowed(why),
        DeskError::Invalid(faults) => {
            if faults.iter().any(|fault| fault.code == "feed_void") {
                return Problem::new(Code::CursorVoid);
            }
            Problem::invalid(faults.into_iter().map(fault).collect())
        }
        DeskError::Conflict(fault_found) => Problem::new(Code::Conflict).fault(fault(*fault_found)),
        DeskError::Unclean(checked) => unclean(&checked),
        DeskError::UnknownDefinition(hash) => {
            tracing::error!(%hash, "a ticket runs on a version that is not stored");
            Problem::new(Code::Internal)
        }
        DeskError::Store(error) => store(&error),
    }
}

/// 403 with the reason: which role it wants, or what keeps this one from it.
fn not_allowed(why: NotAllowed) -> Problem {
    let fault = Fault::new(Place::Pointer(String::new()), why.as_str());
    let key = Some(format!("not-allowed-{}", why.as_str()));
    Problem::new(Code::NotAllowed).fault(Fault {
        place: None,
        key,
        ..fault
    })
}

fn busy() -> Problem {
    Problem::new(Code::Busy).header("Retry-After", RETRY_AFTER)
}

fn unknown(what: &str) -> Problem {
    tracing::error!(error = discreet(what), "unknown whether a command was saved");
    Problem::new(Code::Unknown).header("Retry-After", RETRY_AFTER)
}

fn store(error: &StoreError) -> Problem {
    match error {
        StoreError::Busy | StoreError::Stopped => busy(),
        StoreError::Unknown(what) => unknown(what),
        StoreError::Database(_) | StoreError::Failed(_) | StoreError::Away(_) => {
            tracing::error!(error = discreet(&error), "the database failed");
            busy()
        }
        StoreError::Unreadable { .. } | StoreError::Panicked(_) => {
            tracing::error!(error = discreet(&error), "a command failed inside");
            Problem::new(Code::Internal)
        }
    }
}

/// What is wrong with a workflow file that somebody wants to publish.
fn unclean(checked: &Checked) -> Problem {
    let findings = checked.findings.iter().map(|finding| Fault {
        sentence: Some(Text {
            zh: finding.sentence(Language::Zh),
            en: finding.sentence(Language::En),
        }),
        ..Fault::new(Place::Pointer("/source".to_owned()), finding.code.as_str())
    });
    let failures = checked.failures.iter().map(|failure| Fault {
        sentence: Some(Text {
            zh: format!(
                "测试“{}”：{} 应为 {}，实为 {}",
                failure.story, failure.what, failure.expected, failure.found
            ),
            en: format!(
                "Story “{}”: {} should be {}, was {}",
                failure.story, failure.what, failure.expected, failure.found
            ),
        }),
        ..Fault::new(Place::Pointer("/source".to_owned()), "T01")
    });
    Problem::invalid(findings.chain(failures).collect())
}

fn fault(fault: DeskFault) -> Fault {
    // A parameter of the query has no slash in front.
    let place = if fault.pointer.is_empty() || fault.pointer.starts_with('/') {
        Place::Pointer(fault.pointer)
    } else {
        Place::Parameter(fault.pointer)
    };
    Fault {
        sentence: Some(fault.sentence),
        ..Fault::new(place, fault.code)
    }
}

/// An actor as the API shows it: the person's id, or null for the engine itself.
pub fn actor(actor: &Actor) -> Value {
    actor.person().map_or(Value::Null, |person| json!(person.as_str()))
}

/// A refusal of the core: 403 when it is only about who, 404 for what is not there, 422 for what was said, else 409.
pub fn refused(refusal: &Refusal) -> Problem {
    let all = |kind: Kind| {
        refusal
            .objections
            .iter()
            .all(|objection| kind_of(objection.code) == kind)
    };
    let any = |kind: Kind| {
        refusal
            .objections
            .iter()
            .any(|objection| kind_of(objection.code) == kind)
    };
    let code = if any(Kind::Who) {
        Code::RefusedWho
    } else if all(Kind::Where) {
        Code::NotFound
    } else if any(Kind::Now) {
        Code::Refused
    } else {
        Code::RefusedContent
    };
    Problem::new(code).faults(refusal.objections.iter().map(objection).collect())
}

/// What an objection is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Who,
    /// There is no such action or task.
    Where,
    /// Not as things stand.
    Now,
    /// What was said.
    Content,
}

fn kind_of(code: Reason) -> Kind {
    match code {
        Reason::By | Reason::NotBy => Kind::Who,
        Reason::UnknownAction | Reason::UnknownTask => Kind::Where,
        Reason::Closed
        | Reason::Open
        | Reason::OnlyIn
        | Reason::OnlyIf
        | Reason::AtMost
        | Reason::Unsigned
        | Reason::TaskPhase
        | Reason::NoReturn
        | Reason::Expression
        | Reason::ClockStopped
        | Reason::UnknownWorkflow
        | Reason::Nothing => Kind::Now,
        // Which row fits and who gets the work follows from what was said.
        Reason::NoRoute
        | Reason::NoDepartment
        | Reason::Require
        | Reason::Check
        | Reason::Value
        | Reason::NotAsked
        | Reason::UnknownField
        | Reason::UnknownDepartment
        | Reason::UnknownPerson
        | Reason::TextMissing
        | Reason::Time => Kind::Content,
    }
}

/// What the sentence of an objection may name.
fn arguments(objection: &Objection) -> Vec<(&'static str, String)> {
    let mut arguments = objection.parameters.clone();
    if let Some(field) = &objection.field {
        arguments.push(("field", field.to_string()));
    }
    if let Some(task) = objection.task {
        arguments.push(("task", task.to_string()));
    }
    if !objection.who.is_empty() {
        let who: Vec<&str> = objection.who.iter().map(PersonId::as_str).collect();
        arguments.push(("who", who.join(", ")));
    }
    arguments
}

/// One objection as a fault: place, sentence, and who could lift it.
pub fn objection(objection: &Objection) -> Fault {
    let text = objection.parameters.iter().find(|(name, _)| *name == "text");
    let place = match (&objection.field, text) {
        (Some(field), _) => Some(Place::Pointer(format!("/values/{field}"))),
        (None, Some((_, text))) => Some(Place::Pointer(format!("/{text}"))),
        (None, None) => None,
    };
    let mut fault = Fault {
        place,
        key: Some(format!("refusal-{}", objection.code.as_str())),
        sentence: objection.sentence.as_deref().cloned(),
        ..Fault::new(Place::Pointer(String::new()), objection.code.as_str())
    };
    fault.arguments = arguments(objection);
    if !objection.who.is_empty() {
        let who: Vec<&str> = objection.who.iter().map(PersonId::as_str).collect();
        fault.more.insert("who".into(), json!(who));
    }
    if let Some(field) = &objection.field {
        fault.more.insert("field".into(), json!(field.as_str()));
    }
    if let Some(task) = objection.task {
        fault.more.insert("task".into(), json!(task));
    }
    let parameters: serde_json::Map<String, Value> = objection
        .parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    if !parameters.is_empty() {
        fault.more.insert("parameters".into(), Value::Object(parameters));
    }
    fault
}
