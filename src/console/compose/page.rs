//! The page of a form: the short one, the long one, or the draft file as a text.

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;
use serde_json::Value;

use crate::console::attachments;
use crate::console::attachments::Attach;
use crate::console::compose::carried::Carried;
use crate::console::compose::correct;
use crate::console::compose::field::Field;
use crate::console::compose::field::Part;
use crate::console::compose::offices;
use crate::console::compose::path;
use crate::console::compose::read::LANGUAGE;
use crate::console::compose::read::RELATION;
use crate::console::compose::read::Setting;
use crate::console::compose::send::Point;
use crate::console::compose::send::STATED;
use crate::console::compose::send::points;
use crate::console::compose::show;
use crate::console::compose::start;
use crate::console::compose::table;
use crate::console::compose::traffic;
use crate::console::compose::turned;
use crate::console::compose::unfinished::Unfinished;
use crate::console::compose::view::Choice;
use crate::console::compose::view::Inner;
use crate::console::compose::view::Seen;
use crate::console::compose::view::Trouble;
use crate::console::compose::view::Viewer;
use crate::console::compose::view::id;
use crate::console::form;
use crate::console::form::Fields;
use crate::console::mark;
use crate::console::mark::capital;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::domain::kinds;
use crate::domain::template::about;
use crate::domain::template::shorten;
use crate::domain::template::template;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::office::call::Call;
use crate::wire;
use crate::wire::DraftState;
use crate::wire::NoticeKind;
use crate::wire::Traffic;
use crate::wire::json::Word as _;

/// The field of a passphrase.
pub(super) const PASSPHRASE: &str = "passphrase";

/// How a form is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Short,
    Long,
    /// The draft file as a text.
    Expert,
}

impl Shape {
    const ALL: [(Self, &'static str); 3] = [(Self::Short, "short"), (Self::Long, "long"), (Self::Expert, "expert")];

    pub(super) fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|(_, own)| *own == word).map_or(Self::Short, |(shape, _)| shape)
    }

    pub(super) fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(own, _)| *own == self).map_or("", |(_, word)| word)
    }
}

/// The buttons that show a form in another shape, each with its key.
const SHAPES: [(Shape, &str, &str); 3] = [
    (Shape::Short, "show-short", "console-form-short"),
    (Shape::Long, "show-long", "console-form-long"),
    (Shape::Expert, "show-expert", "console-form-expert"),
];

/// A form with what stands in it.
pub(super) struct Filled {
    pub(super) kind: NoticeKind,
    pub(super) shape: Shape,
    pub(super) fields: Fields,
    /// The notice that it is about; empty for none.
    pub(super) re: String,
    pub(super) carried: Carried,
    /// Whether it came in, and may hold what is not kept.
    pub(super) typed: bool,
    pub(super) troubles: Vec<Trouble>,
    /// Whether one officer was to let it go alone.
    pub(super) alone: bool,
    /// What was refused as a whole: what happened, and what to do.
    pub(super) refused: Option<(String, String)>,
    /// Whether its draft was saved meanwhile.
    pub(super) outdated: bool,
    /// The notice that has been corrected since its text stood here; empty for none.
    pub(super) anew: String,
}

impl Filled {
    /// As it is shown at first: nothing of it was judged.
    pub(super) fn of(kind: NoticeKind, shape: Shape, fields: Fields, carried: Carried) -> Self {
        Self {
            kind,
            shape,
            fields,
            re: String::new(),
            carried,
            typed: false,
            troubles: vec![],
            alone: false,
            refused: None,
            outdated: false,
            anew: String::new(),
        }
    }
}

