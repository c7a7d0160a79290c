//! TLS of the server itself: a chain and a key in PEM files, read again when they change, so that a renewed
//! certificate needs no restart. A renewal that cannot be read leaves the old one in use, and is logged.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// What is wrong with a certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsProblem {
    #[error("{}: {why}; wanted is a PEM file, the server's own certificate first, then its chain", .file.display())]
    Certificate { file: PathBuf, why: String },
    #[error("{}: {why}; wanted is the private key of the certificate in a PEM file", .file.display())]
    Key { file: PathBuf, why: String },
}

/// A certificate with its files.
pub struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    current: RwLock<(Arc<CertifiedKey>, Option<SystemTime>)>,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Certificate")
            .field("chain", &self.chain)
            .finish_non_exhaustive()
    }
}

impl Certificate {
    /// Reads both files; they must belong together.
    pub fn load(chain: &Path, key: &Path) -> Result<Arc<Self>, TlsProblem> {
        let changed = changed(chain, key);
        let current = read(chain, key)?;
        Ok(Arc::new(Self {
            chain: chain.to_owned(),
            key: key.to_owned(),
            current: RwLock::new((current, changed)),
        }))
    }

    /// Reads the files again when they were changed since; true when a new certificate is in use.
    pub fn look(&self) -> Result<bool, TlsProblem> {
        let changed = changed(&self.chain, &self.key);
        if changed == self.current.read().unwrap_or_else(PoisonError::into_inner).1 {
            return Ok(false);
        }
        let fresh = read(&self.chain, &self.key)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = (fresh, changed);
        Ok(true)
    }

    /// Looks at the files for ever.
    pub async fn follow(self: Arc<Self>) {
        loop {
            actix_web::rt::time::sleep(LOOK_EVERY).await;
            match self.look() {
                Ok(true) => tracing::info!(chain = %self.chain.display(), "a renewed certificate is in use"),
                Ok(false) => {}
                Err(problem) => tracing::error!(%problem, "the renewed certificate is not used"),
            }
        }
    }

    /// How the server speaks with it: TLS 1.2 and 1.3.
    pub fn config(self: &Arc<Self>) -> ServerConfig {
        let resolver: Arc<dyn ResolvesServerCert> = self.clone();
        ServerConfig::builder()
            .with_no_client_auth()
            .with_cert_resolver(resolver)
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current.0))
    }
}

/// When the younger of the two was changed.
fn changed(chain: &Path, key: &Path) -> Option<SystemTime> {
    let of = |file: &Path| std::fs::metadata(file).and_then(|about| about.modified()).ok();
    of(chain).max(of(key))
}

fn read(chain: &Path, key: &Path) -> Result<Arc<CertifiedKey>, TlsProblem> {
    let certificate = |why: String| TlsProblem::Certificate {
        file: chain.to_owned(),
        why,
    };
    let private = |why: String| TlsProblem::Key {
        file: key.to_owned(),
        why,
    };
    let read = CertificateDer::pem_file_iter(chain).map_err(|error| certificate(error.to_string()))?;
    let certificates: Vec<_> = read
        .collect::<Result<_, _>>()
        .map_err(|error| certificate(error.to_string()))?;
    if certificates.is_empty() {
        return Err(certificate("there is no certificate in it".to_owned()));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| private(error.to_string()))?;
    let provider = CryptoProvider::get_default().ok_or_else(|| private("no cryptography is installed".to_owned()))?;
    let both = CertifiedKey::from_der(certificates, secret, provider).map_err(|error| private(error.to_string()))?;
    Ok(Arc::new(both))
}
