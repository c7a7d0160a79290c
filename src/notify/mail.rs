//! One mail to one person over SMTP: written once, sent as often as needed with the same bytes.
//!
//! ```text
//! Draft ──write──▶ Mail (bytes, key) ──kept in the outbox──▶ send ──▶ Outcome
//! ```
//! `write` gives the same bytes for the same draft, so that a repeat after a crash is the same mail under the same
//! `Message-ID`, and whoever reads it can drop it (TRUST, P8). The connection stands in `line`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration as Time, SystemTime};

use lettre::Message;
use lettre::address::Envelope;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

use crate::workflow::moment::Moment;

use super::address::{self, AddressProblem, SUBJECT_LENGTH_MAX};

/// What a mail says, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The outbox's stable key; becomes `Message-ID` and `X-Ombud-Key`.
    pub key: String,
    pub to_name: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// For `Date`.
    pub at: Moment,
}

/// A mail as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub key: String,
    /// The address as it stands in the envelope.
    pub to: String,
    pub bytes: Vec<u8>,
}

/// In whose name mails are written.
#[derive(Clone, Debug)]
pub struct Sender {
    from: Mailbox,
    /// Right side of `Message-ID`.
    host: String,
}

/// Why no mail came of a draft. Trying again would not help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    #[error("{0}")]
    Address(#[from] AddressProblem),
    #[error("the mail could not be written: {0}")]
    Message(String),
    /// The library panicked; the message is poison and is put aside (TRUST, P26).
    #[error("the mail could not be written: its content broke the mail library")]
    Poison,
}

macro_rules! text_headers {
    ($($name:ident $key:literal;)*) => {$(
        #[derive(Clone)]
        struct $name(String);

        impl Header for $name {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($key)
            }
            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }
            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    )*};
}

text_headers! {
    Key "X-Ombud-Key";
    AutoSubmitted "Auto-Submitted";
}

impl Sender {
    /// `host` is what stands behind the `@` of a `Message-ID`: the domain of the sender's address.
    pub fn new(name: &str, from: &str) -> Result<Self, AddressProblem> {
        let from = address::mailbox(name, from)?;
        let host = from.email.domain().to_owned();
        Ok(Self { from, host })
    }

    /// Writes the mail. The same draft gives the same bytes.
    pub fn write(&self, draft: &Draft) -> Result<Mail, Unwritable> {
        catch_unwind(AssertUnwindSafe(|| self.compose(draft))).unwrap_or(Err(Unwritable::Poison))
    }

    fn compose(&self, draft: &Draft) -> Result<Mail, Unwritable> {
        let to = address::mailbox(&draft.to_name, &draft.to)?;
        let key = header_key(&draft.key);
        let at = SystemTime::UNIX_EPOCH + Time::from_millis(u64::try_from(draft.at.0).unwrap_or(0));
        // Taken from the key and not from chance: the same key, the same bytes.
        let boundary = hex::encode(Sha256::digest(draft.key.as_bytes()));
        let message = Message::builder()
            .from(self.from.clone())
            .to(to.clone())
            .subject(address::one_line(&draft.subject, SUBJECT_LENGTH_MAX))
            .date(at)
            .message_id(Some(format!("<{key}@{}>", self.host)))
            .header(Key(key.clone()))
            // RFC 3834: no out-of-office answer is wanted, and no loop can begin.
            .header(AutoSubmitted("auto-generated".to_owned()))
            .multipart(
                MultiPart::builder()
                    .kind(lettre::message::MultiPartKind::Alternative)
                    .boundary(boundary)
                    .singlepart(SinglePart::plain(address::paragraphs(&draft.text)))
                    .singlepart(SinglePart::html(address::paragraphs(&draft.html))),
            )
            .map_err(|error| Unwritable::Message(error.to_string()))?;
        Ok(Mail {
            key: draft.key.clone(),
            to: to.email.to_string(),
            bytes: message.formatted(),
        })
    }

    /// The envelope of a written mail.
    pub(super) fn envelope(&self, mail: &Mail) -> Result<Envelope, Unwritable> {
        let to = address::address(&mail.to)?;
        Envelope::new(Some(self.from.email.clone()), vec![to]).map_err(|error| Unwritable::Message(error.to_string()))
    }
}

/// The key as it may stand in a header: what RFC 5322 allows in an atom; anything else becomes `.`.
fn header_key(key: &str) -> String {
    key.chars()
        .take(120)
        .map(|character| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '+' => character,
            _ => '.',
        })
        .collect::<String>()
        .trim_matches('.')
        .to_owned()
}
