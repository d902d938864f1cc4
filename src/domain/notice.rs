//! The shape of a notice: what must be right before any rule of policy is asked.
//!
//! Used for drafts when they are submitted and for received notices, so that nobody can send what nobody accepts. Not
//! policy: who may send what to whom, mandatory fields of a kind and retention are judged elsewhere, on these types.
//!
//! - Every enum value is known, and 0 only where it means "not stated".
//! - A [`Header`] stands beside the signed bytes; it never replaces them.

mod attachments;
mod body;

use crate::domain::policy;
use crate::domain::problem::Cause;
use crate::domain::problem::Problem;
use crate::domain::text;
use crate::limits;
use crate::name::Digest;
use crate::name::NameError;
use crate::name::Network;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::time::Timestamp;
use crate::wire::Agency;
use crate::wire::Classification;
use crate::wire::Handling;
use crate::wire::LegalBasis;
use crate::wire::LegalBasisKind;
use crate::wire::NoticeHeader;
use crate::wire::NoticeKind;
use crate::wire::Party;
use crate::wire::PermittedAction;
use crate::wire::Purpose;
use crate::wire::RelationKind;
use crate::wire::Tlp;
use crate::wire::Traffic;
use crate::wire::Urgency;
use crate::wire::json::Word;

pub use attachments::AttachmentRef;
pub use attachments::agree;
pub use attachments::check_name;
pub use attachments::file_keys;
pub use attachments::file_keys_mut;
pub use attachments::listed;
pub use attachments::without_file_keys;
pub use body::check_body;
pub use body::render as render_body;
pub use body::replacement;

/// The only schema version.
pub const SCHEMA_VERSION: u32 = 1;

/// The author of a withdrawal that a node issues because nobody confirmed an emergency release (PROTOCOL 3).
pub const NODE_AUTHOR: &str = "node";

/// The header of a released notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The network.
    pub network: Network,
    /// The originator.
    pub from: OfficeCode,
    /// The reference, of the originator.
    pub reference: Reference,
    /// What an officer wrote.
    pub terms: Terms,
    /// When the draft was closed for release.
    pub created: Timestamp,
    /// When it was released.
    pub released: Timestamp,
    /// When it begins to count.
    pub valid_from: Timestamp,
    /// The author; `None` if the node issued it.
    pub author: Option<OfficerId>,
    /// The releasing officer; `None` if one officer or the node issued it alone.
    pub releaser: Option<OfficerId>,
    /// True if one officer released it alone.
    pub emergency: bool,
    /// The commitment to the body key; `None` if there is no body.
    pub body_key_commitment: Option<Digest>,
    /// Attachments, those of a notice that it passes on included; all different.
    pub attachments: Vec<AttachmentRef>,
}

/// What an officer writes into a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What it is.
    pub kind: NoticeKind,
    /// How fast.
    pub urgency: Urgency,
    /// Real, exercise or test.
    pub traffic: Traffic,
    /// Addressees, at least one, all different.
    pub to: Vec<OfficeCode>,
    /// Copies, different from `to` as well.
    pub cc: Vec<OfficeCode>,
    /// When every office destroys the body key.
    pub expires: Timestamp,
    /// When the need to keep it is reviewed.
    pub review: Option<Timestamp>,
    /// Audience.
    pub tlp: Tlp,
    /// Conditions of use, at least one, all different.
    pub handling: Vec<Handling>,
    /// What the addressee is asked to do at most.
    pub permitted_action: PermittedAction,
    /// Why it may be sent.
    pub purpose: Purpose,
    /// What sort of thing allows it.
    pub legal_basis: LegalBasisKind,
    /// The reference of that.
    pub legal_reference: String,
    /// Classification, if stated.
    pub classification: Option<Classification>,
    /// True if the body names or describes a person.
    pub personal_data: bool,
    /// Earlier notices that it is about.
    pub relations: Vec<Relation>,
}

/// A link to an earlier notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    /// What this notice does to the other.
    pub kind: RelationKind,
    /// The other notice, if the sender knew it.
    pub digest: Option<Digest>,
    /// Its reference.
    pub reference: Reference,
}

impl Header {
    /// All addressees: `to`, then `cc`.
    pub fn addressees(&self) -> impl Iterator<Item = OfficeCode> {
        self.terms.to.iter().chain(&self.terms.cc).copied()
    }

    /// The officer who let it go; `None` if the node did.
    #[must_use]
    pub fn let_go_by(&self) -> Option<&OfficerId> {
        self.releaser.as_ref().or(self.author.as_ref())
    }

    /// Whether an officer who did not send this in an emergency stands by it with that correction, in time (P-04).
    #[must_use]
    pub fn is_confirmed_by(&self, correction: &Self) -> bool {
        let is_second = |officer| self.author.as_ref() != Some(officer) && self.releaser.as_ref() != Some(officer);
        let in_time = correction.released.since_ms(self.released) <= policy::CONFIRM_MS;
        self.emergency && in_time && correction.let_go_by().is_some_and(is_second)
    }
}

