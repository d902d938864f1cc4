//! The only maker of `tonic::Status`: a code, what happened and what to do next, divided by a line feed.
//!
//! What officers meet is a message of `i18n/`: the status says it in English, and names its key beside it.
//!
//! - No path, key or text of a notice gets out this way; what only an administrator may know goes to the trace.

mod files;
mod readings;

use prost::Message as _;
use tonic::Code;
use tonic::Status;
use tonic::metadata::MetadataValue;

use crate::domain::access::WhyError;
use crate::domain::officer::EnrolmentError;
use crate::domain::officer::ROLES;
use crate::domain::problem::Cause;
use crate::domain::problem::Problem;
use crate::domain::roster::RosterError;
use crate::domain::rule::Finding;
use crate::edge::commit::Stopped;
use crate::edge::findings;
use crate::edge::set_up::SetupCodeError;
use crate::edge::sign_in::SignInError;
use crate::engine::rows::RowError;
use crate::i18n::ENGLISH;
use crate::i18n::Names;
use crate::i18n::said;
use crate::limits;
use crate::name::Country;
use crate::name::NameError;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::office::DraftRefused;
use crate::office::EnrolRefused;
use crate::office::HandOverRefused;
use crate::office::HandleRefused;
use crate::office::IssueRefused;
use crate::office::officers::Denied;
use crate::office::read::TextError;
use crate::office::search::QueryError;
use crate::wire;
use crate::wire::Role;
use crate::wire::json::Word as _;

/// Metadata of a status: why a call is refused, as a message of `i18n/`.
pub const REFUSED: &str = "chapar-refused-bin";

/// A status with both halves of an error, for what has no message of `i18n/`.
#[must_use]
pub fn status(code: Code, what: &str, next: &str) -> Status {
    Status::new(code, format!("{what}\n{next}"))
}

/// A status that says a message of `i18n/`.
#[must_use]
pub fn refused(code: Code, key: &str, names: Names<'_>) -> Status {
    refused_with(code, said(key, names))
}

/// The same, of a message that is made already.
#[must_use]
pub fn refused_with(code: Code, said: wire::Said) -> Status {
    refused_for(code, &wire::Refused { said: Some(said), ..wire::Refused::default() })
}

/// The same, with the rules that a draft breaks.
#[must_use]
pub fn refused_for(code: Code, why: &wire::Refused) -> Status {
    let (what, next) = ENGLISH.refused(why).unwrap_or_default();
    let mut status = status(code, &what, &next);
    let mut told = why.clone();
    // It says all in English; the headers of an answer have a limit of their own.
    while told.encoded_len() > limits::REFUSAL_BYTES && told.findings.pop().is_some() {
        told.more += 1;
    }
    status.metadata_mut().insert_bin(REFUSED, MetadataValue::from_bytes(&told.encode_to_vec()));
    status
}

/// The message of `i18n/` that a status says, if it says one.
#[must_use]
pub fn said_of(status: &Status) -> Option<wire::Refused> {
    wire::Refused::decode(status.metadata().get_bin(REFUSED)?.to_bytes().ok()?).ok()
}

impl From<NameError> for Status {
    fn from(error: NameError) -> Self {
        refused(Code::InvalidArgument, Cause::Name(error).message(), &[])
    }
}

impl From<Stopped> for Status {
    fn from(_: Stopped) -> Self {
        refused(Code::Unavailable, "refused-stopping", &[])
    }
}

impl From<RowError> for Status {
    fn from(error: RowError) -> Self {
        tracing::error!(%error, "a row cannot be used");
        refused(Code::DataLoss, "refused-store-unreadable", &[])
    }
}

impl From<TextError> for Status {
    fn from(error: TextError) -> Self {
        match error {
            TextError::Row(error) => error.into(),
            TextError::Open(error) => {
                tracing::error!(%error, "a text does not open");
                refused(Code::DataLoss, "refused-text-does-not-open", &[])
            }
        }
    }
}

impl From<WhyError> for Status {
    fn from(error: WhyError) -> Self {
        let said = match error {
            WhyError::Missing => said("refused-why-missing", &[]),
            WhyError::Short => said("refused-why-short", &[("min", limits::WHY_CHARS_MIN.to_string())]),
            WhyError::Form(cause) => said("refused-why-form", &[]).with_keys("cause", [cause.message()]),
        };
        refused_with(Code::InvalidArgument, said)
    }
}

