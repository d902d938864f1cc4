//! The command line: nouns, then verbs. It asks the node, or makes what a node needs; it has no rules of its own.
//!
//! Data goes to stdout, words about the work to stderr; with `--json` both are for programs.

mod attachment;
mod audit;
mod bench;
mod card;
mod client;
mod clock;
mod country;
mod demo;
mod doctor;
mod exercise;
mod expiry;
pub mod failure;
mod inbox;
mod init;
mod log;
mod manual;
mod notice;
mod officer;
mod outbox;
mod output;
mod peer;
mod problems;
mod progress;
mod reading;
mod retention;
mod review;
mod roster;
mod search;
mod secrets;
mod serve;
mod setup_code;
mod standing;
mod statistics;
mod status;
mod trial;
mod words;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use clap::error::ErrorKind;

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::edge::sled::quiet_panics;
use crate::i18n::CODES;
use crate::i18n::Language;
use crate::i18n::Words;
use crate::layout::Layout;
use crate::name::OfficerId;

pub use crate::cli::init::Initialized;
pub use crate::cli::init::Options as InitOptions;
pub use crate::cli::init::init;
pub use crate::cli::secrets::passphrase;

/// A secure message broker with which Border Liaison Offices exchange signed intelligence notices.
#[derive(clap::Parser)]
#[command(name = "chapar", version, disable_help_subcommand = true, infer_long_args = false)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

/// What every verb takes.
#[derive(Clone, Debug, clap::Args)]
pub struct Global {
    /// Data folder of the office
    #[arg(long, global = true, value_name = "DIR", env = "CHAPAR_DATA", default_value = DATA, hide_env_values = true)]
    data: PathBuf,
    /// Print JSON: one object, or one a line
    #[arg(long, global = true)]
    json: bool,
    /// Language of what people read; else that of the locale
    #[arg(long, global = true, value_name = "LANG", env = "CHAPAR_LANG", hide_env_values = true, value_parser = spoken())]
    lang: Option<Language>,
    /// Officer who asks, as in UZ-ALT-O02, with a passphrase; else the one who is this Unix user
    #[arg(long = "as", global = true, value_name = "OFFICER", env = "CHAPAR_OFFICER", hide_env_values = true)]
    caller: Option<OfficerId>,
    /// File with that officer's passphrase, for scripts; else it is asked for
    #[arg(long, global = true, value_name = "FILE", env = "CHAPAR_PASSPHRASE_FILE", hide_env_values = true)]
    passphrase_file: Option<PathBuf>,
    /// Folder in which the service manager puts credentials
    #[arg(long, global = true, value_name = "DIR", env = "CREDENTIALS_DIRECTORY", hide = true)]
    credentials: Option<PathBuf>,
}

/// What reads the code of a language: one of those of this build.
fn spoken() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(CODES.iter().map(String::as_str)).map(|code| Language::of_locale(&code))
}

/// The data folder if none is given.
const DATA: &str = "chapar-data";

impl Global {
    /// A data folder, and nothing else said.
    #[must_use]
    pub fn of(data: PathBuf) -> Self {
        Self { data, json: false, lang: None, caller: None, passphrase_file: None, credentials: None }
    }

    /// The files of the data folder.
    #[must_use]
    pub fn layout(&self) -> Layout {
        Layout::new(self.data.clone())
    }

    /// Whether a data folder was named.
    fn names_data(&self) -> bool {
        self.data.as_os_str() != DATA
    }

    /// Where to write.
    #[must_use]
    pub fn output(&self) -> Output {
        Output::new(self.json)
    }

    /// The language of people.
    fn language(&self) -> Language {
        self.lang.clone().unwrap_or_else(Language::of_environment)
    }

    /// The words for people.
    #[must_use]
    pub fn words(&self) -> Words {
        Words::of(self.language())
    }

    /// A text of the node with the data folder in what it says to type; the node does not know how it is called.
    fn with_data(&self, text: &str) -> String {
        let verbs = [
            "attachment",
            "audit",
            "card",
            "clock",
            "doctor",
            "exercise",
            "expiry",
            "inbox",
            "log",
            "notice",
            "officer",
            "outbox",
            "peer",
            "reading",
            "retention",
            "review",
            "roster",
            "search",
            "serve",
            "setup-code",
            "statistics",
            "status",
        ];
        verbs.iter().fold(text.to_owned(), |text, verb| text.replace(&format!("chapar {verb}"), &self.command(verb)))
    }

