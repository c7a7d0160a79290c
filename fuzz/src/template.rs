//! A mail template of an administrator: either the lint names a place and a cure, or the template engine takes it and
//! ends, and nothing that a ticket says gets into HTML unescaped (TRUST, fact 5).

use std::collections::BTreeMap;
use std::io::Write;

use handlebars::{Handlebars, html_escape, no_escape};
use ombud::notify::letter::{ClockLine, Kind, Letter};
use ombud::notify::render::RENDERED_SIZE_MAX;
use ombud::notify::{lint, specimen};
use ombud::texts::Language;

const PARTIALS: [(&str, &str); 5] = [
    ("_foot.html", include_str!("../../templates/mails/en/_foot.html.hbs")),
    ("_foot.text", include_str!("../../templates/mails/en/_foot.text.hbs")),
    ("_head.html", include_str!("../../templates/mails/en/_head.html.hbs")),
    (
        "_ticket.html",
        include_str!("../../templates/mails/en/_ticket.html.hbs"),
    ),
    (
        "_ticket.text",
        include_str!("../../templates/mails/en/_ticket.text.hbs"),
    ),
];

/// What nobody may get into a page: a tag and the ends of both kinds of attribute.
const MARK: &str = "<m\"'>";

pub fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest).into_owned();
    let name = if first & 1 == 0 { "told.html" } else { "told.text" };
    let mut sources: BTreeMap<String, String> = PARTIALS
        .iter()
        .map(|(name, source)| ((*name).to_owned(), (*source).to_owned()))
        .collect();
    // Two files, so that each may include the other.
    match text.split_once("\n---\n") {
        Some((own, partial)) => {
            sources.insert(name.to_owned(), own.to_owned());
            sources.insert(name.replace("told", "_own"), partial.to_owned());
        }
        None => drop(sources.insert(name.to_owned(), text.clone())),
    }
    let findings = lint::lint(&sources);
    for finding in &findings {
        assert!(
            finding.line >= 1 && !finding.what.is_empty() && !finding.cure.is_empty(),
            "{finding}"
        );
    }
    if !findings.is_empty() {
        return;
    }
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    engine.register_escape_fn(if name == "told.html" { html_escape } else { no_escape });
    for (name, source) in &sources {
        if engine.register_template_string(name, source).is_err() {
            return;
        }
    }
    let mut out = Capped::default();
    let _ = engine.render_to_write(name, &letter(), &mut out);
    let shown = String::from_utf8_lossy(&out.0);
    if name == "told.html" && !text.contains("<m") {
        assert!(!shown.contains(MARK), "{text:?} gives {shown}");
    }
}

/// A letter all of whose texts are hostile.
fn letter() -> Letter {
    let mark = || MARK.to_owned();
    Letter {
        centre: mark(),
        name: mark(),
        number: mark(),
        subject: mark(),
        workflow: mark(),
        state: mark(),
        sentence: mark(),
        clock: ClockLine {
            named: true,
            title: mark(),
            due: mark(),
            due_at: None,
            late: true,
            span: mark(),
            idle: false,
        },
        action: mark(),
        actor: mark(),
        refusal: mark(),
        others: vec![mark(), mark()],
        why: mark(),
        link: mark(),
        ..specimen::full(Kind::Told, Language::En)
    }
}

/// As `render` has it.
#[derive(Default)]
struct Capped(Vec<u8>);

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > RENDERED_SIZE_MAX {
            return Err(std::io::Error::other("too much"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
