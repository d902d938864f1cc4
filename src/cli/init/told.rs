//! What `init` says of a new office, and what to type next.

use serde_json::json;

use crate::cli::Global;
use crate::cli::failure::Failure;
use crate::cli::init::Initialized;
use crate::cli::init::Options;
use crate::cli::output::named;
use crate::cli::setup_code;
use crate::domain::policy::Agreements;
use crate::edge::keystore::Custody;
use crate::edge::set_up::SetupCode;
use crate::i18n::Words;

pub(super) fn told(options: &Options, made: &Initialized, global: &Global) -> Result<(), Failure> {
    let (out, words) = (global.output(), global.words());
    let code = made.setup_code.as_ref().map(SetupCode::as_str);
    if out.json {
        return out.object(&json!({
            "office": options.office.to_string(),
            "network": options.network.as_str(),
            "log_id": made.log_id.to_string(),
            "officer": made.officer.as_str(),
            "uid": options.uid,
            "agreements": options.agreements.iter().map(|(reference, _)| reference).collect::<Vec<_>>(),
            "storage_key": options.custody.to_string(),
            "card": made.card.display().to_string(),
            "fingerprint": made.fingerprint.to_string(),
            "setup_code": code,
        }));
    }
    let administrator = [("officer", made.officer.to_string()), ("uid", options.uid.to_string())];
    out.text(named(
        &words,
        &[
            ("status-office", options.office.to_string()),
            ("init-network", options.network.to_string()),
            ("status-log", made.log_id.to_string()),
            ("init-administrator", words.say("init-unix-user", &administrator)),
            ("init-agreements", agreed(&options.agreements, &words)),
            ("status-storage-key", words.get(custody(options.custody))),
            ("init-card", made.card.display().to_string()),
        ],
    ))?;
    // Scripts read it, in any language.
    out.text(format_args!("fingerprint: {}", made.fingerprint))?;
    let country = options.office.country();
    let by_hand = [
        format!("officer add {}-O01 --role officer --uid UID", options.office),
        format!("peer trust {country} '<fingerprint of {country}>'"),
        "roster import FILE".to_owned(),
    ];
    let (first, rest) = match code {
        Some(code) => {
            out.text(setup_code::said(code, &words))?;
            (words.say("init-next-console", &[("serve", global.command("serve"))]), vec![])
        }
        None => (words.get("init-next"), vec!["serve".to_owned()]),
    };
    let verbs = rest.iter().chain(&by_hand).map(|verb| format!("\n  {}", global.command(verb)));
    out.note(first + &verbs.collect::<String>());
    Ok(())
}

/// What notices may rest on, in words.
fn agreed(agreements: &Agreements, words: &Words) -> String {
    if agreements.is_empty() {
        return words.get("init-no-agreements");
    }
    agreements.iter().map(|(reference, _)| reference).collect::<Vec<_>>().join(", ")
}

/// How the storage key is kept, as a key of the words.
const fn custody(custody: Custody) -> &'static str {
    match custody {
        Custody::Credential => "init-key-credential",
        Custody::File => "init-key-file",
        Custody::Prompt => "init-key-prompt",
    }
}
