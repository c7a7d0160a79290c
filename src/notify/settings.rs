//! The `[mail]` part of the configuration: which server, how safely, in whose name.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::address::{self, AddressProblem};

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// TLS from the first byte (port 465).
    Tls,
    /// Plain at first, then TLS; a server without it gets no mail and no password (port 587).
    #[default]
    Starttls,
    /// TLS where the server offers it. Somebody in between can take the offer away.
    StarttlsIfOffered,
    /// No protection: for a mail server on the same machine or in a closed network (port 25).
    None,
}

impl Security {
    /// The usual port.
    pub fn port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::Starttls | Self::StarttlsIfOffered => 587,
            Self::None => 25,
        }
    }
}

/// `[mail]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailSettings {
    /// The mail server; empty means that no mail is sent.
    pub host: String,
    /// 0 is the usual port of `security`.
    pub port: u16,
    pub security: Security,
    /// With a user the server is asked to let us in; never without TLS unless `security` is `none`.
    pub user: String,
    pub password: Secret,
    /// Authorities beside the built-in ones, as a PEM file; empty for none.
    pub ca_file: String,
    /// Address in `From`.
    pub from: String,
    /// Name in `From`.
    pub from_name: String,
    /// Name of the centre, at the foot of each mail.
    pub centre: String,
    /// How this machine calls itself to the server; empty for its host name.
    pub hello: String,
    /// Seconds for one mail, from connecting to the last answer.
    pub timeout_seconds: u64,
    /// Connections at the same time.
    pub connections: usize,
    /// Folder with own templates, which take the place of the built-in ones of the same name; empty for none.
    pub templates: String,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 0,
            security: Security::default(),
            user: String::new(),
            password: Secret::default(),
            ca_file: String::new(),
            from: String::new(),
            from_name: "ombud".to_owned(),
            centre: String::new(),
            hello: String::new(),
            timeout_seconds: 30,
            connections: 4,
            templates: String::new(),
        }
    }
}

/// A text that is never shown, neither in logs nor in `ombud config`.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "\"\"" } else { "\"***\"" })
    }
}

/// What is wrong with `[mail]`.
#[derive(Debug, thiserror::Error)]
pub enum SettingsProblem {
    #[error("mail.from: {0}")]
    From(AddressProblem),
    #[error("mail.timeout_seconds: {0} is out of range, 1 to 600 are accepted")]
    Timeout(u64),
    #[error("mail.connections: {0} is out of range, 1 to 32 are accepted")]
    Connections(usize),
    #[error("mail.ca_file {path}: {reason}")]
    Authorities { path: String, reason: String },
    #[error("mail.host {host}: {reason}")]
    Host { host: String, reason: String },
    #[error(
        "mail.user: a password would travel unprotected with security = \"starttls_if_offered\"; \
         write security = \"starttls\" or \"tls\""
    )]
    PasswordInClear,
}

impl MailSettings {
    /// No server, no mail.
    pub fn is_off(&self) -> bool {
        self.host.trim().is_empty()
    }

    pub fn port(&self) -> u16 {
        if self.port == 0 {
            self.security.port()
        } else {
            self.port
        }
    }

    /// The folder with own templates.
    pub fn own_templates(&self) -> Option<&Path> {
        (!self.templates.is_empty()).then(|| Path::new(&self.templates))
    }

    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), SettingsProblem> {
        if self.is_off() {
            return Ok(());
        }
        address::address(&self.from).map_err(SettingsProblem::From)?;
        if !(1..=600).contains(&self.timeout_seconds) {
            return Err(SettingsProblem::Timeout(self.timeout_seconds));
        }
        if !(1..=32).contains(&self.connections) {
            return Err(SettingsProblem::Connections(self.connections));
        }
        if !self.user.is_empty() && self.security == Security::StarttlsIfOffered {
            return Err(SettingsProblem::PasswordInClear);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named_by_its_key() {
        let good: MailSettings =
            toml::from_str("host = \"mail.example.org\"\nfrom = \"ombud@example.org\"\npassword = \"x1y2\"").unwrap();
        assert!(good.check().is_ok());
        assert_eq!(good.port(), 587);
        assert!(!format!("{good:?}").contains("x1y2"), "a password is never shown");
        let wrong = |change: fn(&mut MailSettings)| {
            let mut settings = good.clone();
            change(&mut settings);
            settings.check().unwrap_err().to_string()
        };
        assert!(wrong(|s| s.from = "nobody".into()).starts_with("mail.from: this is no mail address"));
        assert!(wrong(|s| s.timeout_seconds = 0).contains("1 to 600"));
        assert!(wrong(|s| s.connections = 99).contains("1 to 32"));
        assert!(
            wrong(|s| {
                s.user = "u".into();
                s.security = Security::StarttlsIfOffered;
            })
            .contains("unprotected")
        );
        assert!(
            toml::from_str::<MailSettings>("hots = \"x\"").is_err(),
            "unknown keys are refused"
        );
        assert!(MailSettings::default().check().is_ok(), "no server, nothing to check");
    }
}