#[derive(Template)]
#[template(path = "compose.html")]
struct Page {
    shell: Shell,
    kind: String,
    /// Whether it begins with the text that it corrects.
    corrects: bool,
    /// Where it is sent, and where its script keeps it.
    action: String,
    autosave: String,
    /// Other shapes of the form, each with its key; without those in which there is nothing else.
    shapes: Vec<(&'static str, &'static str)>,
    carried: Carried,
    typed: bool,
    /// What is typed in fields that this shape does not show.
    unseen: Vec<(String, String)>,
    /// The moment of the page, UTC ms, and the zone in which days and times are typed.
    now_ms: i64,
    zone: String,
    re: String,
    relations: Vec<String>,
    /// The exercise in which it asks whether it is real; empty if it does not ask.
    asked: String,
    /// What it is by the notice that it is about, while an exercise is on.
    fixed: Option<(&'static str, String)>,
    fields: Vec<Seen>,
    presets: Vec<Seen>,
    languages: Vec<Choice>,
    /// The draft file, in its own form.
    file: Option<String>,
    attach: Attach,
    /// What is wrong: the id of its field, if it is one of the form, and what.
    troubles: Vec<(String, String)>,
    refused: Option<(String, String)>,
    /// Where the draft is seen as it was saved meanwhile; empty if it was not.
    compare: String,
    /// Where the text is opened anew; empty if it need not be.
    anew: String,
    emergency: Option<Emergency>,
    open_presets: bool,
}

/// What is needed to send it alone; for a kind that may go alone.
struct Emergency {
    /// Points of the checklist.
    points: Vec<Point>,
    lawful: bool,
    /// Whether it is what was asked for.
    open: bool,
}

/// The kind of a page, if it is written by hand.
pub(super) fn kind_of(word: &str) -> Option<NoticeKind> {
    kinds::from_word(word).filter(|kind| *kind != NoticeKind::Acknowledgement)
}

/// The form of a kind, empty or about a notice.
pub(in crate::console) async fn page(
    officer: Officer,
    Path(word): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Write) {
        return denied;
    }
    let query = Fields(query);
    let Some(kind) = kind_of(&word) else {
        return shell::sentence(&officer.visitor, StatusCode::NOT_FOUND, "console-no-page");
    };
    let (hub, re) = (&officer.visitor.desk.api.hub, query.get("re").to_owned());
    let now = start::whole_minute(hub.node_time());
    let begun = if re.is_empty() {
        template(kind, None, now)
    } else {
        let request = wire::GetNoticeRequest { notice: re.clone() };
        match officer.visitor.desk.api.get_notice(officer.call(request)).await {
            Ok(found) => {
                let header = found.into_inner().summary.unwrap_or_default().header.unwrap_or_default();
                about(kind, &header, hub.me.office, now)
            }
            Err(status) => return shell::refused(&officer, &status),
        }
    };
    let Some(mut begun) = begun else {
        return shell::sentence(&officer.visitor, StatusCode::UNPROCESSABLE_ENTITY, "console-not-about");
    };
    match officer.visitor.desk.api.list_retention(officer.call(wire::ListRetentionRequest {})).await {
        Ok(list) => {
            let kept = list.into_inner().kinds.into_iter().find(|one| one.kind() == kind);
            kept.inspect(|kept| shorten(&mut begun, kept.days, now));
        }
        Err(status) => return shell::refused(&officer, &status),
    }
    if re.is_empty() && traffic::asked(&officer, &Fields::default()).is_some() {
        path::put(&mut begun, traffic::TRAFFIC, Value::Null);
        path::close_up(&mut begun);
    }
    let shape = Shape::of(query.get("form"));
    let fields = if shape == Shape::Expert {
        expert(&begun)
    } else {
        let all = table::fields(kind);
        let draft = start::start(&begun, &all, !re.is_empty(), hub.me.office);
        let shell = Shell::for_officer(&officer, "console-compose");
        let mut fields = show::show(&all, &draft, &shell.when);
        fields.0.push((LANGUAGE.to_owned(), shell.language.code().to_owned()));
        if !re.is_empty() {
            let subject = format!("{}: {re}", capital(&shell.words.label::<NoticeKind>(kind.into())));
            fields.0.push(("body.subject".to_owned(), subject));
        }
        fields
    };
    let carried = Carried::new(&officer);
    let filled = Filled { re, ..Filled::of(kind, shape, fields, carried) };
    shown(&officer, filled, StatusCode::OK).await
}

