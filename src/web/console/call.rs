//! What whoever calls back needs beside the form: how to begin, whom to ring, what was asked for and what was answered.
//! Nothing is shown that the page of the ticket does not show to the same reader.

use serde::Serialize;

use crate::desk::read::View;
use crate::texts::{Arg, say};
use crate::ticket::mask;
use crate::workflow::definition::Field;
use crate::workflow::value::FieldType;

use super::callbacks::is_callback;
use super::ticket_facts::holds_prose;
use super::timeline::Line;
use super::visitor::Visitor;
use super::words::{Names, When, text, value};

#[derive(Serialize)]
pub struct CallView {
    /// «Good day, this is …»
    script: String,
    /// Name and number, masked for whoever may not see them.
    whom: Vec<Line>,
    /// Demands, and what callers are told.
    said: Vec<Line>,
}

impl CallView {
    /// Nothing where nobody is to be called back now.
    pub fn of(view: &View, centre: Option<String>, names: &Names<'_>, visitor: &Visitor) -> Option<Self> {
        let definition = &view.definition;
        if view.ticket.is_closed() || !is_callback(definition, view.ticket.state.as_str()) {
            return None;
        }
        let shown = mask::values(definition, &view.ticket.fields, view.sight.private);
        let lines = |wanted: fn(&Field) -> bool| -> Vec<Line> {
            let fields = definition.fields.iter().filter(|(_, field)| wanted(field));
            let filled = fields.filter_map(|(id, field)| Some((field, shown.get(id)?)));
            filled
                .map(|(field, content)| Line {
                    title: text(&field.title, names.language),
                    text: value(content, Some(field), names, visitor),
                })
                .collect()
        };
        let opened = When::new(view.ticket.opened_at, visitor.now, &visitor.zone);
        let centre = centre.unwrap_or_else(|| say(names.language, "callback-hotline", &[]));
        let script = [
            ("centre", Arg::from(&centre)),
            ("day", Arg::from(opened.plain.as_str())),
            ("subject", Arg::from(view.subject.as_str())),
        ];
        Some(Self {
            script: say(names.language, "callback-script", &script),
            whom: lines(|field| field.private && !holds_prose(field)),
            said: lines(|field| !field.private && (field.public || field.kind == FieldType::List)),
        })
    }
}
