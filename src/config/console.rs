//! Where the console may be: pages over plain HTTP stay on this machine.

use std::net::SocketAddr;

/// Checks its address against the files of its certificate.
///
/// # Errors
/// What is wrong, by the name of the setting.
pub(super) fn check(address: Option<SocketAddr>, has_certificate: bool, has_key: bool) -> Result<(), String> {
    match (address, has_certificate, has_key) {
        (_, true, false) => Err("console_key: it is missing; give the private key of console_certificate".to_owned()),
        (_, false, true) => Err("console_certificate: it is missing; give the certificate of console_key".to_owned()),
        (None, true, true) => Err("console_certificate: there is no console; give its address, as in \
                                   console = \"192.0.2.7:443\""
            .to_owned()),
        (Some(open), false, false) if !open.ip().is_loopback() => Err(format!(
            "console: {open} is open to other machines; give a loopback address, as in 127.0.0.1:7480, or \
             console_certificate and console_key"
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_pages_stay_on_this_machine() {
        for (address, has_certificate, has_key, said) in [
            ("", false, false, ""),
            ("127.0.0.1:7480", false, false, ""),
            ("[::1]:7480", false, false, ""),
            ("127.0.0.1:7480", true, true, ""),
            ("192.0.2.7:443", true, true, ""),
            ("0.0.0.0:443", true, true, ""),
            ("192.0.2.7:443", false, false, "console: 192.0.2.7:443 is open to other machines"),
            ("0.0.0.0:7480", false, false, "console: 0.0.0.0:7480 is open to other machines"),
            ("[::]:7480", false, false, "console: [::]:7480 is open to other machines"),
            ("192.0.2.7:443", true, false, "console_key: it is missing"),
            ("192.0.2.7:443", false, true, "console_certificate: it is missing"),
            ("127.0.0.1:7480", true, false, "console_key: it is missing"),
            ("", true, true, "console_certificate: there is no console"),
        ] {
            let checked = check(address.parse().ok(), has_certificate, has_key).err().unwrap_or_default();
            assert!(checked.starts_with(said) && checked.is_empty() == said.is_empty(), "{address}: {checked}");
        }
    }
}