fn shape(problem: Problem) -> Status {
    findings::refused(Code::InvalidArgument, &[Finding::from(problem)])
}

impl From<IssueRefused> for Status {
    fn from(refusal: IssueRefused) -> Self {
        let of_office = |key, office: &dyn std::fmt::Display| (key, vec![("office", office.to_string())]);
        let (key, names) = match refusal {
            IssueRefused::Shape(problem) => return shape(problem),
            IssueRefused::Policy(problems) => return findings::refused(Code::FailedPrecondition, &problems),
            IssueRefused::From(from) => {
                return refused(Code::InvalidArgument, "refused-from-other", &[("office", from)]);
            }
            IssueRefused::Unknown(office) => {
                let names = [("office", office.to_string()), ("country", office.country().to_string())];
                return refused(Code::InvalidArgument, "refused-office-unknown", &names);
            }
            IssueRefused::Revoked(office) => of_office("refused-office-revoked", &office),
            IssueRefused::Keyless(office) => of_office("refused-office-keyless", &office),
            IssueRefused::Expired => ("refused-expired", vec![]),
            IssueRefused::NotOpened(reference) => {
                ("refused-forward-unread", vec![("reference", reference.to_string())])
            }
            IssueRefused::TooLarge(bytes) => {
                let names = [("bytes", bytes.to_string()), ("max", limits::ENVELOPE_BYTES.to_string())];
                return refused(Code::InvalidArgument, "refused-too-large", &names);
            }
            IssueRefused::NoNumber => ("refused-no-number", vec![]),
        };
        refused(Code::FailedPrecondition, key, &names)
    }
}

impl From<DraftRefused> for Status {
    fn from(refusal: DraftRefused) -> Self {
        let number = |number: u64| vec![("number", number.to_string())];
        let (code, key, names) = match refusal {
            DraftRefused::Issue(refusal) => return refusal.into(),
            DraftRefused::Unknown(draft) => (Code::NotFound, "refused-draft-unknown", number(draft)),
            DraftRefused::Pending(draft) => (Code::FailedPrecondition, "refused-draft-pending", number(draft)),
            DraftRefused::Outdated(draft) => (Code::Aborted, "refused-draft-outdated", number(draft)),
            DraftRefused::Unfinished(draft) => (Code::FailedPrecondition, "refused-draft-unfinished", number(draft)),
            DraftRefused::NotPending(draft) => (Code::FailedPrecondition, "refused-draft-not-pending", number(draft)),
            DraftRefused::NotRead(reference) => {
                (Code::FailedPrecondition, "refused-draft-not-read", vec![("reference", reference.to_string())])
            }
            DraftRefused::Newer(notice, newer) => {
                let names = vec![("notice", notice.to_string()), ("reference", newer.to_string())];
                (Code::FailedPrecondition, "refused-correction-newer", names)
            }
            DraftRefused::ByHand => (Code::InvalidArgument, "refused-ack-by-hand", vec![]),
            DraftRefused::Changed => (Code::FailedPrecondition, "refused-draft-changed", vec![]),
            DraftRefused::Own(reference, others) => {
                (Code::FailedPrecondition, "refused-draft-own", others_than(&reference, &others))
            }
            DraftRefused::Comment => {
                (Code::InvalidArgument, "refused-comment", vec![("max", limits::COMMENT_CHARS.to_string())])
            }
            DraftRefused::File(path) => (Code::InvalidArgument, "refused-attachment-unknown", vec![("path", path)]),
            DraftRefused::Header(bytes) => {
                let names = vec![("bytes", bytes.to_string()), ("max", limits::DRAFT_HEADER_BYTES.to_string())];
                (Code::InvalidArgument, "refused-draft-header", names)
            }
            DraftRefused::Full => {
                let names = vec![("each", limits::DRAFTS_EACH.to_string()), ("max", limits::DRAFTS.to_string())];
                (Code::FailedPrecondition, "refused-drafts-full", names)
            }
        };
        refused(code, key, &names)
    }
}

