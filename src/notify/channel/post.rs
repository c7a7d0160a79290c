//! One message to one endpoint over HTTP, and what its answer means.
//!
//! | answer | outcome |
//! |---|---|
//! | 2xx (of robots also what the body says) | accepted |
//! | 408, 425, 429, 5xx, no answer in time, cut off, unreachable | the endpoint cannot be worked with: later, as it asks |
//! | 410 | never, and nothing else is sent there |
//! | 3xx: redirects are not followed; other 4xx | never |
//!
//! Each endpoint has a client of its own: its addresses are judged by [`super::guard`], a dead one delays no other.

use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};

use crate::discreet::discreet;
use crate::notify::mail::Mail;
use crate::notify::outcome::Outcome;
use crate::notify::settings::Secret;
use crate::workflow::moment::{Moment, SECOND};

use super::guard::Guard;
use super::settings::{ChannelSettings, Kind, Method, Wrong};
use super::sign;

/// Bytes of an answer that are read; what comes after is cut off.
const ANSWER_SIZE_MAX: usize = 16 * 1024;
/// Characters of an answer that are kept as a reason.
const REASON_LENGTH_MAX: usize = 120;
/// The longest pause an endpoint may ask for.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);

/// The way to one endpoint.
pub struct Endpoint {
    kind: Kind,
    client: Client,
    url: Url,
    method: Method,
    headers: HeaderMap,
    secret: Secret,
    timeout: Duration,
}

impl Endpoint {
    /// Judges address and headers, connects to nothing.
    pub fn new(settings: &ChannelSettings) -> Result<Self, Wrong> {
        let url = Url::parse(settings.url.0.trim()).map_err(|error| Wrong::Url(error.to_string()))?;
        match url.scheme() {
            "https" => {}
            "http" if settings.plain_http => {}
            "http" => return Err(Wrong::Plain),
            other => return Err(Wrong::Url(format!("`{other}` is neither https nor http"))),
        }
        let guard = Guard::new(settings.ranges()?);
        let literal = url.host_str().map(|host| host.trim_matches(['[', ']']).parse());
        if let Some(Ok(address)) = literal
            && !guard.lets(address)
        {
            return Err(Wrong::Closed);
        }
        let mut client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(guard)
            .timeout(settings.timeout())
            .pool_max_idle_per_host(settings.connections)
            .user_agent(concat!("ombud/", env!("CARGO_PKG_VERSION")));
        if !settings.ca_file.is_empty() {
            for authority in authorities(&settings.ca_file)? {
                client = client.add_root_certificate(authority);
            }
        }
        Ok(Self {
            kind: settings.kind,
            client: client
                .build()
                .map_err(|error| Wrong::Client(error.without_url().to_string()))?,
            url,
            method: settings.method,
            headers: headers(settings)?,
            secret: settings.secret.clone(),
            timeout: settings.timeout(),
        })
    }

    /// Sends a message; `now` stands in its signature.
    pub async fn send(&self, mail: &Mail, now: Moment) -> Outcome {
        let (url, headers, body) = match self.signed(mail, now) {
            Ok(signed) => signed,
            Err(reason) => return Outcome::Never(reason),
        };
        let request = match self.method {
            Method::Post => self.client.post(url),
            Method::Put => self.client.put(url),
        };
        let asked = async {
            let response = request.headers(headers).body(body).send().await?;
            let (status, after) = (response.status(), retry_after(&response));
            Ok::<_, reqwest::Error>((status, after, read(response).await))
        };
        // The client's own limit ends an answer that trickles; this one is the last word.
        match tokio::time::timeout(self.timeout + Duration::from_secs(1), asked).await {
            Ok(Ok((status, after, answer))) => judge(self.kind, status, after, &answer),
            Ok(Err(error)) => Outcome::down(unanswered(&error)),
            Err(_) => Outcome::down("no answer in time"),
        }
    }

