//! Drafts: begin one, change it, submit it, throw it away.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::Global;
use crate::cli::attachment::bring::Brought;
use crate::cli::client;
use crate::cli::exercise;
use crate::cli::failure::Failure;
use crate::cli::notice::ask;
use crate::cli::notice::drafts;
use crate::cli::notice::send;
use crate::cli::notice::template;
use crate::cli::retention;
use crate::domain::draft::Draft;
use crate::edge::env::SystemClock;
use crate::time::Clock as _;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::Traffic;
use crate::wire::json::Word as _;

/// A new draft.
#[derive(clap::Args)]
pub(in crate::cli) struct New {
    /// Kind of notice, as in vehicle-alert: at a terminal its fields are asked for, else its template is kept
    #[arg(value_parser = template::kind, required_unless_present = "file", conflicts_with = "file")]
    kind: Option<NoticeKind>,
    /// ACTUAL, EXERCISE or TEST; while an exercise is on, a notice that is begun by its kind must say it
    #[arg(long, value_name = "TRAFFIC", value_parser = traffic, conflicts_with = "file")]
    traffic: Option<Traffic>,
    /// Draft file; - reads it from the input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    attachments: send::Attachments,
    /// Submit it at once
    #[arg(long)]
    submit: bool,
}

/// A new form of a draft.
#[derive(clap::Args)]
pub(in crate::cli) struct Edit {
    /// Number of the draft, its reference or short reference
    #[arg(value_name = "DRAFT")]
    draft: String,
    /// Draft file; - reads it from the input. To begin with: chapar notice draft DRAFT --form
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    attachments: send::Attachments,
}

/// Which draft.
#[derive(clap::Args)]
pub(in crate::cli) struct Which {
    /// Number of the draft, its reference or short reference
    #[arg(value_name = "DRAFT")]
    pub(super) draft: String,
}

pub(super) fn new(args: &New, global: &Global) -> Result<(), Failure> {
    let draft = match (&args.file, args.kind) {
        (Some(file), _) => send::read(file, args.attachments.options())?,
        (None, Some(kind)) => {
            let (traffic, days) = (traffic_of(args, global)?, retention::days(kind, global)?);
            ask::draft(kind, &traffic, days, SystemClock.now(), &global.words())?
        }
        (None, None) => return Err(Failure::usage("No kind is named.", "List them: chapar notice template")),
    };
    let saved = save(String::new(), draft, global)?;
    if args.submit {
        let submitted = submit(&Which { draft: saved.number.to_string() }, global);
        // Whoever begins once more has it twice.
        return submitted.map_err(|failure| kept_all_the_same(failure, saved.number, global));
    }
    shown(&saved, global)
}

fn traffic(word: &str) -> Result<Traffic, &'static str> {
    Traffic::from_word(&word.to_ascii_uppercase()).ok_or("ACTUAL, EXERCISE or TEST")
}

/// What a new draft begins with as its traffic status: while an exercise is on, a question.
fn traffic_of(args: &New, global: &Global) -> Result<String, Failure> {
    if let Some(traffic) = args.traffic {
        return Ok(traffic.word().to_owned());
    }
    let on = client::ask(global, async |mut client| exercise::on(&mut client).await)?;
    Ok(if on.is_some() { ask::REAL_OR_EXERCISE } else { Traffic::Actual.word() }.to_owned())
}

fn kept_all_the_same(failure: Failure, number: u64, global: &Global) -> Failure {
    let names = [
        ("number", number.to_string()),
        ("edit", global.command(&format!("notice edit {number} --file FILE"))),
        ("submit", global.command(&format!("notice submit {number}"))),
    ];
    let kept = global.words().say("draft-kept-unsubmitted", &names);
    Failure { way_out: format!("{}\n{kept}", failure.way_out), ..failure }
}

pub(super) fn edit(args: &Edit, global: &Global) -> Result<(), Failure> {
    let draft = send::read(&args.file, args.attachments.options())?;
    shown(&save(args.draft.clone(), draft, global)?, global)
}

fn save(name: String, mut draft: Draft, global: &Global) -> Result<wire::DraftSummary, Failure> {
    let (out, mut brought, idempotency_key) = (global.output(), Brought::default(), client::key()?);
    let traffic = draft.header.traffic;
    let ask = async |mut client: client::Client| {
        brought.files(&mut client, &mut draft, &out).await?;
        let on = exercise::on(&mut client).await?;
        let (header, body) = (Some(draft.header), draft.body);
        let request = wire::SaveDraftRequest { draft: name, header, body, idempotency_key, ..Default::default() };
        let saved = Box::pin(client.desk.save_draft(request)).await;
        Ok((brought.kept(&mut client, saved).await?.into_inner(), brought.flags, on))
    };
    let (saved, found, on) = client::ask(global, ask)?;
    drafts::tell_flags(&found, &out, &global.words());
    if let Some(said) = exercise::told(on.as_ref(), traffic, &global.words()) {
        out.note(said);
    }
    Ok(saved.draft.unwrap_or_default())
}

fn shown(saved: &wire::DraftSummary, global: &Global) -> Result<(), Failure> {
    let (out, words) = (global.output(), global.words());
    if out.json {
        return out.object(&drafts::object(saved));
    }
    let number = [("number", saved.number.to_string())];
    out.text(words.say("draft-kept", &number))?;
    out.note(words.say("draft-next", &[("command", global.command(&format!("notice submit {}", saved.number)))]));
    Ok(())
}

pub(super) fn submit(args: &Which, global: &Global) -> Result<(), Failure> {
    let request = wire::SubmitDraftRequest { draft: args.draft.clone() };
    let submitted = client::ask(global, async |mut client| Ok(client.desk.submit_draft(request).await?.into_inner()))?;
    submitted_shown(&submitted.draft.unwrap_or_default(), &submitted.flags, global)
}

/// Says that a notice waits for release, and who can release it.
pub(super) fn submitted_shown(
    draft: &wire::DraftSummary,
    flags: &[wire::Finding],
    global: &Global,
) -> Result<(), Failure> {
    let (out, words) = (global.output(), global.words());
    if out.json {
        let mut object = drafts::object(draft);
        drafts::add(&mut object, "flags", drafts::findings(flags));
        return out.object(&object);
    }
    out.text(words.say("draft-submitted", &[("reference", draft.reference.clone())]))?;
    drafts::tell_flags(flags, &out, &words);
    if draft.releasers.is_empty() {
        out.note(words.get("draft-no-releaser"));
    } else {
        out.note(words.say("draft-releasers", &[("officers", draft.releasers.join(", "))]));
    }
    Ok(())
}

pub(super) fn discard(args: &Which, global: &Global) -> Result<(), Failure> {
    let request = wire::DiscardDraftRequest { draft: args.draft.clone(), form: vec![] };
    let gone = client::ask(global, async |mut client| Ok(client.desk.discard_draft(request).await?.into_inner()))?;
    let out = global.output();
    if out.json {
        return out.object(&json!({"number": gone.number}));
    }
    out.text(global.words().say("draft-gone", &[("number", gone.number.to_string())]))
}
