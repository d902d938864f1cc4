//! `notice check`: draft files against all rules, without a node.

use std::fs;
use std::io;
use std::io::Read as _;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::notice::book::Listed;
use crate::cli::output::Output;
use crate::domain::check::Checks;
use crate::domain::check::Files;
use crate::domain::check::Taken;
use crate::domain::draft::Attached;
use crate::domain::draft::File;
use crate::domain::draft::Found;
use crate::domain::policy::Book;
use crate::domain::policy::Findings;
use crate::domain::policy::Periods;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::edge::disk;
use crate::edge::env::SystemClock;
use crate::i18n::Words;
use crate::limits;
use crate::name::Digest;
use crate::time::Clock as _;
use crate::time::Timestamp;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    /// Draft files; a relation may name the draft of another file
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Offices, roles and agreements to check against
    #[arg(long, value_name = "FILE")]
    offices: Option<PathBuf>,
    /// When a draft that does not say so is released, as in 2026-11-20T06:00:00Z; now, if not given
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let (out, words) = (global.output(), global.words());
    let listed = args.offices.as_deref().map(Listed::read).transpose()?;
    let roles = listed.as_ref().is_some_and(Listed::says_roles);
    match &listed {
        None => out.note(words.get("check-without-offices")),
        Some(_) if !roles => out.note(words.get("check-without-roles")),
        Some(_) => {}
    }
    let now = args.now.unwrap_or_else(|| SystemClock.now());
    // A file of offices says nothing of periods: those are each office's own.
    let periods = Periods::default();
    let book =
        listed.as_ref().map(|listed| Book { offices: listed, agreements: &listed.agreements, periods: &periods });
    let checks = Checks { book, now };
    let read: Vec<_> =
        args.files.iter().map(|path| (path, bytes_of(path).and_then(|bytes| File::read(&bytes)))).collect();
    let all = Files::of(read.iter().filter_map(|(_, file)| file.as_ref().ok()), now);
    let (mut taken, mut refused) = (Taken::default(), 0_usize);
    for (path, file) in &read {
        let findings = match file {
            Ok(file) => {
                let found: Vec<_> = file.attached.iter().map(|attached| picture(path, attached)).collect();
                let findings = checks.check(file, &all, &taken, &found);
                taken.take(file);
                findings
            }
            Err(problems) => Findings { problems: problems.clone(), flags: vec![] },
        };
        refused += usize::from(!findings.problems.is_empty());
        let whole = roles && file.as_ref().is_ok_and(|file| file.release.is_some() && file.from.is_some());
        show(path, &findings, whole, &out, &words)?;
    }
    let names = [("files", read.len().to_string()), ("refused", refused.to_string())];
    if refused > 0 {
        let way_out = words.advice("check-some-refused", &names).unwrap_or_default();
        return Err(Failure::new(Kind::Rejected, words.say("check-some-refused", &names), way_out));
    }
    out.note(words.say("check-all-pass", &names));
    Ok(())
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Vec<Finding>> {
    // A byte more than allowed, so that the check sees that it is too much.
    let most = u64::try_from(limits::DRAFT_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = vec![];
    let read = if path.as_os_str() == "-" {
        io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    let message = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "file-not-there",
        io::ErrorKind::IsADirectory => "file-is-a-folder",
        _ => "file-unreadable",
    };
    read.map_err(|error| vec![Finding::new(Rule::of_field("json"), "", message(error))])?;
    Ok(bytes)
}

/// The picture of an attachment, beside the draft or one folder up.
fn picture(draft: &Path, attached: &Attached) -> Option<Found> {
    let name = Path::new(attached.file.as_ref()?);
    // Only what lies there: a draft may come from anybody.
    if !name.components().all(|part| matches!(part, std::path::Component::Normal(_))) {
        return None;
    }
    let folder = draft.parent()?;
    let most = usize::try_from(limits::ATTACHMENT_BYTES).unwrap_or(usize::MAX);
    let read = |folder: &Path| fs::File::open(folder.join(name)).and_then(|file| disk::read_at_most(file, most)).ok();
    let bytes = read(folder).or_else(|| read(&folder.join("..")))?;
    Some(Found { digest: Digest::of(&bytes), size: u64::try_from(bytes.len()).unwrap_or(u64::MAX) })
}

/// `whole` if all rules could be judged.
fn show(path: &Path, findings: &Findings, whole: bool, out: &Output, words: &Words) -> Result<(), Failure> {
    let Findings { problems, flags } = findings;
    if out.json {
        return out.object(&json!({
            "file": path.display().to_string(),
            "ok": problems.is_empty(),
            "problems": problems.iter().map(|problem| object(problem, words, true)).collect::<Vec<_>>(),
            "flags": flags.iter().map(|flag| object(flag, words, false)).collect::<Vec<_>>(),
        }));
    }
    let verdict = match (problems.is_empty(), whole) {
        (true, true) => "check-fine",
        (true, false) => "check-fine-so-far",
        (false, _) => "check-refused",
    };
    out.text(format_args!("{}: {}", path.display(), words.get(verdict)))?;
    for problem in problems {
        out.text(format_args!("  {}  {}", problem.rule, said(problem, words)))?;
        if let Some(advice) = words.advice(problem.message, &problem.names) {
            out.text(format_args!("        {} {advice}", words.get("check-do")))?;
        }
    }
    for flag in flags {
        out.text(format_args!("  {} {}", words.get("check-flag"), said(flag, words)))?;
    }
    Ok(())
}

/// Where, and what.
fn said(finding: &Finding, words: &Words) -> String {
    let what = words.say(finding.message, &finding.names);
    if finding.path.is_empty() { what } else { format!("{}: {what}", finding.path) }
}

fn object(finding: &Finding, words: &Words, with_advice: bool) -> Value {
    let mut object = Map::new();
    object.insert("rule".to_owned(), finding.rule.to_string().into());
    object.insert("path".to_owned(), finding.path.as_str().into());
    object.insert("what".to_owned(), words.say(finding.message, &finding.names).into());
    if with_advice {
        object.insert("do".to_owned(), words.advice(finding.message, &finding.names).into());
    }
    Value::Object(object)
}
