//! The only maker of `tonic::Status`: a code, what happened and what to do next, divided by a line feed.
//!
//! No path, key or text of a notice gets out this way; what only an administrator may know goes to the trace.

use tonic::Code;
use tonic::Status;

use crate::domain::access::WhyError;
use crate::domain::problem::Problem;
use crate::domain::roster::RosterError;
use crate::domain::rule::Finding;
use crate::edge::commit::Stopped;
use crate::edge::findings;
use crate::edge::sign_in::SignInError;
use crate::engine::rows::RowError;
use crate::limits;
use crate::name::OfficerId;
use crate::office::DraftRefused;
use crate::office::EnrolRefused;
use crate::office::HandleRefused;
use crate::office::IssueRefused;
use crate::office::officers::Denied;
use crate::office::read::TextError;

/// A status with both halves of an error.
#[must_use]
pub fn status(code: Code, what: &str, next: &str) -> Status {
    Status::new(code, format!("{what}\n{next}"))
}

impl From<Stopped> for Status {
    fn from(_: Stopped) -> Self {
        status(Code::Unavailable, "The node is stopping.", "Start it again and repeat the command: chapar serve")
    }
}

impl From<RowError> for Status {
    fn from(error: RowError) -> Self {
        tracing::error!(%error, "a row cannot be used");
        status(
            Code::DataLoss,
            "The store of this node cannot be read.",
            "Stop the node and run: chapar log verify --offline",
        )
    }
}

impl From<TextError> for Status {
    fn from(error: TextError) -> Self {
        match error {
            TextError::Row(error) => error.into(),
            TextError::Open(error) => {
                tracing::error!(%error, "a text does not open");
                status(
                    Code::DataLoss,
                    "The text of this notice does not open.",
                    "Run: chapar log verify; and ask the originator to send it again",
                )
            }
        }
    }
}

impl From<WhyError> for Status {
    fn from(error: WhyError) -> Self {
        status(
            Code::InvalidArgument,
            &format!("This is recorded in the log, and {error}."),
            "Say why in one line, with the case reference if there is one: --why TEXT; no personal data.",
        )
    }
}

fn shape(problem: &Problem) -> Status {
    let rule = Finding::from(problem.clone()).rule;
    status(
        Code::InvalidArgument,
        &format!("The draft cannot be sent: {problem} ({rule})."),
        "Correct it and send it again.",
    )
}

impl From<IssueRefused> for Status {
    fn from(refused: IssueRefused) -> Self {
        match refused {
            IssueRefused::Shape(problem) => shape(&problem),
            IssueRefused::From(from) => status(
                Code::InvalidArgument,
                &format!("The draft is from {from}, which is not this office."),
                "Correct from.office_code, or leave `from` out.",
            ),
            IssueRefused::Unknown(office) => status(
                Code::InvalidArgument,
                &format!("{office} is in no roster that is in force here (P-15)."),
                &format!(
                    "Check the code. If the office is new: chapar roster import FILE, with the roster of {}.",
                    office.country()
                ),
            ),
            IssueRefused::Revoked(office) => status(
                Code::FailedPrecondition,
                &format!("{office} does not take part any more."),
                "Take it out of the addressees.",
            ),
            IssueRefused::Keyless(office) => status(
                Code::FailedPrecondition,
                &format!("The roster lists no key in use for {office}."),
                "Ask its country for a newer roster and import it: chapar roster import FILE",
            ),
            IssueRefused::Expired => status(
                Code::FailedPrecondition,
                "The notice would have expired already.",
                "Set header.expires_at to a later time.",
            ),
            IssueRefused::Policy(problems) => findings::refused(&problems),
            IssueRefused::TooLarge(bytes) => status(
                Code::InvalidArgument,
                &format!("The notice has {bytes} bytes; {} is the most.", limits::ENVELOPE_BYTES),
                "Shorten the narrative or the lists.",
            ),
            IssueRefused::NoNumber => status(
                Code::FailedPrecondition,
                "The office has used all its running numbers.",
                "Ask the administrator: the office needs a new log.",
            ),
        }
    }
}

