//! A condition as people read it: fields, options and actions by their titles, signs as they are written on paper. What it
//! does not know it leaves as it stands in the file.

use crate::texts::{Language, say};
use crate::workflow::definition::{Action, Definition, Field};

use super::graph::titled;

/// Signs and what is written for them; the longest first.
const SIGNS: [(&str, &str); 4] = [("==", "="), ("!=", "≠"), ("<=", "≤"), (">=", "≥")];
/// Signs that are words.
const JOINTS: [(&str, &str); 3] = [("&&", "draw-and"), ("||", "draw-or"), ("!", "draw-not")];
/// What counts how often an action was done.
const COUNTS: [&str; 3] = ["times", "times_here", "times_ever"];
/// `is_open == true` is said by the title alone.
const TRUE: &str = " = true";

/// The words of a condition.
pub fn told(text: &str, definition: &Definition, language: Language) -> String {
    let mut told = String::with_capacity(text.len());
    let mut field: Option<&Field> = None;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first == '\'' || first == '"' {
            let inside = rest.get(1..).unwrap_or_default();
            let (word, after) = inside.split_once(first).unwrap_or((inside, ""));
            told.push_str(&quoted(word, field, definition, language));
            rest = after;
        } else if first.is_ascii_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
            let known = definition.fields.iter().find(|(id, _)| id.as_str() == word);
            match known {
                Some((_, known)) => {
                    told.push_str(&titled(&known.title, word, language));
                    field = Some(known);
                }
                None if COUNTS.contains(&word) => told.push_str(&say(language, &format!("draw-{word}"), &[])),
                None => told.push_str(word),
            }
            rest = after;
        } else if let Some((sign, shown)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            told.push_str(shown);
            rest = rest.get(sign.len()..).unwrap_or_default();
        } else if let Some((sign, key)) = JOINTS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            told.push_str(&say(language, key, &[]));
            rest = rest.get(sign.len()..).unwrap_or_default();
        } else {
            told.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    told.replace(TRUE, "")
}

/// An option of the field before, or an action that is counted.
fn quoted(word: &str, field: Option<&Field>, definition: &Definition, language: Language) -> String {
    let option = field.and_then(|field| field.options.iter().find(|(id, _)| id.as_str() == word));
    if let Some((_, title)) = option {
        return titled(title, word, language);
    }
    let of_states = definition.states.values().flat_map(|state| state.actions.values());
    let mut all = of_states
        .chain(definition.anytime.values())
        .chain(definition.after_close.values());
    let action: Option<&Action> = all.find(|action| action.id.as_str() == word);
    action.map_or_else(|| word.to_owned(), |action| titled(&action.title, word, language))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::read::read;

    #[test]
    fn a_condition_is_told_by_titles() {
        let source = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/workflows/report.yaml")).unwrap();
        let definition = read(&source).definition.unwrap();
        let zh = |text: &str| told(text, &definition, Language::Zh);
        let (_, field) = definition
            .fields
            .iter()
            .find(|(id, _)| id.as_str() == "result")
            .unwrap();
        let option = &field
            .options
            .iter()
            .find(|(id, _)| id.as_str() == "declined")
            .unwrap()
            .1
            .zh;
        assert_eq!(zh("result == 'declined'"), format!("{} = {option}", field.title.zh));
        assert!(!zh("anonymous == true").contains("true") && !zh("anonymous").contains("anonymous"));
        assert_eq!(zh("what_is_this != 3"), "what_is_this ≠ 3");
    }
}
