//! `[channels.NAME]` of `ombud.toml`: where messages go beside mail, in which form, signed how.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use crate::notify::settings::Secret;
use crate::workflow::id::is_id;

use super::guard::{NoRange, Range};
use super::sign;

/// Channels at most.
const CHANNELS_MAX: usize = 16;
/// Names that mean something else in the outbox.
const TAKEN: [&str; 2] = ["mail", "app"];
/// In front of the name of a variable, and of a file, that holds a secret.
const FROM_ENVIRONMENT: &str = "env:";
const FROM_FILE: &str = "file:";
/// Headers that are ours to set.
const OUR_HEADERS: [&str; 5] = [
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
];

/// What stands at the other end: the form of the body, how it is signed, how the answer is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An endpoint of one's own: JSON, signed as Standard Webhooks say.
    #[default]
    Webhook,
    /// A gateway for short messages.
    Sms,
    /// A robot of a WeCom (企业微信) group.
    Wecom,
    /// A robot of a DingTalk (钉钉) group.
    Dingtalk,
    /// A robot of a Feishu (飞书) group.
    Feishu,
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::Webhook, Self::Sms, Self::Wecom, Self::Dingtalk, Self::Feishu];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Sms => "sms",
            Self::Wecom => "wecom",
            Self::Dingtalk => "dingtalk",
            Self::Feishu => "feishu",
        }
    }
}

/// How it is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Method {
    #[default]
    #[serde(rename = "POST")]
    Post,
    #[serde(rename = "PUT")]
    Put,
}

/// `[channels.NAME]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelSettings {
    pub kind: Kind,
    /// May hold a robot's key, so it is shown to nobody.
    pub url: Secret,
    pub method: Method,
    pub headers: BTreeMap<String, Secret>,
    /// With which messages are signed; empty for none.
    pub secret: Secret,
    /// A template of one's own in the place of the built-in one.
    pub body: String,
    pub content_type: String,
    /// Which of a person's addresses it uses; empty is the channel's name.
    pub address: String,
    /// Private ranges of addresses it may reach.
    pub allow: Vec<String>,
    pub plain_http: bool,
    /// A PEM file with the authority of a certificate of your own.
    pub ca_file: String,
    /// For one message, from connecting to the last byte of the answer.
    pub timeout_seconds: u64,
    /// Messages at the same time.
    pub connections: usize,
}

impl Default for ChannelSettings {
    fn default() -> Self {
        Self {
            kind: Kind::default(),
            url: Secret::default(),
            method: Method::default(),
            headers: BTreeMap::new(),
            secret: Secret::default(),
            body: String::new(),
            content_type: "application/json; charset=utf-8".to_owned(),
            address: String::new(),
            allow: Vec::new(),
            plain_http: false,
            ca_file: String::new(),
            timeout_seconds: 10,
            connections: 4,
        }
    }
}

/// All channels by name.
pub type Channels = BTreeMap<String, ChannelSettings>;

/// What is wrong with a channel; the name of its key stands in front.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("channels.{channel}: {problem}")]
pub struct ChannelProblem {
    pub channel: String,
    pub problem: Wrong,
}

/// What is wrong.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    #[error("this is no name for a channel: lower-case letters, digits and `_`, and neither `mail` nor `app`")]
    Name,
    #[error("there are more than {CHANNELS_MAX} channels")]
    TooMany,
    #[error("url: {0}")]
    Url(String),
    #[error("url: only https is taken; plain_http = true says that the network between is yours")]
    Plain,
    #[error("url: this address is not public; `allow` names the private ranges a channel may reach")]
    Closed,
    #[error("header {0}: this header is not yours to set, or no header at all")]
    Header(String),
    #[error("allow: {0}")]
    Range(#[from] NoRange),
    #[error("secret: what stands behind `whsec_` is not base64")]
    Secret,
    #[error("{key}: the variable `{name}` is not set")]
    NoVariable { key: String, name: String },
    #[error("{key}: the file {path}: {reason}")]
    NoFile { key: String, path: String, reason: String },
    #[error("ca_file {path}: {reason}")]
    Authorities { path: String, reason: String },
    #[error("timeout_seconds: {0} is out of range, 1 to 60 are accepted")]
    Timeout(u64),
    #[error("connections: {0} is out of range, 1 to 32 are accepted")]
    Connections(usize),
    #[error("body: {0}")]
    Body(String),
    #[error("{0}")]
    Client(String),
}

/// Puts secrets in the place of `env:NAME` and `file:PATH`. `variable` reads the environment.
pub fn fetch_secrets(channels: &mut Channels, variable: &dyn Fn(&str) -> Option<String>) -> Result<(), ChannelProblem> {
    for (name, channel) in channels {
        let of = |problem| ChannelProblem {
            channel: name.clone(),
            problem,
        };
        let headers = channel.headers.iter_mut();
        let headers = headers.map(|(header, value)| (format!("headers.{header}"), value));
        let own = [
            ("url".to_owned(), &mut channel.url),
            ("secret".to_owned(), &mut channel.secret),
        ];
        for (key, secret) in own.into_iter().chain(headers) {
            fetch(key, secret, variable).map_err(of)?;
        }
    }
    Ok(())
}

