//! A form as a browser sends it: names and texts, in order, a name perhaps several times.

use sha2::{Digest, Sha256};

use crate::web::problem::{Code, Problem};

/// Entries of a form that are read at most.
const ENTRIES_MAX: usize = 2_000;

/// What was sent.
#[derive(Clone, Debug, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// As if these had been sent.
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// From `application/x-www-form-urlencoded`. Line ends become `\n`, as everywhere else.
    pub fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Problem::new(Code::NotUtf8).with("position", error.valid_up_to().to_string()))?;
        let pairs = actix_web::web::Query::<Vec<(String, String)>>::from_query(text)
            .map_err(|_| Problem::new(Code::BadRequest))?;
        let pairs = pairs.into_inner();
        if pairs.len() > ENTRIES_MAX {
            return Err(Problem::new(Code::BadRequest));
        }
        let plain = |(name, text): (String, String)| (name, text.replace("\r\n", "\n").replace('\0', ""));
        Ok(Self(pairs.into_iter().map(plain).collect()))
    }

    /// The first text under a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, text)| text.as_str())
    }

    /// The text under a name, without space around it; empty when it is not there.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default().trim()
    }

    /// With the texts under some names written otherwise.
    pub fn rewritten(self, change: impl Fn(&str, String) -> String) -> Self {
        let changed = self.0.into_iter().map(|(name, text)| {
            let text = change(&name, text);
            (name, text)
        });
        Self(changed.collect())
    }

    /// From a draft.
    pub fn of_json(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_default())
    }

    /// For a draft: without the token of the page.
    pub fn to_json(&self) -> String {
        let kept: Vec<_> = self.0.iter().filter(|(name, _)| name != "csrf").collect();
        serde_json::to_string(&kept).unwrap_or_default()
    }

    /// A hash of what it asks for, for idempotency keys: without the token of the page.
    pub fn fingerprint(&self, what: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(what.as_bytes());
        for (name, text) in self.0.iter().filter(|(name, _)| name != "csrf") {
            hash.update(format!("\0{name}\0{text}").as_bytes());
        }
        hash.finalize().into()
    }

    /// Every text under a name.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, text)| text.as_str())
    }
}
