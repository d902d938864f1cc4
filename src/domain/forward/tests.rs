//! What a forward holds is whole, of one originator, and nothing else passes for it.

use proptest::prelude::*;
use prost::Message as _;

use super::*;
use crate::domain::envelope;
use crate::domain::envelope::SigningKey;
use crate::domain::policy;
use crate::domain::policy::Agreements;
use crate::domain::policy::Case;
use crate::domain::policy::NothingKnown;
use crate::domain::seal;
use crate::entropy::SeededEntropy;
use crate::time::Timestamp;

const REFERENCE: &str = "UZ-ALT-26-000123-3";

fn party(office: &str) -> wire::Party {
    wire::Party { office: office.to_owned(), agency: wire::Agency::Border.into() }
}

fn text(text: &str) -> wire::Text {
    wire::Text { text: text.to_owned(), language: "en".to_owned() }
}

fn header(kind: NoticeKind) -> wire::NoticeHeader {
    wire::NoticeHeader {
        network: "test.example".to_owned(),
        from: Some(party("UZ-ALT")),
        to: vec![party("TM-FAR")],
        reference: REFERENCE.to_owned(),
        kind: kind.into(),
        urgency: wire::Urgency::Routine.into(),
        traffic: wire::Traffic::Actual.into(),
        created_ms: 1000,
        released_ms: 2000,
        valid_from_ms: 2000,
        expires_ms: 9000,
        tlp: Tlp::Amber.into(),
        handling: vec![Handling::H2.into()],
        permitted_action: wire::PermittedAction::InformOnly.into(),
        purpose: wire::Purpose::DrugTrafficking.into(),
        legal_basis: Some(wire::LegalBasis {
            kind: wire::LegalBasisKind::Agreement.into(),
            reference: "TM-UZ/1".to_owned(),
        }),
        author: "UZ-ALT-O01".to_owned(),
        releaser: "UZ-ALT-R01".to_owned(),
        schema_version: 1,
        ..wire::NoticeHeader::default()
    }
}

/// An envelope, its digest, and the key of its text.
fn sealed(mut header: wire::NoticeHeader, body: &wire::NoticeBody) -> (Vec<u8>, Digest, Vec<u8>) {
    let key = BodyKey::make(&mut SeededEntropy::new(header.created_ms.unsigned_abs()));
    header.body_key_commitment = key.commitment().0.to_vec();
    let header = header.encode_to_vec();
    let sealed_body = key.seal(&header, &seal::padded(body));
    let payload = wire::Notice { header, sealed_body }.encode_to_vec();
    let signed = envelope::sign::<SealedNotice>(&SigningKey::from_seed(&[1; 32]), payload);
    (signed.bytes, signed.digest, key.bytes().to_vec())
}

fn a_text(subject: &str) -> wire::NoticeBody {
    wire::NoticeBody {
        subject: Some(text(subject)),
        modus_operandi: Some(wire::ModusOperandi {
            concealment: vec![wire::ConcealmentPlace::Other.into()],
            description: Some(text("held by magnets")),
            ..wire::ModusOperandi::default()
        }),
        ..wire::NoticeBody::default()
    }
}

/// A forward, and the digest of what it passes on.
fn a_forward() -> (wire::Forward, Digest) {
    let (envelope, digest, body_key) = sealed(header(NoticeKind::ModusOperandi), &a_text("under a trailer"));
    (wire::Forward { envelope, body_key, ..wire::Forward::default() }, digest)
}

