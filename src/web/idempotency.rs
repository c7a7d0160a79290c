//! `Idempotency-Key`: the same key and request again gets the same answer and has no second effect.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use sha2::{Digest, Sha256};

use super::problem::{Code, Problem};

/// Longest key.
pub const KEY_MAX: usize = 255;

/// Hex digits of an id that is made from a key.
const MADE_ID_LENGTH: usize = 32;

/// The key, where one was sent.
pub struct Key {
    pub key: Option<String>,
    method: String,
    target: String,
}

impl Key {
    /// An id made from the key, for what has none of its own: the same key again means the same thing.
    pub fn made_id(&self, person: &str) -> Option<String> {
        let key = self.key.as_ref()?;
        let mut hash = Sha256::new();
        hash.update(person.as_bytes());
        hash.update([0]);
        hash.update(key.as_bytes());
        Some(hex::encode(hash.finalize()).chars().take(MADE_ID_LENGTH).collect())
    }

    /// Method, path, query and body of the request, hashed together: what the key is bound to.
    pub fn fingerprint(&self, body: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in [self.method.as_bytes(), self.target.as_bytes(), body] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

impl FromRequest for Key {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request).map_err(Into::into))
    }
}

fn read(request: &HttpRequest) -> Result<Key, Problem> {
    let invalid = || Problem::new(Code::KeyInvalid).with("max", KEY_MAX.to_string());
    let mut headers = request.headers().get_all("Idempotency-Key");
    let key = match (headers.next(), headers.next()) {
        (None, _) => None,
        (Some(_), Some(_)) => return Err(invalid()),
        (Some(header), None) => {
            let text = header.to_str().map_err(|_| invalid())?;
            let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
            if text.is_empty() || text.len() > KEY_MAX || !visible {
                return Err(invalid());
            }
            Some(text.to_owned())
        }
    };
    Ok(Key {
        key,
        method: request.method().to_string(),
        target: request.uri().to_string(),
    })
}
