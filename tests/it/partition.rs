//! The network between the server and PostgreSQL fails (P12): nobody hangs, nothing is done twice, and when it is back
//! the server is too, by itself. Runs where the tests have a PostgreSQL.

use std::time::{Duration, Instant};

use ombud::clock::Clock;
use ombud::desk::Scope;
use reqwest::StatusCode;
use serde_json::json;
use uuid::Uuid;

use crate::api::token;
use crate::support::TestDesk;
use crate::support::database::is_postgres;
use crate::support::process::Server;
use crate::support::proxy::{Proxy, Weather};

/// P12: no request takes longer; after that long with the network back everything works again.
const HANGS_MAX: Duration = Duration::from_secs(10);
/// How long the network is away.
const AWAY: Duration = Duration::from_secs(12);
/// Between the rounds of a client.
const PACE: Duration = Duration::from_millis(100);

/// What became of a request, and how long it took.
struct Answer {
    status: StatusCode,
    retry_after: bool,
    took: Duration,
}

/// A client that asks under one key until it knows.
#[derive(Clone)]
struct Client {
    http: reqwest::Client,
    api: String,
    token: String,
}

impl Client {
    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let asked = Instant::now();
        let answer = request.bearer_auth(&self.token).send().await.unwrap();
        Answer {
            status: answer.status(),
            retry_after: answer.headers().contains_key("retry-after"),
            took: asked.elapsed(),
        }
    }

    async fn list(&self) -> Answer {
        self.send(self.http.get(format!("{}/tickets", self.api))).await
    }

    async fn open(&self, key: &str) -> Answer {
        let errand = json!({"workflow": "errand", "values": {"place": "here", "summary": "lamp"}});
        let request = self.http.post(format!("{}/tickets", self.api)).json(&errand);
        self.send(request.header("Idempotency-Key", key)).await
    }

    async fn count(&self) -> u64 {
        let mut count = 0;
        let mut url = format!("{}/tickets?limit=200", self.api);
        loop {
            let answer = self.http.get(&url).bearer_auth(&self.token).send().await.unwrap();
            let page: serde_json::Value = answer.json().await.unwrap();
            count += u64::try_from(page["items"].as_array().unwrap().len()).unwrap();
            match page["next"].as_str() {
                Some(next) => url = format!("{}/tickets?limit=200&cursor={next}", self.api),
                None => return count,
            }
        }
    }
}

/// Asks for so long, and says for each request what became of it; every ticket is opened under a key of its own.
async fn ask_for(client: &Client, long: Duration, keys: &mut Vec<String>) -> Vec<Answer> {
    let until = Instant::now() + long;
    let mut answers = Vec::new();
    while Instant::now() < until {
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let (reader, writer, key) = (client.clone(), client.clone(), Uuid::new_v4().to_string());
            keys.push(key.clone());
            asking.spawn(async move { reader.list().await });
            asking.spawn(async move { writer.open(&key).await });
        }
        answers.extend(asking.join_all().await);
        // Where all is refused at once, clients wait a little before they come again.
        tokio::time::sleep(PACE).await;
    }
    answers
}

async fn lives_through(weather: Weather) {
    if !is_postgres() {
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let test = TestDesk::new().await;
    test.clock.move_to(Clock::system().now());
    let secret = token(&test, "li", &Scope::ALL).await;
    let (_, rest) = test.url.split_once('@').unwrap();
    let (server, name) = rest.split_once('/').unwrap();
    let proxy = Proxy::before(server.to_owned()).await;
    let through = test.url.replace(rest, &format!("{}/{name}", proxy.at));
    let server = Server::start(&through, &[("OMBUD_LIMITS_REQUESTS_PER_MINUTE", "1000000")]);
    let api = format!("http://{}/api/v1", server.address);
    let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).no_proxy();
    let client = Client {
        http: http.build().unwrap(),
        api,
        token: secret,
    };
    let mut keys = Vec::new();
    for answer in ask_for(&client, Duration::from_millis(1), &mut keys).await {
        assert!(answer.status.is_success(), "{}", answer.status);
    }

    proxy.turn(weather);
    let answers = ask_for(&client, AWAY, &mut keys).await;
    proxy.turn(Weather::Fair);
    let back = Instant::now();
    assert!(
        answers
            .iter()
            .any(|answer| answer.status == StatusCode::SERVICE_UNAVAILABLE)
    );
    for answer in &answers {
        assert!(answer.took < HANGS_MAX, "{} after {:?}", answer.status, answer.took);
        assert!(
            answer.status.is_success() || (answer.status == StatusCode::SERVICE_UNAVAILABLE && answer.retry_after),
            "{}, Retry-After: {}",
            answer.status,
            answer.retry_after
        );
    }

    // Whoever asks again under their key gets through, and everything works as before.
    let mut fair = 0;
    while fair < 3 {
        let all = ask_for(&client, Duration::from_millis(1), &mut keys).await;
        let well = all.iter().all(|answer| answer.status.is_success());
        fair = if well { fair + 1 } else { 0 };
        assert!(back.elapsed() < HANGS_MAX * 2, "not back after {:?}", back.elapsed());
        if fair == 1 {
            assert!(back.elapsed() < HANGS_MAX, "back only after {:?}", back.elapsed());
        }
    }
    for key in &keys {
        let answer = client.open(key).await;
        assert_eq!(answer.status, StatusCode::CREATED);
    }
    assert_eq!(
        client.count().await,
        u64::try_from(keys.len()).unwrap(),
        "each key has one ticket"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_swallows_packets_lets_nobody_hang() {
    lives_through(Weather::Swallows).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_resets_connections_lets_nobody_hang() {
    lives_through(Weather::Resets).await;
}
