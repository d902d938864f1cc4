//! A draft becomes a notice: checked, sealed, signed, logged, and given a place in each addressee's stream.

use prost::Message as _;

use crate::domain::dispatch::Dispatch;
use crate::domain::dispatch::Lane;
use crate::domain::dispatch::Stream;
use crate::domain::entry::Entry;
use crate::domain::envelope;
use crate::domain::envelope::Payload as _;
use crate::domain::kinds;
use crate::domain::kinds::Kind;
use crate::domain::notice;
use crate::domain::notice::Terms;
use crate::domain::policy;
use crate::domain::policy::Book;
use crate::domain::policy::Case;
use crate::domain::policy::Findings;
use crate::domain::problem::Cause;
use crate::domain::problem::Problem;
use crate::domain::roster::Office;
use crate::domain::roster::OfficeState;
use crate::domain::rule::Finding;
use crate::domain::seal;
use crate::domain::seal::BodyKey;
use crate::domain::seal::WrapPath;
use crate::domain::sealed::SealedNotice;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View as _;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::office::book::Listed;
use crate::office::writer::Step;
use crate::wire;

/// A notice that is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Identifies it.
    pub digest: Digest,
    /// For people.
    pub reference: Reference,
    /// Addressees, to and cc.
    pub to: Vec<OfficeCode>,
    /// What the officer should see.
    pub flags: Vec<Finding>,
}

/// Why a draft does not become a notice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueRefused {
    /// Header or body break a rule of shape.
    #[error("{0}")]
    Shape(#[from] Problem),
    /// `from` is another office.
    #[error("the draft is from {0}, which is not this office")]
    From(String),
    /// An addressee is in no roster here.
    #[error("{0} is in no roster that is in force here")]
    Unknown(OfficeCode),
    /// An addressee does not take part any more.
    #[error("{0} does not take part any more")]
    Revoked(OfficeCode),
    /// An addressee has no open office key or seal key.
    #[error("the roster lists no key in use for {0}")]
    Keyless(OfficeCode),
    /// Its end has passed.
    #[error("the notice would have expired already")]
    Expired,
    /// Rules of policy are broken.
    #[error("the draft breaks a rule: {}", .0.iter().map(|finding| finding.rule.to_string()).collect::<Vec<_>>().join(", "))]
    Policy(Vec<Finding>),
    /// Too large to send.
    #[error("the notice has {0} bytes, more than {max} ", max = limits::ENVELOPE_BYTES)]
    TooLarge(usize),
    /// All running numbers of the office are used up.
    #[error("the office has used all its running numbers")]
    NoNumber,
}

