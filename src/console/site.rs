//! The console as browsers name it: address, names, cookies; over plain HTTP on this machine, over TLS on a network.

use std::net::IpAddr;
use std::net::SocketAddr;

use axum_extra::extract::cookie::Cookie;
use axum_extra::extract::cookie::SameSite;

use crate::edge::tls::SiteCertificate;

/// Where the console is.
#[derive(Clone, Debug)]
pub(super) struct Site {
    address: SocketAddr,
    certificate: Option<SiteCertificate>,
}

impl Site {
    pub(super) const fn new(address: SocketAddr, certificate: Option<SiteCertificate>) -> Self {
        Self { address, certificate }
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether it is served over TLS.
    pub(super) const fn is_secure(&self) -> bool {
        self.certificate.is_some()
    }

    /// What people type.
    pub(super) fn url(&self) -> String {
        let (Self { address, certificate }, scheme) = (self, self.scheme());
        let named = certificate.as_ref().and_then(SiteCertificate::name);
        match named.or_else(|| address.ip().is_unspecified().then(|| "localhost".to_owned())) {
            Some(name) if address.port() == self.default_port() => format!("{scheme}://{name}/"),
            Some(name) => format!("{scheme}://{name}:{}/", address.port()),
            None => format!("{scheme}://{address}/"),
        }
    }

    const fn scheme(&self) -> &'static str {
        if self.is_secure() { "https" } else { "http" }
    }

    /// The port that a browser leaves out.
    const fn default_port(&self) -> u16 {
        if self.is_secure() { 443 } else { 80 }
    }

    /// Whether a request to this host is for this console: a name of another site may lead to this machine as well.
    pub(super) fn is_host(&self, host: &str) -> bool {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
            _ => (host, Some(self.default_port())),
        };
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        let is_own = match (&self.certificate, self.address.ip()) {
            (Some(certificate), _) => certificate.is_for(bare),
            (None, IpAddr::V6(ip)) => name == "localhost" || name == format!("[{ip}]"),
            (None, IpAddr::V4(ip)) => name == "localhost" || name == ip.to_string(),
        };
        port == Some(self.address.port()) && is_own
    }

    /// Whether a page of this origin is one of this console.
    pub(super) fn is_origin(&self, origin: &str) -> bool {
        let host = origin.strip_prefix(self.scheme()).and_then(|rest| rest.strip_prefix("://"));
        host.is_some_and(|host| self.is_host(host))
    }

    /// The name of a cookie. A browser does not tell the ports of a machine apart, and offices may share one.
    pub(super) fn cookie_name(&self, what: &str) -> String {
        let prefix = if self.is_secure() { "__Host-" } else { "" };
        format!("{prefix}chapar-{what}-{}", self.address.port())
    }

    /// A cookie that no script reads, no other site sends, and, over TLS, no plain connection carries.
    pub(super) fn cookie(&self, name: String, value: String) -> Cookie<'static> {
        let cookie = Cookie::build((name, value)).path("/").http_only(true).same_site(SameSite::Strict);
        cookie.secure(self.is_secure()).build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_console_has_its_address_and_leaves_out_the_port_that_browsers_leave_out() {
        for (address, host, is_own) in [
            ("127.0.0.1:7480", "127.0.0.1:7480", true),
            ("127.0.0.1:7480", "localhost:7480", true),
            ("127.0.0.1:7480", "127.0.0.1", false),
            ("127.0.0.1:7480", "localhost", false),
            ("127.0.0.1:7480", "127.0.0.1:7481", false),
            ("127.0.0.1:7480", "127.0.0.2:7480", false),
            ("127.0.0.1:7480", "localhost:7480:7480", false),
            ("127.0.0.1:7480", "[127.0.0.1]:7480", false),
            ("127.0.0.1:7480", "", false),
            ("127.0.0.1:80", "127.0.0.1", true),
            ("127.0.0.1:80", "127.0.0.1:80", true),
            ("127.0.0.1:80", "localhost", true),
            ("127.0.0.1:80", "evil.example", false),
            ("127.0.0.1:80", "", false),
            ("127.0.0.1:443", "127.0.0.1", false),
            ("[::1]:80", "[::1]", true),
            ("[::1]:7480", "[::1]:7480", true),
            ("[::1]:7480", "[::1]", false),
            ("[::1]:7480", "::1", false),
        ] {
            let site = Site::new(address.parse().unwrap(), None);
            assert_eq!(site.is_host(host), is_own, "{host} at {address}");
            assert_eq!(site.is_origin(&format!("http://{host}")), is_own, "{host} at {address}");
            assert!(!site.is_origin(&format!("https://{host}")) && !site.is_origin(host), "{host} at {address}");
        }
    }
}
