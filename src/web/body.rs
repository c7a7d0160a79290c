//! Bodies of requests: read within a time and a size, then strictly as JSON or as text.
//!
//! actix never times out a body (TRUST, fact 7): whoever sends one byte a minute would keep a connection for ever. The
//! deadline here is some seconds, plus one for each so many bytes that did arrive; the connection is closed after it.

use std::time::{Duration, Instant};

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use crate::config::Limits;

use super::deadline::Arriving;
use super::decode::{At, Decode, Faults};
use super::json;
use super::problem::{Code, Fault, Place, Problem};
use super::state;

/// A JSON body of a declared shape.
pub struct Body<T> {
    pub value: T,
    /// The bytes as they came: the idempotency key binds them.
    pub bytes: web::Bytes,
}

/// A JSON body whose shape is looked at later, together with what it is about.
pub struct JsonBody {
    pub value: serde_json::Value,
    /// As [`Body::bytes`].
    pub bytes: web::Bytes,
}

/// A body of text: a workflow file, a calendar.
pub struct TextBody {
    pub text: String,
    pub media: String,
    pub bytes: web::Bytes,
}

/// A table as it was saved: a workbook or CSV in whatever encoding.
pub struct TableBody {
    pub bytes: web::Bytes,
}

/// Kinds under which browsers and programs send tables.
pub const TABLE_KINDS: [&str; 4] = [
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "text/csv",
    "application/octet-stream",
];

impl FromRequest for TableBody {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let limits = &state::of(&request)?.config.limits;
            media(&request, &TABLE_KINDS)?;
            let bytes = read(&request, payload, limits).await?;
            Ok(Self { bytes })
        })
    }
}

impl<T: Decode + Validate + 'static> FromRequest for Body<T> {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let unread = JsonBody::from_request(request, payload);
        Box::pin(async move {
            let JsonBody { value, bytes } = unread.await?;
            let value = shape::<T>(&value, &At::Body(String::new()))?;
            Ok(Self { value, bytes })
        })
    }
}

impl FromRequest for JsonBody {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let limits = &state::of(&request)?.config.limits;
            media(&request, &["application/json"])?;
            let bytes = read(&request, payload, limits).await?;
            // `null` members and an absent body are the same as an empty object: every shape says what it needs.
            let value = if bytes.is_empty() {
                json::read(b"{}")?
            } else {
                json::read(&bytes)?
            };
            Ok(Self { value, bytes })
        })
    }
}

impl FromRequest for TextBody {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let limits = &state::of(&request)?.config.limits;
            let accepted = [
                "application/yaml",
                "text/yaml",
                "text/plain",
                "text/calendar",
                "application/json",
            ];
            let media = media(&request, &accepted)?;
            let bytes = read(&request, payload, limits).await?;
            let text = std::str::from_utf8(&bytes)
                .map_err(|error| Problem::new(Code::NotUtf8).with("position", error.valid_up_to().to_string()))?
                .to_owned();
            if let Some(position) = text.find('\0') {
                return Err(Problem::new(Code::NotUtf8)
                    .with("position", position.to_string())
                    .into());
            }
            Ok(Self { text, media, bytes })
        })
    }
}

/// The bytes of a form that a page sends.
pub async fn form(request: &HttpRequest, payload: Payload, limits: &Limits) -> Result<web::Bytes, Problem> {
    media(request, &["application/x-www-form-urlencoded"])?;
    read(request, payload, limits).await
}

/// Reads a value as a declared shape; everything that is wrong is told at once.
pub fn shape<T: Decode + Validate>(value: &serde_json::Value, at: &At) -> Result<T, Problem> {
    let mut faults = Faults::default();
    let read = T::decode(value, at, &mut faults);
    if let Some(read) = &read
        && let Err(errors) = read.validate()
    {
        broken_rules(&errors, at, &mut faults);
    }
    match read {
        Some(read) if faults.0.is_empty() => Ok(read),
        Some(_) | None => Err(Problem::invalid(faults.0)),
    }
}

/// What `validator` found, with our places and sentences.
fn broken_rules(errors: &ValidationErrors, at: &At, faults: &mut Faults) {
    for (field, kind) in errors.errors() {
        let at = at.inside(field);
        match kind {
            ValidationErrorsKind::Struct(inner) => broken_rules(inner, &at, faults),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    broken_rules(inner, &at.inside(&index.to_string()), faults);
                }
            }
            ValidationErrorsKind::Field(found) => {
                for error in found {
                    let bound = |name: &str| error.params.get(name).map(ToString::to_string).unwrap_or_default();
                    let (min, max) = (bound("min"), bound("max"));
                    let code = match error.code.as_ref() {
                        "length" => "length",
                        "range" => "range",
                        "email" => "email",
                        _ => "rule",
                    };
                    faults.at(&at, code, &[("min", &min), ("max", &max)]);
                }
            }
        }
    }
}

/// Refuses bodies of another kind than the accepted ones. A request without a body needs no kind.
fn media(request: &HttpRequest, accepted: &[&str]) -> Result<String, Problem> {
    let unsupported = || {
        Problem::new(Code::UnsupportedMedia)
            .with("accepted", accepted.join(", "))
            .header("Accept", accepted.join(", "))
    };
    if request.headers().contains_key(CONTENT_ENCODING) {
        // No compressed bodies: a small one could unpack to a very large one.
        return Err(unsupported());
    }
    let Some(given) = request.headers().get(CONTENT_TYPE) else {
        let empty = request
            .headers()
            .get(CONTENT_LENGTH)
            .is_none_or(|length| length.as_bytes() == b"0");
        return if empty { Ok(String::new()) } else { Err(unsupported()) };
    };
    let given = given.to_str().map_err(|_| unsupported())?;
    let mut parts = given.split(';');
    let kind = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_utf8 = parts
        .filter_map(|part| {
            part.trim()
                .to_ascii_lowercase()
                .strip_prefix("charset=")
                .map(str::to_owned)
        })
        .all(|charset| charset.trim_matches('"') == "utf-8");
    if accepted.contains(&kind.as_str()) && is_utf8 {
        Ok(kind)
    } else {
        Err(unsupported())
    }
}

async fn read(request: &HttpRequest, mut payload: Payload, limits: &Limits) -> Result<web::Bytes, Problem> {
    let max = limits.body_bytes_max;
    let too_large = || {
        Problem::new(Code::TooLarge)
            .with("max", max.to_string())
            .header("Connection", "close")
    };
    let declared = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > max) {
        return Err(too_large());
    }
    // The time in which the body arrives is the client's, not ours.
    let _arriving = Arriving::of(request);
    let started = Instant::now();
    let mut body = web::BytesMut::new();
    loop {
        let earned = u64::try_from(body.len()).unwrap_or(u64::MAX) / limits.body_bytes_per_second_min;
        let allowed = Duration::from_secs(limits.body_within_seconds.saturating_add(earned));
        let left = allowed.saturating_sub(started.elapsed());
        let chunk = tokio::time::timeout(left, payload.next()).await.map_err(|_| {
            Problem::new(Code::BodyTimeout)
                .with("seconds", limits.body_within_seconds.to_string())
                .header("Connection", "close")
        })?;
        match chunk {
            None => return Ok(body.freeze()),
            Some(Ok(chunk)) if body.len() + chunk.len() > max => return Err(too_large()),
            Some(Ok(chunk)) => body.extend_from_slice(&chunk),
            Some(Err(_)) => {
                let fault = Fault::new(Place::Pointer(String::new()), "body_broken");
                return Err(Problem::new(Code::BadRequest)
                    .fault(fault)
                    .header("Connection", "close"));
            }
        }
    }
}