/// A notice, and who may do with it what this officer may not.
fn others_than(reference: &Reference, others: &[OfficerId]) -> Vec<(&'static str, String)> {
    let officers = others.iter().map(OfficerId::as_str).collect::<Vec<_>>().join(", ");
    vec![("reference", reference.to_string()), ("count", others.len().to_string()), ("officers", officers)]
}

impl From<HandleRefused> for Status {
    fn from(refusal: HandleRefused) -> Self {
        let of = |reference: Reference| vec![("reference", reference.to_string())];
        let (key, names) = match refusal {
            HandleRefused::Issue(refusal) => return refusal.into(),
            HandleRefused::Unknown(_) => return refused(Code::NotFound, "refused-notice-unknown", &[]),
            HandleRefused::NotOpened(reference) => ("refused-not-opened", of(reference)),
            HandleRefused::Yours(reference) => ("refused-yours-already", of(reference)),
            HandleRefused::Own(reference) => ("refused-own-notice", of(reference)),
            HandleRefused::Closed(reference) => ("refused-closed", of(reference)),
            HandleRefused::Open(reference) => ("refused-not-closed", of(reference)),
            HandleRefused::IsAcknowledgement(reference) => ("refused-is-acknowledgement", of(reference)),
            HandleRefused::Acknowledged { notice, by } => {
                ("refused-acknowledged", vec![("reference", notice.to_string()), ("by", by.to_string())])
            }
            HandleRefused::NoEmergency(reference) => ("refused-no-emergency", of(reference)),
            HandleRefused::OwnEmergency(reference, others) => {
                ("refused-own-emergency", others_than(&reference, &others))
            }
        };
        refused(Code::FailedPrecondition, key, &names)
    }
}

impl From<QueryError> for Status {
    fn from(error: QueryError) -> Self {
        let (chars, words) = (limits::QUERY_CHARS.to_string(), limits::QUERY_WORDS.to_string());
        match error {
            QueryError::Empty => refused(Code::InvalidArgument, "refused-query-empty", &[]),
            QueryError::Long => {
                refused(Code::InvalidArgument, "refused-query-long", &[("chars", chars), ("words", words)])
            }
        }
    }
}

impl From<HandOverRefused> for Status {
    fn from(refused: HandOverRefused) -> Self {
        let (key, officer) = match refused {
            HandOverRefused::Oneself(officer) => ("refused-hand-over-oneself", officer),
            HandOverRefused::To(officer) => ("refused-hand-over-to", officer),
            HandOverRefused::Nothing(officer) => ("refused-hand-over-nothing", officer),
        };
        self::refused(Code::FailedPrecondition, key, &[("officer", officer.to_string())])
    }
}

impl From<SignInError> for Status {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Row(error) => error.into(),
            SignInError::Stopped => Stopped.into(),
            SignInError::Wrong => refused(Code::PermissionDenied, "refused-sign-in", &[]),
            SignInError::Wait(officer, seconds) => {
                let names = [("officer", officer.to_string()), ("count", seconds.to_string())];
                refused(Code::PermissionDenied, "refused-sign-in-wait", &names)
            }
        }
    }
}

impl From<SetupCodeError> for Status {
    fn from(error: SetupCodeError) -> Self {
        match error {
            SetupCodeError::Wrong => refused(Code::PermissionDenied, "refused-setup-code", &[]),
            SetupCodeError::Wait => refused(Code::PermissionDenied, "refused-setup-code-wait", &[]),
            SetupCodeError::Ended => refused(Code::FailedPrecondition, "refused-setup-code-ended", &[]),
            SetupCodeError::Over => refused(Code::FailedPrecondition, "refused-setup-code-over", &[]),
            SetupCodeError::Io { .. } | SetupCodeError::Stretch(_) => {
                tracing::error!(%error, "the set-up cannot go on");
                status(Code::Internal, "The set-up cannot go on.", "Look at the trace of the node.")
            }
        }
    }
}

/// Roles as messages of `i18n/`.
fn labels(roles: &[Role]) -> impl Iterator<Item = String> {
    roles.iter().map(|role| format!("role-{}", role.word()))
}

