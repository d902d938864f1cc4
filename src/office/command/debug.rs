//! A command in a trace: its name alone, nothing of what it carries.

use std::fmt;

use crate::office::command::Command;

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Access { .. } => "Access",
            Self::Acknowledge { .. } => "Acknowledge",
            Self::Agreements => "Agreements",
            Self::Alarm { .. } => "Alarm",
            Self::Arrive(_) => "Arrive",
            Self::ConfirmClock { .. } => "ConfirmClock",
            Self::ConfirmExpiry { .. } => "ConfirmExpiry",
            Self::Duties => "Duties",
            Self::Erase { .. } => "Erase",
            Self::Close { .. } => "Close",
            Self::Confirm { .. } => "Confirm",
            Self::Decide { .. } => "Decide",
            Self::Discard { .. } => "Discard",
            Self::Enrol { .. } => "Enrol",
            Self::Exercise { .. } => "Exercise",
            Self::FirstPassphrase { .. } => "FirstPassphrase",
            Self::HandOver { .. } => "HandOver",
            Self::Import { .. } => "Import",
            Self::Once { .. } => "Once",
            Self::OpenDraft { .. } => "OpenDraft",
            Self::Overview { .. } => "Overview",
            Self::Passphrase { .. } => "Passphrase",
            Self::Reading { .. } => "Reading",
            Self::Receipt(_) => "Receipt",
            Self::Release { .. } => "Release",
            Self::Return { .. } => "Return",
            Self::Save { .. } => "Save",
            Self::Send { .. } => "Send",
            Self::Submit { .. } => "Submit",
            Self::Review { .. } => "Review",
            Self::Retention { .. } => "Retention",
            Self::Take { .. } => "Take",
            Self::Trust { .. } => "Trust",
            Self::Upload { .. } => "Upload",
        })
    }
}
