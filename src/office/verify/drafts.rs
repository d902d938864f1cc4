//! Drafts: each text is the one that its draft names, and what waits for release is what was submitted.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use prost::Message as _;

use crate::engine::rows::drafts;
use crate::engine::rows::key;
use crate::engine::rows::uploads;
use crate::engine::store::View;
use crate::name::Digest;
use crate::office::verify::Fault;
use crate::office::verify::Verifier;
use crate::office::verify::fault;
use crate::office::verify::rest::pages;
use crate::wire;

impl Verifier {
    /// Checks them; the texts whose keys must be there.
    pub(super) fn drafts(&self, view: &dyn View) -> Result<BTreeSet<Digest>, Fault> {
        let mut forms = BTreeSet::new();
        let mut submitted: BTreeMap<String, wire::SubmittedRow> = BTreeMap::new();
        for (row_key, value) in self.projections.range(key::SUBMITTED.to_vec()..key::after(key::SUBMITTED)) {
            let reference = String::from_utf8_lossy(row_key.get(1..).unwrap_or_default()).into_owned();
            let row = wire::SubmittedRow::decode(value.as_slice()).map_err(|_| fault("a submission is unreadable"))?;
            submitted.insert(reference, row);
        }
        let (mut newest, mut count) = (0, 0);
        for (number, row) in drafts::all(view)? {
            (newest, count) = (number, count + 1);
            for form in [&row.form, &row.returned].into_iter().filter(|form| !form.is_empty()) {
                let form = drafts::form(form)?;
                drafts::text(view, form)?;
                if !forms.insert(form) {
                    return Err(fault(format!("two drafts have the text {form}")));
                }
            }
            if let Some(waits) = submitted.remove(&row.reference)
                && (waits.form != row.form || waits.author != row.author)
            {
                return Err(fault(format!("the draft {number} is not what was submitted as {}", row.reference)));
            }
        }
        if let Some((reference, _)) = submitted.pop_first() {
            return Err(fault(format!("the draft that was submitted as {reference} is missing")));
        }
        for (id, row) in uploads::all(view)? {
            let form = drafts::form(&row.form)?;
            drafts::text(view, form)?;
            if !forms.insert(form) {
                return Err(fault(format!("what is known of the file {id} belongs to something else as well")));
            }
        }
        let numbered = drafts::numbers(view)?;
        if numbered.newest < newest || numbered.count != count {
            return Err(fault("the numbers of drafts are not those of the drafts that are there"));
        }
        if self.drafted && view.get(key::DRAFT_NUMBERS)?.is_none() {
            return Err(fault("the numbers of drafts are missing"));
        }
        pages(view, b"D", |(row_key, _)| {
            let stray = || fault(format!("nothing explains the row {}", hex::encode(&row_key)));
            let explained = match row_key.get(1..).and_then(<[u8]>::split_first) {
                Some((b'n', [])) => true,
                Some((b'd', number)) => number.len() == 8,
                Some((b'u', id)) => id.len() == 32,
                Some((b't', rest)) => {
                    let (form, part) = rest.split_first_chunk::<32>().ok_or_else(stray)?;
                    part.len() == 2 && forms.contains(&Digest(*form))
                }
                _ => false,
            };
            if explained { Ok(()) } else { Err(stray()) }
        })?;
        Ok(forms)
    }
}
