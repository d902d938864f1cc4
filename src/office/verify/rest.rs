//! Everything that is not an entry: head, number of commits, projections, keys, wraps, and rows that nothing explains.

use prost::Message as _;
use std::collections::BTreeSet;

use crate::domain::dispatch::Dispatch;
use crate::domain::sealed::SealedNotice;
use crate::engine::fold;
use crate::engine::log;
use crate::engine::log::Head;
use crate::engine::rows;
use crate::engine::rows::key;
use crate::engine::store::NUMBER_KEY;
use crate::engine::store::Row;
use crate::engine::store::View;
use crate::name::Digest;
use crate::office::drafts;
use crate::office::uploads;
use crate::office::verify::Fault;
use crate::office::verify::Verifier;
use crate::office::verify::fault;
use crate::office::verify::made::made;
use crate::wire;

/// Rows read at a time.
const PAGE: usize = 512;

/// Sorts of rows that are truth, besides the projections.
const TRUTH: &[u8] = b"#DKehklpstvw";

impl Verifier {
    pub(super) fn rest(&mut self, view: &dyn View, head: &Head) -> Result<(), Fault> {
        if log::root_at(view, head.size)? != head.root {
            return Err(fault("fault-head"));
        }
        if head.time != self.time {
            return Err(fault("fault-head-time"));
        }
        let number = rows::number(view, NUMBER_KEY, "number of commits")?;
        if number != head.commit {
            return Err(fault("fault-commits").with("number", number).with("head", head.commit));
        }
        if !view.scan(&key::entry(head.size), &key::after(b"e"), 1)?.is_empty() {
            return Err(fault("fault-entry-beyond"));
        }
        if !log::ends_at(view, log::hash_count(head.size))? {
            return Err(fault("fault-hash-beyond"));
        }
        self.projections(view)?;
        self.key_wraps(view)?;
        let forms = self.drafts(view)?;
        self.body_keys(view, forms)?;
        made(view)?;
        self.passphrases(view)?;
        self.envelopes(view)?;
        unexplained(view)
    }

    /// Compares every projection with what the entries say.
    fn projections(&self, view: &dyn View) -> Result<(), Fault> {
        let mut expected = self.projections.iter();
        for sort in fold::SORTS {
            let mut wanted = self.projections.range(vec![*sort]..key::after(&[*sort]));
            pages(view, &[*sort], |(row_key, value)| {
                let same = wanted.next().is_some_and(|(k, v)| *k == row_key && *v == value);
                if same { Ok(()) } else { Err(projection_fault(&row_key)) }
            })?;
            if let Some((row_key, _)) = wanted.next() {
                return Err(projection_fault(row_key));
            }
        }
        // Nothing else was folded.
        match expected.find(|(row_key, _)| !row_key.first().is_some_and(|sort| fold::SORTS.contains(sort))) {
            Some((row_key, _)) => Err(projection_fault(row_key)),
            None => Ok(()),
        }
    }

    /// A key wrap is there exactly while its dispatch waits, and is the one that the dispatch names.
    fn key_wraps(&self, view: &dyn View) -> Result<(), Fault> {
        let mut waiting = std::collections::BTreeMap::new();
        for value in self.projections.range(b"q".to_vec()..key::after(b"q")).map(|(_, value)| value) {
            let digest = Digest::try_from(value.as_slice()).map_err(|_| fault("fault-queue-row"))?;
            let dispatch = rows::envelope::<Dispatch>(view, digest)?;
            if let Some(wrap) = dispatch.claim().key_wrap {
                let Dispatch { to, stream, sequence, .. } = dispatch.claim();
                waiting.insert(key::key_wrap(*to, *stream, *sequence), wrap);
            }
        }
        pages(view, b"w", |(row_key, value)| match waiting.remove(&row_key) {
            Some(wrap) if Digest::of(&value) == wrap => Ok(()),
            _ => Err(fault("fault-wrap-changed").with("row", about(&row_key))),
        })?;
        match waiting.pop_first() {
            Some((row_key, _)) => Err(fault("fault-wrap-missing").with("row", about(&row_key))),
            None => Ok(()),
        }
    }