/// The form of an own draft, to change it. That of an officer who has left is opened by an act, which is recorded.
pub(in crate::console) async fn edit(officer: Officer, Path(number): Path<String>) -> Response {
    let request = wire::GetDraftRequest { draft: number.clone() };
    match officer.visitor.desk.api.get_draft(officer.call(request)).await {
        Ok(found) if found.get_ref().draft.as_ref().is_some_and(|draft| draft.author != officer.id().as_str()) => {
            Redirect::to(&format!("/drafts/{number}")).into_response()
        }
        Ok(_) => edited(&officer, number).await,
        Err(status) => shell::refused(&officer, &status),
    }
}

/// The form of a draft that may be another officer's.
pub(in crate::console) async fn edit_opened(Path(number): Path<String>, Posted { officer, .. }: Posted) -> Response {
    edited(&officer, number).await
}

async fn edited(officer: &Officer, number: String) -> Response {
    let request = wire::OpenDraftRequest { draft: number.clone() };
    let mut opened = match officer.visitor.desk.api.open_draft(officer.call(request)).await {
        Ok(opened) => opened.into_inner(),
        Err(status) => return shell::refused(officer, &status),
    };
    let carried = Carried::of_draft(officer, &opened.draft.clone().unwrap_or_default());
    let attached = attachments::fields(opened.body.as_mut());
    let summary = opened.draft.unwrap_or_default();
    if summary.state() == DraftState::PendingRelease {
        return Redirect::to(&format!("/drafts/{number}")).into_response();
    }
    let header = summary.header.clone().unwrap_or_default();
    let (kind, body) = (header.kind(), opened.body.as_ref());
    if let Some(unfinished) = Unfinished::of(&opened.unfinished) {
        let (shape, re, fields) = (Shape::of(&unfinished.shape), unfinished.re, Fields(unfinished.fields));
        let fields = STATED.into_iter().fold(fields, Fields::without);
        let filled = Filled { re, ..Filled::of(kind, shape, fields, carried) };
        return shown(officer, filled, StatusCode::OK).await;
    }
    let shell = Shell::for_officer(officer, "console-compose");
    let Some(file) = show::file(&header, body) else {
        return shell::sentence(&officer.visitor, StatusCode::UNPROCESSABLE_ENTITY, "console-no-form");
    };
    let of = Fields(correct::carried_by(officer, &summary, &file).await);
    let all = correct::fields(kind, &of);
    let holds = show::holds(&all, &header, body, &of, &setting(officer, &shell));
    let shape = if holds { Shape::Long } else { Shape::Expert };
    let mut fields = if shape == Shape::Expert { expert(&file) } else { show::show(&all, &file, &shell.when) };
    fields.0.extend(of.0.into_iter().chain(attached));
    let filled = Filled::of(kind, shape, fields, carried);
    shown(officer, filled, StatusCode::OK).await
}

/// The fields of the form that is the draft file itself.
pub(super) fn expert(file: &Value) -> Fields {
    Fields(vec![("json".to_owned(), serde_json::to_string_pretty(file).unwrap_or_default())])
}

/// Where and by whom a form is filled in.
pub(super) fn setting<'a>(officer: &'a Officer, shell: &'a Shell) -> Setting<'a> {
    let me = &officer.visitor.desk.api.hub.me;
    Setting { when: &shell.when, me: me.office, agreements: &me.agreements }
}

