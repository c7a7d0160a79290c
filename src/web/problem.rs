//! Problems: every answer that is not what was asked for (RFC 9457). One table: code → status → sentences.
//!
//! A problem knows no language. It travels inside the response, and [`super::guard`] writes it in the language of the
//! reader at the very end, so that handlers and extractors never think of it.

use std::fmt;
use std::ops::Deref;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Map, Value, json};

use crate::texts::{Arg, Language, say};
use crate::workflow::definition::Text;

/// Where the table of problems can be read.
pub const PROBLEMS_PATH: &str = "/api/v1/problems/";

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $status:ident;)*) => {
        /// What went wrong, stable for programs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word that programs compare; sentences are `problem-WORD` and `problem-title-WORD`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }
        }
    };
}

codes! {
    /// Not JSON at all, or cut off; line and column are named.
    BadJson = "bad_json", BAD_REQUEST;
    /// The bytes are no UTF-8.
    NotUtf8 = "not_utf8", BAD_REQUEST;
    /// The request itself is broken (head, path, query).
    BadRequest = "bad_request", BAD_REQUEST;
    /// Understood, but something in it is not acceptable; `errors` says what and where.
    Invalid = "invalid", UNPROCESSABLE_ENTITY;
    /// No token, or one that is unknown, expired, revoked, or whose person has left.
    Unauthenticated = "unauthenticated", UNAUTHORIZED;
    /// The token lacks a scope.
    ScopeMissing = "scope_missing", FORBIDDEN;
    /// A form that was not sent by a page of ours.
    ForeignRequest = "foreign_request", FORBIDDEN;
    /// The person's roles do not allow it.
    NotAllowed = "not_allowed", FORBIDDEN;
    /// Refused by the ticket's workflow for who asks.
    RefusedWho = "refused_who", FORBIDDEN;
    /// There is no such thing, or it is not yours to see.
    NotFound = "not_found", NOT_FOUND;
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED;
    BodyTimeout = "body_timeout", REQUEST_TIMEOUT;
    /// The workflow or the state of things refuses it now.
    Refused = "refused", CONFLICT;
    /// What the command says is refused by the workflow (fields, texts).
    RefusedContent = "refused_content", UNPROCESSABLE_ENTITY;
    /// Something of this name is there already, or is still needed.
    Conflict = "conflict", CONFLICT;
    KeyInFlight = "key_in_flight", CONFLICT;
    KeyReused = "key_reused", UNPROCESSABLE_ENTITY;
    KeyInvalid = "key_invalid", BAD_REQUEST;
    Stale = "stale", PRECONDITION_FAILED;
    IfMatchMissing = "if_match_missing", PRECONDITION_REQUIRED;
    TooLarge = "too_large", PAYLOAD_TOO_LARGE;
    UnsupportedMedia = "unsupported_media", UNSUPPORTED_MEDIA_TYPE;
    /// A file is over its limit.
    FileTooLarge = "file_too_large", PAYLOAD_TOO_LARGE;
    /// The content of a file is of a kind that is not taken.
    FileKind = "file_kind", UNSUPPORTED_MEDIA_TYPE;
    /// The part of a file that was asked for lies behind its end.
    RangeBeyond = "range_beyond", RANGE_NOT_SATISFIABLE;
    HeadTooLarge = "head_too_large", REQUEST_HEADER_FIELDS_TOO_LARGE;
    TooMany = "too_many_requests", TOO_MANY_REQUESTS;
    /// The feed's cursor is void: the database was restored.
    CursorVoid = "cursor_void", GONE;
    /// Our fault; the details are in the log under the request's id.
    Internal = "internal", INTERNAL_SERVER_ERROR;
    /// Not known whether it was done: ask again with the same Idempotency-Key.
    Unknown = "unknown_result", SERVICE_UNAVAILABLE;
    /// The queue of the writer is full, the disk is, or the server is stopping.
    Busy = "busy", SERVICE_UNAVAILABLE;
}

/// Where in a request a fault is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// JSON pointer into the body (RFC 6901); empty for the body as a whole.
    Pointer(String),
    /// A parameter of path or query.
    Parameter(String),
    Header(&'static str),
}

/// One fault. Its sentence is `fault-CODE`, or the one the workflow file brings along.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub place: Option<Place>,
    pub code: &'static str,
    /// Key of the sentence when it is not `fault-CODE`.
    pub key: Option<String>,
    pub arguments: Vec<(&'static str, String)>,
    pub sentence: Option<Text>,
    /// More members for programs: `who`, `task`, `accepted`.
    pub more: Map<String, Value>,
}

impl Fault {
    pub fn new(place: Place, code: &'static str) -> Self {
        Self {
            place: Some(place),
            code,
            key: None,
            arguments: Vec::new(),
            sentence: None,
            more: Map::new(),
        }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.arguments.push((name, value.into()));
        self
    }

