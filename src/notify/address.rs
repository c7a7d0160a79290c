//! Names, subjects and addresses on their way into a header: the only door, and nothing with a line break passes.
//!
//! The library that writes the mail panics on CR or LF in a display name, and would do so at every retry (TRUST, fact
//! 6); a control character in any header is a way to smuggle a second one. Everything here is pure.

use lettre::Address;
use lettre::message::Mailbox;

/// Characters of a display name that are kept.
pub const NAME_LENGTH_MAX: usize = 80;
/// Characters of a subject that are kept; longer ones are cut and end in `…`.
pub const SUBJECT_LENGTH_MAX: usize = 200;
/// Bytes an address may have (RFC 5321, 4.5.3.1.3 without the angle brackets).
pub const ADDRESS_LENGTH_MAX: usize = 254;

/// Why a text is no address that mail may be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressProblem {
    #[error("the address is empty; write for example `li@example.org`")]
    Empty,
    #[error("the address is longer than {ADDRESS_LENGTH_MAX} bytes")]
    TooLong,
    #[error("the address contains a control character or a line break")]
    Control,
    #[error("the address begins with `-`, which mail programs take for an option")]
    Dash,
    #[error("this is no mail address; write for example `li@example.org`")]
    Shape,
}

/// One line without control characters, marks that turn the direction of writing, or surrounding blanks; at most
/// `max` characters. An encoded word (`=?utf-8?…?=`) is broken up, so that no reader decodes what nobody encoded.
pub fn one_line(text: &str, max: usize) -> String {
    let mut line = String::with_capacity(text.len().min(max.saturating_mul(4)));
    let mut count = 0_usize;
    let mut gap = false;
    let mut before = ' ';
    for character in text.chars() {
        if character.is_whitespace() || is_line_break(character) {
            gap = true;
            continue;
        }
        if character.is_control() || is_direction(character) {
            continue;
        }
        let blank = gap && count > 0 || before == '=' && character == '?';
        if count + usize::from(blank) >= max {
            let _ = line.pop();
            line.push('…');
            return line;
        }
        if blank {
            line.push(' ');
            count += 1;
        }
        line.push(character);
        count += 1;
        gap = false;
        before = character;
    }
    line
}

/// Text of several lines for a body: control characters except line breaks go, line breaks become `\n`.
pub fn paragraphs(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                let _ = characters.next_if_eq(&'\n');
                clean.push('\n');
            }
            '\u{85}' | '\u{2028}' | '\u{2029}' => clean.push('\n'),
            '\t' => clean.push(' '),
            '\n' => clean.push('\n'),
            _ if character.is_control() || is_direction(character) => {}
            _ => clean.push(character),
        }
    }
    clean
}

fn is_line_break(character: char) -> bool {
    matches!(
        character,
        '\r' | '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Overrides and isolates of the direction of writing: they make `gpj.exe` out of `exe.jpg`.
fn is_direction(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The address, if mail may be sent to it. A host without a dot is accepted: closed networks have such hosts.
pub fn address(text: &str) -> Result<Address, AddressProblem> {
    let text = text.trim_matches(' ');
    if text.is_empty() {
        return Err(AddressProblem::Empty);
    }
    if text
        .chars()
        .any(|character| character.is_control() || is_line_break(character) || is_direction(character))
    {
        return Err(AddressProblem::Control);
    }
    if text.starts_with('-') {
        return Err(AddressProblem::Dash);
    }
    let (user, domain) = text.rsplit_once('@').ok_or(AddressProblem::Shape)?;
    let domain = ascii_domain(domain).ok_or(AddressProblem::Shape)?;
    if user.len() + 1 + domain.len() > ADDRESS_LENGTH_MAX {
        return Err(AddressProblem::TooLong);
    }
    // A quoted local part is legal and nobody has one; with it come blanks, quotes and `@` where no one expects them.
    if user.contains(['"', ' ', '\\', '@', '<', '>', ',', ';', ':']) {
        return Err(AddressProblem::Shape);
    }
    Address::new(user, domain).map_err(|_| AddressProblem::Shape)
}

/// The domain as it travels: an international one in its ASCII form.
fn ascii_domain(domain: &str) -> Option<String> {
    // The library lets `a/b` pass as a host, and takes `[127.0.0.1]` without being able to write it.
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-');
    if domain.is_ascii() {
        return domain.chars().all(plain).then(|| domain.to_owned());
    }
    if domain.contains(['/', '?', '#', ':', '@', '%', '\\', '[']) {
        return None;
    }
    let url = reqwest::Url::parse(&format!("http://{domain}/")).ok()?;
    // An international name may carry marks that no ASCII one may have.
    url.host_str().filter(|host| host.chars().all(plain)).map(str::to_owned)
}

/// Name and address for a header. A name of which nothing is left is left out.
pub fn mailbox(name: &str, to: &str) -> Result<Mailbox, AddressProblem> {
    let name = one_line(name, NAME_LENGTH_MAX);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address(to)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_words_and_loses_what_breaks_a_header() {
        assert_eq!(one_line("王\r\nBcc: all@x", 80), "王 Bcc: all@x");
        assert_eq!(one_line("a\u{0}b\u{7f}c\u{9b}d", 80), "abcd");
        assert_eq!(one_line("  热线 \t 工单\u{2028}", 80), "热线 工单");
        assert_eq!(one_line("\u{202e}gpj", 80), "gpj");
        assert_eq!(one_line("=?utf-8?q?x?=", 80), "= ?utf-8?q?x?=");
        assert_eq!(one_line("和平路十二号", 4), "和平路…");
        assert_eq!(one_line("", 4), "");
    }

    #[test]
    fn a_body_keeps_its_paragraphs() {
        assert_eq!(paragraphs("a\r\nb\rc\u{2029}d\u{0}\te"), "a\nb\nc\nd e");
    }

    #[test]
    fn addresses_are_taken_or_refused_with_the_reason() {
        for good in [
            "li@example.org",
            "a@b",
            "root@localhost",
            "zhang.san+x@mail.example.org",
            " li@example.org ",
        ] {
            assert!(address(good).is_ok(), "{good}");
        }
        assert_eq!(address("李@例子.公司").unwrap().domain(), "xn--fsqu00a.xn--55qx5d");
        for (bad, why) in [
            ("", AddressProblem::Empty),
            ("-oQ/tmp@x.test", AddressProblem::Dash),
            ("a\n@b.test", AddressProblem::Control),
            ("nobody", AddressProblem::Shape),
            ("a@b@c.test", AddressProblem::Shape),
            ("\"a b\"@c.test", AddressProblem::Shape),
            ("li@", AddressProblem::Shape),
            ("li@a/b", AddressProblem::Shape),
            ("li@`\u{49c}", AddressProblem::Shape),
        ] {
            assert_eq!(address(bad).unwrap_err(), why, "{bad}");
        }
        assert_eq!(
            address(&format!("li@{}.org", "a".repeat(300))).unwrap_err(),
            AddressProblem::TooLong
        );
    }
}
