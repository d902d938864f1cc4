//! What an officer names and is not here: what is wrong with the name, as far as it shows that.
//!
//! A name is repeated only if it has the form of one: what stands there by mistake may be personal data.

use tonic::Code;
use tonic::Status;

use crate::edge::status::status;
use crate::name::Digest;
use crate::name::Reference;

/// Most characters of a short reference or a number.
const SHORT_CHARS: usize = 8;

/// No notice here is called so.
pub(super) fn notice(name: &str) -> Status {
    const LIST: &str = "List them: chapar inbox, chapar outbox";
    let name = name.trim().to_ascii_uppercase();
    if let Some(mistyped) = mistyped(&name) {
        return status(Code::NotFound, &mistyped, LIST);
    }
    if has_form(&name) {
        return status(Code::NotFound, &format!("No notice here has the reference {name}."), LIST);
    }
    if name.parse::<Digest>().is_ok() || name.to_ascii_lowercase().parse::<Digest>().is_ok() {
        return status(Code::NotFound, "No notice here has this digest.", LIST);
    }
    status(
        Code::NotFound,
        "This is no reference of a notice.",
        "Write it as in UZ-ALT-26-000123-3, or short as in 123-3. To list them: chapar inbox, chapar outbox",
    )
}

/// No draft that the officer may see is called so.
pub(super) fn draft(name: &str) -> Status {
    const LIST: &str = "List them: chapar notice drafts";
    let name = name.trim().to_ascii_uppercase();
    if let Some(mistyped) = mistyped(&name) {
        return status(Code::NotFound, &mistyped, LIST);
    }
    if has_form(&name) {
        let what = format!("There is no draft {name} for you: it is released, thrown away, or another officer's.");
        return status(Code::NotFound, &what, LIST);
    }
    status(
        Code::NotFound,
        "This is no name of a draft.",
        "Give its number, or its reference as in UZ-ALT-26-000123-3. To list them: chapar notice drafts",
    )
}

fn mistyped(name: &str) -> Option<String> {
    let what = format!("A character of {name} is mistyped: the last one checks the others, and does not fit them.");
    Reference::is_mistyped(name).then_some(what)
}

/// A reference, a short one, or a number.
fn has_form(name: &str) -> bool {
    let short = |name: &str| {
        name.len() <= SHORT_CHARS
            && name.starts_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    name.parse::<Reference>().is_ok() || short(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_the_form_of_a_name_is_repeated() {
        for (name, said) in [
            ("uz-alt-26-000123-3", "No notice here has the reference UZ-ALT-26-000123-3."),
            ("123-3", "No notice here has the reference 123-3."),
            ("UZ-ALT-26-000123-4", "A character of UZ-ALT-26-000123-4 is mistyped"),
            (&"ab".repeat(32), "No notice here has this digest."),
            ("Karimova", "This is no reference of a notice."),
            ("", "This is no reference of a notice."),
        ] {
            let what = notice(name);
            assert!(what.message().starts_with(said), "{}", what.message());
        }
        for (name, said) in [
            ("7", "There is no draft 7 for you"),
            ("UZ-ALT-26-000123-3", "There is no draft UZ-ALT-26-000123-3 for you"),
            ("UZ-ALT-26-000132-3", "A character of UZ-ALT-26-000132-3 is mistyped"),
            ("Karimova", "This is no name of a draft."),
        ] {
            let what = draft(name);
            assert!(what.message().starts_with(said), "{}", what.message());
        }
    }
}
