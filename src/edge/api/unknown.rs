//! What an officer names and is not here: what is wrong with the name, as far as it shows that.
//!
//! A name is repeated only if it has the form of one: what stands there by mistake may be personal data.

use tonic::Code;
use tonic::Status;

use crate::edge::status::refused;
use crate::name::Digest;
use crate::name::Reference;

/// Most characters of a short reference or a number.
const SHORT_CHARS: usize = 8;

/// No notice here is called so.
pub(super) fn notice(name: &str) -> Status {
    let name = name.trim().to_ascii_uppercase();
    let is_digest = name.to_ascii_lowercase().parse::<Digest>().is_ok();
    let key = match () {
        () if Reference::is_mistyped(&name) => "refused-notice-mistyped",
        () if has_form(&name) => "refused-notice-unknown",
        () if is_digest => "refused-digest-unknown",
        () => return refused(Code::NotFound, "refused-no-reference", &[]),
    };
    refused(Code::NotFound, key, &[("reference", name)])
}

/// No draft that the officer may see is called so.
pub(super) fn draft(name: &str) -> Status {
    let name = name.trim().to_ascii_uppercase();
    let key = match () {
        () if Reference::is_mistyped(&name) => "refused-draft-mistyped",
        () if has_form(&name) => "refused-no-such-draft",
        () => return refused(Code::NotFound, "refused-no-draft-name", &[]),
    };
    refused(Code::NotFound, key, &[("reference", name)])
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
