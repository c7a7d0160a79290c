//! A receiver of messages over HTTP that can be told to misbehave.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// With this status and these headers.
    Status(u16, &'static str),
    /// 422 to whoever has this in the body, 200 to the others.
    RefusesBody(&'static str),
    /// Not at all.
    Hangs,
    /// Cuts the connection once the message was read.
    Cuts,
    /// 200 and ten megabytes.
    Floods,
}

pub const GOOD: Reply = Reply::Status(200, "");

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Came {
    pub target: String,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
    pub reply: Reply,
}

impl Came {
    pub fn id(&self) -> String {
        self.headers["webhook-id"].clone()
    }
}

#[derive(Clone)]
pub struct Sink {
    pub address: SocketAddr,
    reply: Arc<Mutex<Reply>>,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Sink {
    pub async fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Self {
            address: listener.local_addr().unwrap(),
            reply: Arc::new(Mutex::new(reply)),
            came: Arc::default(),
        };
        let serving = sink.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.serve(socket).await });
            }
        });
        sink
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.address.port())
    }

    pub fn become_of(&self, reply: Reply) {
        *self.reply.lock().unwrap() = reply;
    }

    /// All that came, refused or not.
    pub fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    async fn serve(&self, mut socket: TcpStream) -> Option<()> {
        loop {
            let (target, headers, body) = request(&mut socket).await?;
            let reply = *self.reply.lock().unwrap();
            let text = String::from_utf8_lossy(&body).into_owned();
            self.came.lock().unwrap().push(Came {
                target,
                headers,
                body,
                reply,
            });
            match reply {
                Reply::Hangs => tokio::time::sleep(Duration::from_secs(30)).await,
                Reply::Cuts => return None,
                Reply::Status(status, headers) => answer(&mut socket, status, headers, b"{\"errcode\":0}").await?,
                Reply::RefusesBody(poison) if text.contains(poison) => answer(&mut socket, 422, "", b"no").await?,
                Reply::RefusesBody(_) => answer(&mut socket, 200, "", b"").await?,
                Reply::Floods => answer(&mut socket, 200, "", &vec![b'x'; 10_000_000]).await?,
            }
        }
    }
}

async fn answer(socket: &mut TcpStream, status: u16, headers: &str, body: &[u8]) -> Option<()> {
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    socket.write_all(head.as_bytes()).await.ok()?;
    socket.write_all(body).await.ok()
}

async fn request(socket: &mut TcpStream) -> Option<(String, HashMap<String, String>, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let target = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers.get("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await.ok()?;
    Some((target, headers, body))
}
