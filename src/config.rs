//! `config.toml` of a data folder: what an administrator decides. Not keys, not peers: those come from key store and
//! rosters.

pub mod agreement;
mod console;

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;
use std::str::FromStr;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error as _;

use crate::config::agreement::Agreement;
use crate::domain::policy::Agreements;
use crate::domain::roster::is_endpoint;
use crate::edge::disk;
use crate::engine::quota::Quota;
use crate::limits;
use crate::name::Country;
use crate::name::Network;
use crate::name::OfficeCode;
use crate::wire::Agency;
use crate::wire::json::Word as _;

/// Permissions of the file.
const MODE: u32 = 0o600;

/// What the file begins with.
const INTRODUCTION: &str = "# An office of Chapar, written by `chapar init`.\n\
    # After a change of `agency` or `endpoints`: `chapar card`, and give the card to your country again.\n\n";

/// Settings of an office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The office, as in `UZ-ALT`. Its log was born with it: it never changes.
    #[serde(serialize_with = "shown", deserialize_with = "parsed")]
    pub office: OfficeCode,
    /// The network, as in `demo.example`; it never changes either.
    #[serde(serialize_with = "shown", deserialize_with = "parsed")]
    pub network: Network,
    /// The agency that runs the office: `border`, `customs`, `police-mia`, `drug-control` or `other`.
    #[serde(serialize_with = "agency_out", deserialize_with = "agency_in")]
    pub agency: Agency,
    /// Address and port where other offices may connect; without it the office only dials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// `host:port` under which other offices reach it; they stand in its card.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<String>,
    /// Connections that the exchange port takes from one address; more, if several offices share one behind a NAT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections_per_address: Option<usize>,
    /// Loopback address and port where a monitor on this machine may read metrics; without it there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<SocketAddr>,
    /// Countries that nothing is exchanged with, whatever was agreed, as in `["AF"]`; its own country never counts.
    #[serde(
        default = "Agreements::disabled_at_first",
        serialize_with = "agreement::countries_out",
        deserialize_with = "agreement::countries_in"
    )]
    pub disabled_countries: BTreeSet<Country>,
    /// Address and port of the console, the pages for officers in a browser; without it there are none. A loopback address,
    /// unless there is a certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console: Option<SocketAddr>,
    /// PEM file of the certificate of the console, of an authority that the browsers trust; with it the console is served
    /// over TLS, on any address. A relative path begins in the data folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console_certificate: Option<PathBuf>,
    /// PEM file of its private key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console_key: Option<PathBuf>,
    /// What notices may rest on; without any nothing can be sent.
    #[serde(rename = "agreement", default, skip_serializing_if = "Vec::is_empty")]
    pub agreements: Vec<Agreement>,
    /// The socket for officers and programs on this machine.
    #[serde(default, skip_serializing_if = "is_default")]
    pub socket: Socket,
    /// What each other office may deliver in a day.
    #[serde(default, skip_serializing_if = "is_default")]
    pub quota: Quota,
}

/// The socket for officers and programs on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Socket {
    /// Unix group, by name or number, whose members may use the socket; without it that of the user who runs the node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read or written.
    #[error("{}: {error}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A setting is wrong.
    #[error("{}: {what}", .path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The setting, and what is wrong with it.
        what: String,
    },
}

