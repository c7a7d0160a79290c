//! A lean HTTP/1.1 client: one kept-alive connection, one request at a time.
//!
//! The load generator shares the machine with the server it measures, so each request must cost it next to nothing;
//! a general client costs as much as the server. Understands what our own server answers, and nothing more.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer larger than this is a mistake.
const ANSWER_MAX: usize = 16 << 20;
/// A server that says nothing for so long is taken for dead.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub etag: Option<String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// A connection, opened when it is first needed and again after it was lost.
#[derive(Debug)]
pub struct Connection {
    address: SocketAddr,
    token: String,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// A request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    pub method: &'a str,
    /// With its query, percent-encoded.
    pub path: &'a str,
    pub body: Option<&'a str>,
    /// `Idempotency-Key`
    pub key: Option<&'a str>,
    /// `If-Match`
    pub revision: Option<&'a str>,
}

impl Connection {
    pub fn new(address: SocketAddr, token: &str) -> Self {
        Self {
            address,
            token: token.to_owned(),
            stream: None,
            buffer: Vec::with_capacity(64 << 10),
        }
    }

    /// Sends a request and reads the whole answer. After an error the next request opens a new connection.
    pub async fn send(&mut self, request: Request<'_>) -> anyhow::Result<Answer> {
        let answer = match tokio::time::timeout(PATIENCE, self.exchange(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(anyhow::anyhow!("no answer within {} s", PATIENCE.as_secs())),
        };
        if answer.is_err() {
            self.stream = None;
        }
        answer
    }

    async fn exchange(&mut self, request: Request<'_>) -> anyhow::Result<Answer> {
        let stream = if let Some(stream) = &mut self.stream {
            stream
        } else {
            let stream = TcpStream::connect(self.address).await.context("cannot connect")?;
            stream.set_nodelay(true)?;
            self.stream.insert(stream)
        };
        self.buffer.clear();
        write_head(&mut self.buffer, request, self.address, &self.token);
        stream.write_all(&self.buffer).await?;
        self.buffer.clear();
        let head = loop {
            read_some(stream, &mut self.buffer).await?;
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break Head::parse(&self.buffer, end)?;
            }
        };
        if head.chunked {
            while !self.buffer.ends_with(b"0\r\n\r\n") {
                read_some(stream, &mut self.buffer).await?;
            }
        } else {
            while self.buffer.len() < head.body_at + head.length {
                read_some(stream, &mut self.buffer).await?;
            }
        }
        let body = self.buffer.get(head.body_at..).unwrap_or_default();
        let body = if head.chunked { unchunk(body)? } else { body.to_vec() };
        if head.closes {
            self.stream = None;
        }
        Ok(Answer {
            status: head.status,
            etag: head.etag,
            body,
        })
    }
}

async fn read_some(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> anyhow::Result<()> {
    if buffer.len() > ANSWER_MAX {
        bail!("the answer is longer than {ANSWER_MAX} bytes");
    }
    if stream.read_buf(buffer).await? == 0 {
        bail!("the server closed the connection");
    }
    Ok(())
}

fn write_head(buffer: &mut Vec<u8>, request: Request<'_>, address: SocketAddr, token: &str) {
    let mut text = format!("{} {} HTTP/1.1\r\nhost: {address}\r\n", request.method, request.path);
    let mut line = |name: &str, value: &str| {
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
        text.push_str("\r\n");
    };
    if !token.is_empty() {
        line("authorization", &format!("Bearer {token}"));
    }
    if let Some(key) = request.key {
        line("idempotency-key", key);
    }
    if let Some(revision) = request.revision {
        line("if-match", revision);
    }
    if let Some(body) = request.body {
        line("content-type", "application/json");
        line("content-length", &body.len().to_string());
    }
    text.push_str("\r\n");
    text.push_str(request.body.unwrap_or_default());
    buffer.extend_from_slice(text.as_bytes());
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

struct Head {
    status: u16,
    length: usize,
    chunked: bool,
    closes: bool,
    etag: Option<String>,
    body_at: usize,
}

impl Head {
    fn parse(bytes: &[u8], end: usize) -> anyhow::Result<Self> {
        let text = std::str::from_utf8(bytes.get(..end).unwrap_or_default()).context("the head is no UTF-8")?;
        let mut lines = text.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .and_then(|status| status.parse().ok());
        let mut head = Self {
            status: status.context("no status line")?,
            length: 0,
            chunked: false,
            closes: false,
            etag: None,
            body_at: end + 4,
        };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => head.length = value.parse().context("content-length")?,
                "transfer-encoding" => head.chunked = value.eq_ignore_ascii_case("chunked"),
                "connection" => head.closes = value.eq_ignore_ascii_case("close"),
                "etag" => head.etag = Some(value.to_owned()),
                _ => {}
            }
        }
        Ok(head)
    }
}

fn unchunk(mut rest: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::with_capacity(rest.len());
    loop {
        let end = find(rest, b"\r\n").context("a chunk without its length")?;
        let length = std::str::from_utf8(rest.get(..end).unwrap_or_default())?;
        let length = usize::from_str_radix(length.trim(), 16).context("the length of a chunk")?;
        if length == 0 {
            return Ok(body);
        }
        let start = end + 2;
        body.extend_from_slice(rest.get(start..start + length).context("a chunk that is cut off")?);
        rest = rest.get(start + length + 2..).context("a chunk that is cut off")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_in_chunks_is_put_together() {
        assert_eq!(
            unchunk(b"4\r\nwiki\r\n6\r\npedia \r\n0\r\n\r\n").unwrap(),
            b"wikipedia "
        );
        assert!(unchunk(b"4\r\nwi").is_err());
    }

    #[test]
    fn a_head_is_read() {
        let text = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nETag: \"3\"\r\n\r\n{}";
        let head = Head::parse(text, find(text, b"\r\n\r\n").unwrap()).unwrap();
        assert_eq!(
            (head.status, head.length, head.etag.as_deref()),
            (201, 2, Some("\"3\""))
        );
        assert_eq!(&text[head.body_at..], b"{}");
    }
}
