//! The chain: each event carries the hash of its predecessor over commitments instead of free texts.
//!
//! ```text
//!   event ──┬── body  {"seq":7,…,"values":{"place":{"t":"text","c":"<commitment>"}}}   events.body, hashed as it stands
//!           └── content {"values":{"place":{"s":"<salt>","v":{…}}}}                     event_content, erasable
//!
//!   commitment = SHA-256(salt ‖ name ‖ 0 ‖ value as JSON)         hash = SHA-256(hash before ‖ body)
//! ```
//!
//! Erasing a person deletes the content with its salts: the commitment then says nothing, yet the chain still
//! verifies. Each value has a salt of its own, so that one can go and the others stay.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ticket::event::{Actor, Body, Event};
use crate::workflow::id::{DepartmentId, FieldId};
use crate::workflow::moment::Moment;
use crate::workflow::value::Value;

use super::StoreError;

/// A link of the chain.
pub type Hash = [u8; 32];

/// What the first event of a ticket follows.
pub const START: Hash = [0; 32];

const SALT_BYTES: usize = 16;

/// An event ready to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    pub body: String,
    pub content: Option<String>,
    pub hash: Hash,
}

/// An event as it is hashed: free text replaced by commitments.
#[derive(Serialize, Deserialize)]
struct Skeleton {
    seq: u64,
    at: Moment,
    recorded_at: Moment,
    actor: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on_behalf_of: Option<DepartmentId>,
    body: Body,
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    values: IndexMap<FieldId, Shown>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    texts: BTreeMap<Arc<str>, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Shown {
    Committed { t: Kind, c: String },
    Plain(Value),
}

/// Which kind of free text it was.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Text,
    Phone,
    List,
}

/// The free texts of an event with their salts.
#[derive(Default, Serialize, Deserialize)]
struct Content {
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    values: IndexMap<FieldId, Salted<Value>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    texts: BTreeMap<Arc<str>, Salted<String>>,
}

#[derive(Serialize, Deserialize)]
struct Salted<T> {
    s: String,
    v: T,
}

/// Seals an event that follows `before`.
pub fn seal(event: &Event, before: &Hash) -> Result<Sealed, StoreError> {
    let unreadable = |error: &dyn std::fmt::Display| StoreError::unreadable("events", error);
    let mut content = Content::default();
    let mut skeleton = Skeleton {
        seq: event.seq,
        at: event.at,
        recorded_at: event.recorded_at,
        actor: event.actor.clone(),
        on_behalf_of: event.on_behalf_of.clone(),
        body: event.body.clone(),
        values: IndexMap::with_capacity(event.values.len()),
        texts: BTreeMap::new(),
    };
    let free = event.values.values().filter(|value| value.is_free_text()).count();
    let mut salts = Salts::draw(free + event.texts.len())?;
    for (field, value) in &event.values {
        let shown = match kind_of(value) {
            None => Shown::Plain(value.clone()),
            Some(t) => {
                let s = salts.next();
                let c = commitment(&s, field.as_str(), value).map_err(|error| unreadable(&error))?;
                content.values.insert(field.clone(), Salted { s, v: value.clone() });
                Shown::Committed { t, c }
            }
        };
        skeleton.values.insert(field.clone(), shown);
    }
    for (name, text) in &event.texts {
        let s = salts.next();
        let c = commitment(&s, name, text).map_err(|error| unreadable(&error))?;
        skeleton.texts.insert(Arc::clone(name), c);
        content.texts.insert(Arc::clone(name), Salted { s, v: text.clone() });
    }
    let body = serde_json::to_string(&skeleton).map_err(|error| unreadable(&error))?;
    let empty = content.values.is_empty() && content.texts.is_empty();
    let content = if empty {
        None
    } else {
        Some(serde_json::to_string(&content).map_err(|error| unreadable(&error))?)
    };
    let hash = follow(before, &body);
    Ok(Sealed { body, content, hash })
}

