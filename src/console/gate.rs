//! Pages of another role: who has it. Everybody may see who is enrolled.

use tonic::Status;

use crate::console::visitor::Officer;
use crate::edge::status::said_of;
use crate::i18n::Words;
use crate::office::officers::Officer as Enrolled;
use crate::wire::Role;
use crate::wire::json::Word as _;

/// Officers that are named.
const NAMED: usize = 8;

/// Whom to ask what an officer was refused for want of a role; `None` if it was refused for something else, or nobody has
/// that role now.
pub(super) fn whom_to_ask(officer: &Officer, status: &Status) -> Option<String> {
    let said = said_of(status)?.said.filter(|said| said.key == "refused-role")?;
    let needed = said.names.iter().filter(|name| name.name == "needed").flat_map(|name| &name.keys);
    let roles: Vec<Role> = needed.filter_map(|key| Role::from_word(key.strip_prefix("role-")?)).collect();
    let hub = &officer.visitor.desk.api.hub;
    let (officers, now) = (hub.shared.officers(), hub.node_time());
    let holds = |one: &&Enrolled| roles.iter().any(|role| one.enrolment.holds(*role, now));
    let holders: Vec<String> = officers.all.values().filter(holds).map(|one| one.enrolment.id.to_string()).collect();
    (!holders.is_empty()).then(|| ask(officer.words(), &holders))
}

fn ask(words: &Words, holders: &[String]) -> String {
    let (first, rest) = holders.split_at(holders.len().min(NAMED));
    let names = [("officers", first.join(", ")), ("count", rest.len().to_string())];
    words.say(if rest.is_empty() { "console-role-holders" } else { "console-role-holders-more" }, &names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::ENGLISH;

    #[test]
    fn of_many_the_first_are_named() {
        let ids = |count: usize| -> Vec<String> { (1..=count).map(|n| format!("UZ-ALT-O{n:02}")).collect() };
        assert_eq!(ask(&ENGLISH, &ids(2)), "Ask one of them: UZ-ALT-O01, UZ-ALT-O02.");
        let many = ask(&ENGLISH, &ids(10));
        assert!(many.contains("UZ-ALT-O08") && !many.contains("UZ-ALT-O09") && many.contains('2'), "{many}");
    }
}