impl Config {
    /// Reads the file and checks every setting.
    ///
    /// # Errors
    /// If it cannot be read, or a setting is wrong.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let io = |error| ConfigError::Io { path: path.into(), error };
        let wrong = |what| ConfigError::Wrong { path: path.into(), what };
        let bytes = File::open(path).and_then(|file| disk::read_at_most(file, limits::CONFIG_BYTES)).map_err(io)?;
        let text = String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8 text".to_owned()))?;
        read(&text).map_err(wrong)
    }

    /// Writes the file in place of the one that was there.
    ///
    /// # Errors
    /// If a setting is wrong, or the disk fails.
    pub fn save(&self, path: &Path) -> Result<(), ConfigError> {
        let wrong = |what| ConfigError::Wrong { path: path.into(), what };
        self.check().map_err(wrong)?;
        let text = format!("{INTRODUCTION}{}", toml::to_string(self).map_err(|error| wrong(error.to_string()))?);
        if text.len() > limits::CONFIG_BYTES {
            return Err(wrong(format!("it would have {} bytes, more than {}", text.len(), limits::CONFIG_BYTES)));
        }
        let io = |error| ConfigError::Io { path: path.into(), error };
        disk::replace(path, text.as_bytes(), MODE).map_err(io)
    }

    /// What no single setting tells.
    ///
    /// # Errors
    /// The first setting that is wrong, by its name.
    pub fn check(&self) -> Result<(), String> {
        if self.endpoints.len() > limits::ENDPOINTS {
            return Err(format!("endpoints: an office has at most {}", limits::ENDPOINTS));
        }
        if let Some(wrong) = self.endpoints.iter().find(|endpoint| !is_endpoint(endpoint)) {
            return Err(format!("endpoints: {wrong:?} is not host:port, as in blo.example:7443"));
        }
        if self.listen.is_none() && !self.endpoints.is_empty() {
            return Err("endpoints: nobody can connect there, because listen is not set".to_owned());
        }
        if self.connections_per_address == Some(0) {
            return Err("connections_per_address: nobody could connect".to_owned());
        }
        if self.quota.dispatches_per_day == 0 {
            return Err("quota.dispatches_per_day: nothing could be delivered".to_owned());
        }
        if usize::try_from(self.quota.bytes_per_day).is_ok_and(|bytes| bytes < limits::FRAME_BYTES) {
            return Err(format!("quota.bytes_per_day: a frame may have {} bytes", limits::FRAME_BYTES));
        }
        if usize::try_from(self.quota.attachment_bytes_per_day).is_ok_and(|bytes| bytes < limits::CHUNK_BYTES) {
            return Err(format!("quota.attachment_bytes_per_day: a piece may have {} bytes", limits::CHUNK_BYTES));
        }
        console::check(self.console, self.console_certificate.is_some(), self.console_key.is_some())?;
        if let Some(open) = self.metrics.filter(|address| !address.ip().is_loopback()) {
            return Err(format!(
                "metrics: {open} is open to other machines; give a loopback address, as in 127.0.0.1:9464"
            ));
        }
        agreement::agreements(&self.agreements, &self.disabled_countries)
            .map_err(|error| format!("agreement: {error}"))?;
        Ok(())
    }

    /// The files of the certificate of the console and of its key, if it is served over TLS.
    #[must_use]
    pub fn console_files(&self, data: &Path) -> Option<[PathBuf; 2]> {
        Some([self.console_certificate.as_ref()?, self.console_key.as_ref()?].map(|path| data.join(path)))
    }

    /// The agreements, as the rules read them.
    #[must_use]
    pub fn agreements(&self) -> Agreements {
        // They were checked when the settings were read.
        agreement::agreements(&self.agreements, &self.disabled_countries).unwrap_or_default()
    }
}

fn read(text: &str) -> Result<Config, String> {
    let at = |error: &toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        format!("line {}", before.matches('\n').count() + 1)
    };
    let parser = toml::Deserializer::parse(text).map_err(|error| format!("{}: {}", at(&error), error.message()))?;
    let config: Config = serde_path_to_error::deserialize(parser).map_err(|error| {
        let (place, inner) = (at(error.inner()), error.inner().message());
        match error.path().iter().next() {
            Some(_) => format!("{place}: {}: {inner}", error.path()),
            None => format!("{place}: {inner}"),
        }
    })?;
    config.check()?;
    Ok(config)
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn shown<T: fmt::Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn parsed<'de, T: FromStr<Err: fmt::Display>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's form")]
fn agency_out<S: Serializer>(agency: &Agency, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&agency_word(*agency))
}