    /// Every text that should open has its body key, and the header commits to it; so has each text of a draft.
    fn body_keys(&self, view: &dyn View, mut forms: BTreeSet<Digest>) -> Result<(), Fault> {
        let mut missing = BTreeSet::new();
        let (from, to) = key::ends();
        for row_key in self.projections.range(from..to).map(|(row_key, _)| row_key) {
            let digest = row_key.get(10..).and_then(|digest| Digest::try_from(digest).ok());
            missing.insert(digest.ok_or_else(|| projection_fault(row_key))?);
        }
        pages(view, b"k", |(row_key, value)| {
            let changed = || fault("fault-key-changed").with("digest", about(&row_key));
            let digest = row_key.get(1..).and_then(|d| Digest::try_from(d).ok()).ok_or_else(changed)?;
            if forms.remove(&digest) {
                let opens = self.owner.vault.as_ref().is_none_or(|vault| {
                    drafts::open(view, vault, digest).is_ok() || uploads::open(view, vault, digest).is_ok()
                });
                return if opens { Ok(()) } else { Err(fault("fault-draft-closed").with("digest", digest)) };
            }
            if !missing.remove(&digest) {
                return Err(fault("fault-key-stray").with("digest", about(&row_key)));
            }
            if let Some(vault) = &self.owner.vault {
                let body_key = vault.unwrap_key(&value, digest).map_err(|_| changed())?;
                let notice = rows::envelope::<SealedNotice>(view, digest)?;
                if notice.claim().header.body_key_commitment != Some(body_key.commitment()) {
                    return Err(changed());
                }
            }
            Ok(())
        })?;
        if let Some(form) = forms.pop_first() {
            return Err(fault("fault-draft-key-missing").with("digest", form));
        }
        match missing.pop_first() {
            Some(digest) => Err(fault("fault-key-missing").with("digest", digest)),
            None => Ok(()),
        }
    }

    /// The hash of a passphrase is there exactly while it counts, and is the one that was set.
    fn passphrases(&self, view: &dyn View) -> Result<(), Fault> {
        let mut set = std::collections::BTreeMap::new();
        for (row_key, value) in self.projections.range(key::OFFICERS.to_vec()..key::after(key::OFFICERS)) {
            let row = wire::OfficerRow::decode(value.as_slice()).map_err(|_| projection_fault(row_key))?;
            if !row.passphrase.is_empty() {
                set.insert([key::PASSPHRASES, row_key.get(1..).unwrap_or_default()].concat(), row.passphrase);
            }
        }
        let id = |row_key: &[u8]| String::from_utf8_lossy(row_key.get(1..).unwrap_or_default()).into_owned();
        pages(view, key::PASSPHRASES, |(row_key, value)| match set.remove(&row_key) {
            Some(hash) if Digest::of(&value).0 == hash.as_slice() => Ok(()),
            _ => Err(fault("fault-passphrase-changed").with("officer", id(&row_key))),
        })?;
        match set.pop_first() {
            Some((row_key, _)) => Err(fault("fault-passphrase-missing").with("officer", id(&row_key))),
            None => Ok(()),
        }
    }

