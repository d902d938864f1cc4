//! A draft becomes a notice: checked, sealed, signed, logged, and given a place in each addressee's stream.

use prost::Message as _;

use crate::domain::entry::Entry;
use crate::domain::envelope;
use crate::domain::envelope::Payload as _;
use crate::domain::forward;
use crate::domain::kinds::Kind;
use crate::domain::notice;
use crate::domain::notice::Terms;
use crate::domain::policy;
use crate::domain::policy::Book;
use crate::domain::policy::Case;
use crate::domain::policy::Findings;
use crate::domain::policy::Release;
use crate::domain::problem::Cause;
use crate::domain::problem::Problem;
use crate::domain::roster::OfficeState;
use crate::domain::rule::Finding;
use crate::domain::seal;
use crate::domain::seal::BodyKey;
use crate::domain::sealed::SealedNotice;
use crate::domain::standing::Says;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::office::book::Listed;
use crate::office::writer::Step;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::RelationKind;

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
    /// Whoever lets a forward go has read what it passes on, as it now reads.
    #[error("whoever releases this has not opened {0} as it now reads")]
    NotOpened(Reference),
    /// Too large to send.
    #[error("the notice has {0} bytes, more than {max} ", max = limits::ENVELOPE_BYTES)]
    TooLarge(usize),
    /// All running numbers of the office are used up.
    #[error("the office has used all its running numbers")]
    NoNumber,
}

/// Who lets a notice go.
pub(super) enum Approval<'a> {
    /// One officer: a kind that needs no second one, an emergency, or the confirmation of one.
    Alone(&'a OfficerId, &'a wire::Statement),
    /// A second officer, of a draft that waited for release.
    Second { author: &'a OfficerId, releaser: &'a OfficerId, statement: &'a wire::Statement, submitted: Submitted },
    /// The node: nobody has confirmed an emergency release.
    Node,
}

/// What waited for release.
pub(super) struct Submitted {
    /// The reference reserved for it.
    pub(super) reference: Reference,
    /// When.
    pub(super) at: Timestamp,
    /// SHA-256 of its sealed text.
    pub(super) form: Digest,
}

impl Approval<'_> {
    /// What the officers state; `None` if there is none.
    fn release(&self, now: Timestamp, emergency: bool) -> Option<Release> {
        let (author, releaser, statement) = match self {
            Self::Alone(author, statement) => (author, None, statement),
            Self::Second { author, releaser, statement, .. } => (author, Some((*releaser).clone()), statement),
            Self::Node => return None,
        };
        let emergency = emergency && releaser.is_none();
        Some(Release {
            author: Some((*author).clone()),
            releaser,
            emergency,
            confirm_by: emergency.then(|| now.plus_ms(policy::CONFIRM_MS)),
            checklist: statement.checklist().collect(),
            lawful_basis_confirmed: statement.lawful_basis_confirmed,
        })
    }
}

