//! A form in another shape or language, with everything that is typed in it. Nothing is kept, nothing is judged.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use serde_json::Value;

use crate::console::attachments;
use crate::console::compose::correct;
use crate::console::compose::field::Field;
use crate::console::compose::field::Part;
use crate::console::compose::page::Filled;
use crate::console::compose::page::Shape;
use crate::console::compose::page::expert;
use crate::console::compose::page::setting;
use crate::console::compose::page::shown;
use crate::console::compose::read;
use crate::console::compose::read::LANGUAGE;
use crate::console::compose::send::written;
use crate::console::compose::show;
use crate::console::form::Fields;
use crate::console::settings;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::visitor::LANGUAGE as CHOSEN;
use crate::console::visitor::Officer;

/// The form in the language of these pages that was chosen.
pub(super) async fn translated(officer: &Officer, language: &str, filled: Filled) -> Response {
    let mut officer = officer.clone();
    officer.visitor.words = officer.visitor.desk.speech.words(language);
    let code = officer.visitor.words.language().code().to_owned();
    let jar = CookieJar::new().add(settings::cookie(&officer.visitor.desk, CHOSEN, code));
    (jar, shown(&officer, filled, StatusCode::OK).await).into_response()
}

/// The form in another shape; in its own one, with what is wrong, if the other cannot hold what stands in it.
pub(super) async fn turned(officer: &Officer, filled: Filled, wanted: Shape) -> Response {
    let is_file = |shape: Shape| shape == Shape::Expert;
    let turned = match (is_file(filled.shape), is_file(wanted)) {
        (false, true) => to_file(officer, filled),
        (true, false) => from_file(officer, filled, wanted),
        _ => Filled { shape: wanted, ..filled },
    };
    let is_refused = turned.refused.is_some() || !turned.troubles.is_empty();
    let code = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    shown(officer, turned, code).await
}

fn to_file(officer: &Officer, filled: Filled) -> Filled {
    let shell = Shell::for_officer(officer, "console-compose");
    let all = correct::fields(filled.kind, &filled.fields);
    let written = read::read(filled.kind, &all, &filled.fields, &setting(officer, &shell));
    if written.faults.is_empty() {
        let mut fields = expert(&written.draft);
        let own = correct::carried_into(&filled.fields, &written.draft);
        fields.0.extend(own.into_iter().chain(attachments::carried(&filled.fields)));
        return Filled { shape: Shape::Expert, fields, ..filled };
    }
    let troubles = written.faults.into_iter().map(|fault| fault.trouble(&shell.words, &all)).collect();
    Filled { troubles, ..filled }
}

fn from_file(officer: &Officer, filled: Filled, wanted: Shape) -> Filled {
    let shell = Shell::for_officer(officer, "console-compose");
    let all = correct::fields(filled.kind, &filled.fields);
    let Ok(file) = serde_json::from_str::<Value>(filled.fields.get("json")) else {
        let wrong = written(officer, filled.kind, Shape::Expert, &all, &filled.fields, false).err();
        return Filled { troubles: wrong.map(|wrong| wrong.troubles).unwrap_or_default(), ..filled };
    };
    let mut fields = show::show(&all, &file, &shell.when);
    fields.0.extend(correct::carried_into(&filled.fields, &file));
    if !fields.has(LANGUAGE) {
        let language = language_in(&file).unwrap_or_else(|| shell.language.code().to_owned());
        fields.0.push((LANGUAGE.to_owned(), language));
    }
    if read::read(filled.kind, &all, &fields, &setting(officer, &shell)).draft == file {
        fields.0.extend(attachments::carried(&filled.fields));
        return Filled { shape: wanted, fields, ..filled };
    }
    Filled { refused: Some(shell::said(&shell.words, "console-form-cannot-hold")), ..filled }
}

/// The language of the first text in a file.
fn language_in(value: &Value) -> Option<String> {
    match value {
        Value::Object(fields) => match fields.get("lang").and_then(Value::as_str) {
            Some(language) => Some(language.to_owned()),
            None => fields.values().find_map(language_in),
        },
        Value::Array(items) => items.iter().find_map(language_in),
        _ => None,
    }
}

/// What a shape does not show of a form, to go with it all the same.
pub(super) fn unseen(all: &[Field], shape: Shape, fields: &Fields) -> Vec<(String, String)> {
    if shape != Shape::Short {
        return vec![];
    }
    let long = |name: &str| {
        let owns = |path: &str| {
            let rest = name.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || PARTS.contains(&rest))
        };
        all.iter().any(|field| field.part == Part::Long && owns(field.path))
    };
    fields.0.iter().filter(|(name, value)| !value.is_empty() && long(name)).cloned().collect()
}

/// How the names of a field's parts go on after its path.
pub(super) const PARTS: [&str; 9] =
    [".day", ".time", ".from.day", ".from.time", ".to.day", ".to.time", ".amount", ".unit", ".basis"];
