//! A mail of any texts to any address: written with exactly our headers and no line that could become another one, or
//! refused; never the end of the library that writes it (TRUST, fact 6). The parts are separated by zero bytes.

use ombud::notify::address::{ADDRESS_LENGTH_MAX, NAME_LENGTH_MAX, address, one_line, paragraphs};
use ombud::notify::mail::{Draft, Sender, Unwritable};
use ombud::workflow::moment::Moment;

const HEADERS: [&str; 9] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "X-Ombud-Key",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
];
/// Characters of a line of a mail (RFC 5322, 2.1.1).
const LINE_MAX: usize = 998;

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.split('\0');
    let mut part = || parts.next().unwrap_or_default().to_owned();
    let (to, to_name, subject, text, html, key) = (part(), part(), part(), part(), part(), part());
    lines(&to_name);
    lines(&subject);
    if let Ok(found) = address(&to) {
        let written = found.to_string();
        assert!(
            written.len() <= ADDRESS_LENGTH_MAX && !written.starts_with('-'),
            "{written:?}"
        );
        assert!(
            !written.chars().any(|mark| mark.is_control() || mark == ' '),
            "{written:?}"
        );
        assert_eq!(
            address(&written).as_ref(),
            Ok(&found),
            "an address is still one when it is read again"
        );
    }
    let sender = Sender::new(&to_name, "ombud@example.org").expect("the name does not matter");
    let draft = Draft {
        key,
        to_name,
        to,
        subject,
        text,
        html,
        at: Moment(1_772_000_000_000),
    };
    match sender.write(&draft) {
        Ok(mail) => {
            assert_eq!(sender.write(&draft), Ok(mail.clone()), "the same draft, the same bytes");
            judge(&mail.bytes, mail.to.is_ascii());
        }
        Err(Unwritable::Address(_)) => assert!(address(&draft.to).is_err()),
        Err(problem) => panic!("{problem}"),
    }
}

fn lines(text: &str) {
    let line = one_line(text, NAME_LENGTH_MAX);
    assert!(line.chars().count() <= NAME_LENGTH_MAX, "{line:?}");
    assert!(!line.contains("=?") && !line.chars().any(char::is_control), "{line:?}");
    let body = paragraphs(text);
    assert!(!body.chars().any(|mark| mark.is_control() && mark != '\n'), "{body:?}");
}

/// Our headers, each once; no bare line break; no line too long. A name before the `@` that is not ASCII travels as it
/// is, to servers that say they can (RFC 6531).
fn judge(bytes: &[u8], ascii: bool) {
    let text = std::str::from_utf8(bytes).expect("a mail is text");
    assert_eq!(text.is_ascii(), ascii, "{text}");
    let bare = text.replace("\r\n", "");
    assert!(!bare.contains(['\r', '\n', '\0']), "{text:?}");
    for line in text.split("\r\n") {
        assert!(line.len() <= LINE_MAX, "{} characters: {line}", line.len());
    }
    let (head, _) = text.split_once("\r\n\r\n").expect("a head and a body");
    let mut found: Vec<&str> = head
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']))
        .map(|line| line.split(':').next().unwrap_or_default())
        .collect();
    found.sort_unstable();
    let mut wanted = HEADERS;
    wanted.sort_unstable();
    assert_eq!(found, wanted, "{head}");
}