/// The hash of a stored body after its predecessor's.
pub fn follow(before: &Hash, body: &str) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(before);
    hasher.update(body.as_bytes());
    hasher.finalize().into()
}

/// The event again, from what is stored. Free texts that were erased come back as [`Value::Erased`] and empty texts.
pub fn unseal(body: &str, content: Option<&str>) -> Result<Event, StoreError> {
    Ok(opened(skeleton(body)?, read_content(content)?))
}

/// An event with what an audit wants to know of its free texts.
#[derive(Clone, Debug, PartialEq)]
pub struct Examined {
    pub event: Event,
    /// Fields and texts whose content does not match its commitment, or has none.
    pub broken: Vec<String>,
    /// Fields and texts that were committed and have no content any more: erased, if all is well.
    pub missing: Vec<String>,
}

/// The event again, its content held against the commitments; read once for both.
pub fn examine(body: &str, content: Option<&str>) -> Result<Examined, StoreError> {
    let skeleton = skeleton(body)?;
    let content = read_content(content)?;
    Ok(Examined {
        broken: broken(&skeleton, &content),
        missing: missing(&skeleton, &content),
        event: opened(skeleton, content),
    })
}

/// Names of fields and texts whose stored content does not match its commitment. What was erased matches.
pub fn broken_commitments(body: &str, content: Option<&str>) -> Result<Vec<String>, StoreError> {
    Ok(examine(body, content)?.broken)
}

fn skeleton(body: &str) -> Result<Skeleton, StoreError> {
    serde_json::from_str(body).map_err(|error| StoreError::unreadable("events.body", error))
}

fn opened(skeleton: Skeleton, mut content: Content) -> Event {
    let values = skeleton
        .values
        .into_iter()
        .map(|(field, shown)| {
            let value = match shown {
                Shown::Plain(value) => value,
                Shown::Committed { .. } => content
                    .values
                    .swap_remove(&field)
                    .map_or(Value::Erased, |salted| salted.v),
            };
            (field, value)
        })
        .collect();
    let texts = skeleton
        .texts
        .into_keys()
        .map(|name| {
            let text = content.texts.remove(&name).map(|salted| salted.v).unwrap_or_default();
            (name, text)
        })
        .collect();
    Event {
        seq: skeleton.seq,
        at: skeleton.at,
        recorded_at: skeleton.recorded_at,
        actor: skeleton.actor,
        on_behalf_of: skeleton.on_behalf_of,
        body: skeleton.body,
        values,
        texts,
    }
}

fn broken(skeleton: &Skeleton, content: &Content) -> Vec<String> {
    let mut broken = Vec::new();
    for (field, salted) in &content.values {
        let matches = match skeleton.values.get(field) {
            Some(Shown::Committed { c, .. }) => {
                commitment(&salted.s, field.as_str(), &salted.v).is_ok_and(|now| now == *c)
            }
            Some(Shown::Plain(_)) | None => false,
        };
        if !matches {
            broken.push(field.to_string());
        }
    }
    for (name, salted) in &content.texts {
        let now = commitment(&salted.s, name, &salted.v);
        if !skeleton
            .texts
            .get(name)
            .is_some_and(|c| now.as_ref().is_ok_and(|now| now == c))
        {
            broken.push(name.to_string());
        }
    }
    broken
}

/// Names of committed fields and texts that the content does not hold.
fn missing(skeleton: &Skeleton, content: &Content) -> Vec<String> {
    let values = skeleton.values.iter().filter_map(|(field, shown)| match shown {
        Shown::Committed { .. } if !content.values.contains_key(field) => Some(field.to_string()),
        Shown::Committed { .. } | Shown::Plain(_) => None,
    });
    let texts = skeleton.texts.keys().filter(|name| !content.texts.contains_key(*name));
    values.chain(texts.map(ToString::to_string)).collect()
}

