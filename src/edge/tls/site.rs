//! The certificate of the console on a network: PEM files of an authority that the browsers there trust.
//!
//! Not the TLS key between offices: no roster lists this one, and browsers ask who issued it, for which names, until when.

use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::ServerName;
use rustls::pki_types::UnixTime;
use rustls::pki_types::pem::PemObject as _;
use rustls::version::TLS13;
use webpki::EndEntityCert;
use webpki::KeyUsage;
use zeroize::Zeroizing;

use crate::edge::disk;
use crate::edge::tls::provider;
use crate::limits;
use crate::time::Timestamp;

/// The protocol above TLS.
const ALPN: &[u8] = b"http/1.1";
/// Later than any certificate ends (RFC 5280, 4.1.2.5), in s since 1970.
const AFTER_ALL: u64 = 253_402_300_800;

/// A certificate with its chain and its private key.
#[derive(Clone)]
pub struct SiteCertificate {
    leaf: CertificateDer<'static>,
    config: Arc<ServerConfig>,
}

/// Why a certificate of the console cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SiteCertificateError {
    /// A file cannot be read.
    #[error("{}: {error}", .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A file does not hold what it should.
    #[error("{} holds no {what} in PEM", .path.display())]
    Missing {
        /// Which.
        path: PathBuf,
        /// A certificate or a private key.
        what: &'static str,
    },
    /// The private key is no secret.
    #[error("{} holds a private key, and every user of this machine can get at it", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
    },
    /// They do not fit each other, or are of no sort that is known.
    #[error("the certificate {} and its private key cannot be used: {error}", .path.display())]
    Unusable {
        /// The file of the certificate.
        path: PathBuf,
        /// Why.
        error: rustls::Error,
    },
}

impl SiteCertificateError {
    /// What to do.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::Unreadable { .. } => {
                "Correct console_certificate and console_key in config.toml; the user who runs the node must be able to \
                 read both files."
                    .to_owned()
            }
            Self::Missing { .. } => "Give PEM files: the certificate with those that lead to its authority, and its \
                                     private key without a passphrase."
                .to_owned(),
            Self::Open { path } => format!("chmod 600 {}, and ask who could have read it.", path.display()),
            Self::Unusable { .. } => {
                "Give the certificate and the private key that it was made for, in console_certificate and console_key \
                 of config.toml."
                    .to_owned()
            }
        }
    }
}

impl SiteCertificate {
    /// Reads both files. Whether browsers trust the certificate, they alone can tell.
    ///
    /// # Errors
    /// If one cannot be read or used, or everybody can read the key.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, SiteCertificateError> {
        use SiteCertificateError as E;
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            |error| E::Unreadable { path, error }
        };
        let pem = File::open(certificate).and_then(|file| disk::read_at_most(file, limits::CERTIFICATE_BYTES));
        let pem = pem.map_err(unreadable(certificate))?;
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().unwrap_or_default();
        let Some(leaf) = chain.first().cloned() else {
            return Err(E::Missing { path: certificate.into(), what: "certificate" });
        };
        let file = File::open(key).map_err(unreadable(key))?;
        let mode = file.metadata().map_err(unreadable(key))?.permissions().mode();
        if mode & 0o007 != 0 {
            return Err(E::Open { path: key.into() });
        }
        let pem = disk::read_at_most(file, limits::CERTIFICATE_BYTES).map(Zeroizing::new).map_err(unreadable(key))?;
        let Ok(private) = PrivateKeyDer::from_pem_slice(&pem) else {
            return Err(E::Missing { path: key.into(), what: "private key" });
        };
        let unusable = |error| E::Unusable { path: certificate.into(), error };
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&TLS13])
            .and_then(|config| config.with_no_client_auth().with_single_cert(chain, private))
            .map_err(unusable)?;
        config.alpn_protocols = vec![ALPN.to_vec()];
        Ok(Self { leaf, config: Arc::new(config) })
    }

    /// For accepting.
    #[must_use]
    pub fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    /// The first name that it is for, if it is for a whole one; not `*.example`.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        let leaf = EndEntityCert::try_from(&self.leaf).ok()?;
        leaf.valid_dns_names().find(|name| !name.contains('*')).map(ToOwned::to_owned)
    }

    /// Whether it is for this name or IP address.
    #[must_use]
    pub fn is_for(&self, name: &str) -> bool {
        let (Ok(leaf), Ok(name)) = (EndEntityCert::try_from(&self.leaf), ServerName::try_from(name)) else {
            return false;
        };
        leaf.verify_is_valid_for_subject_name(&name).is_ok()
    }

    /// When it ends, if it does.
    #[must_use]
    pub fn ends(&self) -> Option<Timestamp> {
        // Of a time after its end, the check of its dates, which comes first, says when that was.
        let leaf = EndEntityCert::try_from(&self.leaf).ok()?;
        let after = UnixTime::since_unix_epoch(Duration::from_secs(AFTER_ALL));
        match leaf.verify_for_usage(&[], &[], &[], after, KeyUsage::server_auth(), None, None) {
            Err(webpki::Error::CertExpired { not_after, .. }) => {
                let ms = i64::try_from(not_after.as_secs()).unwrap_or(i64::MAX).saturating_mul(1000);
                Some(Timestamp::clamped(ms))
            }
            _ => None,
        }
    }
}