/// A correction of a notice, as it is passed on.
fn a_correction(of: Digest, change: impl FnOnce(&mut wire::NoticeHeader)) -> wire::ForwardedCorrection {
    let mut header = header(NoticeKind::Correction);
    header.created_ms = 1500;
    header.tlp = Tlp::AmberStrict.into();
    header.handling.push(Handling::H1.into());
    header.relations = vec![wire::Relation {
        kind: RelationKind::Corrects.into(),
        digest: of.0.to_vec(),
        reference: REFERENCE.to_owned(),
    }];
    change(&mut header);
    let correction = wire::Correction {
        full_replacement: Some(Box::new(a_text("under a bus"))),
        reason: Some(text("an error")),
        reason_code: wire::AmendmentReason::Error.into(),
        ..wire::Correction::default()
    };
    let body = wire::NoticeBody { correction: Some(Box::new(correction)), ..wire::NoticeBody::default() };
    let (envelope, _, body_key) = sealed(header, &body);
    wire::ForwardedCorrection { envelope, body_key }
}

fn error(forward: &wire::Forward) -> Option<ForwardError> {
    read(forward).err()
}

#[test]
fn what_is_passed_on_reads_as_its_originator_wrote_it() {
    let (forward, digest) = a_forward();
    let passed_on = read(&forward).ok().unwrap();
    assert_eq!((passed_on.digest(), passed_on.header().reference.to_string()), (digest, REFERENCE.to_owned()));
    assert_eq!(passed_on.body.subject, Some(text("under a trailer")));
    assert_eq!(passed_on.markings(), (Tlp::Amber, vec![Handling::H2]));
    let corrected = wire::Forward { corrections: vec![a_correction(digest, |_| {})], ..forward };
    let passed_on = read(&corrected).ok().unwrap();
    assert_eq!(passed_on.body.subject, Some(text("under a bus")));
    assert_eq!(passed_on.markings(), (Tlp::AmberStrict, vec![Handling::H2, Handling::H1]), "the strictest holds");
    assert_eq!(format!("{corrected:?}"), "Forward", "it holds a key");
}

#[test]
fn nothing_else_passes_for_it() {
    let (forward, digest) = a_forward();
    let other_key = wire::Forward { body_key: vec![1; 32], ..forward.clone() };
    let no_key = wire::Forward { body_key: vec![], ..forward.clone() };
    let nothing = wire::Forward { envelope: vec![], ..forward.clone() };
    for (broken, said) in
        [(other_key, ForwardError::Text), (no_key, ForwardError::Text), (nothing, ForwardError::Envelope)]
    {
        assert_eq!(error(&broken), Some(said));
    }
    let of_another = a_correction(Digest([9; 32]), |_| {});
    let by_reference = a_correction(digest, |header| header.relations[0].digest.clear());
    let by_another = a_correction(digest, |header| {
        (header.from, header.reference) = (Some(party("TM-FAR")), "TM-FAR-26-000087-C".to_owned());
        (header.author, header.releaser) = ("TM-FAR-O01".to_owned(), "TM-FAR-R01".to_owned());
        header.to = vec![party("UZ-ALT")];
    });
    for correction in [of_another, by_reference, by_another] {
        let broken = wire::Forward { corrections: vec![correction], ..forward.clone() };
        assert_eq!(error(&broken), Some(ForwardError::Correction));
    }
    let mut inner = header(NoticeKind::Forward);
    inner.relations =
        vec![wire::Relation { kind: RelationKind::Forwards.into(), digest: vec![], reference: REFERENCE.to_owned() }];
    let part = wire::NoticeBody { forward: Some(forward), modus_operandi: None, ..a_text("once more") };
    let (envelope, _, body_key) = sealed(inner, &part);
    let nested = wire::Forward { envelope, body_key, ..wire::Forward::default() };
    assert_eq!(error(&nested), Some(ForwardError::Envelope), "a forward is not passed on");
}

/// The rules that an addressee finds broken.
fn received(change: impl FnOnce(&mut wire::NoticeHeader)) -> Vec<String> {
    received_of(header(NoticeKind::ModusOperandi), change)
}