    /// Whether the other side answers at all: its server is asked, without path, keys or a message. Why it does not.
    pub async fn knock(&self) -> Result<(), String> {
        let mut origin = self.url.clone();
        origin.set_path("/");
        origin.set_query(None);
        let asked = self.client.head(origin).send();
        match tokio::time::timeout(self.timeout + Duration::from_secs(1), asked).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(unanswered(&error)),
            Err(_) => Err("no answer in time".to_owned()),
        }
    }

    /// Address, headers and body with the signature of this moment.
    fn signed(&self, mail: &Mail, now: Moment) -> Result<(Url, HeaderMap, Vec<u8>), String> {
        let mut url = self.url.clone();
        let mut headers = self.headers.clone();
        let mut body = mail.bytes.clone();
        let seconds = now.0.div_euclid(SECOND);
        let secret = self.secret.0.as_str();
        match self.kind {
            Kind::Webhook | Kind::Sms | Kind::Wecom => {
                let id = &mail.key;
                put(&mut headers, "webhook-id", id)?;
                put(&mut headers, "webhook-timestamp", &seconds.to_string())?;
                if self.kind == Kind::Webhook && !secret.is_empty() {
                    put(
                        &mut headers,
                        "webhook-signature",
                        &sign::webhook(secret, id, seconds, &body),
                    )?;
                }
            }
            Kind::Dingtalk if !secret.is_empty() => {
                url.query_pairs_mut()
                    .append_pair("timestamp", &now.0.to_string())
                    .append_pair("sign", &sign::dingtalk(secret, now.0));
            }
            Kind::Feishu if !secret.is_empty() => {
                let read = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&body);
                let mut members = read.map_err(|_| "the body is no JSON object to be signed".to_owned())?;
                members.insert("timestamp".to_owned(), seconds.to_string().into());
                members.insert("sign".to_owned(), sign::feishu(secret, seconds).into());
                body = serde_json::Value::Object(members).to_string().into_bytes();
            }
            Kind::Dingtalk | Kind::Feishu => {}
        }
        Ok((url, headers, body))
    }
}

fn put(headers: &mut HeaderMap, name: &'static str, value: &str) -> Result<(), String> {
    let value = HeaderValue::from_str(value).map_err(|_| format!("{name} cannot stand in a header"))?;
    headers.insert(HeaderName::from_static(name), value);
    Ok(())
}

fn headers(settings: &ChannelSettings) -> Result<HeaderMap, Wrong> {
    let mut headers = HeaderMap::new();
    let content_type = HeaderValue::from_str(&settings.content_type);
    headers.insert(
        CONTENT_TYPE,
        content_type.map_err(|_| Wrong::Header("content-type".to_owned()))?,
    );
    for (name, value) in &settings.headers {
        let wrong = || Wrong::Header(name.clone());
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        let mut value = HeaderValue::from_str(&value.0).map_err(|_| wrong())?;
        value.set_sensitive(true);
        headers.insert(header, value);
    }
    Ok(headers)
}

fn authorities(path: &str) -> Result<Vec<reqwest::Certificate>, Wrong> {
    let wrong = |reason: String| Wrong::Authorities {
        path: path.to_owned(),
        reason,
    };
    let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let found = reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| wrong(error.to_string()))?;
    if found.is_empty() {
        return Err(wrong("there is no certificate in it".to_owned()));
    }
    Ok(found)
}

/// The beginning of an answer; what is longer is not read.
async fn read(response: Response) -> Vec<u8> {
    let mut answer = Vec::new();
    let mut parts = response.bytes_stream();
    while answer.len() < ANSWER_SIZE_MAX {
        let Some(Ok(part)) = parts.next().await else { break };
        answer.extend_from_slice(
            part.get(..part.len().min(ANSWER_SIZE_MAX - answer.len()))
                .unwrap_or_default(),
        );
    }
    answer
}

/// Seconds only: what a date would need is a clock that both sides share.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds: u64 = response
        .headers()
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX))
}

fn judge(kind: Kind, status: StatusCode, after: Option<Duration>, answer: &[u8]) -> Outcome {
    let said = || format!("{}: {}", status.as_u16(), beginning(answer));
    match status.as_u16() {
        200..=299 => of_robot(kind, answer),
        408 | 425 | 429 | 500..=599 => Outcome::Down { reason: said(), after },
        410 => Outcome::Gone(said()),
        300..=399 => Outcome::Never(format!("{}: redirects are not followed", status.as_u16())),
        _ => Outcome::Never(said()),
    }
}

/// Robots answer 200 to everything and say in the body what they mean.
fn of_robot(kind: Kind, answer: &[u8]) -> Outcome {
    // System busy; too many messages.
    let (name, busy): (&str, &[i64]) = match kind {
        Kind::Webhook | Kind::Sms => return Outcome::Accepted,
        Kind::Wecom => ("errcode", &[-1, 45_009, 45_033]),
        Kind::Dingtalk => ("errcode", &[-1, 130_101, 130_102, 410_100]),
        Kind::Feishu => ("code", &[9_499, 11_232, 11_233]),
    };
    let said: Option<serde_json::Value> = serde_json::from_slice(answer).ok();
    match said
        .as_ref()
        .and_then(|said| said.get(name))
        .and_then(serde_json::Value::as_i64)
    {
        Some(0) => Outcome::Accepted,
        Some(code) if busy.contains(&code) => Outcome::later(format!("{name} {code}: {}", beginning(answer))),
        Some(code) => Outcome::Never(format!("{name} {code}: {}", beginning(answer))),
        None => Outcome::later(format!("no `{name}` in the answer: {}", beginning(answer))),
    }
}

/// What an endpoint said, on one line, without what may be somebody's.
fn beginning(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer);
    let line: String = text
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .take(REASON_LENGTH_MAX)
        .collect();
    discreet(line.trim())
}

