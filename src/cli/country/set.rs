//! `country set`: whether others exchange with an office.

use serde_json::json;

use crate::cli::country::Dir;
use crate::cli::country::folder::Folder;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::domain::roster::OfficeState;
use crate::name::OfficeCode;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    dir: Dir,
    /// Office, as in UZ-ALT
    office: OfficeCode,
    /// Whether others exchange with it
    #[arg(long, value_enum)]
    state: State,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum State {
    /// Everything is exchanged
    Active,
    /// Only acknowledgements, corrections, withdrawals and receipts
    Suspended,
    /// It may not connect any more
    Revoked,
}

pub(super) fn run(args: &Args, out: &Output) -> Result<(), Failure> {
    let state = match args.state {
        State::Active => OfficeState::Active,
        State::Suspended => OfficeState::Suspended,
        State::Revoked => OfficeState::Revoked,
    };
    let mut folder = Folder::open(&args.dir.dir)?;
    folder.office(args.office)?.state = state;
    folder.save()?;
    let word = word(state);
    if out.json {
        return out.object(&json!({"office": args.office.to_string(), "state": word}));
    }
    out.text(format_args!("{} is {word} from the next version of the roster on.", args.office))?;
    out.note(format_args!("Next: chapar country sign --dir {} --out FILE", args.dir.dir.display()));
    Ok(())
}

/// The word of a state.
pub(super) const fn word(state: OfficeState) -> &'static str {
    match state {
        OfficeState::Active => "active",
        OfficeState::Suspended => "suspended",
        OfficeState::Revoked => "revoked",
    }
}