impl From<DraftRefused> for Status {
    fn from(refused: DraftRefused) -> Self {
        let (code, next) = match &refused {
            DraftRefused::Issue(_) => (Code::Internal, String::new()),
            DraftRefused::Unknown(_) => (Code::NotFound, "List them: chapar notice drafts".to_owned()),
            DraftRefused::Pending(number) => {
                (Code::FailedPrecondition, format!("Take it back first: chapar notice return {number}"))
            }
            DraftRefused::NotPending(number) => {
                (Code::FailedPrecondition, format!("Its author submits it: chapar notice submit {number}"))
            }
            DraftRefused::NotRead(reference) => {
                (Code::FailedPrecondition, format!("Read it first: chapar notice draft {reference}"))
            }
            DraftRefused::ByHand => (Code::InvalidArgument, "Open the notice, then: chapar notice ack REF".to_owned()),
            DraftRefused::Changed => (Code::FailedPrecondition, "Read it again, then release it.".to_owned()),
            DraftRefused::Own(_, others) => (Code::FailedPrecondition, ask_another(others, "release")),
            DraftRefused::Comment => (Code::InvalidArgument, "Say what is to be changed: --comment TEXT".to_owned()),
            DraftRefused::Header(_) => {
                (Code::InvalidArgument, "Shorten its lists of addressees and relations.".to_owned())
            }
            DraftRefused::Full => {
                (Code::FailedPrecondition, "Throw some away: chapar notice drafts, chapar notice discard".to_owned())
            }
        };
        match refused {
            DraftRefused::Issue(refused) => refused.into(),
            DraftRefused::Own(reference, _) => {
                status(code, &format!("You wrote {reference} and cannot release it."), &next)
            }
            _ => status(code, &sentence(&refused), &next),
        }
    }
}

/// Who may do what this officer may not.
fn ask_another(others: &[OfficerId], what: &str) -> String {
    match others {
        [] => "No other releasing officer is enrolled. Ask the administrator: chapar officer add --help".to_owned(),
        [one] => format!("Ask {one} to {what} it."),
        _ => {
            let all: Vec<_> = others.iter().map(OfficerId::as_str).collect();
            format!("Ask one of these to {what} it: {}.", all.join(", "))
        }
    }
}

impl From<HandleRefused> for Status {
    fn from(refused: HandleRefused) -> Self {
        let what = match &refused {
            HandleRefused::Unknown(_) => "No notice here has this reference.".to_owned(),
            HandleRefused::NotOpened(reference) => format!("You have not opened {reference}."),
            HandleRefused::Yours(_) | HandleRefused::Own(_) | HandleRefused::Closed(_) | HandleRefused::Open(_) => {
                format!("{refused}.")
            }
            HandleRefused::IsAcknowledgement(_)
            | HandleRefused::Acknowledged { .. }
            | HandleRefused::NoEmergency(_) => format!("{refused}."),
            HandleRefused::OwnEmergency(reference, _) => format!("You sent {reference} and cannot confirm it."),
            HandleRefused::Issue(_) => String::new(),
        };
        let next = match &refused {
            HandleRefused::Unknown(_) => "List them: chapar inbox, chapar outbox".to_owned(),
            HandleRefused::Own(_) => "Only what was received is taken or acknowledged: chapar inbox".to_owned(),
            HandleRefused::Yours(_) | HandleRefused::NoEmergency(_) => "Nothing is to be done.".to_owned(),
            HandleRefused::Closed(reference) => format!("To open it again: chapar notice close {reference} --reopen"),
            HandleRefused::Open(reference) => format!("To close it: chapar notice close {reference}"),
            HandleRefused::IsAcknowledgement(_) => "An acknowledgement is not acknowledged.".to_owned(),
            HandleRefused::NotOpened(reference) => format!("Read it first: chapar notice show {reference}"),
            HandleRefused::Acknowledged { .. } => "Nothing is to be done: once is enough.".to_owned(),
            HandleRefused::OwnEmergency(_, others) => ask_another(others, "confirm"),
            HandleRefused::Issue(_) => String::new(),
        };
        match refused {
            HandleRefused::Issue(refused) => refused.into(),
            HandleRefused::Unknown(_) => status(Code::NotFound, &what, &next),
            _ => status(Code::FailedPrecondition, &what, &next),
        }
    }
}

