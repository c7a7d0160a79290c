//! M and X: messages. Every placeholder means something, in both languages the same; nothing private leaves the house.

use std::collections::{BTreeSet, HashSet};

use crate::workflow::definition::{Definition, Message, Span};
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::{FieldId, MessageId};
use crate::workflow::nearest::nearest;

use super::Ground;
use super::filled::Fields;

/// Placeholders that every message has.
const OF_MESSAGE: &[&str] = &["number"];
/// Placeholders of a clock's message: `{clock}` is its title, `{left}` and `{over}` are durations, `{stands_for}` how
/// many reminders this one stands for after an outage (L8).
const OF_CLOCK: &[&str] = &["clock", "left", "over", "stands_for"];

pub(super) fn check(ground: &Ground, findings: &mut Findings) {
    subject(ground, findings);
    for message in ground.file.messages.values() {
        placeholders_of(ground, message, findings);
    }
    without_a_clock(ground, findings);
    unused(ground, findings);
}

/// The words in braces, in order; `{{` is a brace.
pub(in crate::workflow) fn placeholders(template: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = template;
    while let Some((_, after)) = rest.split_once('{') {
        if let Some(literal) = after.strip_prefix('{') {
            rest = literal;
            continue;
        }
        let Some((name, next)) = after.split_once('}') else {
            break;
        };
        found.push(name.trim());
        rest = next;
    }
    found
}

/// The fields that a message names, in either language.
pub(super) fn names_in<'a>(file: &'a Definition, message: &Message) -> impl Iterator<Item = &'a FieldId> {
    let mut names = placeholders(&message.text.zh);
    names.extend(placeholders(&message.text.en));
    let known = names.into_iter().filter_map(|name| file.fields.get_key_value(name));
    known.map(|(id, _)| id).collect::<Vec<_>>().into_iter()
}

/// The fields that a template names.
pub(super) fn fields_in<'a>(file: &'a Definition, template: &str) -> Fields<'a> {
    let names = placeholders(template).into_iter();
    Fields::of(
        file,
        names
            .filter_map(|name| file.fields.get_key_value(name))
            .map(|(id, _)| id),
    )
}

/// M03 and X01 of the subject: fields only.
fn subject(ground: &Ground, findings: &mut Findings) {
    let subject = &ground.file.subject;
    let known: Vec<&str> = ground.file.fields.keys().map(FieldId::as_str).collect();
    for name in placeholders(&subject.value) {
        match ground.file.fields.get(name) {
            None if findings.is_full() => return,
            None => findings.add(unknown(subject.span, name, &known).variant("subject")),
            Some(field) if field.private => {
                findings.add(
                    Finding::new(Code::X01, subject.span)
                        .variant("subject")
                        .with("field", name),
                );
            }
            Some(_) => {}
        }
    }
}

/// The nearest name without a fix: the span is the whole template.
fn unknown(span: Span, name: &str, known: &[&str]) -> Finding {
    let mut finding = Finding::new(Code::M03, span).with("placeholder", name);
    finding.nearest = nearest(name, known.iter().copied());
    finding
}

/// M03, M04 and X01 of a message.
fn placeholders_of(ground: &Ground, message: &Message, findings: &mut Findings) {
    let fields = ground.file.fields.keys().map(FieldId::as_str);
    let words = || OF_MESSAGE.iter().chain(OF_CLOCK).copied();
    let is_known = |name: &str| words().any(|word| word == name) || ground.file.fields.contains_key(name);
    let zh: BTreeSet<&str> = placeholders(&message.text.zh).into_iter().collect();
    let en: BTreeSet<&str> = placeholders(&message.text.en).into_iter().collect();
    for name in zh.union(&en) {
        if !is_known(name) && !findings.is_full() {
            let known: Vec<&str> = words().chain(fields.clone()).collect();
            findings.add(unknown(message.span, name, &known).with("message", &message.id));
        }
        if ground.file.fields.get(*name).is_some_and(|field| field.private) {
            let finding = Finding::new(Code::X01, message.span).with("field", name);
            findings.add(finding.with("message", &message.id));
        }
    }
    // An unknown one is told already, and stands in one language only.
    let unknown = zh.union(&en).any(|name| !is_known(name));
    let both = !unknown && !message.text.zh.is_empty() && !message.text.en.is_empty();
    if both && zh != en {
        let differing: Vec<&str> = zh.symmetric_difference(&en).copied().collect();
        let finding = Finding::new(Code::M04, message.span).with("message", &message.id);
        findings.add(finding.with("placeholders", differing.join(", ")));
    }
}

/// M03: an action has no clock that could be named.
fn without_a_clock(ground: &Ground, findings: &mut Findings) {
    for (_, action) in ground.actions() {
        let Some(say) = &action.say else { continue };
        let Some(message) = ground.file.messages.get(&say.value) else {
            continue;
        };
        let of_clock = placeholders(&message.text.zh)
            .into_iter()
            .chain(placeholders(&message.text.en))
            .find(|name| OF_CLOCK.contains(name) && !ground.file.fields.contains_key(*name));
        if let Some(name) = of_clock {
            findings.add(
                Finding::new(Code::M03, say.span)
                    .variant("no-clock")
                    .with("placeholder", name)
                    .with("message", &message.id)
                    .with("action", &action.id),
            );
        }
    }
}

/// M05.
fn unused(ground: &Ground, findings: &mut Findings) {
    if ground.around.incomplete {
        return;
    }
    let of_actions = ground.actions().filter_map(|(_, action)| action.say.as_ref());
    let rungs = ground.file.clocks.values().flat_map(|clock| &clock.ladder);
    let said: HashSet<&MessageId> = of_actions
        .chain(rungs.filter_map(|rung| rung.say.as_ref()))
        .map(|say| &say.value)
        .collect();
    for message in ground
        .file
        .messages
        .values()
        .filter(|message| !said.contains(&message.id))
    {
        findings.add(Finding::new(Code::M05, message.span).with("message", &message.id));
    }
}
