//! Object-centric event logs as OCEL 2.0 in JSON: the types of events and objects, then both.
//!
//! Readers that take in a log bit by bit want the types first, and which of them occur is known only at the end: events
//! and objects are written aside as they come, and put behind the types when all is said. Nothing is kept in memory but
//! names. Knows nothing of tickets: `reports::objects` says what becomes an event and what an object.

use std::io::{self, Read, Seek, Write};

use indexmap::IndexMap;
use serde::Serialize;

use super::attribute::{Attribute, Attributes};
use crate::workflow::moment::Moment;

/// An event and the objects it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Unique among events.
    pub id: String,
    pub kind: String,
    pub at: Moment,
    pub attributes: Attributes,
    pub relations: Vec<Relation>,
}

/// An object with what it was at each time.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Unique among objects of all types.
    pub id: String,
    pub kind: &'static str,
    pub attributes: Vec<Dated>,
    pub relations: Vec<Relation>,
}

/// A value that an attribute of an object took on.
#[derive(Clone, Debug, PartialEq)]
pub struct Dated {
    pub name: String,
    pub at: Moment,
    pub value: Attribute,
}

/// What an event or object has to do with an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Relation {
    #[serde(rename = "objectId")]
    pub object: String,
    pub qualifier: &'static str,
}

/// Attributes that occur under each type, with the type of their values.
type Types = IndexMap<String, IndexMap<String, &'static str>>;

/// Gathers one log; events and objects come in any order.
pub struct Log<A: Read + Write + Seek> {
    /// Where events and objects wait for the end.
    events: A,
    objects: A,
    event_types: Types,
    object_types: Types,
    counts: Counts,
}

/// How many events and objects were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub events: u64,
    pub objects: u64,
}

impl<A: Read + Write + Seek> Log<A> {
    /// `events` and `objects` are empty and go away with the log.
    pub fn new(events: A, objects: A) -> Self {
        Self {
            events,
            objects,
            event_types: Types::new(),
            object_types: Types::new(),
            counts: Counts::default(),
        }
    }

    pub fn event(&mut self, event: &Event) -> io::Result<()> {
        let attributes = event
            .attributes
            .iter()
            .map(|(name, value)| (name.as_str(), value.kind()));
        note(&mut self.event_types, &event.kind, attributes);
        let first = self.counts.events == 0;
        self.counts.events += 1;
        let member = EventJson {
            id: &event.id,
            kind: &event.kind,
            time: event.at.rfc3339(),
            attributes: event
                .attributes
                .iter()
                .map(|(name, value)| Named { name, value })
                .collect(),
            relationships: &event.relations,
        };
        append(&mut self.events, first, &member)
    }

    pub fn object(&mut self, object: &Object) -> io::Result<()> {
        let attributes = object
            .attributes
            .iter()
            .map(|dated| (dated.name.as_str(), dated.value.kind()));
        note(&mut self.object_types, object.kind, attributes);
        let first = self.counts.objects == 0;
        self.counts.objects += 1;
        let member = ObjectJson {
            id: &object.id,
            kind: object.kind,
            attributes: object
                .attributes
                .iter()
                .map(|dated| Timed {
                    name: &dated.name,
                    time: dated.at.rfc3339(),
                    value: &dated.value,
                })
                .collect(),
            relationships: &object.relations,
        };
        append(&mut self.objects, first, &member)
    }

    /// Writes the whole log with the types that occurred.
    pub fn end(mut self, mut out: impl Write) -> io::Result<Counts> {
        out.write_all(b"{\"eventTypes\":")?;
        serde_json::to_writer(&mut out, &types(&self.event_types))?;
        out.write_all(b",\n\"objectTypes\":")?;
        serde_json::to_writer(&mut out, &types(&self.object_types))?;
        out.write_all(b",\n\"events\":[")?;
        self.events.rewind()?;
        io::copy(&mut self.events, &mut out)?;
        out.write_all(b"\n],\n\"objects\":[")?;
        self.objects.rewind()?;
        io::copy(&mut self.objects, &mut out)?;
        out.write_all(b"\n]}\n")?;
        out.flush()?;
        Ok(self.counts)
    }
}

