//! A mail server of our own that misbehaves on demand: it refuses, hangs, lies, cuts off.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a fault of a test server is named where it happens"
)]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What the server does that a good one would not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// Takes the connection and never says a word.
    HangInBanner,
    /// This instead of the greeting.
    Banner(&'static str),
    /// This instead of a greeting's answer to EHLO.
    Ehlo(&'static str),
    /// This to MAIL FROM.
    Mail(&'static str),
    /// This to RCPT TO whose address contains the word.
    Rcpt(&'static str, &'static str),
    /// This to DATA.
    Data(&'static str),
    /// Never answers DATA.
    HangInData,
    /// This after the mail was taken in whole.
    End(&'static str),
    /// Takes the mail and never answers.
    HangAfterData,
    /// Takes the mail, keeps it, and cuts the line before the answer: the window for a repeat.
    CutAfterData,
    /// Cuts the line in the middle of the mail.
    CutInData,
    /// One byte a second.
    Slow,
    /// An answer without end.
    Endless,
    /// Closes each connection after one mail without a word.
    OneMailPerConnection,
    /// Answers late, after this many milliseconds at the end of the first mail; later mails are refused.
    LateThenRefuse(u64),
}

/// How the server speaks TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    None,
    /// From the first byte, with the certificate for this name.
    Wrapped(&'static str),
    /// After STARTTLS.
    Offered(&'static str),
}

/// A mail as it was taken in, dots taken back.
#[derive(Clone, Debug)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    pub raw: Vec<u8>,
    pub encrypted: bool,
}

/// The server; stops when dropped.
pub struct Server {
    pub address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    connections: Arc<AtomicUsize>,
    fault: Arc<Mutex<Fault>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub fn fixture(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/mail")
        .join(name)
}

fn acceptor(name: &str) -> TlsAcceptor {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let chain = vec![CertificateDer::from_pem_file(fixture(&format!("{name}.pem"))).unwrap()];
    let key = PrivateKeyDer::from_pem_file(fixture(&format!("{name}.key"))).unwrap();
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

impl Server {
    pub async fn start(fault: Fault, tls: Tls) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let fault = Arc::new(Mutex::new(fault));
        let (kept, count, wrong) = (received.clone(), connections.clone(), fault.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (kept, wrong) = (kept.clone(), wrong.clone());
                tokio::spawn(async move {
                    let _ = serve(stream, &wrong, tls, &kept).await;
                });
            }
        });
        Self {
            address,
            received,
            connections,
            fault,
            task,
        }
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn become_faulty(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
    }
}

async fn serve(stream: TcpStream, fault: &Mutex<Fault>, tls: Tls, kept: &Mutex<Vec<Received>>) -> std::io::Result<()> {
    match tls {
        Tls::None => {
            let _ = session(stream, fault, None, kept, false, true).await?;
        }
        Tls::Wrapped(name) => {
            let stream = acceptor(name).accept(stream).await?;
            let _ = session(stream, fault, None, kept, true, true).await?;
        }
        Tls::Offered(name) => {
            let acceptor = acceptor(name);
            if let Some(stream) = session(stream, fault, Some(()), kept, false, true).await? {
                let stream = acceptor.accept(stream).await?;
                let _ = session(stream, fault, None, kept, true, false).await?;
            }
        }
    }
    Ok(())
}

/// One dialogue; gives the stream back when the client asks for TLS.
async fn session<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    fault: &Mutex<Fault>,
    offers_tls: Option<()>,
    kept: &Mutex<Vec<Received>>,
    encrypted: bool,
    greet: bool,
) -> std::io::Result<Option<S>> {
    let now = || *fault.lock().unwrap();
    let mut stream = BufReader::new(stream);
    if greet {
        match now() {
            Fault::HangInBanner => return hang().await,
            Fault::Banner(text) => return say(&mut stream, text).await.map(|()| None),
            Fault::Slow => {
                for byte in b"220 slow.example.org ready\r\n" {
                    stream.write_all(&[*byte]).await?;
                    stream.flush().await?;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
            Fault::Endless => loop {
                stream
                    .write_all(&[b"220-"[..].to_vec(), vec![b'x'; 400], b"\r\n".to_vec()].concat())
                    .await?;
            },
            _ => say(&mut stream, "220 test.example.org ready").await?,
        }
    }
    let mut from = String::new();
    let mut to: Vec<String> = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        let verb = text.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer: String = match (verb.as_str(), now()) {
            ("EHLO", Fault::Ehlo(answer)) => answer.to_owned(),
            ("EHLO", _) => {
                let mut lines = vec!["250-test.example.org", "250-8BITMIME", "250-AUTH PLAIN LOGIN"];
                if offers_tls.is_some() {
                    lines.push("250-STARTTLS");
                }
                lines.push("250 SIZE 10000000");
                lines.join("\r\n")
            }
            ("STARTTLS", _) if offers_tls.is_some() => {
                say(&mut stream, "220 go ahead").await?;
                return Ok(Some(stream.into_inner()));
            }
            ("AUTH", _) => if text.ends_with("AG9tYnVkAHJpZ2h0") {
                "235 welcome"
            } else {
                "535 5.7.8 wrong user or password"
            }
            .to_owned(),
            ("MAIL", Fault::Mail(answer)) => answer.to_owned(),
            ("MAIL", _) => {
                from = text;
                to.clear();
                "250 ok".to_owned()
            }
            ("RCPT", Fault::Rcpt(word, answer)) if text.contains(word) => answer.to_owned(),
            ("RCPT", _) => {
                to.push(text);
                "250 ok".to_owned()
            }
            ("DATA", Fault::Data(answer)) => answer.to_owned(),
            ("DATA", Fault::HangInData) => return hang().await,
            ("DATA", _) => {
                say(&mut stream, "354 go on").await?;
                if now() == Fault::CutInData {
                    stream.read_until(b'\n', &mut line).await?;
                    return Ok(None);
                }
                let raw = content(&mut stream).await?;
                let mail = Received {
                    from: from.clone(),
                    to: to.clone(),
                    raw,
                    encrypted,
                };
                match now() {
                    Fault::End(answer) => answer.to_owned(),
                    Fault::HangAfterData => {
                        kept.lock().unwrap().push(mail);
                        return hang().await;
                    }
                    Fault::CutAfterData => {
                        kept.lock().unwrap().push(mail);
                        return Ok(None);
                    }
                    Fault::LateThenRefuse(wait) => {
                        *fault.lock().unwrap() = Fault::End("550 refused");
                        tokio::time::sleep(Duration::from_millis(wait)).await;
                        "250 taken late".to_owned()
                    }
                    Fault::OneMailPerConnection => {
                        kept.lock().unwrap().push(mail);
                        return say(&mut stream, "250 ok").await.map(|()| None);
                    }
                    _ => {
                        kept.lock().unwrap().push(mail);
                        "250 ok".to_owned()
                    }
                }
            }
            ("QUIT", _) => return say(&mut stream, "221 bye").await.map(|()| None),
            ("NOOP" | "RSET", _) => "250 ok".to_owned(),
            _ => "500 what?".to_owned(),
        };
        say(&mut stream, &answer).await?;
    }
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, text: &str) -> std::io::Result<()> {
    stream.write_all(format!("{text}\r\n").as_bytes()).await?;
    stream.flush().await
}

async fn hang<T>() -> std::io::Result<T> {
    std::future::pending().await
}

/// Up to the line with the single dot; doubled dots are taken back.
async fn content<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> std::io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(raw);
        }
        raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
