//! The passphrase once more, before what cannot be undone.

use crate::console::shell;
use crate::console::visitor::Officer;
use crate::edge::sign_in::Door;

/// Whether the officer at the keyboard is the one who has signed in.
///
/// # Errors
/// What is wrong, and what to do.
pub(super) async fn checked(officer: &Officer, passphrase: &str) -> Result<(), (String, String)> {
    let api = &officer.visitor.desk.api;
    // Only wrong ones of this session make it wait: a stranger at the door keeps nobody from releasing.
    let checked = api.sign_in(officer.id(), passphrase.as_bytes(), Door::Own(&officer.session.token)).await;
    checked.map(drop).map_err(|status| shell::refusal(officer.words(), &status))
}
