//! `setup-code`: another setup code for the console of a new office, in place of the one that `init` made.

use serde_json::json;

use crate::cli::Global;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::secrets::expect_office;
use crate::edge::env::SystemClock;
use crate::edge::env::SystemEntropy;
use crate::edge::set_up;
use crate::edge::set_up::SetupCodeError;
use crate::i18n::Words;
use crate::limits;
use crate::time::Clock as _;

/// What people read of a code, which is shown this once.
pub(super) fn said(code: &str, words: &Words) -> String {
    words.say("setup-code", &[("minutes", (limits::SETUP_CODE_MS / 60_000).to_string()), ("code", code.to_owned())])
}

pub(super) fn run(global: &Global) -> Result<(), Failure> {
    expect_office(global)?;
    let mut entropy = SystemEntropy::open().map_err(Failure::internal)?;
    let (path, now) = (global.layout().set_up(), SystemClock.now());
    let code = set_up::renew(&path, now, &mut entropy).map_err(failure)?;
    let (out, words) = (global.output(), global.words());
    if out.json {
        return out.object(&json!({ "setup_code": code.as_str() }));
    }
    out.text(said(code.as_str(), &words))?;
    out.note(words.say("setup-code-next", &[("serve", global.command("serve"))]));
    Ok(())
}

fn failure(error: SetupCodeError) -> Failure {
    match error {
        SetupCodeError::Io { path, error } => {
            let names = [("path", path.display().to_string()), ("error", error.to_string())];
            Failure::said(Kind::Config, "failure-setup-code-file", &names)
        }
        SetupCodeError::Over => Failure::said(Kind::Config, "failure-setup-code-over", &[]),
        error => Failure::internal(error),
    }
}
