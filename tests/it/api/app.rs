//! The app of one test: the server on a port of its own, a token for everybody of the small organisation.

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use ombud::config::Config;
use ombud::desk::Scope;
use ombud::desk::tokens::TokenWish;
use ombud::web::server;
use ombud::web::state::State;
use serde_json::{Value, json};

use crate::support::TestDesk;

/// Everybody of the organisation.
pub const PEOPLE: [&str; 12] = [
    "li", "wang", "zhang", "sun", "hao", "nora", "hua", "cai", "boss", "vice", "audrey", "ada",
];

pub struct App {
    pub test: TestDesk,
    pub address: SocketAddr,
    pub tokens: HashMap<String, String>,
    client: reqwest::Client,
    handle: ServerHandle,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The value at a pointer.
    pub fn at(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).cloned().unwrap_or_default()
    }

    /// Codes of the faults of a problem, with their places.
    pub fn faults(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.at("/errors")
            .as_array()
            .into_iter()
            .flatten()
            .map(|fault| {
                let place = ["pointer", "parameter", "header"]
                    .iter()
                    .find_map(|name| fault.get(name));
                (text(&fault["code"]), place.map(text).unwrap_or_default())
            })
            .collect()
    }
}

impl App {
    pub async fn new() -> Self {
        Self::with(TestDesk::new().await, &[]).await
    }

    /// With settings of its own, as variables of the environment would give them.
    pub async fn with_settings(settings: &[(&str, &str)]) -> Self {
        Self::with(TestDesk::new().await, settings).await
    }

    pub async fn with(test: TestDesk, settings: &[(&str, &str)]) -> Self {
        let mut tokens = HashMap::new();
        for person in PEOPLE {
            tokens.insert(person.to_owned(), token(&test, person, &Scope::ALL).await);
        }
        Self::serving(test, settings, tokens)
    }

    /// Without people, and so without tokens.
    pub fn bare(test: TestDesk) -> Self {
        Self::serving(test, &[], HashMap::new())
    }

    fn serving(test: TestDesk, settings: &[(&str, &str)], tokens: HashMap<String, String>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let settings: Vec<(String, String)> = settings
            .iter()
            .chain(&[("OMBUD_SERVER_WORKERS", "2")])
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let config = Arc::new(Config::from_parts(None, &settings).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = server::start(Data::new(State::new(test.desk.clone(), config)), listener, None).unwrap();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self {
            test,
            address,
            tokens,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            handle,
        }
    }

    pub async fn stop(self) {
        self.handle.stop(false).await;
    }

    pub fn token_of(&self, person: &str) -> String {
        self.tokens.get(person).cloned().unwrap_or_default()
    }

    /// A request of this person with these headers.
    pub async fn send(
        &self,
        person: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Answer {
        let url = format!("http://{}{path}", self.address);
        let mut request = self.client.request(method.parse().unwrap(), url);
        if !headers.iter().any(|(name, _)| *name == "Accept-Language") {
            request = request.header("Accept-Language", "en");
        }
        if !person.is_empty() {
            request = request.bearer_auth(self.token_of(person));
        }
        if body.is_some()
            && !headers
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        {
            request = request.header("Content-Type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.unwrap();
        Answer {
            status: response.status().as_u16(),
            headers: response
                .headers()
                .iter()
                .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
                .collect(),
            text: response.text().await.unwrap(),
        }
    }

    pub async fn get(&self, person: &str, path: &str) -> Answer {
        self.send(person, "GET", path, &[], None).await
    }

    pub async fn post(&self, person: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        self.send(person, "POST", path, headers, Some(body.to_string().into_bytes()))
            .await
    }

    /// Opens an errand and returns its number.
    pub async fn open(&self, person: &str) -> String {
        let answer = self.post(person, "/api/v1/tickets", &[], &errand()).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.at("/ticket/number").as_str().unwrap().to_owned()
    }

    /// Does something, whatever the revision.
    pub async fn act(&self, person: &str, number: &str, action: &str, body: &Value) -> Answer {
        let path = format!("/api/v1/tickets/{number}/actions/{action}");
        self.post(person, &path, &[("If-Match", "*")], body).await
    }

    /// An errand that is with finance.
    pub async fn dispatched(&self) -> String {
        let number = self.open("li").await;
        let answer = self.act("li", &number, "submit", &json!({})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let answer = self
            .act("zhang", &number, "dispatch", &json!({"values": {"lead": "finance"}}))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        number
    }

    /// How many events there are of all tickets: what a refused request must not change.
    pub async fn events(&self) -> i64 {
        self.test.feed_is_whole().await;
        let page = self.get("audrey", "/api/v1/events?limit=200").await;
        assert_eq!(page.status, 200, "{}", page.text);
        i64::try_from(page.at("/items").as_array().unwrap().len()).unwrap()
    }
}

/// A token of this person with these scopes.
pub async fn token(test: &TestDesk, person: &str, scopes: &[Scope]) -> String {
    let wish = TokenWish {
        person: person.into(),
        title: "test".to_owned(),
        scopes: scopes.iter().cloned().collect(),
        department: None,
        expires_at: None,
    };
    test.desk.issue_token(None, wish).await.unwrap().0
}

/// What opens an errand.
pub fn errand() -> Value {
    json!({
        "workflow": "errand",
        "values": {"place": "和平路12号", "summary": "路灯不亮", "caller": "王先生", "phone": "13800001111"},
    })
}
