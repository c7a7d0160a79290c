//! Lines to the mail server: a few connections that are used again, each by one mail at a time.
//!
//! The library's own pool takes back a connection whose sending was given up in the middle; the answer that comes late
//! is then read as the answer to the next mail, and a refused mail passes for sent. Here a connection that did not
//! end well is thrown away, so that a time limit around a whole sending is safe.
//!
//! An outcome says whose trouble it is. The server's (unreachable, wrong certificate, no sign-in) holds up everybody
//! and is answered by waiting; a mail's own (550, 451 for this recipient) holds up nobody else (TRUST, P9 and P26).

use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters, TlsVersion};
use lettre::transport::smtp::extension::ClientId;

use super::mail::{Mail, Sender};
use super::settings::{MailSettings, Security, SettingsProblem};

/// Connections idle for longer are not used again: servers close them at their own pleasure.
const IDLE_MAX: Duration = Duration::from_secs(20);
/// Mails over one connection; some servers refuse more than a hundred.
const MAILS_PER_CONNECTION_MAX: u32 = 50;
/// Characters of a server's answer that are kept.
const REASON_LENGTH_MAX: usize = 300;

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it over.
    Accepted,
    /// Not now: this mail is to be tried again later.
    Later(String),
    /// Not now, and no other mail either: the server cannot be worked with.
    ServerDown(String),
    /// Never: the same mail would be refused again.
    Never(String),
}

impl From<Outcome> for super::outcome::Outcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Accepted => Self::Accepted,
            Outcome::Later(reason) => Self::later(reason),
            Outcome::ServerDown(reason) => Self::down(reason),
            Outcome::Never(reason) => Self::Never(reason),
        }
    }
}

/// The way to one mail server.
pub struct Lines {
    sender: Sender,
    host: String,
    port: u16,
    security: Security,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    hello: ClientId,
    timeout: Duration,
    idle: Mutex<Vec<Parked>>,
    idle_max: usize,
}

struct Parked {
    connection: AsyncSmtpConnection,
    since: Instant,
    used: u32,
}

impl Lines {
    /// Reads certificates, connects to nothing.
    pub fn new(settings: &MailSettings) -> Result<Self, SettingsProblem> {
        settings.check()?;
        let sender = Sender::new(&settings.from_name, &settings.from).map_err(SettingsProblem::From)?;
        let tls = match settings.security {
            Security::None => None,
            Security::Tls | Security::Starttls | Security::StarttlsIfOffered => Some(tls(settings)?),
        };
        let hello = if settings.hello.is_empty() {
            ClientId::default()
        } else {
            ClientId::Domain(super::address::one_line(&settings.hello, 200))
        };
        Ok(Self {
            sender,
            host: settings.host.trim().to_owned(),
            port: settings.port(),
            security: settings.security,
            tls,
            credentials: (!settings.user.is_empty())
                .then(|| Credentials::new(settings.user.clone(), settings.password.0.clone())),
            hello,
            timeout: settings.timeout(),
            idle: Mutex::new(Vec::new()),
            idle_max: settings.connections,
        })
    }

