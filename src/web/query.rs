//! Queries of a URL, read as strictly as bodies: unknown and repeated parameters are faults.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde_json::{Map, Value};
use std::future::{Ready, ready};
use validator::Validate;

use super::body::shape;
use super::decode::{At, Decode};
use super::problem::{Code, Fault, Place, Problem};

/// A query of a declared shape.
pub struct Query<T>(pub T);

impl<T: Decode + Validate> FromRequest for Query<T> {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            pairs(request)
                .and_then(|pairs| shape::<T>(&Value::Object(pairs), &At::Query(String::new())))
                .map(Self)
                .map_err(Into::into),
        )
    }
}

fn pairs(request: &HttpRequest) -> Result<Map<String, Value>, Problem> {
    let broken = || Problem::new(Code::BadRequest).fault(Fault::new(Place::Parameter(String::new()), "query_broken"));
    let text = request.query_string();
    // The reader of queries replaces broken UTF-8; here it is a fault.
    if !is_whole(text) {
        return Err(broken());
    }
    let pairs = web::Query::<Vec<(String, String)>>::from_query(text).map_err(|_| broken())?;
    let mut read = Map::new();
    let mut faults = Vec::new();
    for (name, value) in pairs.into_inner() {
        if read.contains_key(&name) {
            faults.push(Fault::new(Place::Parameter(name.clone()), "duplicate_key").with("name", name.clone()));
        }
        read.insert(name, Value::String(value));
    }
    if faults.is_empty() {
        Ok(read)
    } else {
        Err(Problem::invalid(faults))
    }
}

/// True when every `%` begins an escape and the whole is UTF-8 once unescaped.
fn is_whole(text: &str) -> bool {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
            return false;
        };
        bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
    }
    std::str::from_utf8(&bytes).is_ok()
}
