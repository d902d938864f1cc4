//! `country revoke-key`: a key in wrong hands. What was signed with it does not count any more.

use serde_json::json;

use crate::cli::country::Dir;
use crate::cli::country::folder::Folder;
use crate::cli::country::show::Use;
use crate::cli::country::show::listed;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::domain::envelope::PublicKey;
use crate::domain::roster::Key;
use crate::domain::roster::Office;
use crate::edge::env::SystemClock;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::time::Clock as _;
use crate::time::Timestamp;

/// Least digits of a key id.
const PREFIX_MIN: usize = 8;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    dir: Dir,
    /// Office, as in UZ-ALT
    office: OfficeCode,
    /// Id of the key, as country show prints it, or its first 8 digits or more
    #[arg(value_name = "KEYID", value_parser = prefix)]
    key: String,
}

pub(super) fn run(args: &Args, out: &Output) -> Result<(), Failure> {
    let Args { dir: Dir { dir }, office: code, key: prefix } = args;
    let way_out = format!("See the keys: chapar country show --dir {}", dir.display());
    let mut folder = Folder::open(dir)?;
    let office = folder.office(*code)?;
    let found: Vec<(Use, Digest)> = listed(office)
        .into_iter()
        .filter(|key| key.id.to_string().starts_with(prefix.as_str()))
        .map(|key| (key.usage, key.id))
        .collect();
    let (usage, id) = match found.as_slice() {
        [one] => *one,
        [] => return Err(Failure::config(format!("{code} has no key whose id begins with {prefix}."), way_out)),
        _ => return Err(Failure::config(format!("Several keys of {code} begin with {prefix}."), way_out)),
    };
    revoke(office, id, SystemClock.now());
    let needs_card =
        office.office_key().is_none() || office.seal_key().is_none() || !office.tls_keys.iter().any(Key::is_open);
    folder.save()?;
    if out.json {
        return out.object(&json!({"office": code.to_string(), "key": id.to_string(), "use": usage.word()}));
    }
    out.text(format_args!(
        "The {} key {id} of {code} does not count any more, from the next version on.",
        usage.word()
    ))?;
    if needs_card {
        out.note(format_args!("{code} has no {} key in use now: it needs new keys and a new card.", usage.word()));
    }
    out.note(format_args!("Next: chapar country sign --dir {} --out FILE", dir.display()));
    Ok(())
}

/// Lists the key with this id as compromised; the first time that was said stays.
fn revoke(office: &mut Office, id: Digest, now: Timestamp) {
    fn set<T>(keys: &mut [Key<T>], id: Digest, id_of: impl Fn(&T) -> Digest, now: Timestamp) {
        for key in keys.iter_mut().filter(|key| id_of(&key.key) == id) {
            key.compromised.get_or_insert(now);
        }
    }
    set(&mut office.office_keys, id, PublicKey::id, now);
    set(&mut office.seal_keys, id, |key| Digest::of(key), now);
    set(&mut office.tls_keys, id, |pin| *pin, now);
}

fn prefix(text: &str) -> Result<String, String> {
    let fits = (PREFIX_MIN..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    if fits { Ok(text.to_ascii_lowercase()) } else { Err(format!("a key id is {PREFIX_MIN} to 64 hex digits")) }
}
