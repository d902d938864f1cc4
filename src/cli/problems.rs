//! What is wrong, for people and for programs: each with what to do.

use serde_json::Value;
use serde_json::json;

use crate::cli::words;
use crate::i18n::Words;
use crate::wire::Problem;

/// For programs.
pub(super) fn objects<'a>(problems: impl IntoIterator<Item = &'a Problem>) -> Value {
    let object = |problem: &Problem| {
        let peer = if problem.peer.is_empty() { Value::Null } else { json!(problem.peer) };
        json!({
            "what": problem.what,
            "key": words::key(problem.what_said.as_ref()),
            "do": problem.remedy,
            "do_key": words::key(problem.remedy_said.as_ref()),
            "peer": peer,
        })
    };
    problems.into_iter().map(object).collect()
}

/// For people.
pub(super) fn sheet<'a>(problems: impl IntoIterator<Item = &'a Problem>, words: &Words) -> String {
    let lines = (1..).zip(problems).map(|(number, problem)| {
        let (what, remedy) = words.problem(problem);
        format!("{number:>3}. {what}\n     {} {remedy}", words.get("problems-do"))
    });
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return words.get("problems-none");
    }
    format!("{}\n{}", words.get("problems-listed"), lines.join("\n"))
}