fn append(out: &mut impl Write, first: bool, member: &impl Serialize) -> io::Result<()> {
    out.write_all(if first { "\n" } else { ",\n" }.as_bytes())?;
    Ok(serde_json::to_writer(out, member)?)
}

fn note<'a>(types: &mut Types, kind: &str, attributes: impl Iterator<Item = (&'a str, &'static str)>) {
    if !types.contains_key(kind) {
        types.insert(kind.to_owned(), IndexMap::new());
    }
    let Some(known) = types.get_mut(kind) else { return };
    for (name, value) in attributes {
        if !known.contains_key(name) {
            known.insert(name.to_owned(), value);
        }
    }
}

fn types(types: &Types) -> Vec<TypeJson<'_>> {
    types
        .iter()
        .map(|(name, attributes)| TypeJson {
            name,
            attributes: attributes
                .iter()
                .map(|(name, kind)| AttributeJson { name, kind })
                .collect(),
        })
        .collect()
}

#[derive(Serialize)]
struct EventJson<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    time: String,
    attributes: Vec<Named<'a>>,
    relationships: &'a [Relation],
}

#[derive(Serialize)]
struct ObjectJson<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    attributes: Vec<Timed<'a>>,
    relationships: &'a [Relation],
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    value: &'a Attribute,
}

#[derive(Serialize)]
struct Timed<'a> {
    name: &'a str,
    time: String,
    value: &'a Attribute,
}

#[derive(Serialize)]
struct TypeJson<'a> {
    name: &'a str,
    attributes: Vec<AttributeJson<'a>>,
}

#[derive(Serialize)]
struct AttributeJson<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use serde_json::{Value as Json, json};

    use super::*;
    use crate::reports::attribute::{text, whole};

    fn empty() -> Log<Cursor<Vec<u8>>> {
        Log::new(Cursor::default(), Cursor::default())
    }

    #[test]
    fn a_log_declares_every_type_and_attribute_that_occurs() {
        let mut log = empty();
        let about = |object: &str| Relation {
            object: object.to_owned(),
            qualifier: "ticket",
        };
        for (id, attributes) in [("e1", vec![text("to", "north")]), ("e2", vec![whole("seq", 2)])] {
            log.event(&Event {
                id: id.to_owned(),
                kind: "sign".to_owned(),
                at: Moment(0),
                attributes,
                relations: vec![about("ticket:1")],
            })
            .unwrap();
        }
        log.object(&Object {
            id: "ticket:1".to_owned(),
            kind: "ticket",
            attributes: vec![Dated {
                name: "amount".to_owned(),
                at: Moment(1),
                value: Attribute::Real(12.0),
            }],
            relations: Vec::new(),
        })
        .unwrap();
        let mut bytes = Vec::new();
        let counts = log.end(&mut bytes).unwrap();
        assert_eq!(counts, Counts { events: 2, objects: 1 });
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(
            text.find("\"objectTypes\"") < text.find("\"events\""),
            "types come first"
        );
        let json: Json = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(
            json["eventTypes"],
            json!([{"name": "sign", "attributes": [{"name": "to", "type": "string"}, {"name": "seq", "type": "integer"}]}])
        );
        assert_eq!(
            json["objectTypes"],
            json!([{"name": "ticket", "attributes": [{"name": "amount", "type": "float"}]}])
        );
        assert_eq!(
            json["events"][1],
            json!({"id": "e2", "type": "sign", "time": "1970-01-01T00:00:00.000Z",
                "attributes": [{"name": "seq", "value": 2}],
                "relationships": [{"objectId": "ticket:1", "qualifier": "ticket"}]})
        );
        let amount = json!([{"name": "amount", "time": "1970-01-01T00:00:00.001Z", "value": 12.0}]);
        assert_eq!(json["objects"][0]["attributes"], amount);
    }

    #[test]
    fn a_log_of_nothing_is_a_log() {
        let mut bytes = Vec::new();
        empty().end(&mut bytes).unwrap();
        let json: Json = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(
            json,
            json!({"events": [], "objects": [], "eventTypes": [], "objectTypes": []})
        );
    }
}
