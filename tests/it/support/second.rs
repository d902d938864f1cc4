//! The second officer of a test office: releases what the first one writes.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::Params;
use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::phc::PasswordHash;
use chapar::domain::officer::Enrolment;
use chapar::domain::policy::CHECKLIST;
use chapar::engine::rows::drafts;
use chapar::engine::store::View;
use chapar::name::Digest;
use chapar::name::OfficeCode;
use chapar::name::OfficerId;
use chapar::office::Command;
use chapar::office::DraftRefused;
use chapar::office::IssueRefused;
use chapar::office::Issued;
use chapar::office::Reply;
use chapar::office::Sent;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::Role;

use crate::binary::PASSPHRASE;

/// Who.
pub(crate) fn id(office: OfficeCode) -> OfficerId {
    format!("{office}-R01").parse().unwrap()
}

/// As enrolled.
pub(crate) fn enrolment(office: OfficeCode) -> Enrolment {
    let roles = vec![Role::ReleasingOfficer];
    Enrolment { id: id(office), roles, uid: None, until: Timestamp::clamped(i64::MAX) }
}

/// The stored form of [`PASSPHRASE`], cheaper than a node would make it.
pub(crate) fn hash() -> String {
    static HASH: LazyLock<String> = LazyLock::new(|| {
        let cheap = Argon2::from(Params::new(8, 1, 1, None).unwrap());
        let hash: PasswordHash = cheap.hash_password_with_salt(PASSPHRASE.as_bytes(), &[7; 16]).unwrap();
        hash.to_string()
    });
    HASH.clone()
}

/// Everything is ticked.
pub(crate) fn statement() -> wire::Statement {
    wire::Statement { checklist: CHECKLIST.map(Into::into).to_vec(), lawful_basis_confirmed: true }
}

/// The command with which the second officer releases a draft as it waits in the store.
pub(crate) fn release(office: OfficeCode, view: &dyn View, draft: u64) -> Command {
    let row = drafts::row(view, draft).unwrap().unwrap();
    let form = Digest::try_from(row.form.as_slice()).unwrap();
    Command::Release { officer: id(office), draft, form, statement: statement() }
}

/// The command with which the second officer reads a draft.
pub(crate) fn read(office: OfficeCode, draft: u64) -> Command {
    Command::OpenDraft { officer: id(office), draft, attachment: None }
}

/// The command with which the first officer hands a notice in.
pub(crate) fn send(office: OfficeCode, header: wire::NoticeHeader, body: Option<wire::NoticeBody>) -> Command {
    let officer = format!("{office}-O01").parse().unwrap();
    let (header, body) = (Box::new(header), body.map(Box::new));
    Command::Send { officer, draft: None, over: None, header, body, statement: statement() }
}

/// The command with which an officer keeps a draft: a new one, or in place of another.
pub(crate) fn save(
    officer: OfficerId,
    draft: Option<u64>,
    header: Box<wire::NoticeHeader>,
    body: Option<Box<wire::NoticeBody>>,
) -> Command {
    Command::Save { officer, draft, over: None, header, body, unfinished: vec![] }
}

/// The first officer writes a notice, the second one releases it if it needs one.
pub(crate) fn issue(
    office: OfficeCode,
    view: &dyn View,
    (header, body): (wire::NoticeHeader, Option<wire::NoticeBody>),
    mut ask: impl FnMut(Command) -> Reply,
) -> Result<Issued, IssueRefused> {
    let draft = match ask(send(office, header, body)) {
        Reply::Sent(Ok(Sent::Issued(issued))) => return Ok(issued),
        Reply::Sent(Ok(Sent::Submitted(drafted))) => drafted.number,
        Reply::Sent(Err(DraftRefused::Issue(refused))) => return Err(refused),
        other => panic!("{other:?}"),
    };
    ask(read(office, draft));
    match ask(release(office, view, draft)) {
        Reply::Released(Ok(issued)) => Ok(issued),
        Reply::Released(Err(DraftRefused::Issue(refused))) => Err(refused),
        other => panic!("{other:?}"),
    }
}
