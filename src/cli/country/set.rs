//! `country set`: whether others exchange with an office, and in which town it is.

use std::str::FromStr;

use serde_json::json;

use crate::cli::country::Dir;
use crate::cli::country::folder::Folder;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::domain::roster::NoPosition;
use crate::domain::roster::OfficeState;
use crate::domain::roster::Position;
use crate::name::OfficeCode;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    dir: Dir,
    /// Office, as in UZ-ALT
    office: OfficeCode,
    /// Whether others exchange with it
    #[arg(long, value_enum, required_unless_present = "position")]
    state: Option<State>,
    /// Its town, in degrees, as in 39.42,63.80 (rounded to hundredths), or none: for a plan of the offices
    #[arg(long, value_name = "LAT,LON", allow_hyphen_values = true)]
    position: Option<Town>,
}

/// A town, or none.
#[derive(Clone, Copy)]
struct Town(Option<Position>);

impl FromStr for Town {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        if text == "none" { Ok(Self(None)) } else { text.parse().map(Some).map(Self) }
    }
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
    let mut folder = Folder::open(&args.dir.dir)?;
    let office = folder.office(args.office)?;
    let state = args.state.map(|state| match state {
        State::Active => OfficeState::Active,
        State::Suspended => OfficeState::Suspended,
        State::Revoked => OfficeState::Revoked,
    });
    office.state = state.unwrap_or(office.state);
    if let Some(Town(position)) = args.position {
        office.position = position;
    }
    let (word, position) = (word(office.state), office.position.map(|position| position.to_string()));
    folder.save()?;
    if out.json {
        return out.object(&json!({"office": args.office.to_string(), "state": word, "position": position}));
    }
    if state.is_some() {
        out.text(format_args!("{} is {word} from the next version of the roster on.", args.office))?;
    }
    if args.position.is_some() {
        let town = position.map_or_else(|| "no town".to_owned(), |position| format!("a town near {position}"));
        out.text(format_args!("{} has {town} from the next version of the roster on.", args.office))?;
    }
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
