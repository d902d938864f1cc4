//! A correction that writes a whole text undoes the corrections that the text has not in it.

use crate::domain::notice;
use crate::engine::rows::RowError;
use crate::name::Digest;
use crate::office::drafts::DraftRefused;
use crate::office::standing::Newest;
use crate::office::writer::Step;
use crate::wire;
use crate::wire::RelationKind;

impl Step<'_> {
    /// Why a draft may not take the place of the text that it corrects: there is a correction newer than it.
    pub(in crate::office) fn newer(
        &self,
        header: Option<&wire::NoticeHeader>,
        body: Option<&wire::NoticeBody>,
        is_newer: impl Fn(&Newest) -> bool,
    ) -> Result<Option<DraftRefused>, RowError> {
        if body.and_then(notice::replacement).is_none() {
            return Ok(None);
        }
        let mut relations = header.into_iter().flat_map(|header| &header.relations);
        let Some(relation) = relations.find(|relation| relation.kind() == RelationKind::Corrects) else {
            return Ok(None);
        };
        let (Ok(digest), Ok(corrected)) =
            (Digest::try_from(self.digest_of(relation)?.as_slice()), relation.reference.parse())
        else {
            return Ok(None);
        };
        let newest = self.standings().newest(digest)?.filter(is_newer);
        Ok(newest.map(|newest| DraftRefused::Newer(corrected, newest.reference)))
    }
}
