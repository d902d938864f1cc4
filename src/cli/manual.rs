//! What a shell and `man` know of the commands: made from the commands themselves, so that they never tell another story.

use std::io::Write as _;
use std::path::PathBuf;

use clap::CommandFactory as _;
use clap_complete::Shell;
use serde_json::json;

use crate::cli::Cli;
use crate::cli::Global;
use crate::cli::failure::Failure;

/// Which shell.
#[derive(clap::Args)]
pub(super) struct Completions {
    /// Shell that is to complete commands
    shell: Shell,
}

/// Where the pages go.
#[derive(clap::Args)]
pub(super) struct Manual {
    /// Folder for the pages, such as /usr/local/share/man/man1; it is made if it is not there
    #[arg(long, value_name = "DIR", required = true)]
    dir: PathBuf,
}

/// Prints what a shell needs to complete commands.
pub(super) fn completions(args: &Completions, global: &Global) -> Result<(), Failure> {
    let mut script = vec![];
    clap_complete::generate(args.shell, &mut Cli::command(), "chapar", &mut script);
    let script = String::from_utf8(script).map_err(Failure::internal)?;
    let out = global.output();
    if out.json {
        return out.object(&json!({ "shell": args.shell.to_string(), "script": script }));
    }
    // Not as a text for people: its control characters belong to it.
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(script.as_bytes()).and_then(|()| stdout.flush());
    written.map_err(|error| Failure::of_output(&error))
}

/// Writes a page for each command.
pub(super) fn manual(args: &Manual, global: &Global) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::config(
            format!("The pages cannot be written to {}: {error}.", args.dir.display()),
            "Name a folder that you may write to with --dir.",
        )
    };
    std::fs::create_dir_all(&args.dir).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), &args.dir).map_err(failed)?;
    let out = global.output();
    if out.json {
        return out.object(&json!({ "dir": args.dir }));
    }
    out.text(format_args!("The pages are in {0}. Read: man -l {0}/chapar.1", args.dir.display()))
}
