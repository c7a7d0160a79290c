//! Limits: large bodies, bodies that never end, slow ones, too many requests, what every answer carries.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::json;

use super::app::{App, errand};

/// Sends raw bytes, keeps the connection open, and reads until the server closes it or the time is over.
fn raw(address: SocketAddr, bytes: &[u8], within: Duration) -> (String, Duration) {
    let started = Instant::now();
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(within)).unwrap();
    socket.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count) = socket.read(&mut buffer) {
        if count == 0 {
            break;
        }
        answer.extend_from_slice(&buffer[..count]);
    }
    (String::from_utf8_lossy(&answer).into_owned(), started.elapsed())
}

#[actix_web::test]
async fn a_body_of_ten_megabytes_is_refused() {
    let app = App::new().await;
    let mut body = errand();
    body["values"]["summary"] = json!("x".repeat(10_000_000));
    let declared = app
        .send(
            "li",
            "POST",
            "/api/v1/tickets",
            &[("Expect", "")],
            Some(body.to_string().into_bytes()),
        )
        .await;
    assert_eq!((declared.status, declared.at("/code")), (413, json!("too_large")));
    app.stop().await;
}

#[actix_web::test]
async fn a_body_in_chunks_is_refused_once_it_is_too_large() {
    let app = App::new().await;
    let (address, token) = (app.address, app.token_of("li"));
    let head = format!(
        "POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let chunk = format!("{:x}\r\n{}\r\n", 65_536, "x".repeat(65_536));
    let mut bytes = head.into_bytes();
    for _ in 0..17 {
        bytes.extend_from_slice(chunk.as_bytes());
    }
    let (answer, _) = actix_web::web::block(move || raw(address, &bytes, Duration::from_secs(5)))
        .await
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    app.stop().await;
}

#[actix_web::test]
async fn bodies_that_never_end_are_cut_off_and_cost_the_others_nothing() {
    let app = App::with_settings(&[("OMBUD_LIMITS_BODY_WITHIN_SECONDS", "1")]).await;
    let before = app.events().await;
    let (address, token) = (app.address, app.token_of("li"));
    let head = |method: &str, path: &str| {
        format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
        )
    };
    // One that reads a body, and one that does not.
    for (request, starts) in [
        (head("POST", "/api/v1/tickets"), "HTTP/1.1 408"),
        (head("GET", "/api/v1/tickets"), "HTTP/1.1 200"),
    ] {
        let bytes = request.into_bytes();
        let (answer, took) = actix_web::web::block(move || raw(address, &bytes, Duration::from_secs(20)))
            .await
            .unwrap();
        assert!(answer.starts_with(starts), "{answer}");
        assert!(
            took < Duration::from_secs(15),
            "the connection stayed open for {took:?}"
        );
    }
    let stuck: Vec<TcpStream> = (0..100)
        .map(|_| {
            let mut socket = TcpStream::connect(address).unwrap();
            socket.write_all(head("POST", "/api/v1/tickets").as_bytes()).unwrap();
            socket
        })
        .collect();
    assert_eq!(app.get("li", "/api/v1/tickets").await.status, 200);
    drop(stuck);
    assert_eq!(app.events().await, before);
    app.stop().await;
}

#[actix_web::test]
async fn a_token_that_asks_too_often_is_told_when_to_come_again() {
    let settings = [
        ("OMBUD_LIMITS_REQUESTS_AT_ONCE", "5"),
        ("OMBUD_LIMITS_REQUESTS_PER_MINUTE", "5"),
    ];
    let app = App::with_settings(&settings).await;
    for _ in 0..5 {
        assert_eq!(app.get("li", "/api/v1/me").await.status, 200);
    }
    let refused = app.get("li", "/api/v1/me").await;
    assert_eq!(refused.status, 429, "{}", refused.text);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    // Others are not made to wait for it.
    assert_eq!(app.get("wang", "/api/v1/me").await.status, 200);
    app.stop().await;
}

#[actix_web::test]
async fn whoever_guesses_tokens_is_slowed_down() {
    let settings = [
        ("OMBUD_LIMITS_REFUSED_AT_ONCE", "3"),
        ("OMBUD_LIMITS_REFUSED_PER_MINUTE", "3"),
    ];
    let app = App::with_settings(&settings).await;
    let mut statuses = Vec::new();
    for guess in 0..6 {
        let token = format!("Bearer omb_{guess:012}_guess");
        let answer = app
            .send("", "GET", "/api/v1/me", &[("Authorization", &token)], None)
            .await;
        statuses.push(answer.status);
    }
    assert_eq!(statuses, [401, 401, 401, 429, 429, 429]);
    // A valid token from the same address still works.
    assert_eq!(app.get("li", "/api/v1/me").await.status, 200);
    app.stop().await;
}

#[actix_web::test]
async fn every_answer_carries_the_headers_that_protect_its_reader() {
    let app = App::new().await;
    let number = app.open("li").await;
    for path in ["/health", "/nowhere", &format!("/api/v1/tickets/{number}")] {
        let origin = [("Origin", "https://elsewhere.example")];
        let answer = app.send("li", "GET", path, &origin, None).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(
            answer
                .header("content-security-policy")
                .starts_with("default-src 'none'"),
            "{path}"
        );
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        // Other sites get no permission, and nobody gets a cookie.
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        assert_eq!(answer.header("set-cookie"), "", "{path}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn answers_are_compressed_for_whoever_can_read_that() {
    let app = App::new().await;
    let plain = app.get("li", "/api/v1/openapi.json").await;
    let packed = app.send(
        "li",
        "GET",
        "/api/v1/openapi.json",
        &[("Accept-Encoding", "gzip")],
        None,
    );
    // The client of this test unpacks nothing: it sees the header.
    let url = format!("http://{}/api/v1/openapi.json", app.address);
    drop(packed);
    let response = reqwest::Client::new()
        .get(url)
        .header("Accept-Encoding", "gzip")
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers().get("content-encoding").unwrap(), "gzip");
    assert!(response.bytes().await.unwrap().len() < plain.text.len() / 4);
    app.stop().await;
}
