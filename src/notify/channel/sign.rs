//! How a receiver knows that a message is ours: signatures of Standard Webhooks and of the robots.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::Output;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;

/// HMAC with SHA-256 (RFC 2104) over these parts, one after another.
pub fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    keyed::<Hmac<Sha256>>(key, parts).into()
}

/// The same with SHA-1, for what others have fixed.
pub fn hmac_sha1(key: &[u8], parts: &[&[u8]]) -> [u8; 20] {
    keyed::<Hmac<Sha1>>(key, parts).into()
}

#[expect(clippy::expect_used, reason = "a key of HMAC may have any length, none is refused")]
fn keyed<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> Output<M> {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes()
}

/// `v1,…` of Standard Webhooks over id, seconds and body. A secret that begins with `whsec_` is base64 after it.
pub fn webhook(secret: &str, id: &str, seconds: i64, body: &[u8]) -> String {
    let key = webhook_key(secret).unwrap_or_else(|| secret.as_bytes().to_vec());
    let head = format!("{id}.{seconds}.");
    format!("v1,{}", STANDARD.encode(hmac(&key, &[head.as_bytes(), body])))
}

/// The key behind `whsec_`; `None` when it is not base64.
pub fn webhook_key(secret: &str) -> Option<Vec<u8>> {
    match secret.strip_prefix("whsec_") {
        Some(encoded) => STANDARD.decode(encoded).ok(),
        None => Some(secret.as_bytes().to_vec()),
    }
}

/// `sign` of DingTalk's robots, for the query: keyed with the secret, over `milliseconds LF secret`.
pub fn dingtalk(secret: &str, milliseconds: i64) -> String {
    let text = format!("{milliseconds}\n{secret}");
    STANDARD.encode(hmac(secret.as_bytes(), &[text.as_bytes()]))
}

/// `sign` of Feishu's robots, for the body: keyed with `seconds LF secret`, over nothing.
pub fn feishu(secret: &str, seconds: i64) -> String {
    let key = format!("{seconds}\n{secret}");
    STANDARD.encode(hmac(key.as_bytes(), &[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test cases 1, 2 and 6 of RFC 2202.
    #[test]
    fn with_sha_1_too() {
        for (key, data, expected) in [
            (vec![0x0b; 20], "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"),
            (
                b"Jefe".to_vec(),
                "what do ya want for nothing?",
                "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
            ),
            (
                vec![0xaa; 80],
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "aa4ae5e15272d00e95705637ce8a3b55ed402112",
            ),
        ] {
            let (one, other) = data.as_bytes().split_at(3);
            assert_eq!(hex::encode(hmac_sha1(&key, &[one, other])), expected);
        }
    }

    /// Test cases 1, 2, 4 and 6 of RFC 4231.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let count: Vec<u8> = (1..=25).collect();
        for (key, data, expected) in [
            (
                vec![0x0b; 20],
                b"Hi There".to_vec(),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                count,
                vec![0xcd; 50],
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            ),
            (
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hex::encode(hmac(&key, &[&data])), expected);
        }
    }

    #[test]
    fn a_webhook_is_signed_over_id_time_and_body() {
        // The example of the specification's libraries.
        let signed = webhook(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(webhook_key("whsec_%"), None);
    }
}
