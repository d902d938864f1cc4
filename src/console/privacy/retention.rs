//! For how many days the office keeps texts of a kind: what is in force and proposed, and what another period would do.

use askama::Template;
use axum::extract::Query;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;

use crate::console::again;
use crate::console::duty::Duty;
use crate::console::form::Fields;
use crate::console::mark::capital;
use crate::console::privacy::LOOKS;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made_again;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::office::call::Call;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::json::Word as _;

type Refusal = (String, String);

#[derive(Template)]
#[template(path = "retention.html")]
struct Page {
    shell: Shell,
    rows: Vec<Row>,
    proposals: Vec<Proposal>,
    may_set: bool,
    may_decide: bool,
    /// Kinds to choose from: word, name, whether it is the one that is looked at.
    kinds: Vec<(&'static str, String, bool)>,
    days: String,
    preview: Option<Preview>,
    refused: Option<Refusal>,
}

struct Row {
    kind: String,
    days: u32,
    most: u32,
    /// The entry that set it; 0 for none.
    index: u64,
}

struct Proposal {
    word: &'static str,
    said: String,
    index: u64,
    /// Whether it is the reader's own, who may take it back and not agree to it.
    own: bool,
}

/// What a period would do.
struct Preview {
    word: &'static str,
    days: u32,
    /// The days in force that it was compared with.
    seen: u32,
    said: String,
    /// Whether it waits for a second person.
    longer: bool,
}

pub(in crate::console) async fn page(officer: Officer, Query(query): Query<Vec<(String, String)>>) -> Response {
    shown(&officer, &Fields(query), None).await
}

/// Sets a period, or proposes it. Before texts end earlier by it, the passphrase is asked for again.
pub(in crate::console) async fn set(Posted { officer, fields }: Posted) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Retention) {
        return denied;
    }
    let (days, seen_days) = (days(&fields), fields.get("seen").parse().unwrap_or_default());
    // A longer one than was seen can only be proposed: if less is in force by now, it is refused.
    if days < seen_days
        && let Err(refused) = again::checked(&officer, fields.get("passphrase")).await
    {
        return shown(&officer, &fields, Some(refused)).await;
    }
    let request = wire::SetRetentionRequest { kind: kind(&fields).into(), days, seen_days };
    match officer.visitor.desk.api.set_retention(officer.call(request)).await {
        Ok(_) => Redirect::to("/privacy/retention").into_response(),
        Err(refusal) => again(&officer, &refusal).await,
    }
}

/// Agrees to a longer period, or turns it down: the very one that the page has shown.
pub(in crate::console) async fn decide(Posted { officer, fields }: Posted) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Decide) {
        return denied;
    }
    let proposal = fields.get("proposal").parse().unwrap_or_default();
    let request =
        wire::DecideRetentionRequest { kind: kind(&fields).into(), agree: fields.get("agree") == "yes", proposal };
    match officer.visitor.desk.api.decide_retention(officer.call(request)).await {
        Ok(_) => Redirect::to("/privacy/retention").into_response(),
        Err(refusal) => again(&officer, &refusal).await,
    }
}

async fn again(officer: &Officer, refusal: &tonic::Status) -> Response {
    let refused = shell::refusal(officer.words(), refusal);
    shown(officer, &Fields::default(), Some(refused)).await
}

fn kind(fields: &Fields) -> NoticeKind {
    NoticeKind::from_word(fields.get("kind")).unwrap_or_default()
}

/// The days that are typed; 0, which nobody may keep, for what is no number.
fn days(fields: &Fields) -> u32 {
    fields.get("days").trim().parse().unwrap_or_default()
}

async fn shown(officer: &Officer, fields: &Fields, refused: Option<Refusal>) -> Response {
    if let Some(denied) = shell::denied(officer, LOOKS) {
        return denied;
    }
    let api = &officer.visitor.desk.api;
    let all = match api.list_retention(officer.call(wire::ListRetentionRequest {})).await {
        Ok(list) => list.into_inner().kinds,
        Err(refusal) => return shell::refused(officer, &refusal),
    };
    let shell = Shell::for_officer(officer, "console-retention");
    let may_set = officer.is(Call::Retention.roles());
    let (preview, refused) = if may_set && fields.has("kind") {
        match preview(officer, &shell, fields).await {
            Ok(preview) => (Some(preview), refused),
            Err(refusal) => (None, refused.or(Some(refusal))),
        }
    } else {
        (None, refused)
    };
    let own = officer.id().as_str();
    let name = |one: &wire::Retention| capital(&shell.words.label::<NoticeKind>(one.kind));
    let proposal = |one: &wire::Retention| {
        let names = [
            ("kind", shell.words.label::<NoticeKind>(one.kind)),
            ("days", one.proposed_days.to_string()),
            ("officer", one.proposer.clone()),
        ];
        Proposal {
            word: one.kind().word(),
            said: shell.words.say("retention-proposal", &names),
            index: one.proposal,
            own: one.proposer == own,
        }
    };
    let row = |one: &wire::Retention| Row { kind: name(one), days: one.days, most: one.cap_days, index: one.index };
    let chosen = kind(fields);
    let page = Page {
        rows: all.iter().map(row).collect(),
        proposals: all.iter().filter(|one| one.proposal > 0).map(proposal).collect(),
        kinds: all.iter().map(|one| (one.kind().word(), name(one), one.kind() == chosen)).collect(),
        days: fields.get("days").to_owned(),
        may_set,
        may_decide: officer.is(Call::Decide.roles()),
        shell,
        preview,
        refused,
    };
    made_again(&page, page.refused.is_some())
}

async fn preview(officer: &Officer, shell: &Shell, fields: &Fields) -> Result<Preview, Refusal> {
    let (kind, days) = (kind(fields), days(fields));
    let request = wire::CountRetentionRequest { kind: kind.into(), days };
    let answer = officer.visitor.desk.api.count_retention(officer.call(request)).await;
    let counted = answer.map_err(|refusal| shell::refusal(&shell.words, &refusal))?.into_inner();
    let texts = |count: u32| shell.with("expiry-texts", "count", &count.to_string());
    let names = [
        ("kind", shell.words.label::<NoticeKind>(kind.into())),
        ("count", days.to_string()),
        ("texts", texts(counted.earlier)),
        ("ended", texts(counted.ended)),
    ];
    let (is_same, longer) = (days == counted.days, days > counted.days);
    if is_same {
        return Err(shell::said(&shell.words, "console-retention-same"));
    }
    let key = if longer { "console-retention-longer" } else { "console-retention-shorter" };
    Ok(Preview { word: kind.word(), days, seen: counted.days, said: shell.words.say(key, &names), longer })
}

/// The line of who may decide: that a longer period which somebody else has proposed waits.
pub(in crate::console) async fn duty(officer: &Officer, shell: &Shell) -> Option<Duty> {
    if !officer.is(Call::Decide.roles()) {
        return None;
    }
    let list = officer.visitor.desk.api.list_retention(officer.call(wire::ListRetentionRequest {})).await;
    let kinds = list.ok()?.into_inner().kinds;
    let own = officer.id().as_str();
    let count = kinds.iter().filter(|one| one.proposal > 0 && one.proposer != own).count();
    (count > 0).then(|| Duty {
        address: "/privacy/retention".to_owned(),
        icon: "hourglass",
        late: true,
        said: shell.with("console-retention-waits", "count", &count.to_string()),
        more: shell.get("console-retention-waits-do"),
    })
}
