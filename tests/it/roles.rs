//! Who may do what: every role with every call of the socket, officers who come and go, and two administrators.

use argon2::Argon2;
use argon2::Params;
use argon2::password_hash::PasswordHasher as _;
use chapar::domain::officer::Enrolment;
use chapar::domain::officer::ROLES;
use chapar::edge::memory::MemoryStore;
use chapar::edge::sign_in;
use chapar::edge::stubs::desk_service_client::DeskServiceClient;
use chapar::edge::stubs::inspect_service_client::InspectServiceClient;
use chapar::entropy::SeededEntropy;
use chapar::name::Fingerprint;
use chapar::name::OfficerId;
use chapar::office::Command;
use chapar::office::EnrolRefused;
use chapar::office::Reply;
use chapar::office::Writer;
use chapar::office::officers::Denied;
use chapar::office::verify::Owner;
use chapar::office::verify::Verifier;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::Role;
use std::sync::Arc;
use tonic::Code;
use tonic::Request;
use tonic::Status;
use tonic::metadata::MetadataValue;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;

use crate::support::office::identity;
use crate::support::office::start;
use crate::world::Countries;
use crate::world::Site;
use crate::world::TestClock;
use crate::world::a_notice;

mod calls;
mod two;

pub(crate) use calls::Office;

pub(crate) const PASSPHRASE: &str = "correct horse battery";

fn id(text: &str) -> OfficerId {
    format!("UZ-ALT-{text}").parse().unwrap()
}

/// An officer with one role, named after it as in the sample data.
pub(crate) fn of(role: Role) -> OfficerId {
    id(match role {
        Role::Officer => "O01",
        Role::ReleasingOfficer => "R01",
        Role::Administrator => "A01",
        Role::Auditor => "U01",
        _ => "D01",
    })
}

fn enrolled(id: OfficerId, roles: &[Role]) -> Enrolment {
    Enrolment { id, roles: roles.to_vec(), uid: None, until: Timestamp::clamped(i64::MAX) }
}

/// The stored form of a passphrase, cheaper than a node would make it.
fn hash(passphrase: &str) -> String {
    let cheap = Argon2::from(Params::new(8, 1, 1, None).unwrap());
    let hash: argon2::password_hash::phc::PasswordHash =
        cheap.hash_password_with_salt(passphrase.as_bytes(), &[7; 16]).unwrap();
    hash.to_string()
}
