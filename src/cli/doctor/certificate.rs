//! Does the server speak TLS, until when, and for the name that people use?

use std::path::Path;

use rustls::client::verify_server_name;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use x509_cert::Certificate as Parsed;
use x509_cert::der::Decode;

use super::Visit;
use super::line::Line;
use super::network::host_of;
use crate::web::tls::Certificate;
use crate::workflow::moment::{DAY, Moment};

/// A certificate that ends within so many days should be renewed by now.
const SOON_DAYS: i64 = 21;

pub(super) fn look(visit: &mut Visit) {
    let server = &visit.config.server;
    let (chain, key) = (server.tls_certificate.clone(), server.tls_key.clone());
    let listen = server.listen;
    match (chain.as_str(), key.as_str()) {
        ("", "") if listen.ip().is_loopback() => visit.say(Line::new("tls-elsewhere").with("listen", listen)),
        ("", "") if server.plain_http => visit.say(Line::new("tls-plain").with("listen", listen)),
        ("", "") => visit.say(Line::new("tls-missing").with("listen", listen)),
        ("", _) | (_, "") => visit.say(Line::new("tls-half")),
        (chain, key) => {
            let now = visit.clock.now();
            let public_host = host_of(&visit.config.server.public_url);
            for line in examined(Path::new(chain), Path::new(key), public_host.as_deref(), now) {
                visit.say(line);
            }
        }
    }
}

/// What there is to say about these files.
fn examined(chain: &Path, key: &Path, host: Option<&str>, now: Moment) -> Vec<Line> {
    let unreadable = |why: String| vec![Line::new("tls-unreadable").with("error", why)];
    // As the server reads them: both files, and that they belong together.
    if let Err(problem) = Certificate::load(chain, key) {
        return unreadable(problem.to_string());
    }
    let first = CertificateDer::pem_file_iter(chain)
        .ok()
        .and_then(|mut all| all.next()?.ok());
    let Some(first) = first else {
        return unreadable(chain.display().to_string());
    };
    let parsed = match Parsed::from_der(&first) {
        Ok(parsed) => parsed,
        Err(error) => return unreadable(format!("{}: {error}", chain.display())),
    };
    let validity = parsed.tbs_certificate().validity();
    let instant = |time: x509_cert::time::Time| {
        let ms = time.to_unix_duration().as_millis();
        Moment(i64::try_from(ms).unwrap_or(i64::MAX))
    };
    let (from, until) = (instant(validity.not_before), instant(validity.not_after));
    let days = until.since(now).div_euclid(DAY);
    let name = if now < from {
        "tls-early"
    } else if now >= until {
        "tls-expired"
    } else if days < SOON_DAYS {
        "tls-soon"
    } else {
        "tls"
    };
    let mut lines = vec![
        Line::new(name)
            .with("file", chain.display())
            .with("from", day_of(from))
            .with("until", day_of(until))
            .with("days", days),
    ];
    if let Some(host) = host
        && !is_for(&first, host)
    {
        lines.push(Line::new("tls-name").with("file", chain.display()).with("host", host));
    }
    lines
}

/// Whether browsers take the certificate for this host.
fn is_for(certificate: &CertificateDer<'_>, host: &str) -> bool {
    let Ok(parsed) = ParsedCertificate::try_from(certificate) else {
        return false;
    };
    ServerName::try_from(host).is_ok_and(|name| verify_server_name(&parsed, &name).is_ok())
}

fn day_of(moment: Moment) -> String {
    moment.rfc3339().chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/mail")
            .join(name)
    }

    fn names(host: &str, now: Moment) -> Vec<&'static str> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        examined(&fixture("localhost.pem"), &fixture("localhost.key"), Some(host), now)
            .iter()
            .map(Line::name)
            .collect()
    }

    fn end() -> Moment {
        let der = CertificateDer::from_pem_file(fixture("localhost.pem")).unwrap();
        let until = Parsed::from_der(&der).unwrap().tbs_certificate().validity().not_after;
        Moment(i64::try_from(until.to_unix_duration().as_millis()).unwrap())
    }

    #[test]
    fn a_certificate_is_told_by_how_long_it_still_holds() {
        assert_eq!(names("localhost", end().plus(-100 * DAY)), ["tls"]);
        assert_eq!(names("localhost", end().plus(-20 * DAY)), ["tls-soon"]);
        assert_eq!(names("localhost", end()), ["tls-expired"]);
        assert_eq!(names("localhost", Moment(0)), ["tls-early"]);
    }

    #[test]
    fn a_certificate_for_another_name_is_told() {
        assert_eq!(
            names("hotline.example.org", end().plus(-100 * DAY)),
            ["tls", "tls-name"]
        );
    }

    #[test]
    fn files_that_do_not_belong_together_are_told() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let lines = examined(&fixture("localhost.pem"), &fixture("elsewhere.key"), None, end());
        assert_eq!(lines.first().map(Line::name), Some("tls-unreadable"));
    }
}
