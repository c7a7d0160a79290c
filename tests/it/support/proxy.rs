//! A network between the program and the database that fails on demand: packets vanish, or connections are reset.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    Fair,
    /// Nothing arrives any more, and nobody is told. A connection that lives through this is lost for ever, as behind a
    /// firewall that has forgotten it.
    Swallows,
    /// Every connection is reset, also those that are made.
    Resets,
}

/// Ends with the value.
pub struct Proxy {
    pub at: SocketAddr,
    weather: watch::Sender<Weather>,
    made: Arc<AtomicU64>,
}

impl Proxy {
    /// Between everybody who comes here and this address.
    pub async fn before(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (weather, seen) = watch::channel(Weather::Fair);
        let made = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&made);
        let mut over = seen.clone();
        tokio::spawn(async move {
            loop {
                let came = tokio::select! {
                    came = listener.accept() => came,
                    // Fails when the proxy is gone.
                    () = gone(&mut over) => return,
                };
                let Ok((client, _)) = came else { continue };
                count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(carry(client, server.clone(), seen.clone()));
            }
        });
        Self { at, weather, made }
    }

    pub fn turn(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    /// Connections that were made so far.
    pub fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }
}

async fn gone(weather: &mut watch::Receiver<Weather>) {
    while weather.changed().await.is_ok() {}
}

async fn carry(mut client: TcpStream, server: String, mut weather: watch::Receiver<Weather>) {
    let now = *weather.borrow_and_update();
    if now == Weather::Fair {
        let Ok(mut upstream) = TcpStream::connect(&server).await else {
            return;
        };
        tokio::select! {
            _ = copy_bidirectional(&mut client, &mut upstream) => return,
            _ = weather.changed() => {}
        }
        let now = *weather.borrow();
        end(client, now, weather).await;
    } else {
        end(client, now, weather).await;
    }
}

async fn end(client: TcpStream, now: Weather, mut weather: watch::Receiver<Weather>) {
    match now {
        Weather::Fair => {}
        Weather::Resets => {
            let _ = client.set_zero_linger();
        }
        // Held open without a word until the test is over.
        Weather::Swallows => {
            gone(&mut weather).await;
            drop(client);
        }
    }
}