    /// The fault as the reader reads it.
    pub fn write(&self, language: Language) -> Value {
        let mut entry = Map::new();
        match &self.place {
            Some(Place::Pointer(pointer)) => entry.insert("pointer".into(), json!(pointer)),
            Some(Place::Parameter(name)) => entry.insert("parameter".into(), json!(name)),
            Some(Place::Header(name)) => entry.insert("header".into(), json!(name)),
            None => None,
        };
        entry.insert("code".into(), json!(self.code));
        let own = self.sentence.as_ref().map(|text| match language {
            Language::Zh => text.zh.clone(),
            Language::En => text.en.clone(),
        });
        let sentence = own.unwrap_or_else(|| {
            let key = self.key.clone().unwrap_or_else(|| format!("fault-{}", self.code));
            sentence(language, &key, &self.arguments)
        });
        entry.insert("detail".into(), json!(sentence));
        entry.extend(self.more.clone());
        Value::Object(entry)
    }
}

/// An answer that is a problem. Boxed: it travels as the error of nearly every function here.
#[derive(Clone, Debug)]
pub struct Problem(Box<Details>);

/// What a problem says.
#[derive(Clone, Debug)]
pub struct Details {
    pub code: Code,
    pub arguments: Vec<(&'static str, String)>,
    pub faults: Vec<Fault>,
    pub more: Map<String, Value>,
    /// Headers that belong to it: `WWW-Authenticate`, `Retry-After`, `Allow`, `ETag`.
    pub headers: Vec<(&'static str, String)>,
}

impl Problem {
    pub fn new(code: Code) -> Self {
        Self(Box::new(Details {
            code,
            arguments: Vec::new(),
            faults: Vec::new(),
            more: Map::new(),
            headers: Vec::new(),
        }))
    }

    /// `invalid` with these faults.
    pub fn invalid(faults: Vec<Fault>) -> Self {
        Self::new(Code::Invalid).faults(faults)
    }

    pub fn faults(mut self, faults: Vec<Fault>) -> Self {
        self.0.faults = faults;
        self
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.arguments.push((name, value.into()));
        self
    }

    pub fn fault(mut self, fault: Fault) -> Self {
        self.0.faults.push(fault);
        self
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    /// Another member of the document.
    pub fn member(mut self, name: &str, value: Value) -> Self {
        self.0.more.insert(name.to_owned(), value);
        self
    }

    /// Pointers without what stands in front of them inside, where the reader sent less.
    pub fn without_prefix(mut self, prefix: &str) -> Self {
        for fault in &mut self.0.faults {
            if let Some(Place::Pointer(pointer)) = &mut fault.place
                && let Some(rest) = pointer.strip_prefix(prefix)
            {
                *pointer = rest.to_owned();
            }
        }
        self
    }

    /// The document as the reader reads it.
    pub fn write(&self, language: Language, request_id: &str) -> Value {
        let word = self.code.as_str();
        let mut document = Map::new();
        document.insert("type".into(), json!(format!("{PROBLEMS_PATH}{word}")));
        document.insert(
            "title".into(),
            json!(say(language, &format!("problem-title-{word}"), &[])),
        );
        document.insert("status".into(), json!(self.code.status().as_u16()));
        document.insert("code".into(), json!(word));
        let detail = sentence(language, &format!("problem-{word}"), &self.arguments);
        document.insert("detail".into(), json!(detail));
        document.insert("request_id".into(), json!(request_id));
        if !self.faults.is_empty() {
            let faults: Vec<Value> = self.faults.iter().map(|fault| fault.write(language)).collect();
            document.insert("errors".into(), Value::Array(faults));
        }
        document.extend(self.more.clone());
        Value::Object(document)
    }
}

/// Arguments that sentences of problems, faults and refusals use. What a problem does not say is `none` in them.
const NAMES: &[&str] = &[
    "accepted", "action", "allowed", "at", "by", "clock", "column", "expected", "field", "fields", "found", "last",
    "latest", "length", "line", "max", "min", "name", "near", "not_by", "options", "outcome", "per", "position",
    "revision", "scope", "seconds", "state", "states", "task", "text", "times", "value", "who", "why", "within",
    "workflow",
];

/// The sentence under a key. Arguments are texts: a number in them stays as it was written.
pub fn sentence(language: Language, key: &str, arguments: &[(&'static str, String)]) -> String {
    let mut filled: Vec<(&str, Arg)> = NAMES.iter().map(|name| (*name, Arg::from("none"))).collect();
    filled.extend(arguments.iter().map(|(name, value)| (*name, Arg::from(value))));
    say(language, key, &filled)
}

impl Deref for Problem {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}
