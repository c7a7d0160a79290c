//! M1: 60 nasty names, addresses and subjects; M2: 30 nasty bodies. No panic, no header more, the words arrive.

use ombud::notify::address::{one_line, paragraphs};
use ombud::notify::line::{Lines, Outcome};

use super::parse::{Parsed, words};
use super::server::{Fault, Server, Tls};
use super::{draft, mail, settings};

/// Texts that break headers where somebody trusts them.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "王\r\nBcc: everybody@example.org",
        "王\nSubject: other",
        "王\rX-Evil: 1",
        "\r\n\r\n<html>body",
        "a\u{0}b",
        "a\tb",
        "a\u{b}b\u{c}c",
        "a\u{7f}b\u{80}c\u{9f}d",
        "a\u{85}b",
        "a\u{2028}b\u{2029}c",
        "\u{202e}fdp.exe",
        "\u{200b}zero\u{200b}width",
        "\u{feff}bom",
        "\"quoted\"",
        "back\\slash",
        "\\",
        "\"",
        "O'Brien, Pat",
        "<angle@example.org>",
        "a;b:c,d",
        "(comment)",
        "=?utf-8?b?5byg?=",
        "=?utf-8?q?=0D=0ABcc:x?=",
        "=?iso-8859-1?q?x?= and more",
        "?= ?= =?",
        "=??=",
        "@",
        "a@b",
        ".",
        "..",
        "\r\n.\r\n",
        "MAIL FROM:<x>",
        "$(reboot)",
        "{{7*7}}",
        "%0d%0aBcc:x",
        "😀👩‍👩‍👧‍👦",
        "𠮷野家",
        "ＡＢＣ１２３",
        "é e\u{301}",
        "ß ﬀ İ ı",
        "مرحبا",
        "  ",
        "",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("长".repeat(2000));
    texts.push("x".repeat(2000));
    texts.push("a b ".repeat(500));
    texts.push(format!("e{}", "\u{301}".repeat(500)));
    texts.push("\u{1}".repeat(100));
    texts.push("=".repeat(300));
    texts.push("\"".repeat(100));
    texts
}

const ADDRESSES: [(&str, bool); 12] = [
    ("a@b", true),
    ("root@localhost", true),
    ("李@例子.公司", false),
    ("li@例子.公司", true),
    ("-oQ/tmp@x.test", false),
    ("a@b.test\r\nBcc: c@d.test", false),
    ("a@b.test>\r\nRCPT TO:<c@d.test", false),
    ("a\u{0}@b.test", false),
    ("<a@b.test>", false),
    ("a@b.test,c@d.test", false),
    ("\"a b\"@c.test", false),
    ("a@[127.0.0.1]", false),
];

const HEADERS: [&str; 9] = [
    "auto-submitted",
    "content-type",
    "date",
    "from",
    "message-id",
    "mime-version",
    "subject",
    "to",
    "x-ombud-key",
];

#[tokio::test]
async fn nasty_names_and_subjects_never_make_another_header() {
    let server = Server::start(Fault::None, Tls::None).await;
    let lines = Lines::new(&settings(&server)).unwrap();
    let texts = texts();
    for (index, text) in texts.iter().enumerate() {
        let mut draft = draft(&format!("nasty.{index}"));
        draft.to_name.clone_from(text);
        draft.subject.clone_from(text);
        let mail = mail(&lines, &draft);
        assert_eq!(lines.send(&mail).await, Outcome::Accepted, "{text:?}");
        let received = server.received();
        let parsed = Parsed::of(&received.last().unwrap().raw);
        let mut names = parsed.names();
        names.sort();
        assert_eq!(names, HEADERS, "{text:?}");
        assert_eq!(words(&parsed.value("subject")), one_line(text, 200), "{text:?}");
        assert_eq!(parsed.value("x-ombud-key"), format!("nasty.{index}"));
        assert_eq!(parsed.value("message-id"), format!("<nasty.{index}@example.org>"));
        assert_eq!(parsed.value("auto-submitted"), "auto-generated");
        assert!(parsed.value("to").ends_with("zhang@example.org>") || parsed.value("to") == "zhang@example.org");
    }
    assert_eq!(server.received().len(), texts.len());
    assert!(
        server.connections() <= 2,
        "connections are used again: {}",
        server.connections()
    );
}

#[tokio::test]
async fn nasty_addresses_are_refused_or_reach_exactly_one_recipient() {
    let server = Server::start(Fault::None, Tls::None).await;
    let lines = Lines::new(&settings(&server)).unwrap();
    let mut sent = 0;
    for (address, good) in ADDRESSES {
        let mut draft = draft("address");
        draft.to = address.to_owned();
        let outcome = match lines.sender().write(&draft) {
            Ok(mail) => lines.send(&mail).await,
            Err(problem) => Outcome::Never(problem.to_string()),
        };
        assert_eq!(outcome == Outcome::Accepted, good, "{address:?}: {outcome:?}");
        sent += usize::from(good);
    }
    let received = server.received();
    assert_eq!(received.len(), sent);
    for mail in received {
        assert_eq!(mail.to.len(), 1);
        assert!(mail.from.starts_with("MAIL FROM:<ombud@example.org>"), "{}", mail.from);
    }
}

#[tokio::test]
async fn nasty_bodies_arrive_as_they_were() {
    let server = Server::start(Fault::None, Tls::None).await;
    let lines = Lines::new(&settings(&server)).unwrap();
    let mut bodies: Vec<String> = [
        "a\r\n.\r\nb",
        ".\r\n.\r\n.",
        "..\n...\n.x",
        "\r\n.\r\nMAIL FROM:<x@y>\r\n",
        "",
        "\n\n\n",
        "no end",
        "a\rb\rc",
        "a\n\rb",
        "a\u{0}b\u{1}\u{7f}",
        "a\tb",
        "trailing \n blanks \t\n",
        "=3D =\n=20",
        "From here\nFrom there",
        "--\nsignature",
        "Content-Type: text/html\n\n<script>",
        "汉字，标点。😀𠮷",
        "mixed 汉字 and ascii",
        "é e\u{301} ﬀ",
        "مرحبا بالعالم",
        "\u{2028}line\u{2029}paragraph\u{85}next",
        "\u{feff}bom",
        "begin 644 x\nend",
        "{{7*7}} {{> x}}",
    ]
    .map(str::to_owned)
    .to_vec();
    bodies.push("x".repeat(999));
    bodies.push("x".repeat(100_000));
    bodies.push("长".repeat(5_000));
    bodies.push("ab ".repeat(2_000));
    bodies.push(format!("{}\n", "行\n".repeat(3_000)));
    bodies.push("1 MiB of it\n".repeat(1024 * 1024 / 12));
    assert_eq!(bodies.len(), 30);
    for (index, body) in bodies.iter().enumerate() {
        let mut draft = draft(&format!("body.{index}"));
        draft.text.clone_from(body);
        draft.html = format!("<p>{body}</p>");
        let mail = mail(&lines, &draft);
        assert_eq!(
            mail,
            lines.sender().write(&draft).unwrap(),
            "the same draft gives the same bytes (P8)"
        );
        assert_eq!(lines.send(&mail).await, Outcome::Accepted, "{index}");
        let received = server.received();
        let parsed = Parsed::of(&received.last().unwrap().raw);
        let kinds: Vec<&str> = parsed.parts.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(kinds, ["text/plain; charset=utf-8", "text/html; charset=utf-8"]);
        assert_eq!(parsed.parts[0].1, paragraphs(body), "{index}");
        assert_eq!(parsed.parts[1].1, paragraphs(&draft.html), "{index}");
    }
}
