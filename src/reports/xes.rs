//! Event logs as XES (IEEE 1849): one trace for each ticket, its events in the order of their sequence.
//!
//! Uses the standard extensions concept, time, lifecycle and organisational. Writes as it goes and keeps nothing, so
//! a million events need no memory. Knows nothing of tickets: `reports::log` says what becomes an event.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, Event as Xml};

use super::attribute::{Attribute, Attributes};
use crate::workflow::moment::Moment;

const EXTENSIONS: &[(&str, &str, &str)] = &[
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
];

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct Occurrence {
    /// `concept:name`
    pub name: String,
    /// `time:timestamp`
    pub at: Moment,
    /// `lifecycle:transition`: `complete`, `start`, `schedule` …
    pub transition: &'static str,
    /// `org:resource`
    pub resource: Option<String>,
    /// `org:group`
    pub group: Option<String>,
    pub more: Attributes,
}

/// Writes one log.
pub struct Log<W: Write> {
    xml: Writer<W>,
}

impl<W: Write> Log<W> {
    /// Begins a log: extensions, what every trace and event has, the classifier.
    pub fn new(out: W, name: &str) -> io::Result<Self> {
        let mut log = Self {
            xml: Writer::new_with_indent(out, b' ', 1),
        };
        log.xml
            .write_event(Xml::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let mut head = BytesStart::new("log");
        head.push_attribute(("xes.version", "1849.2016"));
        head.push_attribute(("xes.features", ""));
        head.push_attribute(("xmlns", "http://www.xes-standard.org/"));
        log.xml.write_event(Xml::Start(head))?;
        for (name, prefix, uri) in EXTENSIONS {
            log.empty("extension", &[("name", name), ("prefix", prefix), ("uri", uri)])?;
        }
        log.globals()?;
        log.empty("classifier", &[("name", "Activity"), ("keys", "concept:name")])?;
        log.attribute("concept:name", &Attribute::Text(name.to_owned()))?;
        Ok(log)
    }

    /// What every trace and every event is sure to have, with the value that would stand for «unknown».
    fn globals(&mut self) -> io::Result<()> {
        let unknown = || Attribute::Text("unknown".to_owned());
        self.open("global", &[("scope", "trace")])?;
        self.attribute("concept:name", &unknown())?;
        self.close("global")?;
        self.open("global", &[("scope", "event")])?;
        self.attribute("concept:name", &unknown())?;
        self.attribute("time:timestamp", &Attribute::Time(Moment(0)))?;
        self.attribute("lifecycle:transition", &Attribute::Text("complete".to_owned()))?;
        self.close("global")
    }

    /// Begins the trace of one ticket.
    pub fn begin_trace(&mut self, name: &str, more: &Attributes) -> io::Result<()> {
        self.open("trace", &[])?;
        self.attribute("concept:name", &Attribute::Text(name.to_owned()))?;
        self.attributes(more)
    }

    /// Writes one event of the trace that was begun.
    pub fn event(&mut self, event: &Occurrence) -> io::Result<()> {
        self.open("event", &[])?;
        self.attribute("concept:name", &Attribute::Text(event.name.clone()))?;
        self.attribute("time:timestamp", &Attribute::Time(event.at))?;
        self.attribute("lifecycle:transition", &Attribute::Text(event.transition.to_owned()))?;
        for (key, value) in [("org:resource", &event.resource), ("org:group", &event.group)] {
            if let Some(value) = value {
                self.attribute(key, &Attribute::Text(value.clone()))?;
            }
        }
        self.attributes(&event.more)?;
        self.close("event")
    }

    pub fn end_trace(&mut self) -> io::Result<()> {
        self.close("trace")
    }

    /// Ends the log and gives back what it was written to.
    pub fn end(mut self) -> io::Result<W> {
        self.close("log")?;
        let mut out = self.xml.into_inner();
        out.write_all(b"\n")?;
        out.flush()?;
        Ok(out)
    }

    fn attributes(&mut self, attributes: &Attributes) -> io::Result<()> {
        attributes
            .iter()
            .try_for_each(|(key, value)| self.attribute(key, value))
    }

    fn attribute(&mut self, key: &str, value: &Attribute) -> io::Result<()> {
        match value {
            Attribute::Text(text) => self.empty("string", &[("key", key), ("value", &printable(text))]),
            Attribute::Time(at) => self.empty("date", &[("key", key), ("value", &at.rfc3339())]),
            Attribute::Whole(number) => self.empty("int", &[("key", key), ("value", &number.to_string())]),
            Attribute::Real(number) => self.empty("float", &[("key", key), ("value", &number.to_string())]),
            Attribute::YesNo(yes) => self.empty("boolean", &[("key", key), ("value", &yes.to_string())]),
        }
    }

    fn open(&mut self, tag: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.xml.write_event(Xml::Start(start(tag, attributes)))
    }

    fn empty(&mut self, tag: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.xml.write_event(Xml::Empty(start(tag, attributes)))
    }

    fn close(&mut self, tag: &str) -> io::Result<()> {
        self.xml.write_event(Xml::End(BytesEnd::new(tag)))
    }
}

fn start<'a>(tag: &'a str, attributes: &[(&'a str, &'a str)]) -> BytesStart<'a> {
    let mut start = BytesStart::new(tag);
    for (key, value) in attributes {
        start.push_attribute((*key, *value));
    }
    start
}

/// The text without the characters that XML 1.0 cannot hold at all, not even escaped.
fn printable(text: &str) -> String {
    let allowed =
        |mark: &char| matches!(mark, '\t' | '\n' | '\r') || (*mark >= ' ' && !matches!(mark, '\u{fffe}' | '\u{ffff}'));
    text.chars().filter(allowed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_well_formed_and_keeps_order_and_texts() {
        let mut log = Log::new(Vec::new(), "ombud").unwrap();
        log.begin_trace(
            "C1",
            &vec![("ombud:outcome".to_owned(), Attribute::Text("resolved".to_owned()))],
        )
        .unwrap();
        for (name, at) in [("<submit> & \"go\"", 5), ("submit\u{0}\u{1f}", 5), ("办结\n二", 7)] {
            let event = Occurrence {
                name: name.to_owned(),
                at: Moment(at),
                transition: "complete",
                resource: Some("li".to_owned()),
                group: None,
                more: vec![("ombud:seq".to_owned(), Attribute::Whole(at))],
            };
            log.event(&event).unwrap();
        }
        log.end_trace().unwrap();
        let text = String::from_utf8(log.end().unwrap()).unwrap();
        let mut reader = quick_xml::Reader::from_str(&text);
        let mut names = Vec::new();
        loop {
            let xml = reader.read_event().unwrap();
            if matches!(xml, Xml::Eof) {
                break;
            }
            if let Xml::Empty(tag) = xml {
                let get = |name: &str| {
                    tag.try_get_attribute(name).unwrap().map(|found| {
                        found
                            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                            .unwrap()
                            .into_owned()
                    })
                };
                if get("key").as_deref() == Some("concept:name") {
                    names.push(get("value").unwrap());
                }
            }
        }
        assert_eq!(
            names,
            [
                "unknown",
                "unknown",
                "ombud",
                "C1",
                "<submit> & \"go\"",
                "submit",
                "办结\n二"
            ]
        );
    }
}
