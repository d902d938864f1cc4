//! Attachments of kept texts: which there are, who may have them, and which are still to come, looked for in the order in which they
//! are pulled.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use prost::Message as _;

use crate::domain::roster::OfficeState;
use crate::domain::roster::Rosters;
use crate::domain::sealed::SealedNotice;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::drafts;
use crate::engine::rows::key;
use crate::engine::rows::uploads;
use crate::engine::session::Wanted;
use crate::engine::store::View;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::name::Reference;
use crate::office::read;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::Urgency;

/// Rows read at a time.
const PAGE: usize = 512;

/// Whether attachments travel to and from an office.
#[must_use]
pub fn may_exchange(rosters: &Rosters, peer: OfficeCode) -> bool {
    rosters.office(peer).is_some_and(|office| office.state == OfficeState::Active)
}

/// Whether an attachment belongs to a notice whose text is kept here.
///
/// # Errors
/// If the store cannot be read.
pub fn is_kept(view: &dyn View, digest: Digest) -> Result<bool, RowError> {
    let all = key::all_attachments(digest);
    Ok(!view.scan(&all, &key::after(&all), 1)?.is_empty())
}

/// Whether an attachment belongs to a notice that was dispatched to this peer, and whose text is kept here.
///
/// # Errors
/// If a row cannot be read.
pub fn serves(view: &dyn View, peer: OfficeCode, digest: Digest) -> Result<bool, RowError> {
    any_notice(view, digest, |notice| {
        let delivery: Option<wire::DeliveryRow> = rows::message(view, &key::delivery(notice, peer), "delivery")?;
        Ok(delivery.is_some_and(|row| !row.dispatch_digest.is_empty() && row.outcome() != wire::Outcome::Rejected))
    })
}

/// Whether it is so of a notice with this attachment, whose text is kept here.
fn any_notice(
    view: &dyn View,
    digest: Digest,
    is_so: impl Fn(Digest) -> Result<bool, RowError>,
) -> Result<bool, RowError> {
    let (mut from, to) = (key::all_attachments(digest), key::after(&key::all_attachments(digest)));
    loop {
        let page = view.scan(&from, &to, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(false) };
        from.clone_from(last);
        from.push(0);
        for (row_key, _) in page {
            if is_so(notice_of(&row_key)?)? {
                return Ok(true);
            }
        }
    }
}

/// An attachment of notices whose text is kept here.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// SHA-256 of its ciphertext.
    pub digest: Digest,
    /// Bytes of its ciphertext.
    pub size: u64,
    /// One of the notices that have it.
    pub reference: Reference,
    /// Whether an officer of this office attached it: then it is here.
    pub is_own: bool,
}

/// The attachment with the next digest.
///
/// # Errors
/// If a row cannot be read.
pub fn next_kept(view: &dyn View, last: Option<Digest>) -> Result<Option<Kept>, RowError> {
    let from = last.map_or_else(|| key::EVERY_ATTACHMENT.to_vec(), |last| key::after(&key::all_attachments(last)));
    let Some((row_key, value)) = view.scan(&from, &key::after(key::EVERY_ATTACHMENT), 1)?.pop() else {
        return Ok(None);
    };
    let fault = || damaged("attachment", hex::encode(&row_key));
    let digest = row_key.get(2..34).and_then(|digest| Digest::try_from(digest).ok()).ok_or_else(fault)?;
    let size = wire::AttachmentRow::decode(value.as_slice()).map_err(|_| fault())?.size_bytes;
    let reference = rows::envelope::<SealedNotice>(view, notice_of(&row_key)?)?.claim().header.reference;
    let is_own = any_notice(view, digest, |notice| {
        let is_issued = read::notice_row(view, notice)?.is_some_and(|row| row.issued);
        // What is passed on may be to come still.
        Ok(is_issued && rows::envelope::<SealedNotice>(view, notice)?.claim().header.terms.kind != NoticeKind::Forward)
    })?;
    Ok(Some(Kept { digest, size, reference, is_own }))
}

fn notice_of(row_key: &[u8]) -> Result<Digest, RowError> {
    let notice = row_key.get(34..).and_then(|notice| Digest::try_from(notice).ok());
    notice.ok_or_else(|| damaged("attachment", hex::encode(row_key)))
}

/// The attachments, by digest, that a file being brought in or a draft names.
///
/// # Errors
/// If a row cannot be read.
pub fn at_desks(view: &dyn View) -> Result<BTreeSet<Digest>, RowError> {
    // Before the drafts: one that goes into a draft meanwhile is seen there.
    let uploads: Vec<Vec<u8>> = uploads::all(view)?.into_iter().map(|(_, row)| row.digest).collect();
    let drafts = drafts::all(view)?.into_iter().flat_map(|(_, row)| row.attachments);
    Ok(uploads.into_iter().chain(drafts).filter_map(|digest| Digest::try_from(digest.as_slice()).ok()).collect())
}