    /// Every envelope is kept in a slot of its own and named by an entry.
    fn envelopes(&mut self, view: &dyn View) -> Result<(), Fault> {
        let (named, unnamed) = (&self.named, &mut self.unnamed);
        let mut parts = 0;
        pages(view, b"s", |(row_key, value)| {
            let stray = || fault("fault-part-stray").with("row", about(&row_key));
            let (slot, part) = row_key.get(1..).and_then(|k| k.split_first_chunk::<8>()).ok_or_else(stray)?;
            let part = part.try_into().map(u16::from_be_bytes).map(usize::from).map_err(|_| stray())?;
            if part == 0 {
                let first = rows::First::read(&value).ok_or_else(stray)?;
                if rows::slot_of(view, first.digest)? != Some(u64::from_be_bytes(*slot)) {
                    return Err(stray());
                }
                parts = first.parts();
                if !named.contains(&first.digest) {
                    unnamed.insert(first.digest);
                }
            }
            if part >= parts { Err(stray()) } else { Ok(()) }
        })?;
        let mut slots = 0;
        pages(view, b"v", |(row_key, value)| {
            slots += 1;
            let lost = || fault("fault-slot").with("digest", about(&row_key));
            let slot = value.as_slice().try_into().map(u64::from_be_bytes).map_err(|_| lost())?;
            let row = view.get(&key::slot(slot, 0))?.ok_or_else(lost)?;
            let first = rows::First::read(&row).ok_or_else(lost)?;
            if row_key.get(1..) == Some(&first.digest.0) { Ok(()) } else { Err(lost()) }
        })?;
        if rows::number(view, key::SLOTS, "slots")? != slots {
            return Err(fault("fault-slots"));
        }
        match unnamed.pop_first() {
            Some(digest) => Err(fault("fault-envelope-stray").with("digest", digest)),
            None => Ok(()),
        }
    }
}

/// Rows of a sort that does not exist.
fn unexplained(view: &dyn View) -> Result<(), Fault> {
    for (sort, length) in [
        (b"#", 1),
        (b"h", 1),
        (b"e", 9),
        (b"t", 9),
        (b"k", 33),
        (b"l", 1),
        (b"p", 11),
        (b"s", 11),
        (b"v", 33),
        (b"w", 24),
    ] {
        pages(view, sort, |(row_key, _)| {
            if row_key.len() == length {
                return Ok(());
            }
            Err(fault("fault-row-stray").with("row", hex::encode(row_key)))
        })?;
    }
    let mut sorts: Vec<u8> = fold::SORTS.iter().chain(TRUTH).copied().collect();
    sorts.sort_unstable();
    let mut from = vec![];
    for sort in sorts {
        if let Some((row_key, _)) = view.scan(&from, &[sort], 1)?.first() {
            return Err(fault("fault-row-stray").with("row", hex::encode(row_key)));
        }
        from = key::after(&[sort]);
    }
    match view.scan(&from, &[u8::MAX; 65], 1)?.first() {
        Some((row_key, _)) => Err(fault("fault-row-stray").with("row", hex::encode(row_key))),
        None => Ok(()),
    }
}

/// All rows of a sort, in order.
pub(super) fn pages(view: &dyn View, sort: &[u8], mut each: impl FnMut(Row) -> Result<(), Fault>) -> Result<(), Fault> {
    let (mut from, to) = (sort.to_vec(), key::after(sort));
    loop {
        let rows = view.scan(&from, &to, PAGE)?;
        let complete = rows.len() < PAGE;
        if let Some((last, _)) = rows.last() {
            from.clone_from(last);
            from.push(0);
        }
        rows.into_iter().try_for_each(&mut each)?;
        if complete {
            return Ok(());
        }
    }
}

fn about(row_key: &[u8]) -> String {
    hex::encode(row_key.get(1..).unwrap_or_default())
}

fn projection_fault(row_key: &[u8]) -> Fault {
    let sort = match row_key.first() {
        Some(b'A') => "access",
        Some(b'B') => "reading",
        Some(b'E') => "end",
        Some(b'G') => "agreements",
        Some(b'P') => "proposal",
        Some(b'X') => "exercise",
        Some(b'a' | b'b') => "stream",
        Some(b'c') => "trusted country",
        Some(b'd') => "delivery",
        Some(b'f') => "reference",
        Some(b'g') => "held-back notice",
        Some(b'i') => "inbox",
        Some(b'j') => "officer",
        Some(b'm') => "running number",
        Some(b'n') => "notice",
        Some(b'o') => "outbox",
        Some(b'q') => "queue",
        Some(b'r') => "roster",
        Some(b'S') => "submission",
        Some(b'T') => "case",
        Some(b'U') => "unconfirmed notice",
        Some(b'u') => "place",
        Some(b'x') => "relation",
        Some(b'y') => "alarm count",
        Some(b'z') => "lost state",
        _ => "unknown",
    };
    fault("fault-projection").with("sort", sort).with("row", about(row_key))
}