impl From<SignInError> for Status {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Row(error) => error.into(),
            SignInError::Stopped => Stopped.into(),
            SignInError::Wrong => status(
                Code::PermissionDenied,
                "The officer or the passphrase is wrong.",
                "Try again, or ask the administrator for a new passphrase: chapar officer change --help",
            ),
            SignInError::Wait(officer) => status(
                Code::PermissionDenied,
                &format!("There were too many wrong passphrases for {officer}."),
                "Wait for a minute, then try again. If it was not you, tell the administrator.",
            ),
        }
    }
}

impl From<Denied> for Status {
    fn from(denied: Denied) -> Self {
        let next = match &denied {
            Denied::Role { .. } => "Ask an officer who has that role: chapar officer list",
            Denied::Ended(_) => "Ask the administrator to renew the enrolment: chapar officer change --help",
            Denied::Revoked(_) | Denied::Unknown(_) => "Ask the administrator: chapar officer add --help",
        };
        status(Code::PermissionDenied, &sentence(&denied), next)
    }
}

impl From<EnrolRefused> for Status {
    fn from(refused: EnrolRefused) -> Self {
        let (code, next) = match &refused {
            EnrolRefused::Enrolment(_) => (Code::InvalidArgument, "Correct it: chapar officer add --help"),
            EnrolRefused::NotEnrolled(_) => (Code::NotFound, "List them: chapar officer list"),
            EnrolRefused::NotProposed(_) => (Code::NotFound, "See what is proposed: chapar officer list"),
            EnrolRefused::Uid { .. } => {
                (Code::FailedPrecondition, "Give each officer a Unix user of that person alone.")
            }
            EnrolRefused::Full => (Code::FailedPrecondition, "Change an officer instead: chapar officer change --help"),
            EnrolRefused::LastAdministrator(_) => {
                (Code::FailedPrecondition, "Enrol another administrator first: chapar officer add --help")
            }
            EnrolRefused::OwnProposal(_) => {
                (Code::FailedPrecondition, "Ask another administrator or the data protection officer.")
            }
            EnrolRefused::Proposer(_) => (Code::FailedPrecondition, "Turn it down, and propose it anew."),
        };
        status(code, &sentence(&refused), next)
    }
}

/// An error as a sentence.
fn sentence(error: &dyn std::fmt::Display) -> String {
    let mut what = error.to_string();
    if let Some(first) = what.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{what}.")
}

impl From<RosterError> for Status {
    fn from(error: RosterError) -> Self {
        let next = match &error {
            RosterError::Untrusted(country) => {
                format!(
                    "Compare the fingerprint with {country} by voice, then: chapar peer trust {country} FINGERPRINT"
                )
            }
            RosterError::OtherKey(country) | RosterError::Pinned(country) => {
                format!("Do not use it. Ask {country} by another way which key is theirs.")
            }
            RosterError::Fork { country, .. } => format!("An alarm is in the log. Ask {country} which one is right."),
            RosterError::Older { .. } => "Nothing is to be done; the newer one stays.".to_owned(),
            RosterError::Reopened(office) => {
                format!("Ask {} for a roster with a new key of {office}.", office.country())
            }
            RosterError::Network(_) => "Ask for the roster of this network.".to_owned(),
            RosterError::Envelope(_) => "Ask for the file again; it may be damaged.".to_owned(),
        };
        status(Code::FailedPrecondition, &sentence(&error), &next)
    }
}