/// The attachments that are still to come from an office, in the order in which they are pulled: key and length.
type ToCome = BTreeMap<Vec<u8>, u64>;

/// The attachments that are still to come, in memory: whether a file is here, no row says.
#[derive(Debug, Default)]
pub struct Awaited {
    to_come: BTreeMap<OfficeCode, (u64, ToCome)>,
    /// What an officer waits for, of each office: it comes before all others.
    first: BTreeMap<OfficeCode, Digest>,
}

impl Awaited {
    /// From now on this one comes before all others of an office.
    pub fn put_first(&mut self, peer: OfficeCode, digest: Digest) {
        self.first.insert(peer, digest);
    }

    /// What an officer waits for, else the most urgent one of an office that is still to come, the newest among those; none
    /// of `not`.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn next(
        &mut self,
        view: &dyn View,
        peer: OfficeCode,
        size: u64,
        not: &[Digest],
        is_here: &dyn Fn(Digest) -> bool,
    ) -> Result<Option<Wanted>, RowError> {
        let first = self.first.get(&peer).copied();
        let to_come = self.follow(view, peer, size, is_here)?;
        let mut next = None;
        let mut over = BTreeSet::new();
        let is_first = |row_key: &[u8]| first.is_some_and(|first| row_key.ends_with(&first.0));
        let before = first.into_iter().flat_map(|_| to_come.iter().filter(|(row_key, _)| is_first(row_key)));
        for (row_key, length) in before.chain(to_come.iter().filter(|(row_key, _)| !is_first(row_key))) {
            let digest = digest_of(row_key)?;
            if not.contains(&digest) {
                continue;
            }
            // Erased, or here by now.
            if view.get(row_key)?.is_none() || is_here(digest) {
                over.insert(row_key.clone());
                continue;
            }
            next = Some(Wanted { digest, size: *length, arrived: 0 });
            break;
        }
        to_come.retain(|row_key, _| !over.contains(row_key));
        // Nobody waits for what is here, or gone.
        if first.is_some_and(|first| over.iter().any(|row_key| row_key.ends_with(&first.0))) {
            self.first.remove(&peer);
        }
        Ok(next)
    }

    /// Those that are still to come from an office, with the bytes of each.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn all(
        &mut self,
        view: &dyn View,
        peer: OfficeCode,
        size: u64,
        is_here: &dyn Fn(Digest) -> bool,
    ) -> Result<BTreeMap<Digest, u64>, RowError> {
        let to_come = self.follow(view, peer, size, is_here)?;
        let mut all = BTreeMap::new();
        let mut over = BTreeSet::new();
        for (row_key, length) in &*to_come {
            let digest = digest_of(row_key)?;
            if view.get(row_key)?.is_none() || is_here(digest) {
                over.insert(row_key.clone());
            } else {
                all.insert(digest, *length);
            }
        }
        to_come.retain(|row_key, _| !over.contains(row_key));
        Ok(all)
    }

    /// Reads what entries before `size`, which must be durable, have brought since the last time.
    fn follow(
        &mut self,
        view: &dyn View,
        peer: OfficeCode,
        size: u64,
        is_here: &dyn Fn(Digest) -> bool,
    ) -> Result<&mut ToCome, RowError> {
        let (seen, to_come) = self.to_come.entry(peer).or_default();
        for urgency in [Urgency::Immediate, Urgency::Priority, Urgency::Routine] {
            let (mut from, to) = key::all_to_come_since(peer, urgency, *seen);
            loop {
                let page = view.scan(&from, &to, PAGE)?;
                let Some((last, _)) = page.last() else { break };
                from.clone_from(last);
                from.push(0);
                for (row_key, value) in page {
                    let row = wire::AttachmentRow::decode(value.as_slice());
                    let row = row.map_err(|_| damaged("attachment", hex::encode(&row_key)))?;
                    if !is_here(digest_of(&row_key)?) {
                        to_come.insert(row_key, row.size_bytes);
                    }
                }
            }
        }
        *seen = (*seen).max(size);
        Ok(to_come)
    }
}

fn digest_of(row_key: &[u8]) -> Result<Digest, RowError> {
    let digest = row_key.last_chunk::<32>().map(|digest| Digest(*digest));
    digest.ok_or_else(|| damaged("attachment", hex::encode(row_key)))
}