    /// In whose name mails are written.
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// Sends one mail within the time limit. Never panics, whatever the mail or the server does.
    pub async fn send(&self, mail: &Mail) -> Outcome {
        let sending = std::panic::AssertUnwindSafe(tokio::time::timeout(self.timeout, self.attempt(mail)));
        match sending.catch_unwind().await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Outcome::ServerDown(format!("no answer within {} s", self.timeout.as_secs())),
            Err(_) => Outcome::Never("the mail broke the mail library".to_owned()),
        }
    }

    /// Whether the server can be worked with: connects, signs in, says good-bye. Nothing is sent.
    pub async fn knock(&self) -> Result<(), String> {
        let mut connection = tokio::time::timeout(self.timeout, self.connect())
            .await
            .map_err(|_| format!("no answer within {} s", self.timeout.as_secs()))??;
        let _ = tokio::time::timeout(Duration::from_secs(1), connection.quit()).await;
        Ok(())
    }

    /// Says good-bye on the idle connections.
    pub async fn close(&self) {
        let parked: Vec<Parked> = self.parked().drain(..).collect();
        for mut parked in parked {
            let _ = tokio::time::timeout(Duration::from_secs(1), parked.connection.quit()).await;
        }
    }

    async fn attempt(&self, mail: &Mail) -> Outcome {
        let envelope = match self.sender.envelope(mail) {
            Ok(envelope) => envelope,
            Err(problem) => return Outcome::Never(problem.to_string()),
        };
        let (mut connection, used) = match self.connection().await {
            Ok(found) => found,
            Err(reason) => return Outcome::ServerDown(reason),
        };
        match connection.send(&envelope, &mail.bytes).await {
            Ok(_) => {
                self.park(connection, used + 1);
                Outcome::Accepted
            }
            Err(error) => judge(&error),
        }
    }

    /// An idle connection that still answers, or a new one.
    async fn connection(&self) -> Result<(AsyncSmtpConnection, u32), String> {
        loop {
            // The guard must not live over an await.
            let parked = self.parked().pop();
            let Some(mut parked) = parked else { break };
            if parked.since.elapsed() < IDLE_MAX
                && parked.used < MAILS_PER_CONNECTION_MAX
                && parked.connection.test_connected().await
            {
                return Ok((parked.connection, parked.used));
            }
        }
        let connection = self.connect().await?;
        Ok((connection, 0))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        let wrapped = match self.security {
            Security::Tls => self.tls.clone(),
            Security::Starttls | Security::StarttlsIfOffered | Security::None => None,
        };
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.timeout), &self.hello, wrapped, None)
                .await
                .map_err(|error| self.unreachable(&error))?;
        let upgrade = match self.security {
            Security::Starttls => true,
            Security::StarttlsIfOffered => connection.can_starttls(),
            Security::Tls | Security::None => false,
        };
        if upgrade {
            // A server without STARTTLS, or somebody who took the word away, gets neither mail nor password.
            if let Some(tls) = self.tls.clone() {
                connection
                    .starttls(tls, &self.hello)
                    .await
                    .map_err(|error| self.unreachable(&error))?;
            }
        }
        if let Some(credentials) = &self.credentials {
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .await
                .map_err(|error| format!("sign-in at {} was refused: {}", self.host, reason(&error)))?;
        }
        Ok(connection)
    }

    fn unreachable(&self, error: &Error) -> String {
        format!("{}:{}: {}", self.host, self.port, reason(error))
    }

    fn park(&self, connection: AsyncSmtpConnection, used: u32) {
        let mut idle = self.parked();
        if idle.len() < self.idle_max {
            idle.push(Parked {
                connection,
                since: Instant::now(),
                used,
            });
        }
    }

    fn parked(&self) -> std::sync::MutexGuard<'_, Vec<Parked>> {
        self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// What an error while sending over a working connection means.
fn judge(error: &Error) -> Outcome {
    let reason = reason(error);
    // 421: the server is closing, for everybody.
    if error.status().is_some_and(|code| code.to_string() == "421") {
        Outcome::ServerDown(reason)
    } else if error.is_permanent() || error.is_client() {
        // Client: the server has no SMTPUTF8 for this address.
        Outcome::Never(reason)
    } else {
        // 4xx, and a connection that broke in the middle: perhaps this mail broke it, so it alone waits.
        Outcome::Later(reason)
    }
}

/// The error with its causes, on one line.
fn reason(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    super::address::one_line(&text, REASON_LENGTH_MAX)
}

fn tls(settings: &MailSettings) -> Result<TlsParameters, SettingsProblem> {
    let host = settings.host.trim().to_owned();
    let mut builder = TlsParameters::builder(host.clone()).set_min_tls_version(TlsVersion::Tlsv12);
    if !settings.ca_file.is_empty() {
        let path = &settings.ca_file;
        let problem = |reason: String| SettingsProblem::Authorities {
            path: path.clone(),
            reason,
        };
        let pem = std::fs::read(path).map_err(|error| problem(error.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| problem(error.to_string()))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|error| SettingsProblem::Host {
        host,
        reason: error.to_string(),
    })
}
