//! `country show`: the offices of the next version, their states and key ids.

use serde_json::Value;
use serde_json::json;

use crate::cli::country::Dir;
use crate::cli::country::folder::Folder;
use crate::cli::country::set::word;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::output::pairs;
use crate::cli::output::table;
use crate::config::agency_word;
use crate::domain::envelope::PublicKey;
use crate::domain::roster::Key;
use crate::domain::roster::Office;
use crate::name::Digest;
use crate::name::Fingerprint;
use crate::time::Timestamp;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    dir: Dir,
}

/// What a key is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Signs.
    Office,
    /// Body keys are wrapped to it.
    Seal,
    /// Of the certificate.
    Tls,
}

impl Use {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::Seal => "seal",
            Self::Tls => "tls",
        }
    }
}

/// A key of an office, of any sort.
pub(super) struct Listed {
    /// What it is for.
    pub(super) usage: Use,
    /// Its SHA-256; for TLS its pin.
    pub(super) id: Digest,
    from: Timestamp,
    until: Option<Timestamp>,
    compromised: Option<Timestamp>,
}

impl Listed {
    fn of<T>(usage: Use, key: &Key<T>, id: impl Fn(&T) -> Digest) -> Self {
        Self { usage, id: id(&key.key), from: key.from, until: key.until, compromised: key.compromised }
    }

    fn state(&self) -> String {
        match (self.compromised, self.until) {
            (Some(since), _) => format!("compromised {since}"),
            (None, Some(until)) => format!("retired {until}"),
            (None, None) => "in use".to_owned(),
        }
    }
}

/// All keys of an office.
pub(super) fn listed(office: &Office) -> Vec<Listed> {
    let mut keys: Vec<Listed> =
        office.office_keys.iter().map(|key| Listed::of(Use::Office, key, PublicKey::id)).collect();
    keys.extend(office.seal_keys.iter().map(|key| Listed::of(Use::Seal, key, |key| Digest::of(key))));
    keys.extend(office.tls_keys.iter().map(|key| Listed::of(Use::Tls, key, |pin| *pin)));
    keys
}

pub(super) fn run(args: &Args, out: &Output) -> Result<(), Failure> {
    let roster = Folder::open(&args.dir.dir)?.roster;
    let fingerprint = Fingerprint::of_key(&roster.country_key.0).to_string();
    if out.json {
        let offices: Vec<Value> = roster.offices.iter().map(object).collect();
        return out.object(&json!({
            "country": roster.country.to_string(),
            "network": roster.network.as_str(),
            "fingerprint": fingerprint,
            "version": roster.version,
            "offices": offices,
        }));
    }
    out.text(pairs(&[
        ("Country", roster.country.to_string()),
        ("Network", roster.network.to_string()),
        ("Next", format!("version {}", roster.version)),
    ]))?;
    out.text(format_args!("fingerprint: {fingerprint}"))?;
    for office in &roster.offices {
        let names: Vec<&str> = office.names.iter().map(|name| name.name.as_str()).collect();
        let position = office.position.map(|position| position.to_string()).unwrap_or_default();
        let endpoints = office.endpoints.join(", ");
        let about = [word(office.state).to_owned(), agency_word(office.agency), names.join(" / "), position, endpoints];
        let about: Vec<String> = about.into_iter().filter(|text| !text.is_empty()).collect();
        let rows = listed(office).into_iter().map(|key| [key.usage.word().to_owned(), key.id.to_string(), key.state()]);
        out.text(format_args!("\n{}  {}", office.code, about.join("  ")))?;
        out.text(table(["key", "id", "state"], rows.collect()))?;
    }
    Ok(())
}

fn object(office: &Office) -> Value {
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
    let keys = listed(office).into_iter().map(|key| {
        json!({
            "use": key.usage.word(),
            "id": key.id.to_string(),
            "from": key.from.to_string(),
            "until": time(key.until),
            "compromised": time(key.compromised),
        })
    });
    let names = office.names.iter().map(|name| json!({"language": name.language, "name": name.name}));
    json!({
        "office": office.code.to_string(),
        "state": word(office.state),
        "agency": agency_word(office.agency),
        "names": names.collect::<Value>(),
        "endpoints": office.endpoints,
        "position": office.position.map(|position| position.to_string()),
        "keys": keys.collect::<Value>(),
    })
}
