//! `notice template`: a draft to fill in. No node is needed, except for what is about a notice.

use serde_json::json;

use crate::cli::Global;
use crate::cli::failure::Failure;
use crate::cli::notice::answer::Target;
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
    /// Fill in what follows from this notice; needs the running node
    #[arg(long, value_name = "REF", requires = "kind")]
    about: Option<String>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let out = &global.output();
    let Some(kind) = args.kind else {
        return kinds::all().try_for_each(|kind| {
            let word = kinds::word(kind);
            if out.json { out.object(&json!({"kind": word})) } else { out.text(word) }
        });
    };
    if let Some(reference) = &args.about {
        return out.document(&Target::find(reference, global)?.template(kind)?);
    }
    let draft = template(kind, None, SystemClock.now()).ok_or_else(|| Failure::internal("the kind has no template"))?;
    out.document(&draft)
}

pub(super) fn kind(word: &str) -> Result<NoticeKind, &'static str> {
    kinds::from_word(word).ok_or("chapar notice template, without a kind, lists the kinds")
}