fn fetch(key: String, secret: &mut Secret, variable: &dyn Fn(&str) -> Option<String>) -> Result<(), Wrong> {
    if let Some(name) = secret.0.strip_prefix(FROM_ENVIRONMENT) {
        let name = name.trim().to_owned();
        let found = variable(&name).ok_or(Wrong::NoVariable { key, name })?;
        found.trim().clone_into(&mut secret.0);
    } else if let Some(path) = secret.0.strip_prefix(FROM_FILE) {
        let path = path.trim().to_owned();
        let read = std::fs::read_to_string(&path);
        let found = read.map_err(|error| Wrong::NoFile {
            key,
            path,
            reason: error.to_string(),
        })?;
        found.trim().clone_into(&mut secret.0);
    }
    Ok(())
}

/// The first thing that is wrong with any of them, as far as it can be seen without connecting.
pub fn check(channels: &Channels) -> Result<(), ChannelProblem> {
    if channels.len() > CHANNELS_MAX {
        return Err(ChannelProblem {
            channel: String::new(),
            problem: Wrong::TooMany,
        });
    }
    for (name, channel) in channels {
        let of = |problem| ChannelProblem {
            channel: name.clone(),
            problem,
        };
        if !is_id(name) || TAKEN.contains(&name.as_str()) {
            return Err(of(Wrong::Name));
        }
        channel.check().map_err(of)?;
    }
    Ok(())
}

impl ChannelSettings {
    fn check(&self) -> Result<(), Wrong> {
        if !(1..=60).contains(&self.timeout_seconds) {
            return Err(Wrong::Timeout(self.timeout_seconds));
        }
        if !(1..=32).contains(&self.connections) {
            return Err(Wrong::Connections(self.connections));
        }
        let ours = |name: &&String| {
            let name = name.to_ascii_lowercase();
            OUR_HEADERS.contains(&name.as_str()) || name.starts_with("webhook-")
        };
        if let Some(name) = self.headers.keys().find(ours) {
            return Err(Wrong::Header(name.clone()));
        }
        if self.kind == Kind::Webhook && sign::webhook_key(&self.secret.0).is_none() {
            return Err(Wrong::Secret);
        }
        self.ranges().map(|_| ())
    }

    /// The ranges of `allow`.
    pub fn ranges(&self) -> Result<Vec<Range>, Wrong> {
        let ranges: Result<Vec<Range>, NoRange> = self.allow.iter().map(|text| text.parse()).collect();
        Ok(ranges?)
    }

    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    /// Which of a person's addresses the channel of this name uses.
    pub fn address_of<'a>(&'a self, name: &'a str) -> &'a str {
        if self.address.is_empty() { name } else { &self.address }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channels(text: &str) -> Channels {
        toml::from_str(text).unwrap()
    }

    fn wrong(text: &str) -> String {
        check(&channels(text)).unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_is_named_by_its_key() {
        let good =
            "[sms]\nkind = \"sms\"\nurl = \"https://sms.example.org\"\nheaders = {Authorization = \"Bearer x1y2\"}\n";
        assert_eq!(check(&channels(good)), Ok(()));
        assert!(
            !format!("{:?}", channels(good)).contains("x1y2"),
            "a secret is never shown"
        );
        assert!(wrong("[mail]\n").starts_with("channels.mail: this is no name"));
        assert!(wrong("[x]\ntimeout_seconds = 61\n").contains("1 to 60"));
        assert!(wrong("[x]\nconnections = 0\n").contains("1 to 32"));
        assert!(wrong("[x]\nallow = [\"10.0.0.0/99\"]\n").contains("10.0.0.0/99"));
        assert!(wrong("[x]\nheaders = {Host = \"a\"}\n").contains("Host"));
        assert!(wrong("[x]\nheaders = {Webhook-Id = \"a\"}\n").contains("Webhook-Id"));
        assert!(wrong("[x]\nsecret = \"whsec_%\"\n").contains("base64"));
        assert!(toml::from_str::<Channels>("[x]\nurll = \"a\"\n").is_err());
    }

    #[test]
    fn secrets_come_from_the_environment_and_from_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, "from-a-file\n").unwrap();
        let text = format!(
            "[x]\nurl = \"env:WHERE\"\nsecret = \"file:{}\"\nheaders = {{X-Key = \"plain\"}}\n",
            path.display()
        );
        let mut found = channels(&text);
        let variable = |name: &str| (name == "WHERE").then(|| "https://example.org/robot".to_owned());
        fetch_secrets(&mut found, &variable).unwrap();
        let x = &found["x"];
        assert_eq!(
            (x.url.0.as_str(), x.secret.0.as_str()),
            ("https://example.org/robot", "from-a-file")
        );
        assert_eq!(x.headers["X-Key"].0, "plain");
        let problem = fetch_secrets(&mut channels("[x]\nsecret = \"env:NONE\"\n"), &variable).unwrap_err();
        assert_eq!(
            problem.to_string(),
            "channels.x: secret: the variable `NONE` is not set"
        );
    }
}
