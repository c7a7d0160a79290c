//! Where somebody sits, for counting attempts. Behind a proxy on this machine it is what the proxy says; what anybody
//! else says about themselves is not looked at.

use std::net::IpAddr;

use actix_web::HttpRequest;

/// The last word in this header was added by the proxy that stands in front of us.
const FORWARDED: &str = "x-forwarded-for";

/// The network address of whoever asks; a loopback address where the proxy on this machine does not say whose request it
/// is.
pub fn of(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    if !peer.to_canonical().is_loopback() {
        return Some(peer);
    }
    let said = request.headers().get_all(FORWARDED).last();
    let said = said.and_then(|said| said.to_str().ok()).and_then(last);
    Some(said.unwrap_or(peer))
}

fn last(header: &str) -> Option<IpAddr> {
    header.rsplit(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn address(peer: &str, said: &str) -> IpAddr {
        let peer = format!("{peer}:4711").parse().unwrap();
        let request = TestRequest::default().peer_addr(peer).insert_header((FORWARDED, said));
        of(&request.to_http_request()).unwrap()
    }

    #[test]
    fn only_a_proxy_on_this_machine_is_believed_and_only_its_own_word() {
        assert_eq!(address("127.0.0.1", "192.0.2.7").to_string(), "192.0.2.7");
        assert_eq!(
            address("127.0.0.1", "10.9.9.9, 192.0.2.7").to_string(),
            "192.0.2.7",
            "what stands before was said by the client"
        );
        assert_eq!(address("203.0.113.9", "192.0.2.7").to_string(), "203.0.113.9");
        assert_eq!(address("127.0.0.1", "unknown").to_string(), "127.0.0.1");
    }
}