/// Why there was no answer. The address is left out: it may hold a robot's key.
fn unanswered(error: &reqwest::Error) -> String {
    use std::error::Error as _;
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause: Option<&dyn std::error::Error> = error.source();
    while let Some(inner) = cause {
        if inner.is::<super::guard::Closed>() {
            return inner.to_string();
        }
        match inner.source() {
            Some(deeper) => cause = Some(deeper),
            None => return discreet(inner),
        }
    }
    "no connection".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str) -> ChannelSettings {
        let _ = rustls::crypto::ring::default_provider().install_default();
        ChannelSettings {
            url: Secret(url.to_owned()),
            ..ChannelSettings::default()
        }
    }

    #[test]
    fn an_address_within_is_refused_however_it_is_written() {
        for url in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f.0.0.1/",
            "https://017700000001/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://10.0.0.1:8443/x",
            "https://169.254.169.254/latest/meta-data",
            "https://0/",
            "https://１２７.０.０.１/",
            "https://100.100.100.200/",
        ] {
            assert_eq!(Endpoint::new(&settings(url)).err(), Some(Wrong::Closed), "{url}");
        }
        assert_eq!(
            Endpoint::new(&settings("http://example.org/")).err(),
            Some(Wrong::Plain)
        );
        assert!(Endpoint::new(&settings("ftp://example.org/")).is_err());
        assert!(Endpoint::new(&settings("nowhere")).is_err());
        assert!(Endpoint::new(&settings("https://example.org/hook")).is_ok());
    }

    #[test]
    fn each_answer_has_its_outcome() {
        let judged = |kind, status: u16, answer: &str| {
            judge(
                kind,
                StatusCode::from_u16(status).unwrap(),
                Some(Duration::from_secs(7)),
                answer.as_bytes(),
            )
        };
        let webhook = |status| judged(Kind::Webhook, status, "said \"13800001111\"");
        for status in [200, 201, 202, 204] {
            assert_eq!(webhook(status), Outcome::Accepted);
        }
        for status in [408, 425, 429, 500, 502, 503, 504] {
            let Outcome::Down { reason, after } = webhook(status) else {
                panic!("{status}")
            };
            assert_eq!(after, Some(Duration::from_secs(7)));
            assert!(
                reason.starts_with(&status.to_string()) && !reason.contains("13800001111"),
                "{reason}"
            );
        }
        for status in [301, 302, 307, 308, 400, 401, 403, 404, 422] {
            assert!(matches!(webhook(status), Outcome::Never(_)), "{status}");
        }
        assert!(matches!(webhook(410), Outcome::Gone(_)));
        for (kind, answer, accepted, later) in [
            (Kind::Wecom, "{\"errcode\":0,\"errmsg\":\"ok\"}", true, false),
            (
                Kind::Wecom,
                "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}",
                false,
                true,
            ),
            (
                Kind::Wecom,
                "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}",
                false,
                false,
            ),
            (Kind::Dingtalk, "{\"errcode\":130101}", false, true),
            (
                Kind::Dingtalk,
                "{\"errcode\":310000,\"errmsg\":\"sign not match\"}",
                false,
                false,
            ),
            (Kind::Feishu, "{\"code\":0,\"msg\":\"success\"}", true, false),
            (Kind::Feishu, "{\"code\":11232}", false, true),
            (Kind::Feishu, "<html>", false, true),
        ] {
            let outcome = judged(kind, 200, answer);
            assert_eq!(outcome == Outcome::Accepted, accepted, "{answer}");
            assert_eq!(matches!(outcome, Outcome::Later { .. }), later, "{answer}");
        }
    }

    #[test]
    fn robots_are_signed_in_the_query_or_the_body_and_never_in_what_is_kept() {
        let mail = Mail {
            key: "t:1:li:x".to_owned(),
            to: "li".to_owned(),
            bytes: b"{\"msg_type\":\"text\"}".to_vec(),
        };
        let signed = |kind| {
            let settings = ChannelSettings {
                kind,
                secret: Secret("SECabc".to_owned()),
                ..settings("https://example.org/robot?access_token=1")
            };
            Endpoint::new(&settings)
                .unwrap()
                .signed(&mail, Moment(1_772_413_200_000))
                .unwrap()
        };
        let (url, _, body) = signed(Kind::Dingtalk);
        assert!(
            url.query()
                .unwrap()
                .starts_with("access_token=1&timestamp=1772413200000&sign="),
            "{url}"
        );
        assert_eq!(body, mail.bytes);
        let (_, _, body) = signed(Kind::Feishu);
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["timestamp"], "1772413200");
        assert_eq!(body["sign"].as_str().unwrap().len(), 44);
        let (_, headers, body) = signed(Kind::Webhook);
        assert_eq!(
            (headers["webhook-id"].to_str().unwrap(), &body),
            ("t:1:li:x", &mail.bytes)
        );
        assert!(headers["webhook-signature"].to_str().unwrap().starts_with("v1,"));
    }
}