/// The same, of a forward of an original with this header.
fn received_of(inner: wire::NoticeHeader, change: impl FnOnce(&mut wire::NoticeHeader)) -> Vec<String> {
    let (envelope, digest, body_key) = sealed(inner, &a_text("under a trailer"));
    let consent_digest = vec![5; 32];
    let forward = wire::Forward { envelope, body_key, consent_digest, ..wire::Forward::default() };
    let mut outer = header(NoticeKind::Forward);
    (outer.from, outer.to) = (Some(party("TM-FAR")), vec![party("KZ-KOR")]);
    (outer.author, outer.releaser) = ("TM-FAR-O01".to_owned(), "TM-FAR-R01".to_owned());
    outer.reference = "TM-FAR-26-000087-C".to_owned();
    outer.body_key_commitment = vec![2; 32];
    outer.relations = vec![wire::Relation {
        kind: RelationKind::Forwards.into(),
        digest: digest.0.to_vec(),
        reference: REFERENCE.to_owned(),
    }];
    change(&mut outer);
    let checked = crate::domain::notice::check_header(&outer).unwrap();
    let body = wire::NoticeBody { forward: Some(forward), modus_operandi: None, ..a_text("from Alat") };
    let case = Case {
        header: &outer,
        terms: &checked.terms,
        from: Some(checked.from),
        body: Some(&body),
        created: Timestamp::clamped(1000),
        released: Timestamp::clamped(2000),
        release: None,
        book: None,
        known: &NothingKnown,
    };
    let found = policy::judge_received(&case, "KZ-KOR".parse().unwrap(), &Agreements::default());
    let rules = found.problems.iter().map(|finding| finding.rule.to_string());
    // No grade, and no agreement: not what this is about.
    rules.filter(|rule| !matches!(rule.as_str(), "P-01" | "P-15")).collect()
}

#[test]
fn an_addressee_holds_a_forward_to_what_it_passes_on() {
    assert_eq!(received(|_| {}), [""; 0]);
    let rules = |change: fn(&mut wire::NoticeHeader)| received(change);
    assert_eq!(rules(|h| h.expires_ms = 9001), ["P-10"]);
    assert_eq!(rules(|h| h.tlp = Tlp::Green.into()), ["P-07"]);
    assert_eq!(rules(|h| h.handling = vec![Handling::H1.into()]), ["P-07"]);
    assert_eq!(rules(|h| h.traffic = wire::Traffic::Exercise.into()), ["P-16"]);
    assert_eq!(rules(|h| h.relations[0].digest = vec![9; 32]), ["K:FORWARD.forward"]);
    let inner = |change: fn(&mut wire::NoticeHeader)| {
        let mut inner = header(NoticeKind::ModusOperandi);
        change(&mut inner);
        received_of(inner, |_| {})
    };
    let rules_inside = |change| {
        let mut found = inner(change);
        found.dedup();
        found
    };
    assert_eq!(rules_inside(|h| h.classification = wire::Classification::Secret.into()), ["P-02"]);
    assert_eq!(rules_inside(|h| h.expires_ms = 400 * 86_400_000 * 6), ["P-10"], "beyond the hard cap");
    assert_eq!(rules_inside(|h| h.tlp = Tlp::Red.into()), ["P-07", "P-08"]);
    assert_eq!(rules(|h| h.network = "other.example".to_owned()), ["K:FORWARD.forward"]);
}

proptest! {
    #[test]
    fn no_bytes_panic(envelope in prop::collection::vec(any::<u8>(), 0..400), key in prop::collection::vec(any::<u8>(), 0..40)) {
        let correction = wire::ForwardedCorrection { envelope: envelope.clone(), body_key: key.clone() };
        let forward = wire::Forward { envelope, body_key: key, corrections: vec![correction], ..a_forward().0 };
        prop_assert!(read(&forward).is_err());
    }

    #[test]
    fn a_changed_original_is_refused(at in any::<prop::sample::Index>(), by in 1..=255_u8) {
        let (mut forward, digest) = a_forward();
        let at = at.index(forward.envelope.len());
        forward.envelope[at] ^= by;
        // A changed signature still opens; that is for the keys of the roster to tell.
        prop_assert!(read(&forward).map_or(true, |passed_on| passed_on.digest() == digest));
    }
}