impl fmt::Debug for SiteCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SiteCertificate").field("name", &self.name()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::CertificateParams;
    use rcgen::KeyPair;
    use rcgen::date_time_ymd;
    use std::fs;
    use std::fs::Permissions;

    /// Files of a certificate and its key, and the folder that holds them.
    fn files(names: &[&str]) -> (tempfile::TempDir, PathBuf, PathBuf) {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_after = date_time_ymd(2027, 3, 4);
        let folder = tempfile::tempdir().unwrap();
        let [certificate, private] = ["site.pem", "site.key"].map(|name| folder.path().join(name));
        fs::write(&certificate, params.self_signed(&key).unwrap().pem()).unwrap();
        fs::write(&private, key.serialize_pem()).unwrap();
        fs::set_permissions(&private, Permissions::from_mode(0o640)).unwrap();
        (folder, certificate, private)
    }

    #[test]
    fn names_and_end_are_those_of_the_certificate() {
        let (_folder, certificate, key) = files(&["*.blo.example", "alt.example", "192.0.2.7", "2001:db8::7"]);
        let site = SiteCertificate::load(&certificate, &key).unwrap();
        assert_eq!(site.name().as_deref(), Some("alt.example"));
        for (name, is_for) in [
            ("alt.example", true),
            ("ALT.example", true),
            ("far.blo.example", true),
            ("192.0.2.7", true),
            ("2001:db8::7", true),
            ("far.example", false),
            ("blo.example", false),
            ("192.0.2.8", false),
            ("", false),
            ("alt.example:443", false),
            ("a b", false),
        ] {
            assert_eq!(site.is_for(name), is_for, "{name}");
        }
        assert_eq!(site.ends(), Some("2027-03-04T00:00:00Z".parse().unwrap()));
        assert!(!format!("{site:?}").contains("PRIVATE"));
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        let (folder, certificate, key) = files(&["alt.example"]);
        let (_other, _, other) = files(&["alt.example"]);
        let refused = |certificate: &Path, key: &Path| {
            let error = SiteCertificate::load(certificate, key).unwrap_err();
            assert!(!error.remedy().is_empty());
            error
        };
        let nowhere = folder.path().join("nowhere");
        assert!(matches!(refused(&nowhere, &key), SiteCertificateError::Unreadable { path, .. } if path == nowhere));
        assert!(
            matches!(refused(&certificate, &nowhere), SiteCertificateError::Unreadable { path, .. } if path == nowhere)
        );
        assert!(matches!(refused(&key, &key), SiteCertificateError::Missing { what: "certificate", .. }));
        assert!(matches!(refused(&certificate, &other), SiteCertificateError::Unusable { .. }));
        fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(refused(&certificate, &key), SiteCertificateError::Open { .. }));
        fs::set_permissions(&certificate, Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(
            refused(&certificate, &certificate),
            SiteCertificateError::Missing { what: "private key", .. }
        ));
        fs::write(&certificate, vec![b'-'; limits::CERTIFICATE_BYTES + 1]).unwrap();
        assert!(matches!(refused(&certificate, &key), SiteCertificateError::Unreadable { .. }));
    }
}