fn read_content(content: Option<&str>) -> Result<Content, StoreError> {
    match content {
        None => Ok(Content::default()),
        Some(content) => serde_json::from_str(content).map_err(|error| StoreError::unreadable("event_content", error)),
    }
}

fn kind_of(value: &Value) -> Option<Kind> {
    match value {
        Value::Text(_) => Some(Kind::Text),
        Value::Phone(_) => Some(Kind::Phone),
        Value::List(_) => Some(Kind::List),
        Value::Number(_)
        | Value::Money(_)
        | Value::YesNo(_)
        | Value::Choice(_)
        | Value::Time(_)
        | Value::Department(_)
        | Value::Departments(_)
        | Value::Person(_)
        | Value::Erased => None,
    }
}

fn commitment(salt: &str, name: &str, value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut hasher = Sha256::new();
    hasher.update(salt.as_bytes());
    hasher.update(name.as_bytes());
    hasher.update([0]);
    hasher.update(serde_json::to_vec(value)?);
    Ok(hex::encode(hasher.finalize()))
}

/// Salts of one event, drawn at once.
struct Salts(std::vec::IntoIter<String>);

impl Salts {
    fn draw(count: usize) -> Result<Self, StoreError> {
        let mut bytes = vec![0; count * SALT_BYTES];
        if count > 0 {
            getrandom::fill(&mut bytes).map_err(|error| StoreError::unreadable("salt", error))?;
        }
        let salts: Vec<String> = bytes.chunks(SALT_BYTES).map(hex::encode).collect();
        Ok(Self(salts.into_iter()))
    }

    fn next(&mut self) -> String {
        self.0.next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Event {
        let mut texts = BTreeMap::new();
        texts.insert(Arc::from("reason"), "客户来电补充".to_owned());
        let mut values = IndexMap::new();
        values.insert(FieldId::from("place"), Value::Text("人民路 1 号".into()));
        values.insert(FieldId::from("urgent"), Value::YesNo(true));
        Event {
            seq: 7,
            at: Moment(1),
            recorded_at: Moment(2),
            actor: Actor::Person("li".into()),
            on_behalf_of: None,
            body: Body::Corrected,
            values,
            texts,
        }
    }

    #[test]
    fn an_event_comes_back_as_it_was() {
        let sealed = seal(&event(), &START).unwrap();
        assert_eq!(unseal(&sealed.body, sealed.content.as_deref()).unwrap(), event());
        assert_eq!(follow(&START, &sealed.body), sealed.hash);
        let examined = examine(&sealed.body, sealed.content.as_deref()).unwrap();
        assert!(examined.broken.is_empty() && examined.missing.is_empty());
    }

    #[test]
    fn the_hashed_body_holds_no_free_text() {
        let sealed = seal(&event(), &START).unwrap();
        assert!(!sealed.body.contains("人民路"));
        assert!(!sealed.body.contains("客户"));
        assert!(sealed.body.contains(r#""urgent":{"t":"yes_no","v":true}"#));
    }

    #[test]
    fn what_was_erased_leaves_the_chain_whole() {
        let sealed = seal(&event(), &START).unwrap();
        let erased = unseal(&sealed.body, None).unwrap();
        assert_eq!(erased.values.get("place"), Some(&Value::Erased));
        assert_eq!(erased.texts.get("reason").map(String::as_str), Some(""));
        let examined = examine(&sealed.body, None).unwrap();
        assert!(examined.broken.is_empty());
        assert_eq!(examined.missing, ["place", "reason"]);
    }

    #[test]
    fn changed_content_breaks_its_commitment() {
        let sealed = seal(&event(), &START).unwrap();
        let forged = sealed.content.unwrap().replace("人民路", "解放路");
        assert_eq!(examine(&sealed.body, Some(&forged)).unwrap().broken, ["place"]);
    }

    #[test]
    fn the_same_text_twice_has_two_commitments() {
        let one = seal(&event(), &START).unwrap();
        let two = seal(&event(), &START).unwrap();
        assert_ne!(one.body, two.body);
    }
}
