//! Under which agreements the node runs: a change of them is an entry before anything is sent or judged by them.

use crate::domain::entry::Entry;
use crate::domain::policy::Agreements;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::key;
use crate::office::writer::Step;

impl Step<'_> {
    /// Writes that the agreements are not those under which the node ran last. A new log begins with none.
    pub(super) fn agree(&mut self) -> Result<(), RowError> {
        let before = rows::digest(&self.rows, key::AGREEMENTS, "agreements")?;
        let agreements = &self.me.agreements;
        if before.unwrap_or_else(|| Agreements::default().digest()) != agreements.digest() {
            self.append(Entry::config_changed(agreements))?;
        }
        Ok(())
    }
}