impl From<Denied> for Status {
    fn from(denied: Denied) -> Self {
        let of = |key, officer: OfficerId| said(key, &[("officer", officer.to_string())]);
        let said = match denied {
            Denied::Role { officer, call, roles } => {
                of("refused-role", officer).with_keys("needed", labels(call.roles())).with_keys("roles", labels(&roles))
            }
            Denied::Ended(officer) => of("refused-enrolment-ended", officer),
            Denied::Revoked(officer) => of("refused-revoked", officer),
            Denied::Unknown(officer) => of("refused-no-officer", officer),
        };
        refused_with(Code::PermissionDenied, said)
    }
}

impl From<EnrolmentError> for Status {
    fn from(error: EnrolmentError) -> Self {
        let said = match error {
            EnrolmentError::Id(error) => return error.into(),
            EnrolmentError::Foreign(officer) => said("refused-id-foreign", &[("officer", officer.to_string())]),
            EnrolmentError::Role => said("refused-no-role", &[]).with_keys("roles", labels(&ROLES)),
            EnrolmentError::Combined(role) => said("refused-role-combined", &[]).with_keys("role", labels(&[role])),
            EnrolmentError::Ended => said("refused-end-passed", &[]),
            EnrolmentError::TooLong => said("refused-enrolment-long", &[("days", limits::ENROLLED_DAYS.to_string())]),
        };
        refused_with(Code::InvalidArgument, said)
    }
}

impl From<EnrolRefused> for Status {
    fn from(refusal: EnrolRefused) -> Self {
        let of = |officer: OfficerId| vec![("officer", officer.to_string())];
        let (code, key, names) = match refusal {
            EnrolRefused::Enrolment(error) => return error.into(),
            EnrolRefused::NotEnrolled(officer) => (Code::NotFound, "refused-not-enrolled", of(officer)),
            EnrolRefused::NotProposed(officer) => (Code::NotFound, "refused-not-proposed", of(officer)),
            EnrolRefused::OtherProposal { officer, index } => {
                let names = vec![("officer", officer.to_string()), ("index", index.to_string())];
                (Code::FailedPrecondition, "refused-other-proposal", names)
            }
            EnrolRefused::Uid { uid, officer } => {
                let names = vec![("uid", uid.to_string()), ("officer", officer.to_string())];
                (Code::FailedPrecondition, "refused-uid-taken", names)
            }
            EnrolRefused::Full => {
                (Code::FailedPrecondition, "refused-officers-full", vec![("max", limits::OFFICERS.to_string())])
            }
            EnrolRefused::LastAdministrator(officer) => {
                (Code::FailedPrecondition, "refused-last-administrator", of(officer))
            }
            EnrolRefused::OwnProposal(officer) => (Code::FailedPrecondition, "refused-own-proposal", of(officer)),
            EnrolRefused::Proposer(officer) => (Code::FailedPrecondition, "refused-proposer", of(officer)),
        };
        refused(code, key, &names)
    }
}

impl From<RosterError> for Status {
    fn from(error: RosterError) -> Self {
        let of = |country: Country| vec![("country", country.to_string())];
        let (key, names) = match error {
            RosterError::Untrusted(country) => ("refused-roster-untrusted", of(country)),
            RosterError::OtherKey(country) => ("refused-roster-other-key", of(country)),
            RosterError::Pinned(country) => ("refused-other-pin", of(country)),
            RosterError::Network(country) => ("refused-roster-network", of(country)),
            RosterError::Older { country, version, in_force } => {
                let versions = [("version", version.to_string()), ("newer", in_force.to_string())];
                ("refused-roster-older", of(country).into_iter().chain(versions).collect())
            }
            RosterError::Fork { country, version, .. } => {
                let version = [("version", version.to_string())];
                ("refused-roster-fork", of(country).into_iter().chain(version).collect())
            }
            RosterError::Reopened(office) => {
                let names = [("office", office.to_string())];
                ("refused-roster-reopened", of(office.country()).into_iter().chain(names).collect())
            }
            RosterError::Envelope(error) => ("refused-roster-damaged", vec![("cause", error.to_string())]),
        };
        refused(Code::FailedPrecondition, key, &names)
    }
}
