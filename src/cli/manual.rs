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

#[cfg(test)]
mod tests {
    use super::*;

    /// Every command, as in `chapar-notice-send`, with its long options.
    fn all(command: &clap::Command, path: &str, found: &mut Vec<(String, Vec<String>)>) {
        let options = command.get_arguments().filter(|arg| !arg.is_hide_set()).filter_map(clap::Arg::get_long);
        found.push((path.to_owned(), options.map(str::to_owned).collect()));
        for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
            all(inner, &format!("{path}-{}", inner.get_name()), found);
        }
    }

    #[test]
    fn every_command_and_option_is_completed_and_has_a_page() {
        let mut found = vec![];
        all(&Cli::command(), "chapar", &mut found);
        assert!(found.len() > 60, "{}", found.len());
        let folder = tempfile::tempdir().unwrap();
        clap_mangen::generate_to(Cli::command(), folder.path()).unwrap();
        let scripts = [Shell::Bash, Shell::Zsh, Shell::Fish].map(|shell| {
            let mut script = vec![];
            clap_complete::generate(shell, &mut Cli::command(), "chapar", &mut script);
            String::from_utf8(script).unwrap()
        });
        for (path, options) in found {
            let page = std::fs::read_to_string(folder.path().join(format!("{path}.1"))).expect(&path);
            let name = path.rsplit_once('-').map_or("chapar", |(_, name)| name);
            for script in &scripts {
                assert!(script.contains(name), "{path}");
            }
            for option in options {
                assert!(page.contains(&option.replace('-', "\\-")), "--{option} is not on the page of {path}");
                assert!(scripts.iter().all(|script| script.contains(&option)), "--{option} of {path}");
            }
        }
    }
}
