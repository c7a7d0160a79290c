//! The code itself: ten digits, because every caller can say and key in digits, in any dialect and on any telephone.
//!
//! It is kept as an HMAC with a key of this database, over ticket and code. Argon2 would protect nothing more: whoever
//! holds the database holds the tickets themselves; and a slow hash in front of strangers is a lever in their hands.
//!
//! ```text
//! pass = base64url( ticket · expires · trace of the code ) . base64url( HMAC of it, cut to 16 bytes )
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::desk::sessions::bytes;
use crate::desk::{DeskError, keys};
use crate::notify::channel::sign::hmac;
use crate::store::caller::CallerCode;
use crate::store::{Database, StoreError, Writer};
use crate::workflow::moment::Moment;

/// The setting with the key.
const KEY: &str = "follow.key";
const DIGITS: usize = 10;
/// Ten to the power of [`DIGITS`].
const CODES: u64 = 10_000_000_000;
/// Characters that are looked at of what somebody typed.
const TYPED_MAX: usize = 64;
/// Bytes of a pass's own code.
const SEAL: usize = 16;
/// Bytes by which a pass remembers the code it came from.
const TRACE: usize = 8;
/// Bytes of a pass: ticket, end, trace.
const PASS: usize = 32;

/// Makes codes and passes of one database, and knows them again.
#[derive(Clone)]
pub struct Codes(Vec<u8>);

impl Codes {
    pub(in crate::desk) async fn load(database: &Database, writer: &Writer) -> Result<Self, StoreError> {
        keys::load(database, writer, KEY).await.map(Self)
    }

    /// What is kept of a code.
    pub(super) fn hash(&self, ticket: Uuid, digits: &str) -> Vec<u8> {
        hmac(&self.0, &[b"caller code\0", ticket.as_bytes(), digits.as_bytes()]).to_vec()
    }

    /// The one that these digits fit. Where there is none to compare with, it takes as long and fits nothing.
    pub(super) fn fitting(&self, known: Vec<CallerCode>, digits: &str) -> Option<CallerCode> {
        if known.is_empty() {
            let nobody = CallerCode {
                ticket: Uuid::nil(),
                hash: Vec::new(),
            };
            let _ = std::hint::black_box(self.fits(&nobody, digits));
            return None;
        }
        known.into_iter().find(|code| self.fits(code, digits))
    }

    fn fits(&self, code: &CallerCode, digits: &str) -> bool {
        self.alike(&self.hash(code.ticket, digits), &code.hash) && digits.len() == DIGITS
    }

    /// Compares hashes of both, so that the time it takes says nothing about them.
    fn alike(&self, one: &[u8], other: &[u8]) -> bool {
        hmac(&self.0, &[one]) == hmac(&self.0, &[other])
    }

    fn seal(&self, bytes: &[u8]) -> Vec<u8> {
        let whole = hmac(&self.0, &[b"caller pass\0", bytes]);
        whole.into_iter().take(SEAL).collect()
    }

    /// A pass for whoever has shown the code.
    pub(super) fn pass(&self, code: &CallerCode, expires: Moment) -> String {
        let mut bytes = code.ticket.as_bytes().to_vec();
        bytes.extend(expires.0.to_be_bytes());
        bytes.extend(trace(code));
        let seal = self.seal(&bytes);
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(seal))
    }

    /// The ticket of a pass of ours that is not over, and the trace of the code it came from.
    pub(super) fn read(&self, pass: &str, now: Moment) -> Option<(Uuid, Vec<u8>)> {
        if pass.len() > 2 * (PASS + SEAL) {
            return None;
        }
        let (bytes, seal) = pass.split_once('.')?;
        let bytes = URL_SAFE_NO_PAD.decode(bytes).ok()?;
        let seal = URL_SAFE_NO_PAD.decode(seal).ok()?;
        if bytes.len() != PASS || !self.alike(&seal, &self.seal(&bytes)) {
            return None;
        }
        let (ticket, rest) = bytes.split_at_checked(16)?;
        let (expires, trace) = rest.split_at_checked(8)?;
        let expires = Moment(i64::from_be_bytes(expires.try_into().ok()?));
        (now < expires).then_some((Uuid::from_slice(ticket).ok()?, trace.to_vec()))
    }
}

