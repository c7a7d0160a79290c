//! Codes that change each half minute (RFC 6238 over RFC 4226, with SHA-1 and six digits: what every authenticator has).

use crate::notify::channel::sign::hmac_sha1;
use crate::workflow::moment::{Moment, SECOND};

/// How long a code is the one of now.
const PERIOD: i64 = 30 * SECOND;
/// Codes before and after that of now which fit too: clocks of telephones differ.
const AROUND: i64 = 1;
const DIGITS: usize = 6;
/// Ten to the power of [`DIGITS`].
const CODES: u32 = 1_000_000;
/// Bytes of a secret, as RFC 4226 asks for.
pub(super) const SECRET: usize = 20;

const BASE32: [char; 32] = [
    'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W',
    'X', 'Y', 'Z', '2', '3', '4', '5', '6', '7',
];

/// The code of a step.
fn code(secret: &[u8], step: i64) -> String {
    let hash = hmac_sha1(secret, &[&step.to_be_bytes()]);
    let offset = usize::from(hash.last().copied().unwrap_or_default() & 0x0f);
    let four = hash.iter().skip(offset).take(4);
    let number = four.fold(0_u32, |number, byte| (number << 8) | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:06}", number % CODES)
}

fn step_of(now: Moment) -> i64 {
    now.0.div_euclid(PERIOD)
}

/// The step whose code was typed, later than the last one that was used: a code is good once.
pub(super) fn step(secret: &[u8], typed: &str, now: Moment, last: i64) -> Option<i64> {
    let digits: String = typed.chars().filter(|character| !character.is_whitespace()).collect();
    if digits.len() != DIGITS {
        return None;
    }
    let here = step_of(now);
    (here - AROUND..=here + AROUND).find(|step| *step > last && code(secret, *step) == digits)
}

/// As authenticators take it over by hand.
pub(super) fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for five in bytes.chunks(5) {
        let mut all = [0_u8; 5];
        for (place, byte) in all.iter_mut().zip(five) {
            *place = *byte;
        }
        let number = all.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        let letters = (five.len() * 8).div_ceil(5);
        for letter in 0..letters {
            let index = usize::try_from((number >> (35 - 5 * letter)) & 31).unwrap_or_default();
            text.extend(BASE32.get(index));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, in six digits.
    const VECTORS: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, wanted) in VECTORS {
            let now = Moment(seconds * SECOND);
            assert_eq!(code(secret, step_of(now)), wanted, "{seconds}");
            assert_eq!(step(secret, wanted, now, 0), Some(step_of(now)));
        }
    }

    #[test]
    fn a_code_is_good_half_a_minute_before_and_after_and_once() {
        let secret = b"12345678901234567890";
        let at = Moment(1_111_111_111 * SECOND);
        let here = step_of(at);
        for (seconds, wanted) in [
            (-31, Some(here)),
            (0, Some(here)),
            (31, Some(here)),
            (90, None),
            (-90, None),
        ] {
            assert_eq!(
                step(secret, "050 471", at.plus(seconds * SECOND), 0),
                wanted,
                "{seconds}"
            );
        }
        assert_eq!(step(secret, "050471", at, here), None, "used");
        for junk in ["", "05047", "0504711", "abcdef", "０５０４７１"] {
            assert_eq!(step(secret, junk, at, 0), None, "{junk}");
        }
    }

    #[test]
    fn secrets_are_written_in_base32() {
        for (bytes, wanted) in [("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(bytes.as_bytes()), wanted);
        }
    }
}