impl Step<'_> {
    pub(super) fn issue(
        &mut self,
        approval: &Approval<'_>,
        draft: wire::NoticeHeader,
        mut body: Option<wire::NoticeBody>,
    ) -> Result<Result<Issued, IssueRefused>, RowError> {
        let (mut header, terms) = match self.checked(draft, body.as_ref()) {
            Ok(checked) => checked,
            Err(refused) => return Ok(Err(refused)),
        };
        let (author, releaser) = match approval {
            Approval::Alone(author, _) => (author.as_str(), ""),
            Approval::Second { author, releaser, .. } => (author.as_str(), releaser.as_str()),
            Approval::Node => (notice::NODE_AUTHOR, ""),
        };
        author.clone_into(&mut header.author);
        releaser.clone_into(&mut header.releaser);
        let release = approval.release(self.now, header.emergency);
        let Findings { problems, flags } = match approval {
            // What has to be recalled is recalled whatever has been agreed, or forgotten, meanwhile.
            Approval::Node => Findings::default(),
            _ => self.judged(&header, &terms, body.as_ref(), release.as_ref())?,
        };
        if !problems.is_empty() {
            return Ok(Err(IssueRefused::Policy(problems)));
        }
        if let Some(unread) = self.unread(approval, &header)? {
            return Ok(Err(IssueRefused::NotOpened(unread)));
        }
        let (reference, created) = match approval {
            Approval::Second { submitted, .. } => (submitted.reference, submitted.at),
            _ => match self.next_reference()? {
                Some(reference) => (reference, self.now),
                None => return Ok(Err(IssueRefused::NoNumber)),
            },
        };
        header.network = self.me.network.to_string();
        header.reference = reference.to_string();
        header.created_ms = created.ms();
        header.released_ms = self.now.ms();
        header.emergency = release.is_some_and(|release| release.emergency);
        header.schema_version = notice::SCHEMA_VERSION;
        if header.valid_from_ms == 0 {
            header.valid_from_ms = self.now.ms();
        }
        for relation in &mut header.relations {
            relation.digest = self.digest_of(relation)?;
        }
        if let Some(part) = body.as_mut().and_then(|body| body.forward.as_mut()) {
            *part = self.passed_on(&terms, &header)?;
        }
        header.attachments = listed(body.as_ref())?;
        if header.attachments.len() > limits::ATTACHMENTS {
            let max = limits::ATTACHMENTS;
            return Ok(Err(Problem::new("body.attachments", Cause::Many { max }).into()));
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
        let actor = if releaser.is_empty() { author } else { releaser };
        let form = if let Approval::Second { submitted, .. } = approval { Some(submitted.form) } else { None };
        let says = body.as_ref().map_or(Says::Nothing, |body| Says::of(checked.header.terms.kind, body));
        self.append(Entry::issued(actor, signed.digest, form, says))?;
        let to: Vec<OfficeCode> = checked.header.addressees().collect();
        for office in &to {
            self.place(signed.digest, &checked, body_key.as_ref(), *office)?;
        }
        Ok(Ok(Issued { digest: signed.digest, reference, to, flags }))
    }

    /// The notice that a forward passes on, if whoever lets it go has not opened all of it.
    fn unread(&self, approval: &Approval<'_>, header: &wire::NoticeHeader) -> Result<Option<Reference>, RowError> {
        let (Approval::Alone(officer, _) | Approval::Second { releaser: officer, .. }) = approval else {
            return Ok(None);
        };
        let Some(digest) = self.forwarded(header)? else { return Ok(None) };
        for part in self.standings().parts(digest)? {
            if !self.has_opened(part, officer)? {
                return Ok(Some(rows::envelope::<SealedNotice>(&self.rows, digest)?.claim().header.reference));
            }
        }
        Ok(None)
    }

    /// The notice that a forward passes on, if it is one and that is here.
    pub(super) fn forwarded(&self, header: &wire::NoticeHeader) -> Result<Option<Digest>, RowError> {
        let forwards = header.relations.iter().find(|one| one.kind() == RelationKind::Forwards);
        let Some(relation) = forwards.filter(|_| header.kind() == NoticeKind::Forward) else { return Ok(None) };
        Ok(Digest::try_from(self.digest_of(relation)?.as_slice()).ok())
    }

    /// What a forward holds of the notice that it passes on; judged before.
    fn passed_on(&self, terms: &Terms, header: &wire::NoticeHeader) -> Result<wire::Forward, RowError> {
        let about = || damaged("notice", "to be passed on");
        let digest = self.forwarded(header)?.ok_or_else(about)?;
        let standings = self.standings();
        let to: Vec<OfficeCode> = terms.to.iter().chain(&terms.cc).copied().collect();
        let passable = standings.passable(digest)?;
        let consent = passable.consent(&to).ok_or_else(about)?;
        let whole = standings.whole(digest)?.ok_or_else(about)?;
        Ok(wire::Forward { consent_digest: consent.decision.0.to_vec(), ..whole })
    }

    /// Shape, sender, addressees, end; fills the agencies in.
    pub(super) fn checked(
        &self,
        mut header: wire::NoticeHeader,
        body: Option<&wire::NoticeBody>,
    ) -> Result<(wire::NoticeHeader, Terms), IssueRefused> {
        // Nobody says of himself who he is.
        header.author.clear();
        header.releaser.clear();
        header.attachments.clear();
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

    /// What policy says of a draft, if it were released now; `release` is what its officers state, if they were asked.
    pub(super) fn judged(
        &self,
        header: &wire::NoticeHeader,
        terms: &Terms,
        body: Option<&wire::NoticeBody>,
        release: Option<&Release>,
    ) -> Result<Findings, RowError> {
        let offices = Listed { me: self.me.office, officers: &self.officers, now: self.now, rosters: &self.rosters };
        let case = Case {
            header,
            terms,
            from: Some(self.me.office),
            body,
            created: self.now,
            released: self.now,
            release,
            book: Some(Book { offices: &offices, agreements: &self.me.agreements, periods: &self.periods()? }),
            known: &self.related(&header.relations)?,
        };
        let mut findings = policy::judge(&case);
        findings.problems.extend(self.outside_exercise(&case));
        Ok(findings)
    }

    pub(super) fn next_reference(&self) -> Result<Option<Reference>, RowError> {
        let last = rows::number(&self.rows, key::NUMBER, "number")?;
        let year = u8::try_from(self.now.year() % 100).unwrap_or(0);
        let numbers = u32::try_from(last).unwrap_or(u32::MAX).saturating_add(1)..=Reference::MAX_NUMBER;
        Ok(numbers.into_iter().find_map(|number| Reference::new(self.me.office, year, number)))
    }
}

/// What the header lists: the attachments of the text, then those of what it passes on.
fn listed(body: Option<&wire::NoticeBody>) -> Result<Vec<wire::AttachmentRef>, RowError> {
    let Some(body) = body else { return Ok(vec![]) };
    let mut listed: Vec<_> = notice::file_keys(body).map(notice::listed).collect();
    if let Some(part) = &body.forward {
        let passed_on = forward::read(part).map_err(|error| damaged("notice to be passed on", error))?;
        listed.extend(passed_on.attachments().iter().map(notice::AttachmentRef::message));
    }
    Ok(listed)
}