impl Step<'_> {
    pub(super) fn issue(
        &mut self,
        officer: &OfficerId,
        draft: wire::NoticeHeader,
        body: Option<wire::NoticeBody>,
    ) -> Result<Result<Issued, IssueRefused>, RowError> {
        let (mut header, terms) = match self.checked(draft, body.as_ref()) {
            Ok(checked) => checked,
            Err(refused) => return Ok(Err(refused)),
        };
        let Findings { problems, flags } = self.judged(&header, &terms, body.as_ref())?;
        if !problems.is_empty() {
            return Ok(Err(IssueRefused::Policy(problems)));
        }
        let Some(reference) = self.next_reference()? else { return Ok(Err(IssueRefused::NoNumber)) };
        header.network = self.me.network.to_string();
        header.reference = reference.to_string();
        header.created_ms = self.now.ms();
        header.released_ms = self.now.ms();
        header.author = officer.to_string();
        header.releaser.clear();
        header.emergency = false;
        header.schema_version = notice::SCHEMA_VERSION;
        if header.valid_from_ms == 0 {
            header.valid_from_ms = self.now.ms();
        }
        for relation in &mut header.relations {
            relation.digest = self.digest_of(relation)?;
        }
        let body_key = body.as_ref().map(|_| BodyKey::make(self.entropy));
        header.body_key_commitment = body_key.as_ref().map(|key| key.commitment().0.to_vec()).unwrap_or_default();
        let header_bytes = header.encode_to_vec();
        let sealed_body = match (&body, &body_key) {
            (Some(body), Some(key)) => key.seal(&header_bytes, &seal::padded(body)),
            _ => vec![],
        };
        let payload = wire::Notice { header: header_bytes, sealed_body }.encode_to_vec();
        let checked = SealedNotice::decode(&payload);
        let signed = envelope::sign::<SealedNotice>(&self.me.signing, payload);
        if signed.bytes.len() > limits::ENVELOPE_BYTES {
            return Ok(Err(IssueRefused::TooLarge(signed.bytes.len())));
        }
        // Everything was checked before; what does not read back here would be rejected everywhere.
        let checked = checked.map_err(|error| damaged("header", error))?;
        rows::put_envelope(&mut self.rows, signed.digest, &signed.bytes)?;
        if let Some(key) = &body_key {
            self.rows.put(key::body_key(signed.digest), self.me.vault.wrap(key, signed.digest, self.entropy));
        }
        self.append(Entry::issued(officer, signed.digest))?;
        let to: Vec<OfficeCode> = checked.header.addressees().collect();
        for office in &to {
            self.place(signed.digest, &checked, body_key.as_ref(), *office)?;
        }
        Ok(Ok(Issued { digest: signed.digest, reference, to, flags }))
    }

    /// Shape, sender, addressees, end; fills the agencies in.
    fn checked(
        &self,
        mut header: wire::NoticeHeader,
        body: Option<&wire::NoticeBody>,
    ) -> Result<(wire::NoticeHeader, Terms), IssueRefused> {
        if header.schema_version == 0 {
            header.schema_version = notice::SCHEMA_VERSION;
        }
        let from = header.from.get_or_insert_default();
        if from.office.is_empty() {
            from.office = self.me.office.to_string();
        }
        if from.agency == 0 {
            from.agency = self.me.agency.into();
        }
        for party in header.to.iter_mut().chain(&mut header.cc) {
            if party.agency == 0
                && let Some(office) = party.office.parse().ok().and_then(|code| self.rosters.office(code))
            {
                party.agency = office.agency.into();
            }
        }
        // Unknown offices are named as such before a missing agency is.
        for party in header.to.iter().chain(&header.cc) {
            if let Ok(code) = party.office.parse::<OfficeCode>() {
                let office = self.rosters.office(code).ok_or(IssueRefused::Unknown(code))?;
                if office.state == OfficeState::Revoked {
                    return Err(IssueRefused::Revoked(code));
                }
                if office.log_id().is_none() || office.seal_key().is_none() {
                    return Err(IssueRefused::Keyless(code));
                }
            }
        }
        let terms = notice::check_draft(&header)?;
        let from = header.from.as_ref().map_or("", |from| &from.office);
        if from.parse() != Ok(self.me.office) {
            return Err(IssueRefused::From(from.to_owned()));
        }
        let has_part = Kind::of(terms.kind).and_then(|kind| kind.part).is_some();
        match body {
            Some(body) => notice::check_body(terms.kind, body)?,
            None if has_part => return Err(Problem::new("body", Cause::Missing).into()),
            None => {}
        }
        if terms.expires <= self.now {
            return Err(IssueRefused::Expired);
        }
        Ok((header, terms))
    }

    /// What policy says of a draft, if it were released now.
    fn judged(
        &self,
        header: &wire::NoticeHeader,
        terms: &Terms,
        body: Option<&wire::NoticeBody>,
    ) -> Result<Findings, RowError> {
        let offices = Listed { me: self.me.office, officers: &self.officers, now: self.now, rosters: &self.rosters };
        Ok(policy::judge(&Case {
            header,
            terms,
            from: Some(self.me.office),
            body,
            created: self.now,
            released: self.now,
            release: None,
            book: Some(Book { offices: &offices, agreements: &self.me.agreements }),
            known: &self.related(&header.relations)?,
        }))
    }

    fn next_reference(&self) -> Result<Option<Reference>, RowError> {
        let last = rows::number(&self.rows, key::NUMBER, "number")?;
        let year = u8::try_from(self.now.year() % 100).unwrap_or(0);
        let numbers = u32::try_from(last).unwrap_or(u32::MAX).saturating_add(1)..=Reference::MAX_NUMBER;
        Ok(numbers.into_iter().find_map(|number| Reference::new(self.me.office, year, number)))
    }

    /// Gives a notice the next place in an addressee's stream, unless it must wait.
    fn place(
        &mut self,
        digest: Digest,
        notice: &SealedNotice,
        body_key: Option<&BodyKey>,
        to: OfficeCode,
    ) -> Result<(), RowError> {
        let Some(office) = self.rosters.office(to) else { return Ok(()) };
        let may_pass = self.may_pass(office, notice.header.terms.kind);
        let (Some(to_log), Some(seal_key), true) = (office.log_id(), office.seal_key(), may_pass) else {
            return Ok(());
        };
        let lane = Lane::from_number(notice.header.terms.urgency.into()).map_err(|error| damaged("header", error))?;
        let path = WrapPath { notice: digest, from: self.me.office, to };
        let key_wrap = match body_key {
            // A roster with a key that is none does not come into force.
            Some(key) => Some(
                self.wraps
                    .wrap(key, seal_key, &path, self.now, self.entropy)
                    .map_err(|error| damaged("roster", error))?,
            ),
            None => None,
        };
        let stream = Stream { from_log: self.me.log_id(), to_log, lane };
        let outgoing: Option<wire::OutgoingRow> =
            rows::message(&self.rows, &key::outgoing(to, to_log, lane), "stream")?;
        let dispatch = Dispatch {
            network: self.me.network.clone(),
            from: self.me.office,
            to,
            stream,
            sequence: outgoing.map_or(0, |row| row.placed) + 1,
            notice: digest,
            key_wrap: key_wrap.as_deref().map(Digest::of),
            sent: self.now,
        };
        let signed = envelope::sign::<Dispatch>(&self.me.signing, dispatch.encode());
        rows::put_envelope(&mut self.rows, signed.digest, &signed.bytes)?;
        if let Some(wrap) = key_wrap {
            self.rows.put(key::key_wrap(to, stream, dispatch.sequence), wrap);
        }
        self.append(Entry::dispatched(&dispatch, signed.digest))?;
        self.placed += 1;
        Ok(())
    }

    /// Whether a notice of this kind passes between this office and another.
    fn may_pass(&self, office: &Office, kind: wire::NoticeKind) -> bool {
        let me = self.rosters.office(self.me.office);
        [Some(office), me].into_iter().flatten().all(|one| match one.state {
            OfficeState::Active => true,
            OfficeState::Suspended => kinds::passes_suspension(kind),
            OfficeState::Revoked => false,
        })
    }

    /// Gives places to notices that wait for one, or whose place is in a log that the addressee has left; at most
    /// [`limits::COMMIT_COMMANDS`] in a commit, the rest in the next ones.
    pub(super) fn place_waiting(&mut self) -> Result<(), RowError> {
        let mut left = limits::COMMIT_COMMANDS;
        while let (Some(office), true) = (self.unplaced.first().copied(), left > 0) {
            let before = left;
            for digest in self.waiting(office, left)? {
                if left == 0 {
                    break;
                }
                let size = self.head.size;
                let notice = rows::envelope::<SealedNotice>(&self.rows, digest)?;
                let body_key = match self.rows.get(&key::body_key(digest))? {
                    Some(row) => Some(self.me.vault.unwrap_key(&row, digest).map_err(|_| damaged("body key", digest))?),
                    None => None,
                };
                self.place(digest, notice.claim(), body_key.as_ref(), office)?;
                if self.head.size > size {
                    left -= 1;
                }
            }
            if left == before {
                // None is there, or none may pass now: then a roster will say when.
                self.unplaced.remove(&office);
            }
        }
        Ok(())
    }

    /// Notices that wait: first those with a place in a log that the addressee has left, then those that were held.
    fn waiting(&self, office: OfficeCode, limit: usize) -> Result<Vec<Digest>, RowError> {
        let Some(listed) = self.rosters.office(office) else { return Ok(vec![]) };
        // Of a suspended office few may pass, and they may stand behind any number that may not.
        let limit = if self.may_pass(listed, wire::NoticeKind::Unspecified) { limit } else { usize::MAX };
        let mut waiting = vec![];
        if let Some(open) = listed.log_id() {
            for (from, to) in key::queue_beside(office, open) {
                for (_, value) in self.rows.scan(&from, &to, limit)? {
                    let dispatch = Digest::try_from(value.as_slice()).map_err(|_| damaged("queue", office))?;
                    waiting.push(rows::envelope::<Dispatch>(&self.rows, dispatch)?.claim().notice);
                }
            }
        }
        let held = key::all_held(office);
        for (row_key, value) in self.rows.scan(&held, &key::after(&held), limit)? {
            let digest = Digest::try_from(value.as_slice());
            waiting.push(digest.map_err(|_| damaged("held", hex::encode(row_key)))?);
        }
        Ok(waiting)
    }
}
