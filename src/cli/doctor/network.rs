//! What others must reach: the address people use, the port the server listens on, the mail server, the channels.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use super::Visit;
use super::line::Line;
use crate::notify::channel::post::Endpoint;
use crate::notify::channel::words::Pen;
use crate::notify::line::Lines;

/// How long an answer from our own machine may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

pub(super) async fn look(visit: &mut Visit) {
    let line = address(visit);
    visit.say(line);
    let server = &visit.config.server;
    let tls = !server.tls_certificate.is_empty();
    let line = port(server.listen, tls).await;
    visit.say(line);
}

/// Links in mails are made with `server.public_url`.
fn address(visit: &Visit) -> Line {
    let url = visit.config.server.public_url.as_str();
    let line = |name| Line::new(name).with("url", url);
    let Some(host) = host_of(url) else {
        return line("address-form");
    };
    let is_here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let serves_others = !visit.config.server.listen.ip().is_loopback();
    if is_here && (serves_others || !visit.config.mail.is_off()) {
        return line("address-local");
    }
    if !is_here && url.starts_with("http:") {
        return line("address-plain");
    }
    line("address")
}

/// The host of an address that people use; `None` when it is not `http(s)://HOST[:PORT]`.
pub(super) fn host_of(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    if authority.contains(['/', '?', '#', '@', ' ']) {
        return None;
    }
    let bracketed = authority.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, port) = match bracketed {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
    (!host.is_empty() && is_port).then(|| host.to_owned())
}

/// Whether the port is free, or taken by the server itself.
async fn port(listen: SocketAddr, tls: bool) -> Line {
    let line = |name| Line::new(name).with("listen", listen);
    match TcpListener::bind(listen) {
        Ok(_) => line("port-free"),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => line(if is_ours(listen, tls).await {
            "port-ours"
        } else {
            "port-taken"
        }),
        Err(error) => line("port-refused").with("error", error),
    }
}

/// Whether ombud answers there. Its certificate is looked at elsewhere; nothing secret is sent.
async fn is_ours(listen: SocketAddr, tls: bool) -> bool {
    let mut at = listen;
    if at.ip().is_unspecified() {
        at.set_ip(if at.is_ipv4() {
            std::net::Ipv4Addr::LOCALHOST.into()
        } else {
            std::net::Ipv6Addr::LOCALHOST.into()
        });
    }
    let scheme = if tls { "https" } else { "http" };
    let client = reqwest::Client::builder()
        .timeout(ANSWER_WITHIN)
        .no_proxy()
        .tls_danger_accept_invalid_certs(true)
        .build();
    let Ok(client) = client else { return false };
    let Ok(answer) = client.get(format!("{scheme}://{at}/health")).send().await else {
        return false;
    };
    let status = answer.status();
    let body = answer.text().await.unwrap_or_default();
    status.is_success() && body.contains("\"status\"")
}

/// Connects to the mail server, signs in, says good-bye. Nothing is sent.
pub(super) async fn mail(visit: &mut Visit) {
    let settings = &visit.config.mail;
    if settings.is_off() {
        return visit.say(Line::new("mail-off"));
    }
    let server = format!("{}:{}", settings.host, settings.port());
    let line = match Lines::new(settings) {
        Err(problem) => Line::new("mail-settings").with("error", problem),
        Ok(lines) => match lines.knock().await {
            Ok(()) => Line::new("mail").with("server", server),
            Err(reason) => Line::new("mail-refused").with("server", server).with("error", reason),
        },
    };
    visit.say(line);
}

/// Asks each channel's server whether it is there; its address and its keys stay here, and nobody is told anything.
pub(super) async fn channels(visit: &mut Visit) {
    let channels = visit.config.channels.clone();
    for (name, settings) in &channels {
        let line = |what| Line::new(what).with("channel", name);
        let line = match Pen::new(settings).and_then(|_| Endpoint::new(settings)) {
            Err(wrong) => line("channel-wrong").with("error", wrong),
            Ok(endpoint) => match endpoint.knock().await {
                Ok(()) => line("channel"),
                Err(reason) => line("channel-refused").with("error", reason),
            },
        };
        visit.say(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_links_can_be_made_with_has_a_host_and_nothing_behind_it() {
        for (url, host) in [
            ("https://hotline.example.org", "hotline.example.org"),
            ("https://hotline.example.org:8443/", "hotline.example.org"),
            ("http://127.0.0.1:8080", "127.0.0.1"),
            ("https://[::1]:8443", "::1"),
        ] {
            assert_eq!(host_of(url).as_deref(), Some(host), "{url}");
        }
        for url in [
            "hotline.example.org",
            "ftp://x",
            "https://",
            "https://x/y",
            "https://u@x",
            "https://x:port",
        ] {
            assert_eq!(host_of(url), None, "{url}");
        }
    }

    #[tokio::test]
    async fn a_port_that_somebody_else_has_is_told() {
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = other.local_addr().unwrap();
        let answers = std::thread::spawn(move || drop(other.accept()));
        assert_eq!(port(at, false).await.name(), "port-taken");
        answers.join().unwrap();
        assert_eq!(port("127.0.0.1:0".parse().unwrap(), false).await.name(), "port-free");
        assert_eq!(
            port("192.0.2.1:80".parse().unwrap(), false).await.name(),
            "port-refused"
        );
    }
}
