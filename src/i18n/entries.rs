//! What an entry of the log says to people. It names digests and officers, never a text.

use crate::domain::access::Access;
use crate::domain::entry::Alarm;
use crate::domain::entry::Closing;
use crate::domain::reading::Verdict;
use crate::domain::rejection;
use crate::domain::standing::Says;
use crate::i18n::Words;
use crate::wire;
use crate::wire::EntryKind;
use crate::wire::ErasureReason;
use crate::wire::NoticeKind;
use crate::wire::Outcome;
use crate::wire::ReviewReason;
use crate::wire::Role;

impl wire::Entry {
    /// Which list was shown, if one was.
    #[must_use]
    pub fn list_shown(&self) -> Option<&str> {
        let is_list = self.kind == i32::from(EntryKind::Accessed) && Access::of(self.code) == Some(Access::List);
        is_list.then_some(&self.note)
    }

    /// How many agreements there are, if they have changed.
    #[must_use]
    pub fn agreements_now(&self) -> Option<u32> {
        (self.kind == i32::from(EntryKind::ConfigChanged)).then_some(self.code)
    }

    /// Why it was done; a list is shown without a reason, and a draft is read without one: its note is the reference.
    #[must_use]
    pub fn why(&self) -> &str {
        let kinds = [EntryKind::DraftOpened, EntryKind::Reviewed].map(i32::from);
        let no_reason = self.list_shown().is_some() || kinds.contains(&self.kind);
        if no_reason { "" } else { &self.note }
    }
}

/// The message of an access.
#[must_use]
pub fn access(entry: &wire::Entry) -> &'static str {
    if entry.is_reading() && entry.kind() == EntryKind::Accessed {
        return "access-reading";
    }
    Access::of(entry.code).map_or("access-newer", Access::message)
}

/// The message of what was decided about a reading.
fn decision(entry: &wire::Entry) -> &'static str {
    match entry.code {
        Verdict::GRANTED => "reading-state-GRANTED",
        Verdict::REFUSED => "reading-state-REFUSED",
        _ => "access-newer",
    }
}

impl Words {
    /// What the code of an entry means; empty for one that says nothing.
    #[must_use]
    pub fn entry_code(&self, entry: &wire::Entry) -> String {
        let number = i32::try_from(entry.code).unwrap_or_default();
        match EntryKind::try_from(entry.kind) {
            Ok(EntryKind::ReceiptStored) if entry.code == 0 => self.label::<Outcome>(Outcome::Delivered.into()),
            Ok(EntryKind::ReceiptStored | EntryKind::Rejected) => self.get(rejection::message(entry.code)),
            Ok(EntryKind::Alarm) => self.get(Alarm::message(entry.code)),
            Ok(EntryKind::Erased) => self.label::<ErasureReason>(number),
            Ok(EntryKind::ExpiryAnnounced | EntryKind::ExpiryConfirmed) => {
                self.say("expiry-texts", &[("count", entry.code.to_string())])
            }
            Ok(EntryKind::ClockConfirmed) => entry.note.clone(),
            Ok(EntryKind::ExerciseStarted) => {
                let exercise = entry.exercise.clone().unwrap_or_default();
                self.say("code-exercise", &[("name", exercise.name), ("offices", exercise.offices.join(", "))])
            }
            Ok(EntryKind::Reviewed) => {
                let names = [("reason", self.label::<ReviewReason>(number)), ("next", entry.note.clone())];
                self.say("code-reviewed", &names)
            }
            Ok(EntryKind::RetentionSet | EntryKind::RetentionProposed) => {
                let names = [("kind", self.label::<NoticeKind>(number)), ("count", entry.sequence.to_string())];
                self.say("code-retention", &names)
            }
            Ok(EntryKind::RetentionDeclined) => self.label::<NoticeKind>(number),
            Ok(EntryKind::Officer) => self.label::<Role>(number),
            Ok(EntryKind::Issued | EntryKind::Received) if entry.code == Says::Confirms.code() => {
                self.get("code-confirms")
            }
            Ok(EntryKind::Issued | EntryKind::Received) if entry.code == Says::Interim.code() => {
                self.get("code-interim")
            }
            Ok(EntryKind::Issued | EntryKind::Received) => match Says::of_code(NoticeKind::Forward, entry.code) {
                Some(Says::Forwards(kind)) => {
                    self.say("code-forwards", &[("kind", self.label::<NoticeKind>(kind.into()))])
                }
                _ => String::new(),
            },
            Ok(EntryKind::ReadingDecided) => self.get(decision(entry)),
            Ok(EntryKind::Closed) if entry.code == Closing::Reopen as u32 => self.get("code-reopened"),
            _ => String::new(),
        }
    }

    /// What was done, as an auditor reads it.
    #[must_use]
    pub fn entry_done(&self, entry: &wire::Entry) -> String {
        match (entry.list_shown(), entry.agreements_now()) {
            (Some(list), _) => {
                let names = [("list", list.to_owned()), ("count", entry.sequence.to_string())];
                return self.say("audit-listed", &names);
            }
            (_, Some(agreements)) => {
                return self.say("audit-agreements", &[("count", agreements.to_string())]);
            }
            _ => {}
        }
        match (EntryKind::try_from(entry.kind), &entry.enrolment) {
            (Ok(EntryKind::Accessed), _) => self.get(access(entry)),
            (Ok(EntryKind::ReadingDecided), _) => {
                format!("{}: {}", self.label::<EntryKind>(entry.kind), self.get(decision(entry)))
            }
            (_, None) => self.label::<EntryKind>(entry.kind),
            (_, Some(enrolment)) => {
                let roles = enrolment.roles.iter().map(|role| self.label::<Role>(*role));
                let roles = roles.collect::<Vec<_>>().join(", ");
                let roles = match entry.kind() {
                    EntryKind::Officer | EntryKind::OfficerProposed if roles.is_empty() => self.get("officer-revoked"),
                    _ => roles,
                };
                let said = format!("{}: {} {roles}", self.label::<EntryKind>(entry.kind), enrolment.id);
                said.trim_end().to_owned()
            }
        }
    }
}
