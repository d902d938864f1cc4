//! `card`: the office's public part, signed by its own key, for its country.

use serde_json::json;

use crate::cli::Global;
use crate::cli::failure::Failure;
use crate::cli::secrets::unlocked;
use crate::domain::envelope::sign;
use crate::domain::roster::Card;
use crate::domain::roster::Key;
use crate::domain::roster::Office;
use crate::domain::roster::OfficeState;
use crate::edge::disk;
use crate::edge::env::SystemClock;
use crate::layout::Layout;
use crate::name::Fingerprint;
use crate::time::Clock as _;
use crate::time::Timestamp;
use crate::unlock::Unlocked;

/// A card is for everybody to read.
const MODE: u32 = 0o644;

/// Writes the card of an office; gives its fingerprint.
pub(super) fn write(layout: &Layout, office: &Unlocked, now: Timestamp) -> Result<Fingerprint, Failure> {
    let Unlocked { config, identity, tls, made, .. } = office;
    let card = Card {
        network: config.network.clone(),
        issued: now,
        office: Office {
            code: config.office,
            agency: config.agency,
            names: vec![],
            state: OfficeState::Active,
            endpoints: config.endpoints.clone(),
            tls_keys: vec![open(tls.pin(), *made)],
            office_keys: vec![open(identity.signing.public(), *made)],
            seal_keys: identity.seal_keys.iter().map(|key| open(key.public().to_vec(), *made)).collect(),
            position: None,
        },
    };
    let signed = sign::<Card>(&identity.signing, card.encode());
    let path = layout.card(config.office);
    disk::replace(&path, &signed.bytes, MODE).map_err(|error| {
        Failure::config(
            format!("{}: {error}.", path.display()),
            "Look at the folder, its disk and who may write there.",
        )
    })?;
    Ok(Fingerprint::of_digest(signed.digest))
}

const fn open<T>(key: T, from: Timestamp) -> Key<T> {
    Key { key, from, until: None, compromised: None }
}

pub(super) fn run(global: &Global) -> Result<(), Failure> {
    let office = unlocked(global)?;
    let layout = global.layout();
    let fingerprint = write(&layout, &office, SystemClock.now())?;
    let (code, path) = (office.config.office, layout.card(office.config.office));
    let out = global.output();
    if out.json {
        let path = path.display().to_string();
        return out.object(&json!({"office": code.to_string(), "card": path, "fingerprint": fingerprint.to_string()}));
    }
    out.text(format_args!("Card  {}\nfingerprint: {fingerprint}", path.display()))?;
    out.note("Next: give the card to your country, and read the fingerprint out to it.");
    Ok(())
}