    /// What to type for a verb with the same data folder.
    #[must_use]
    pub fn command(&self, verb: &str) -> String {
        if self.data.as_os_str() == DATA {
            format!("chapar {verb}")
        } else {
            format!("chapar --data {} {verb}", self.data.display())
        }
    }
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Put files into drafts; list and take out those of notices
    #[command(subcommand)]
    Attachment(attachment::Verb),
    /// Show who read what, who exported, who released
    #[command(subcommand)]
    Audit(audit::Verb),
    /// Measure how fast two offices on this machine exchange notices
    Bench(bench::Args),
    /// Write the office's card again, after a change of agency or endpoints
    Card,
    /// Show the clock, or confirm that it is right
    #[command(subcommand)]
    Clock(clock::Verb),
    /// Print what a shell needs to complete commands: bash, zsh, fish, elvish, powershell
    Completions(manual::Completions),
    /// Keep a country's roster: its key, its offices, their keys
    #[command(subcommand)]
    Country(country::Verb),
    /// Play the main job on three real nodes
    Demo(demo::Args),
    /// Look at data folder, disk, clock, limits and ports, with or without a running node
    Doctor,
    /// Start an exercise of this office, show it, end it
    #[command(subcommand)]
    Exercise(exercise::Verb),
    /// Show what ends tomorrow, or let many texts end at once
    #[command(subcommand)]
    Expiry(expiry::Verb),
    /// List what was received, newest first
    Inbox(inbox::Args),
    /// Make a new office: keys, store, settings and card
    Init(init::Args),
    /// Show, verify or export the log
    #[command(subcommand)]
    Log(log::Verb),
    /// Write man pages, one for each command
    Manual(manual::Manual),
    /// Send, show or export a notice; print a draft to fill in
    #[command(subcommand)]
    Notice(notice::Verb),
    /// Enrol, change, list and revoke officers; set your own passphrase
    #[command(subcommand)]
    Officer(officer::Verb),
    /// List what was sent, newest first, and where it stands
    Outbox(outbox::Args),
    /// Trust countries; list the other offices
    #[command(subcommand)]
    Peer(peer::Verb),
    /// Ask to read one text under break-glass, as an auditor; grant or refuse that, as a data-protection officer
    #[command(subcommand)]
    Reading(reading::Verb),
    /// Set for how many days texts of a kind are kept
    #[command(subcommand)]
    Retention(retention::Verb),
    /// List texts that are to be reviewed, and say which are still needed
    #[command(subcommand)]
    Review(review::Verb),
    /// Import or show country rosters
    #[command(subcommand)]
    Roster(roster::Verb),
    /// Find notices by words of their texts; every hit is recorded
    Search(search::Args),
    /// Run the node of the office
    Serve(serve::Args),
    /// Make another setup code for the console of a new office, while nobody has used one
    SetupCode,
    /// Count notices, for people outside: no names, numbers or texts
    Statistics(statistics::Args),
    /// Show the node at a glance, and what is still to be done
    Status,
}

/// Does what the command line says.
#[must_use]
pub fn main() -> ExitCode {
    quiet_panics();
    let words: Vec<OsString> = std::env::args_os().collect();
    let Cli { global, verb } = match Cli::try_parse_from(&words) {
        Ok(cli) => cli,
        Err(error) => return not_a_command(&error, words.iter().any(|word| word == "--json")),
    };
    let done = match verb {
        Verb::Attachment(verb) => attachment::run(verb, &global),
        Verb::Audit(verb) => audit::run(verb, &global),
        Verb::Bench(args) => bench::run(&args, &global),
        Verb::Card => card::run(&global),
        Verb::Clock(verb) => clock::run(verb, &global),
        Verb::Completions(args) => manual::completions(&args, &global),
        Verb::Country(verb) => country::run(verb, &global),
        Verb::Demo(args) => demo::run(&args, &global),
        Verb::Doctor => doctor::run(&global),
        Verb::Exercise(verb) => exercise::run(verb, &global),
        Verb::Expiry(verb) => expiry::run(verb, &global),
        Verb::Inbox(args) => inbox::run(&args, &global),
        Verb::Init(args) => init::run(args, &global),
        Verb::Log(verb) => log::run(verb, &global),
        Verb::Manual(args) => manual::manual(&args, &global),
        Verb::Notice(verb) => notice::run(verb, &global),
        Verb::Officer(verb) => officer::run(verb, &global),
        Verb::Outbox(args) => outbox::run(&args, &global),
        Verb::Peer(verb) => peer::run(verb, &global),
        Verb::Reading(verb) => reading::run(verb, &global),
        Verb::Retention(verb) => retention::run(&verb, &global),
        Verb::Review(verb) => review::run(verb, &global),
        Verb::Roster(verb) => roster::run(verb, &global),
        Verb::Search(args) => search::run(args, &global),
        Verb::Serve(args) => serve::run(&args, &global),
        Verb::SetupCode => setup_code::run(&global),
        Verb::Statistics(args) => statistics::run(args, &global),
        Verb::Status => status::run(&global),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let words = global.words();
            // It is in English already. Programs read that and a key, whatever people read.
            let as_it_is = global.json || global.language() == Language::english();
            let failure = if as_it_is { failure } else { failure.in_words(&words) };
            let way_out = global.with_data(&failure.way_out);
            Failure { way_out, ..failure }.report(global.json, &words)
        }
    }
}

/// Help and version, or what is wrong with the command line: in English, as the help itself.
fn not_a_command(error: &clap::Error, json: bool) -> ExitCode {
    let words = Words::of(Language::english());
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match error.print() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => Failure::of_output(&error).report(json, &words),
        },
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            Failure::usage("A verb is missing.", "See: chapar --help").report(json, &words)
        }
        _ => Failure::from(error).report(json, &words),
    }
}
