//! What is wrong, for people and for programs: each with what to do.

use serde_json::Value;
use serde_json::json;

use crate::wire::Problem;

/// For programs.
pub(super) fn objects<'a>(problems: impl IntoIterator<Item = &'a Problem>) -> Value {
    let object = |problem: &Problem| {
        let peer = if problem.peer.is_empty() { Value::Null } else { json!(problem.peer) };
        json!({"what": problem.what, "do": problem.remedy, "peer": peer})
    };
    problems.into_iter().map(object).collect()
}

/// For people.
pub(super) fn sheet<'a>(problems: impl IntoIterator<Item = &'a Problem>) -> String {
    let lines = (1..).zip(problems).map(|(number, problem)| {
        let (what, remedy) = (&problem.what, &problem.remedy);
        format!("{number:>3}. {what}\n     Do: {remedy}")
    });
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return "Nothing is wrong.".to_owned();
    }
    format!("To be looked at:\n{}", lines.join("\n"))
}
