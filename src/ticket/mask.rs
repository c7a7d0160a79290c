//! What stands in the place of a private value for a reader who has no need of it (R10). The one place that masks:
//! API, pages, exports, mails all show values through it.
//!
//! The language knows no «name» type: a private text of at most [`NAME_LENGTH_MAX`] characters counts as a name, of
//! which the first character stays, as hotlines write it (张**).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::attachment::NAME;
use super::event::{Body, Event};
use crate::workflow::definition::{Definition, Field};
use crate::workflow::value::{Value, Values};

/// `max` of a private text field up to which it counts as a name.
pub const NAME_LENGTH_MAX: i64 = 40;

/// Stands for a text of which nothing may be shown.
pub const MASK: &str = "***";

/// The values as a reader sees them: private fields masked unless the reader acts on the ticket.
pub fn values(definition: &Definition, values: &Values, private_shown: bool) -> Values {
    values
        .iter()
        .map(|(id, content)| {
            let shown = match definition.fields.get(id) {
                Some(field) if !field.private || private_shown => content.clone(),
                Some(field) => value(field, content),
                // A field of another version of the workflow: nobody can say that it is not private.
                None if private_shown => content.clone(),
                None => unknown(content),
            };
            (id.clone(), shown)
        })
        .collect()
}

/// The texts of an event as a reader sees them: the name of a private file is masked like a private field.
pub fn texts(event: &Event, private_shown: bool) -> BTreeMap<Arc<str>, String> {
    let mut texts = event.texts.clone();
    if let (Body::Attached { content, .. }, false) = (&event.body, private_shown)
        && content.private
        && let Some(name) = texts.get_mut(NAME)
        && !name.is_empty()
    {
        MASK.clone_into(name);
    }
    texts
}

/// One private value, masked.
pub fn value(field: &Field, content: &Value) -> Value {
    match content {
        Value::Phone(number) => Value::Phone(digits(number)),
        Value::Text(text) => {
            let name = field
                .max
                .and_then(crate::workflow::value::Decimal::whole)
                .is_some_and(|max| max <= NAME_LENGTH_MAX);
            Value::Text(if is_number(text) {
                digits(text)
            } else if name {
                initial(text)
            } else {
                MASK.to_owned()
            })
        }
        Value::Number(_)
        | Value::Money(_)
        | Value::YesNo(_)
        | Value::Choice(_)
        | Value::Time(_)
        | Value::Department(_)
        | Value::Departments(_)
        | Value::Person(_)
        | Value::List(_) => Value::Text(MASK.to_owned()),
        Value::Erased => Value::Erased,
    }
}

fn unknown(content: &Value) -> Value {
    if content.is_free_text() {
        Value::Text(MASK.to_owned())
    } else {
        content.clone()
    }
}

/// True for what looks like a telephone or identity number whatever the field is called.
fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= 5
        && text
            .chars()
            .all(|character| character.is_ascii_digit() || "+- xX".contains(character))
}

/// `138****5678`, `110***********1234`: the first three and the last four stay when enough lies between them.
pub fn digits(number: &str) -> String {
    let characters: Vec<char> = number.chars().collect();
    let hidden = characters.len().saturating_sub(7);
    if hidden < 4 {
        let tail: String = characters.iter().skip(characters.len().saturating_sub(2)).collect();
        return if characters.len() < 5 {
            MASK.to_owned()
        } else {
            format!("{MASK}{tail}")
        };
    }
    characters
        .iter()
        .enumerate()
        .map(|(index, character)| {
            if (3..3 + hidden).contains(&index) {
                '*'
            } else {
                *character
            }
        })
        .collect()
}

/// `张**`.
fn initial(name: &str) -> String {
    name.trim()
        .chars()
        .next()
        .map_or_else(String::new, |first| format!("{first}**"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_ends_when_enough_lies_between() {
        assert_eq!(digits("13812345678"), "138****5678");
        assert_eq!(digits("110101199003071234"), "110***********1234");
        assert_eq!(digits("6221234"), "***34");
        assert_eq!(digits("110"), "***");
        assert_eq!(digits("+8613812345678"), "+86*******5678");
    }

    #[test]
    fn of_a_name_the_first_character_stays() {
        assert_eq!(initial("张三丰"), "张**");
        assert_eq!(initial("𠮷野"), "𠮷**");
        assert_eq!(initial(" "), "");
    }
}