/// By what a pass knows that the code is still the same.
pub(super) fn trace(code: &CallerCode) -> Vec<u8> {
    code.hash.iter().copied().take(TRACE).collect()
}

/// A new code.
pub(super) fn make() -> Result<String, DeskError> {
    let random = bytes(8)?;
    let random = random.iter().fold(0_u64, |all, byte| (all << 8) | u64::from(*byte));
    Ok(format!("{:010}", random % CODES))
}

/// As it is read out: `473 921 8605`.
pub fn spoken(digits: &str) -> String {
    let mut spoken = String::with_capacity(DIGITS + 2);
    for (place, digit) in digits.chars().enumerate() {
        if place == 3 || place == 6 {
            spoken.push(' ');
        }
        spoken.push(digit);
    }
    spoken
}

/// What somebody typed, with the characters of a Chinese keyboard as those of any other and without space.
fn plain(typed: &str) -> impl Iterator<Item = char> + '_ {
    typed
        .chars()
        .take(TYPED_MAX)
        .map(|character| match character {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            other => other,
        })
        .filter(|character| !character.is_whitespace() && !character.is_control())
}

/// The number of a ticket.
pub(super) fn number(typed: &str) -> String {
    plain(typed).collect()
}

/// The digits of a code; dashes and space between them mean nothing.
pub(super) fn digits(typed: &str) -> String {
    plain(typed).filter(|character| *character != '-').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(codes: &Codes, ticket: u128, digits: &str) -> CallerCode {
        let ticket = Uuid::from_u128(ticket);
        CallerCode {
            ticket,
            hash: codes.hash(ticket, digits),
        }
    }

    #[test]
    fn a_code_is_ten_digits_however_it_is_typed_and_belongs_to_its_ticket() {
        let made = make().unwrap();
        assert!(
            made.len() == 10 && made.bytes().all(|byte| byte.is_ascii_digit()),
            "{made}"
        );
        assert_ne!(made, make().unwrap());
        assert_eq!(spoken("4739218605"), "473 921 8605");
        assert_eq!(digits(" ４７３-921　8605\n"), "4739218605");
        assert_eq!(number("ｔｓ20260302－000001 "), "ts20260302-000001");
        let codes = Codes(vec![7; 32]);
        let known = code(&codes, 1, "4739218605");
        assert_eq!(codes.fitting(vec![known.clone()], "4739218605"), Some(known.clone()));
        assert_eq!(codes.fitting(vec![known.clone()], "4739218606"), None);
        let other = CallerCode {
            ticket: Uuid::from_u128(2),
            ..known.clone()
        };
        assert_eq!(codes.fitting(vec![other], "4739218605"), None, "of another ticket");
        assert_eq!(codes.fitting(Vec::new(), ""), None);
        assert_eq!(
            codes.fitting(vec![code(&codes, 1, "")], ""),
            None,
            "no digits are no code"
        );
        assert_eq!(Codes(vec![8; 32]).fitting(vec![known], "4739218605"), None);
    }

    #[test]
    fn a_pass_is_read_back_until_it_is_over_and_never_when_it_was_changed() {
        let codes = Codes(vec![7; 32]);
        let known = code(&codes, 42, "4739218605");
        let pass = codes.pass(&known, Moment(1_000));
        assert_eq!(codes.read(&pass, Moment(999)), Some((known.ticket, trace(&known))));
        assert_eq!(codes.read(&pass, Moment(1_000)), None, "over");
        assert_eq!(Codes(vec![8; 32]).read(&pass, Moment(0)), None, "of another database");
        for place in 0..pass.len() - 1 {
            let mut bytes = pass.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(bytes).unwrap();
            let read = codes.read(&forged, Moment(0));
            assert!(read.is_none() || read == codes.read(&pass, Moment(0)), "{place}");
        }
        for junk in ["", ".", "a.b", &"A".repeat(10_000)] {
            assert_eq!(codes.read(junk, Moment(0)), None);
        }
    }
}