fn agency_in<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Agency, D::Error> {
    agency(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// The agency of a word.
///
/// # Errors
/// If there is none; says which there are.
pub fn agency(word: &str) -> Result<Agency, String> {
    let all = (1..).map_while(|number| Agency::try_from(number).ok());
    let known: Vec<Agency> = all.collect();
    let found = known.iter().find(|agency| agency_word(**agency) == word);
    found.copied().ok_or_else(|| {
        let words: Vec<String> = known.iter().map(|agency| agency_word(*agency)).collect();
        format!("an agency is one of {}", words.join(", "))
    })
}

/// The word of an agency, as in `police-mia`.
#[must_use]
pub fn agency_word(agency: Agency) -> String {
    agency.word().to_ascii_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Purpose;

    const TEXT: &str = r#"
office = "UZ-ALT"
network = "demo.example"
agency = "police-mia"
listen = "127.0.0.1:7443"
endpoints = ["alt.example:7443"]
metrics = "[::1]:9464"
console = "192.0.2.7:443"
console_certificate = "console.pem"
console_key = "/etc/ssl/console.key"

[[agreement]]
reference = "TM-UZ/2023-04"
kind = "mutual-assistance"
countries = ["UZ", "TM"]
purposes = ["drug-trafficking", "wildlife"]
retention_days = 365

[socket]
group = "blo"

[quota]
dispatches_per_day = 20000
"#;

    #[test]
    fn settings_come_back() {
        let config = read(TEXT).unwrap();
        assert_eq!(config.agency, Agency::PoliceMia);
        assert_eq!(config.quota, Quota { dispatches_per_day: 20_000, ..Quota::default() });
        let agreements = config.agreements();
        let agreement = agreements.get("TM-UZ/2023-04").unwrap();
        assert_eq!(agreement.purposes, [Purpose::DrugTrafficking, Purpose::Wildlife]);
        assert_eq!(agreement.retention_days, Some(365));
        assert_eq!(config.disabled_countries, Agreements::disabled_at_first());
        assert_eq!(agreement::listed(&agreements), config.agreements);
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("config.toml");
        config.save(&path).unwrap();
        assert_eq!(Config::load(&path).unwrap(), config);

        let least = Config {
            listen: None,
            endpoints: vec![],
            metrics: None,
            console: None,
            console_certificate: None,
            console_key: None,
            socket: Socket::default(),
            quota: Quota::default(),
            agreements: vec![],
            disabled_countries: BTreeSet::new(),
            ..config.clone()
        };
        least.save(&path).unwrap();
        assert_eq!(Config::load(&path).unwrap(), least);

        let mut many = config;
        let first = many.agreements.remove(0);
        let named = |number| Agreement { reference: format!("TM-UZ/{number}"), ..first.clone() };
        many.agreements = (0..1000).map(named).collect();
        assert!(many.save(&path).unwrap_err().to_string().contains("bytes, more than 65536"));
        assert_eq!(Config::load(&path).unwrap(), least, "nothing is written");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (from, to, error) in [
            ("UZ-ALT\"", "UZ-ALTO\"", "line 2: office: an office is two capital letters"),
            ("demo.example", "Demo", "line 3: network: a network is"),
            ("police-mia", "POLICE", "line 4: agency: an agency is one of border, customs, police-mia"),
            ("127.0.0.1:7443", "localhost", "line 5: listen: "),
            ("listen = ", "lisen = ", "line 5: lisen: unknown field `lisen`, expected one of"),
            ("listen = \"127.0.0.1:7443\"", "", "endpoints: nobody can connect there"),
            ("alt.example:7443", "alt.example", "endpoints: \"alt.example\" is not host:port"),
            ("[::1]:9464", "192.0.2.7:9464", "metrics: 192.0.2.7:9464 is open to other machines"),
            ("[::1]:9464", "0.0.0.0:9464", "metrics: 0.0.0.0:9464 is open to other machines"),
            ("office =", "office", "line 2: "),
            ("dispatches_per_day = 20000", "dispatches_per_day = 0", "quota.dispatches_per_day: nothing"),
            ("dispatches_per_day", "dispatches", "quota.dispatches: unknown field"),
            ("dispatches_per_day = 20000", "bytes_per_day = 262143", "quota.bytes_per_day: a frame may have 262144"),
            (
                "dispatches_per_day = 20000",
                "attachment_bytes_per_day = 16383",
                "quota.attachment_bytes_per_day: a piece may have 16384",
            ),
            (
                "mutual-assistance",
                "LAW",
                "line 14: agreement[0].kind: not one of agreement, national-law, mutual-assis",
            ),
            ("\"TM\"]", "\"tm\"]", "line 15: agreement[0].countries: a country is"),
            ("wildlife", "WILDLIFE", "line 16: agreement[0].purposes: not one of drug-trafficking, "),
            ("[\"UZ\", \"TM\"]", "[]", "agreement: countries: TM-UZ/2023-04 binds no country"),
            ("TM-UZ/2023-04", " x", "agreement: reference: is no reference of an agreement"),
            ("= 365", "= 0", "agreement: retention_days: TM-UZ/2023-04 lets nothing be kept"),
            ("= 365", "= -1", "line 17: agreement[0].retention_days: "),
            ("listen =", "disabled_countries = [\"Kabul\"]\nlisten =", "line 5: disabled_countries: a country is"),
            ("listen =", "connections_per_address = 0\nlisten =", "connections_per_address: nobody could connect"),
        ] {
            let text = TEXT.replacen(from, to, 1);
            assert_ne!(text, TEXT);
            let said = read(&text).unwrap_err();
            assert!(said.contains(error), "{said:?} for {to:?}");
        }
    }

    #[test]
    fn no_agreement_is_there_twice() {
        let (_, agreement) = TEXT.split_once("[[agreement]]").unwrap();
        let (agreement, _) = agreement.split_once("[socket]").unwrap();
        let text = TEXT.replace("[socket]", &format!("[[agreement]]{agreement}[socket]"));
        assert_eq!(read(&text).unwrap_err(), "agreement: TM-UZ/2023-04 is there twice");
    }

    #[test]
    fn an_error_names_the_file() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("config.toml");
        assert!(Config::load(&path).unwrap_err().to_string().contains("config.toml"));
        std::fs::write(&path, b"\xff").unwrap();
        assert!(Config::load(&path).unwrap_err().to_string().ends_with("config.toml: it is not UTF-8 text"));
    }
}
