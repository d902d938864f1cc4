//! A draft is kept: a new one, or in place of another form of it.

use prost::Message as _;

use crate::domain::seal;
use crate::engine::rows::RowError;
use crate::engine::rows::drafts;
use crate::engine::rows::drafts::Numbers;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::office::drafts::DraftRefused;
use crate::office::drafts::Drafted;
use crate::office::drafts::open;
use crate::office::issue::IssueRefused;
use crate::office::writer::Step;
use crate::wire;
use crate::wire::NoticeKind;

impl Step<'_> {
    /// Keeps a draft, in place of another one if a number is given; what stands in a form that is not finished with it.
    pub(in crate::office) fn save(
        &mut self,
        officer: &OfficerId,
        number: Option<u64>,
        over: Option<Digest>,
        header: wire::NoticeHeader,
        body: Option<wire::NoticeBody>,
        unfinished: Vec<u8>,
    ) -> Result<Result<Drafted, DraftRefused>, RowError> {
        let kept = self.put_draft(officer, number, over, header, body, unfinished)?;
        Ok(kept.map(|(number, _)| Drafted { number, flags: vec![] }))
    }

    pub(super) fn put_draft(
        &mut self,
        officer: &OfficerId,
        number: Option<u64>,
        over: Option<Digest>,
        mut header: wire::NoticeHeader,
        mut body: Option<wire::NoticeBody>,
        unfinished: Vec<u8>,
    ) -> Result<Result<(u64, wire::DraftRow), DraftRefused>, RowError> {
        if header.kind() == NoticeKind::Acknowledgement {
            return Ok(Err(DraftRefused::ByHand));
        }
        // The node lists them when it issues the notice.
        header.attachments.clear();
        // A list of drafts shows headers.
        if header.encoded_len() > limits::DRAFT_HEADER_BYTES {
            return Ok(Err(DraftRefused::Header(header.encoded_len())));
        }
        let before = match number.map(|number| self.writable(officer, number)).transpose()? {
            Some(Err(refused)) => return Ok(Err(refused)),
            Some(Ok(row)) => Some(row),
            None => None,
        };
        let brought = match self.know_files(officer, before.as_ref(), &header, body.as_mut())? {
            Ok(brought) => brought,
            Err(path) => return Ok(Err(DraftRefused::File(path))),
        };
        let bytes = self.size_of(&header, body.as_ref())?.saturating_add(unfinished.len());
        if bytes > limits::ENVELOPE_BYTES {
            return Ok(Err(IssueRefused::TooLarge(bytes).into()));
        }
        let text = text_of(header, body.as_ref(), unfinished);
        let (number, mut row) = if let (Some(number), Some(row)) = (number, before) {
            // A form that is kept while it is written costs nothing if it has not changed.
            if !text.unfinished.is_empty()
                && brought.is_empty()
                && let Some(row) = self.same(officer, number, &row, &text)?
            {
                return Ok(Ok((number, row)));
            }
            if over.is_some_and(|over| row.form != over.0) {
                return Ok(Err(DraftRefused::Outdated(number)));
            }
            (number, row)
        } else {
            let numbers = drafts::numbers(&self.rows)?;
            let Numbers { newest, count, .. } = numbers;
            if count >= limits::DRAFTS as u64 || self.has_too_many(officer, count)? {
                return Ok(Err(DraftRefused::Full));
            }
            drafts::put_numbers(&mut self.rows, Numbers { newest: newest + 1, count: count + 1, ..numbers });
            (newest + 1, wire::DraftRow::default())
        };
        if !row.form.is_empty() {
            drafts::drop_text(&mut self.rows, drafts::form(&row.form)?)?;
        }
        row.form = self.seal(&text).0.to_vec();
        officer.as_str().clone_into(&mut row.author);
        row.saved_ms = self.now.ms();
        self.note_files(&mut row)?;
        self.drop_uploads(brought)?;
        drafts::put_row(&mut self.rows, number, &row);
        Ok(Ok((number, row)))
    }

    /// The own draft, if it has this very text; it counts as saved. Whoever did not hear the answer saves it again.
    fn same(
        &mut self,
        officer: &OfficerId,
        number: u64,
        row: &wire::DraftRow,
        text: &wire::DraftText,
    ) -> Result<Option<wire::DraftRow>, RowError> {
        if row.author != officer.as_str() || open(&self.rows, &self.me.vault, drafts::form(&row.form)?)? != *text {
            return Ok(None);
        }
        let row = wire::DraftRow { saved_ms: self.now.ms(), ..row.clone() };
        drafts::put_row(&mut self.rows, number, &row);
        Ok(Some(row))
    }

    /// Whether an officer has as many drafts as one may: nobody keeps the others from writing.
    fn has_too_many(&self, officer: &OfficerId, count: u64) -> Result<bool, RowError> {
        if count < limits::DRAFTS_EACH as u64 {
            return Ok(false);
        }
        let own = drafts::all(&self.rows)?.iter().filter(|(_, row)| row.author == officer.as_str()).count();
        Ok(own >= limits::DRAFTS_EACH)
    }
}

/// What is sealed of a draft.
fn text_of(header: wire::NoticeHeader, body: Option<&wire::NoticeBody>, unfinished: Vec<u8>) -> wire::DraftText {
    // Who let it go, and how, is said when it is let go.
    let header = wire::NoticeHeader {
        author: String::new(),
        releaser: String::new(),
        reference: String::new(),
        emergency: false,
        ..header
    };
    let body = body.map(|body| seal::padded(body).to_vec());
    wire::DraftText { header: Some(header), body, unfinished, ..wire::DraftText::default() }
}
