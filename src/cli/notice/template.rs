//! `notice template`: a draft to fill in. No node is needed.

use serde_json::json;

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::domain::kinds;
use crate::domain::template::template;
use crate::edge::env::SystemClock;
use crate::time::Clock as _;
use crate::wire::NoticeKind;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    /// Kind of notice, as in seizure-report
    #[arg(value_parser = kind)]
    kind: Option<NoticeKind>,
}

pub(super) fn run(args: &Args, out: &Output) -> Result<(), Failure> {
    let Some(kind) = args.kind else {
        return kinds::offered().try_for_each(|kind| {
            let word = kinds::word(kind);
            if out.json { out.object(&json!({"kind": word})) } else { out.text(word) }
        });
    };
    let draft = template(kind, None, SystemClock.now()).ok_or_else(|| Failure::internal("the kind has no template"))?;
    out.document(&draft)
}

fn kind(word: &str) -> Result<NoticeKind, &'static str> {
    kinds::from_word(word).ok_or("chapar notice template, without a kind, lists the kinds")
}