/// Checks the header of a released notice.
///
/// # Errors
/// The first field whose form is wrong.
pub fn check_header(header: &NoticeHeader) -> Result<Header, Problem> {
    let terms = terms(header, Stage::Released)?;
    let from = header.from.as_ref().ok_or_else(|| missing("header.from"))?;
    let from = party(from, "header.from", Stage::Released)?;
    let times = Times::of(header)?;
    let is = |name: &str| Problem::new(format!("header.{name}"), Cause::Missing);
    let reference: Reference = named(&header.reference, "header.identifier.human_ref")?;
    if reference.office() != from {
        return Err(Problem::new("header.identifier.human_ref", Cause::Foreign));
    }
    let (author, releaser) = officers(header, from, terms.kind)?;
    Ok(Header {
        network: named(&header.network, "header.network")?,
        from,
        reference,
        created: times.created.ok_or_else(|| is("created_at"))?,
        released: times.released.ok_or_else(|| is("release_at"))?,
        valid_from: times.valid_from.ok_or_else(|| is("valid_from"))?,
        author,
        releaser,
        emergency: header.emergency,
        body_key_commitment: digest(&header.body_key_commitment, "header.body_key_commitment")?,
        attachments: attachments::attachments(header)?,
        terms,
    })
}

/// Checks the header of a draft, in which the node has set nothing yet: sender and agencies may be missing, and what
/// only a node sets is not looked at.
///
/// # Errors
/// The first field whose form is wrong.
pub fn check_draft(header: &NoticeHeader) -> Result<Terms, Problem> {
    if let Some(from) = &header.from {
        party(from, "header.from", Stage::Drafted)?;
    }
    Times::of(header)?;
    terms(header, Stage::Drafted)
}

/// How far a header has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Drafted,
    Released,
}

fn terms(header: &NoticeHeader, stage: Stage) -> Result<Terms, Problem> {
    if header.schema_version != SCHEMA_VERSION {
        return Err(Problem::new("header.schema_version", Cause::NotOffered));
    }
    let kind = value(header.kind, "header.kind")?;
    let (to, cc) = addressees(header, stage)?;
    let basis = header.legal_basis.as_ref().ok_or_else(|| missing("header.legal_basis"))?;
    Ok(Terms {
        kind,
        urgency: value(header.urgency, "header.urgency")?,
        traffic: value(header.traffic, "header.traffic_status")?,
        to,
        cc,
        expires: time(header.expires_ms, "header.expires_at")?.ok_or_else(|| missing("header.expires_at"))?,
        review: time(header.review_ms, "header.review_at")?,
        tlp: value(header.tlp, "header.tlp")?,
        handling: handling(&header.handling)?,
        permitted_action: value(header.permitted_action, "header.permitted_action")?,
        purpose: value(header.purpose, "header.purpose.code")?,
        legal_basis: value(basis.kind, "header.legal_basis.kind")?,
        legal_reference: legal_reference(basis)?,
        classification: stated(header.classification, "header.classification")?,
        personal_data: header.personal_data,
        relations: relations(header)?,
    })
}

/// Times of a header, if set, in their order.
struct Times {
    created: Option<Timestamp>,
    released: Option<Timestamp>,
    valid_from: Option<Timestamp>,
}

impl Times {
    fn of(header: &NoticeHeader) -> Result<Self, Problem> {
        let created = time(header.created_ms, "header.created_at")?;
        let released = time(header.released_ms, "header.release_at")?;
        let valid_from = time(header.valid_from_ms, "header.valid_from")?;
        let review = time(header.review_ms, "header.review_at")?;
        let expires = time(header.expires_ms, "header.expires_at")?;
        let after = |time: Option<Timestamp>, than: Option<Timestamp>| time.zip(than).is_some_and(|(a, b)| a > b);
        let both = |a: Option<Timestamp>, b: Option<Timestamp>| a.is_some() && b.is_some();
        if after(created, released) {
            return Err(Problem::new("header.created_at", Cause::Late { than: "header.release_at" }));
        }
        for (begin, than) in [(released, "header.release_at"), (valid_from, "header.valid_from")] {
            if both(begin, expires) && !after(expires, begin) {
                return Err(Problem::new("header.expires_at", Cause::Early { than }));
            }
        }
        if after(review, expires) {
            return Err(Problem::new("header.review_at", Cause::Late { than: "header.expires_at" }));
        }
        Ok(Self { created, released, valid_from })
    }
}

fn party(party: &Party, path: &str, stage: Stage) -> Result<OfficeCode, Problem> {
    if stage == Stage::Released || party.agency != 0 {
        value::<Agency>(party.agency, format_args!("{path}.agency"))?;
    }
    named(&party.office, format_args!("{path}.office_code"))
}

