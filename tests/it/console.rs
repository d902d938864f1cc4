//! The console over its port, with real nodes: sign-in, forms, roles, what pages show and what they do not.

mod acts;
mod attachments;
mod correcting;
mod due;
mod duty;
mod emergency;
mod exercise;
mod first_run;
mod fonts;
mod guard;
mod hand_over;
mod healthz;
mod keys;
mod killed;
mod languages;
mod live;
mod load;
mod log;
mod notices;
mod port;
mod print;
mod proposals;
mod readings;
mod request;
mod roles;
mod settings;
mod sign_in;
mod tls;
mod weight;
mod writing;

use chapar::wire;
use chapar::wire::AuditView;
use chapar::wire::Role;
use prost::Message as _;

use crate::local::Local;

/// Enrols an officer with this role; the first passphrase.
async fn enrol(local: &mut Local, id: &str, role: Role) -> String {
    let enrolment = wire::Enrolment { id: id.to_owned(), roles: vec![role.into()], ..wire::Enrolment::default() };
    let request = wire::EnrolOfficerRequest { enrolment: Some(enrolment), passphrase: true, ..Default::default() };
    local.inspect.enrol_officer(request).await.unwrap().into_inner().passphrase
}

/// Who read what, or was shown which list: officer, notice, and the note of the entry.
async fn recorded(local: &mut Local, view: AuditView) -> Vec<(String, String, String)> {
    let request = wire::AuditRequest { view: view.into(), ..wire::AuditRequest::default() };
    let rows = local.inspect.audit(request).await.unwrap().into_inner().rows;
    let read = |row: wire::AuditRow| {
        let entry = wire::Entry::decode(row.entry.as_slice()).unwrap();
        (entry.actor, row.reference, entry.note)
    };
    rows.into_iter().map(read).collect()
}
