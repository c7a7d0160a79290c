//! Reads a mail back, strictly: header lines, encoded words, the parts of a body. Independent of what wrote it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A mail taken apart.
pub struct Parsed {
    /// Names and unfolded values, as they came.
    pub headers: Vec<(String, String)>,
    /// Content type and decoded content of each part.
    pub parts: Vec<(String, String)>,
}

impl Parsed {
    pub fn of(raw: &[u8]) -> Self {
        let text = std::str::from_utf8(raw).expect("a mail of ours is UTF-8");
        assert!(text.is_ascii(), "a mail of ours is ASCII on the wire");
        assert!(
            text.split("\r\n")
                .all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])),
            "bare CR, LF or a long line"
        );
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let headers = headers(head);
        let kind = value(&headers, "content-type").unwrap();
        let boundary = kind
            .split("boundary=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let parts = body
            .split(&format!("--{boundary}"))
            .skip(1)
            .filter(|part| !part.starts_with("--"))
            .map(|part| {
                let part = part.strip_prefix("\r\n").unwrap();
                let (head, content) = part.split_once("\r\n\r\n").unwrap();
                let headers = self::headers(head);
                let content = content.strip_suffix("\r\n").unwrap();
                let decoded = match value(&headers, "content-transfer-encoding").unwrap().as_str() {
                    "base64" => STANDARD.decode(content.replace("\r\n", "")).unwrap(),
                    "quoted-printable" => quoted(content.as_bytes()),
                    "7bit" => content.as_bytes().to_vec(),
                    other => panic!("encoding {other}"),
                };
                (
                    value(&headers, "content-type").unwrap(),
                    String::from_utf8(decoded).unwrap().replace("\r\n", "\n"),
                )
            })
            .collect();
        Self { headers, parts }
    }

    pub fn value(&self, name: &str) -> String {
        value(&self.headers, name).unwrap_or_default()
    }

    pub fn names(&self) -> Vec<String> {
        self.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect()
    }
}

fn headers(head: &str) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        if line.starts_with([' ', '\t']) {
            headers.last_mut().unwrap().1.push_str(line);
        } else {
            let (name, value) = line.split_once(':').expect("a header line has a colon");
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }
    headers
}

fn value(headers: &[(String, String)], name: &str) -> Option<String> {
    headers
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.clone())
}

/// Encoded words of RFC 2047 decoded; blanks between two of them go.
pub fn words(value: &str) -> String {
    let mut text = String::new();
    let mut bytes: Vec<u8> = Vec::new();
    let flush = |bytes: &mut Vec<u8>, text: &mut String| {
        text.push_str(&String::from_utf8(std::mem::take(bytes)).unwrap());
    };
    let mut after_word = false;
    for (index, piece) in value.split(' ').enumerate() {
        let word = piece
            .strip_prefix("=?utf-8?b?")
            .and_then(|word| word.strip_suffix("?="));
        if let Some(word) = word {
            if index > 0 && !after_word {
                flush(&mut bytes, &mut text);
                text.push(' ');
            }
            bytes.extend(STANDARD.decode(word).unwrap());
            after_word = true;
        } else {
            flush(&mut bytes, &mut text);
            if index > 0 {
                text.push(' ');
            }
            text.push_str(piece);
            after_word = false;
        }
    }
    flush(&mut bytes, &mut text);
    text
}

fn quoted(content: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::new();
    let mut bytes = content.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte != b'=' {
            decoded.push(byte);
            continue;
        }
        let pair = [bytes.next().unwrap(), bytes.next().unwrap()];
        if pair != *b"\r\n" {
            decoded.push(u8::from_str_radix(std::str::from_utf8(&pair).unwrap(), 16).unwrap());
        }
    }
    decoded
}