fn addressees(header: &NoticeHeader, stage: Stage) -> Result<(Vec<OfficeCode>, Vec<OfficeCode>), Problem> {
    if header.to.is_empty() {
        return Err(missing("header.to"));
    }
    if header.to.len() + header.cc.len() > limits::ADDRESSEES {
        return Err(Problem::new("header.to", Cause::Many { max: limits::ADDRESSEES }));
    }
    let mut seen = vec![];
    for (list, parties) in [("to", &header.to), ("cc", &header.cc)] {
        for (i, addressee) in parties.iter().enumerate() {
            let path = format!("header.{list}[{i}]");
            let office = party(addressee, &path, stage)?;
            if header.from.as_ref().is_some_and(|from| from.office == addressee.office) {
                return Err(Problem::new(format!("{path}.office_code"), Cause::Sender));
            }
            if seen.contains(&office) {
                return Err(Problem::new(format!("{path}.office_code"), Cause::Duplicate));
            }
            seen.push(office);
        }
    }
    let cc = seen.split_off(header.to.len());
    Ok((seen, cc))
}

fn handling(codes: &[i32]) -> Result<Vec<Handling>, Problem> {
    if codes.is_empty() {
        return Err(missing("header.handling"));
    }
    let mut seen = vec![];
    for (i, code) in codes.iter().enumerate() {
        let path = format!("header.handling[{i}].code");
        let code = value(*code, &path)?;
        if seen.contains(&code) {
            return Err(Problem::new(path, Cause::Duplicate));
        }
        seen.push(code);
    }
    Ok(seen)
}

fn legal_reference(basis: &LegalBasis) -> Result<String, Problem> {
    let path = "header.legal_basis.ref";
    if basis.reference.trim().is_empty() {
        return Err(missing(path));
    }
    text::check_basis(&basis.reference, limits::LEGAL_BASIS_CHARS).map_err(|what| Problem::new(path, what))?;
    Ok(basis.reference.clone())
}

fn relations(header: &NoticeHeader) -> Result<Vec<Relation>, Problem> {
    if header.relations.len() > limits::RELATIONS {
        return Err(Problem::new("header.relates_to", Cause::Many { max: limits::RELATIONS }));
    }
    let check = |(i, relation): (usize, &crate::wire::Relation)| {
        let path = format!("header.relates_to[{i}]");
        Ok(Relation {
            kind: value(relation.kind, format_args!("{path}.type"))?,
            digest: digest(&relation.digest, format_args!("{path}.digest"))?,
            reference: named(&relation.reference, format_args!("{path}.human_ref"))?,
        })
    };
    header.relations.iter().enumerate().map(check).collect()
}

type Officers = (Option<OfficerId>, Option<OfficerId>);

fn officers(header: &NoticeHeader, from: OfficeCode, kind: NoticeKind) -> Result<Officers, Problem> {
    if header.author == NODE_AUTHOR && kind == NoticeKind::Withdrawal && header.releaser.is_empty() {
        return Ok((None, None));
    }
    let officer = |id: &str, path: &str| {
        let officer: OfficerId = named(id, path)?;
        if officer.of(from) { Ok(officer) } else { Err(Problem::new(path, Cause::Foreign)) }
    };
    let author = officer(&header.author, "header.author")?;
    if header.releaser.is_empty() {
        return Ok((Some(author), None));
    }
    Ok((Some(author), Some(officer(&header.releaser, "header.releaser")?)))
}

fn missing(path: &str) -> Problem {
    Problem::new(path, Cause::Missing)
}

/// A value that must be stated.
fn value<E: Word + PartialEq>(number: i32, path: impl std::fmt::Display) -> Result<E, Problem> {
    match E::try_from(number) {
        Ok(value) if value == E::default() => Err(Problem::new(path, Cause::Missing)),
        Ok(value) => Ok(value),
        Err(_) => Err(Problem::new(path, Cause::Value)),
    }
}

/// A value that need not be stated.
fn stated<E: Word + PartialEq>(number: i32, path: &str) -> Result<Option<E>, Problem> {
    if number == 0 { Ok(None) } else { value(number, path).map(Some) }
}

/// A time; 0 is none.
fn time(ms: i64, path: &str) -> Result<Option<Timestamp>, Problem> {
    let time = Timestamp::from_ms(ms).map_err(|what| Problem::new(path, what))?;
    Ok((time != Timestamp::ZERO).then_some(time))
}

/// A digest; no bytes are none.
fn digest(bytes: &[u8], path: impl std::fmt::Display) -> Result<Option<Digest>, Problem> {
    if bytes.is_empty() {
        return Ok(None);
    }
    Digest::try_from(bytes).map(Some).map_err(|what| Problem::new(path, what))
}

fn named<N: std::str::FromStr<Err = NameError>>(text: &str, path: impl std::fmt::Display) -> Result<N, Problem> {
    if text.is_empty() {
        return Err(Problem::new(path, Cause::Missing));
    }
    text.parse().map_err(|what: NameError| Problem::new(path, what))
}

#[cfg(test)]
mod tests;
