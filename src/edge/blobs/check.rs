//! Whether the files of attachments are what the log says: of each notice whose text is kept here, the ciphertext under
//! its digest.
//!
//! - What officers of this office attached is here. What comes from another office may be to come still: no fault.
//! - One file at a time, a piece at a time: memory does not grow with what is looked at.

use crate::edge::blobs::Blobs;
use crate::engine::rows::RowError;
use crate::engine::store::View;
use crate::name::Digest;
use crate::office::attachments;
use crate::office::attachments::Kept;
use crate::office::verify::Fault;

/// How far the look has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Attachments that are here and sound.
    pub attachments: u64,
    /// Attachments that are still to come.
    pub to_come: u64,
    /// Bytes of all that were looked at.
    pub bytes: u64,
    /// Of how many; without those of attachments that turn out to be still to come.
    pub of_bytes: u64,
}

/// A look at all of them.
#[derive(Debug, Default)]
pub struct Check {
    last: Option<Digest>,
    checked: Checked,
}

impl Check {
    /// Begins at the first one.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn new(view: &dyn View) -> Result<Self, RowError> {
        let mut check = Self::default();
        let mut last = None;
        while let Some(kept) = attachments::next_kept(view, last)? {
            last = Some(kept.digest);
            check.checked.of_bytes = check.checked.of_bytes.saturating_add(kept.size);
        }
        Ok(check)
    }

    /// How far it has come.
    #[must_use]
    pub const fn checked(&self) -> Checked {
        self.checked
    }

    /// Looks at one more; says whether there was none. Blocks.
    ///
    /// # Errors
    /// If it is missing, or not what it was.
    pub fn step(&mut self, view: &dyn View, blobs: &Blobs) -> Result<bool, Fault> {
        let Some(kept) = attachments::next_kept(view, self.last)? else { return Ok(true) };
        self.last = Some(kept.digest);
        let found = match blobs.is_sound(kept.digest) {
            Ok(Some(true)) => Ok(()),
            Ok(None) if !kept.is_own => {
                // Nothing of it was looked at.
                self.checked.to_come = self.checked.to_come.saturating_add(1);
                self.checked.of_bytes = self.checked.of_bytes.saturating_sub(kept.size).max(self.checked.bytes);
                return Ok(false);
            }
            Ok(None) => Err(fault("fault-attachment-missing", &kept)),
            Ok(Some(false)) => Err(fault("fault-attachment-changed", &kept)),
            Err(error) => {
                let mut fault = fault("fault-attachment-unreadable", &kept);
                fault.names.push(("cause", error.to_string()));
                Err(fault)
            }
        };
        match found {
            Ok(()) => self.checked.attachments = self.checked.attachments.saturating_add(1),
            // Its last text may have ended meanwhile, and the file with it.
            Err(fault) if attachments::is_kept(view, kept.digest)? => return Err(fault),
            Err(_) => {}
        }
        self.checked.bytes = self.checked.bytes.saturating_add(kept.size).min(self.checked.of_bytes);
        Ok(false)
    }
}

fn fault(message: &'static str, kept: &Kept) -> Fault {
    let names = vec![("reference", kept.reference.to_string()), ("digest", kept.digest.to_string())];
    Fault { message, names, index: None }
}
