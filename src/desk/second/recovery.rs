//! Codes for whoever has lost the telephone: ten, each good once, kept as hashes. Eighty bits need no slow hash.

use sha2::{Digest, Sha256};

use crate::desk::DeskError;
use crate::desk::sessions::bytes;
use crate::workflow::id::PersonId;

/// How many there are.
const COUNT: usize = 10;
const LETTERS: usize = 16;
/// Characters of a group, for the eye.
const GROUP: usize = 4;
/// Without `i`, `l`, `o` and `u`, which look like others.
const ALPHABET: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'j', 'k', 'm', 'n', 'p',
    'q', 'r', 's', 't', 'v', 'w', 'x', 'y', 'z',
];

/// New ones, as they are written down: `3f7k-…`.
pub(super) fn make() -> Result<Vec<String>, DeskError> {
    (0..COUNT).map(|_| one()).collect()
}

fn one() -> Result<String, DeskError> {
    let mut code = String::new();
    for (place, byte) in bytes(LETTERS)?.into_iter().enumerate() {
        if place > 0 && place % GROUP == 0 {
            code.push('-');
        }
        code.extend(ALPHABET.get(usize::from(byte & 31)));
    }
    Ok(code)
}

/// What is kept of one, however it was typed.
pub(super) fn hash(person: &PersonId, typed: &str) -> Vec<u8> {
    let plain: String = typed
        .to_lowercase()
        .chars()
        .filter(|character| !character.is_whitespace() && *character != '-')
        .map(|character| match character {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .take(2 * LETTERS)
        .collect();
    Sha256::digest(format!("recovery code\n{person}\n{plain}").as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_typed_and_for_its_person_only() {
        let codes = make().unwrap();
        assert_eq!(codes.len(), COUNT);
        let code = &codes[0];
        assert_eq!(code.len(), LETTERS + 3, "{code}");
        let person = PersonId::from("li");
        let typed = format!(
            " {} ",
            code.to_uppercase()
                .replace('-', " ")
                .replace('0', "O")
                .replace('1', "l")
        );
        assert_eq!(hash(&person, &typed), hash(&person, code));
        assert_ne!(hash(&person, code), hash(&"wang".into(), code));
        assert_ne!(hash(&person, code), hash(&person, &codes[1]));
    }
}