/// The page of a form with what stands in it.
pub(super) async fn shown(officer: &Officer, filled: Filled, code: StatusCode) -> Response {
    let asked = traffic::asked(officer, &filled.fields);
    let fixed = traffic::fixed(officer, &filled.fields).await;
    let filled = Filled { fields: traffic::settled(filled.fields, asked, fixed.as_ref()), ..filled };
    let mut shell = Shell::for_officer(officer, "console-compose");
    let status = Traffic::from_word(filled.fields.get(traffic::TRAFFIC)).unwrap_or_default();
    shell.exercise = mark::traffic(&shell, status);
    let peers = match offices::peers(officer, &shell).await {
        Ok(peers) => peers,
        Err(status) => return shell::refused(officer, &status),
    };
    let Filled { kind, shape, fields, re, carried, typed, troubles, alone, refused, outdated, anew } = filled;
    let corrected = correct::corrected(kind, &fields);
    let mut all = traffic::asking(correct::fields(kind, &fields), asked.is_some());
    all.retain(|field| fixed.is_none() || field.path != traffic::TRAFFIC);
    let setting = setting(officer, &shell);
    let viewer = Viewer { shell: &shell, fields: &fields, peers: &peers, setting: &setting, troubles: &troubles };
    let parts: &[Part] = if shape == Shape::Short { &[Part::Short] } else { &[Part::Short, Part::Long] };
    let is_form = shape != Shape::Expert;
    let (seen, presets) =
        if is_form { (viewer.seen(&all, parts), viewer.seen(&all, &[Part::Preset])) } else { (vec![], vec![]) };
    let languages = if is_form { viewer.languages() } else { vec![] };
    let path = format!("/compose/{}", kinds::word(kind));
    let address = |path: &str| form::address(path, &[("form", shape.word()), ("re", &re)]);
    let has_long = all.iter().any(|field: &Field| field.part == Part::Long);
    let shown = |path: &str| seen.iter().chain(&presets).any(|field| field.name == path);
    let named = |trouble: &Trouble| {
        // What is stated at release is stated there.
        let stated = alone && (trouble.path == PASSPHRASE || trouble.path.starts_with("release."));
        let id = match trouble.path.as_str() {
            _ if stated => "emergency".to_owned(),
            path if shown(path) => id(path),
            _ => String::new(),
        };
        (id, trouble.whole())
    };
    let may_go_alone = !matches!(kind, NoticeKind::Correction | NoticeKind::Withdrawal);
    let page = Page {
        kind: [Some(kind), corrected]
            .into_iter()
            .flatten()
            .map(|kind| capital(&shell.words.label::<NoticeKind>(kind.into())))
            .collect::<Vec<_>>()
            .join(" · "),
        corrects: corrected.is_some(),
        action: address(&path),
        autosave: address(&format!("{path}/autosave")),
        shapes: SHAPES
            .into_iter()
            .filter(|(wanted, ..)| *wanted != shape)
            // Without a long form the short one is all there is.
            .filter(|(wanted, ..)| has_long || *wanted == Shape::Expert || (*wanted == Shape::Short && !is_form))
            .map(|(_, verb, key)| (verb, key))
            .collect(),
        unseen: turned::unseen(&all, shape, &fields).into_iter().chain(correct::carried(&fields)).collect(),
        now_ms: shell.when.now().ms(),
        zone: shell.when.zone_name().to_owned(),
        attach: Attach::of(&shell, kind, &carried.draft, &fields),
        relations: fields.all(RELATION).map(str::to_owned).collect(),
        asked: asked.filter(|_| is_form).map(|index| index.to_string()).unwrap_or_default(),
        fixed: fixed.filter(|_| is_form).map(|fixed| (fixed.word, fixed.said(&shell))),
        file: (!is_form).then(|| fields.get("json").to_owned()),
        troubles: troubles.iter().map(named).collect(),
        open_presets: presets.iter().any(|field| !field.fault.is_empty()),
        compare: if outdated { format!("/drafts/{}/edit", carried.draft) } else { String::new() },
        anew: if anew.is_empty() { anew } else { format!("/n/{anew}/correct") },
        emergency: may_go_alone.then(|| Emergency {
            points: points(&shell.words, &fields),
            lawful: fields.has("lawful"),
            open: alone,
        }),
        fields: seen,
        presets,
        languages,
        carried,
        typed,
        re,
        refused,
        shell,
    };
    (code, made(&page)).into_response()
}
