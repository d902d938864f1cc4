//! Shapes that pass, one defect at a time, and bytes from anybody.

use proptest::prelude::*;
use prost::Message as _;

use super::*;
use crate::wire;
use crate::wire::NoticeBody;

fn party(office: &str) -> Party {
    Party { office: office.to_owned(), agency: Agency::Border.into() }
}

fn header() -> NoticeHeader {
    NoticeHeader {
        network: "demo.example".to_owned(),
        from: Some(party("UZ-ALT")),
        to: vec![party("TM-FAR")],
        cc: vec![party("UZ-NCC")],
        reference: "UZ-ALT-26-000123-3".to_owned(),
        kind: NoticeKind::Withdrawal.into(),
        urgency: Urgency::Priority.into(),
        traffic: Traffic::Actual.into(),
        created_ms: 1000,
        released_ms: 2000,
        valid_from_ms: 2000,
        expires_ms: 9000,
        review_ms: 9000,
        tlp: Tlp::Amber.into(),
        handling: vec![Handling::H1.into(), Handling::H2.into()],
        permitted_action: PermittedAction::InformOnly.into(),
        purpose: Purpose::Other.into(),
        legal_basis: Some(LegalBasis { kind: LegalBasisKind::Agreement.into(), reference: "TM-UZ/1".to_owned() }),
        classification: Classification::Secret.into(),
        personal_data: true,
        emergency: false,
        relations: vec![wire::Relation {
            kind: RelationKind::Withdraws.into(),
            digest: vec![1; 32],
            reference: "UZ-ALT-26-000123-3".to_owned(),
        }],
        attachments: vec![],
        body_key_commitment: vec![2; 32],
        author: "UZ-ALT-O01".to_owned(),
        releaser: "UZ-ALT-R01".to_owned(),
        schema_version: 1,
    }
}

#[test]
fn a_header_is_read() {
    let read = check_header(&header()).unwrap();
    assert_eq!(read.addressees().map(|office| office.to_string()).collect::<Vec<_>>(), ["TM-FAR", "UZ-NCC"]);
    assert_eq!(read.terms.kind, NoticeKind::Withdrawal);
    assert_eq!(read.terms.handling, [Handling::H1, Handling::H2]);
    assert_eq!(read.terms.classification, Some(Classification::Secret));
    assert_eq!(read.terms.relations[0].digest, Some(Digest([1; 32])));
    assert_eq!(read.releaser.map(|officer| officer.to_string()), Some("UZ-ALT-R01".to_owned()));
    assert_eq!(read.body_key_commitment, Some(Digest([2; 32])));
}

#[test]
fn the_node_withdraws_alone() {
    let by_node = |kind: NoticeKind, releaser: &str| {
        let (author, releaser) = (NODE_AUTHOR.to_owned(), releaser.to_owned());
        check_header(&NoticeHeader { kind: kind.into(), author, releaser, ..header() })
    };
    assert_eq!(by_node(NoticeKind::Withdrawal, "").unwrap().author, None);
    assert!(by_node(NoticeKind::Correction, "").is_err());
    assert!(by_node(NoticeKind::Withdrawal, "UZ-ALT-R01").is_err());
}

#[test]
fn every_defect_of_a_header_is_named() {
    type Defect = (&'static str, fn(&mut NoticeHeader));
    let defects: [Defect; 42] = [
        ("header.network is missing", |h| h.network.clear()),
        ("header.network is wrong", |h| h.network.push('!')),
        ("header.from is missing", |h| h.from = None),
        ("header.from.agency is missing", |h| h.from = Some(Party { agency: 0, ..party("UZ-ALT") })),
        ("header.to[0].agency holds a value", |h| h.to[0].agency = 99),
        ("header.to is missing", |h| h.to.clear()),
        ("header.to has more than 64 items", |h| h.cc = vec![party("UZ-NCC"); 64]),
        ("header.to[0].office_code is wrong", |h| h.to[0].office.push('X')),
        ("header.cc[0].office_code is there twice", |h| h.cc[0] = h.to[0].clone()),
        ("header.cc[0].office_code is the sending office", |h| h.cc[0] = party("UZ-ALT")),
        ("header.identifier.human_ref is wrong", |h| h.reference = "UZ-ALT-26-000123-4".to_owned()),
        ("header.identifier.human_ref does not belong", |h| h.reference = "TJ-FOT-26-000067-J".to_owned()),
        ("header.kind is missing", |h| h.kind = 0),
        ("header.kind holds a value", |h| h.kind = 99),
        ("header.urgency is missing", |h| h.urgency = 0),
        ("header.urgency holds a value", |h| h.urgency = -1),
        ("header.traffic_status is missing", |h| h.traffic = 0),
        ("header.created_at is missing", |h| h.created_ms = 0),
        ("header.created_at is after header.release_at", |h| h.created_ms = 2001),
        ("header.release_at is missing", |h| h.released_ms = 0),
        ("header.release_at is wrong", |h| h.released_ms = -1),
        ("header.valid_from is missing", |h| h.valid_from_ms = 0),
        ("header.expires_at is missing", |h| (h.expires_ms, h.review_ms) = (0, 0)),
        ("header.expires_at is not after header.release_at", |h| h.expires_ms = 2000),
        ("header.expires_at is not after header.valid_from", |h| h.valid_from_ms = 9000),
        ("header.expires_at is wrong", |h| h.expires_ms = i64::MAX),
        ("header.review_at is after header.expires_at", |h| h.review_ms = 9001),
        ("header.tlp is missing", |h| h.tlp = 0),
        ("header.handling is missing", |h| h.handling.clear()),
        ("header.handling[1].code is there twice", |h| h.handling[1] = h.handling[0]),
        ("header.handling[0].code is missing", |h| h.handling[0] = 0),
        ("header.permitted_action is missing", |h| h.permitted_action = 0),
        ("header.purpose.code is missing", |h| h.purpose = 0),
        ("header.legal_basis is missing", |h| h.legal_basis = None),
        ("header.legal_basis.ref is missing", |h| h.legal_basis.as_mut().unwrap().reference = " ".to_owned()),
        ("header.legal_basis.ref has a control", |h| h.legal_basis.as_mut().unwrap().reference.push('\n')),
        ("header.classification holds a value", |h| h.classification = 9),
        ("header.relates_to[0].type is missing", |h| h.relations[0].kind = 0),
        ("header.relates_to[0].digest is wrong", |h| h.relations[0].digest.truncate(31)),
        ("header.relates_to has more than 64 items", |h| h.relations = vec![h.relations[0].clone(); 65]),
        ("header.releaser does not belong", |h| h.releaser = "TM-FAR-R01".to_owned()),
        ("header.schema_version is not offered", |h| h.schema_version = 2),
    ];
    for (wanted, defect) in defects {
        let mut header = header();
        defect(&mut header);
        let problem = check_header(&header).unwrap_err().to_string();
        assert!(problem.starts_with(wanted), "{problem} instead of {wanted}");
    }
}

#[test]
fn a_draft_lacks_what_the_node_sets() {
    let draft = NoticeHeader {
        network: String::new(),
        from: None,
        reference: String::new(),
        created_ms: 0,
        released_ms: 0,
        valid_from_ms: 0,
        body_key_commitment: vec![],
        author: String::new(),
        releaser: String::new(),
        to: vec![Party { agency: 0, ..party("TM-FAR") }],
        ..header()
    };
    assert_eq!(check_draft(&draft).unwrap().to.len(), 1);
    assert!(check_header(&draft).is_err());
    assert!(check_draft(&NoticeHeader { expires_ms: 0, ..draft.clone() }).is_err());
    assert!(check_draft(&NoticeHeader { from: Some(party("TM-FAR")), ..draft }).is_err());
}

fn withdrawal() -> NoticeBody {
    NoticeBody { withdrawal: Some(wire::Withdrawal::default()), ..NoticeBody::default() }
}

fn problem(body: &NoticeBody) -> String {
    check_body(NoticeKind::Withdrawal, body).unwrap_err().to_string()
}

#[test]
fn every_defect_of_a_body_is_named() {
    assert_eq!(check_body(NoticeKind::Withdrawal, &NoticeBody { padding: vec![0; 9], ..withdrawal() }), Ok(()));
    assert_eq!(problem(&NoticeBody { padding: vec![0, 1], ..withdrawal() }), "body.padding is not zeros");
    assert_eq!(problem(&NoticeBody::default()), "body.withdrawal is missing");
    let unknown = wire::Marking { reliability: 99, ..wire::Marking::default() };
    assert_eq!(
        problem(&NoticeBody { marking: Some(unknown), ..withdrawal() }),
        "body.marking holds a value that this version does not know"
    );
    let note = |note: &str| NoticeBody { handling_note: note.to_owned(), ..withdrawal() };
    assert!(problem(&note("\u{202E}")).starts_with("body.handling_note has a control"));
    let unit = |office: &str, unit: &str| wire::PartyUnit { office: office.to_owned(), unit: unit.to_owned() };
    let units = |units| problem(&NoticeBody { units, ..withdrawal() });
    assert!(units(vec![unit("UZ-ALT", "")]).starts_with("body.units[0].unit is empty"));
    assert_eq!(units(vec![unit("UZ-ALT", "a"), unit("UZ-ALT", "b")]), "body.units[1].office is there twice");
    let consent = wire::ConsentRequest { scope: 2, disseminate_to: vec!["nobody".to_owned()], ..Default::default() };
    let body = NoticeBody { consent_request: Some(consent), ..NoticeBody::default() };
    let problem = check_body(NoticeKind::ConsentRequest, &body).unwrap_err();
    assert_eq!(problem.path, "body.consent_request.disseminate_to[0]");
    assert!(check_body(NoticeKind::Acknowledgement, &body).is_err());
}

#[test]
fn a_replacement_replaces_a_text_only() {
    let correction = |replacement: NoticeBody| {
        let full_replacement = Some(Box::new(replacement));
        let correction = wire::Correction { reason_code: 1, full_replacement, ..Default::default() };
        NoticeBody { correction: Some(Box::new(correction)), ..NoticeBody::default() }
    };
    let check = |replacement| check_body(NoticeKind::Correction, &correction(replacement));
    let alert = || NoticeBody { alert: Some(wire::Alert::default()), ..NoticeBody::default() };
    assert_eq!(check(alert()), Ok(()));
    let refused = |bad| assert!(check(bad).is_err());
    refused(NoticeBody::default());
    refused(withdrawal());
    refused(correction(alert()));
    refused(NoticeBody { padding: vec![0], ..alert() });
    refused(NoticeBody { reply: Some(wire::Reply::default()), ..alert() });
    // As deep as the decoder lets it be.
    let nested = (0..45).fold(alert(), |body, _| correction(body));
    let decoded = NoticeBody::decode(nested.encode_to_vec().as_slice()).unwrap();
    assert!(check_body(NoticeKind::Correction, &decoded).is_err());
}

#[test]
fn a_change_has_a_value() {
    let change = wire::FieldChange { path: "body.subject".to_owned(), value: None };
    let correction = wire::Correction { replaced_fields: vec![change], ..Default::default() };
    let body = NoticeBody { correction: Some(Box::new(correction)), ..NoticeBody::default() };
    let problem = check_body(NoticeKind::Correction, &body).unwrap_err();
    assert_eq!(problem.to_string(), "body.correction.replaced_fields[0].value is missing");
}

proptest! {
    #[test]
    fn no_header_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(header) = NoticeHeader::decode(bytes.as_slice()) {
            let _ = check_header(&header);
            let _ = check_draft(&header);
        }
    }

    #[test]
    fn no_changed_header_panics(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = header().encode_to_vec();
        *place.get_mut(&mut bytes) = byte;
        if let Ok(header) = NoticeHeader::decode(bytes.as_slice()) {
            let _ = check_header(&header);
        }
    }

    #[test]
    fn no_body_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), kind in 0..21) {
        if let (Ok(body), Ok(kind)) = (NoticeBody::decode(bytes.as_slice()), NoticeKind::try_from(kind)) {
            let _ = check_body(kind, &body);
        }
    }
}

#[test]
fn attachments_are_named_once_each_and_no_larger_than_allowed() {
    let list = |of: &[(u8, u64)]| {
        let one =
            |(byte, size_bytes): &(u8, u64)| wire::AttachmentRef { digest: vec![*byte; 32], size_bytes: *size_bytes };
        check_header(&NoticeHeader { attachments: of.iter().map(one).collect(), ..header() })
    };
    let path = |of: &[(u8, u64)]| list(of).unwrap_err().path;
    let read = list(&[(1, 1), (2, limits::SEALED_ATTACHMENT_BYTES)]).unwrap().attachments;
    assert_eq!((read[0].digest, read[1].size), (Digest([1; 32]), limits::SEALED_ATTACHMENT_BYTES));
    assert_eq!(path(&[(1, 1), (1, 1)]), "header.attachments[1].digest");
    assert_eq!(path(&[(1, 0)]), "header.attachments[0].size");
    assert_eq!(path(&[(1, limits::SEALED_ATTACHMENT_BYTES + 1)]), "header.attachments[0].size");
    let many: Vec<(u8, u64)> = (0..=u8::try_from(limits::ATTACHMENTS).unwrap()).map(|byte| (byte, 1)).collect();
    assert_eq!(path(&many), "header.attachments");
    assert_eq!(list(&many[1..]).unwrap().attachments.len(), limits::ATTACHMENTS);
    let short = vec![wire::AttachmentRef { digest: vec![1; 31], size_bytes: 1 }];
    assert!(check_header(&NoticeHeader { attachments: short, ..header() }).is_err());
}

fn key_of(byte: u8) -> wire::AttachmentKey {
    wire::AttachmentKey {
        digest: vec![byte; 32],
        key: vec![7; 32],
        media_type: "image/png".to_owned(),
        name: "a.png".to_owned(),
        size_bytes: 65_537,
        file_digest: vec![8; 32],
        kind: wire::AttachmentKind::Photo.into(),
        ..wire::AttachmentKey::default()
    }
}

fn with_files(files: Vec<wire::AttachmentKey>) -> NoticeBody {
    let modus_operandi = Some(wire::ModusOperandi::default());
    NoticeBody { attachments: files, modus_operandi, ..NoticeBody::default() }
}

#[test]
fn a_body_says_what_each_attachment_is() {
    let check = |files| check_body(NoticeKind::ModusOperandi, &with_files(files));
    assert_eq!(check(vec![key_of(1), wire::AttachmentKey { key: vec![], ..key_of(2) }]), Ok(()));
    let one = |change: fn(&mut wire::AttachmentKey)| {
        let mut file = key_of(1);
        change(&mut file);
        check(vec![key_of(9), file]).unwrap_err().path
    };
    let at = |field: &str| format!("body.attachments[1].{field}");
    assert_eq!(one(|file| file.digest.truncate(31)), at("digest"));
    assert_eq!(one(|file| file.digest = vec![9; 32]), at("digest"));
    assert_eq!(one(|file| file.key.truncate(31)), at("key"));
    assert_eq!(one(|file| file.media_type = "text/html".to_owned()), at("mime"));
    assert_eq!(one(|file| file.size_bytes = 0), at("size"));
    assert_eq!(one(|file| file.size_bytes = limits::ATTACHMENT_BYTES + 1), at("size"));
    assert_eq!(one(|file| file.file_digest.clear()), at("sha256"));
    assert_eq!(one(|file| file.kind = 0), at("kind"));
    assert_eq!(one(|file| file.kind = 99), at("kind"));
    assert_eq!(one(|file| file.tlp = 99), at("tlp"));
    for name in ["", "a/b", "a\\b", "..", "a\nb", "\u{202e}gpj.a", &"x".repeat(limits::ATTACHMENT_NAME_CHARS + 1)] {
        let file = wire::AttachmentKey { name: name.to_owned(), ..key_of(1) };
        assert_eq!(check(vec![key_of(9), file]).unwrap_err().path, at("name"), "{name}");
    }
    let many: Vec<_> = (0..=limits::ATTACHMENTS_OWN).map(|byte| key_of(u8::try_from(byte).unwrap())).collect();
    assert_eq!(check(many).unwrap_err().path, "body.attachments");
    assert_eq!(format!("{:?}", key_of(1)), "AttachmentKey");
}

#[test]
fn header_and_body_list_the_same_attachments() {
    let body = with_files(vec![key_of(1), key_of(2)]);
    let listed: Vec<AttachmentRef> =
        [1, 2].map(|byte| AttachmentRef { digest: Digest([byte; 32]), size: 65_569 }).into();
    assert_eq!(
        file_keys(&body).map(super::listed).collect::<Vec<_>>(),
        listed.iter().map(AttachmentRef::message).collect::<Vec<_>>()
    );
    assert!(agree(&listed, &body));
    assert!(!agree(&listed[..1], &body) && !agree(&[listed[1], listed[0]], &body) && !agree(&[], &body));
    assert!(!agree(&[AttachmentRef { size: 65_570, ..listed[0] }, listed[1]], &body));
    assert!(!agree(&listed, &without_file_keys(body)), "a key is missing");
    let whole = Some(Box::new(with_files(vec![key_of(2)])));
    let correction = Some(Box::new(wire::Correction { full_replacement: whole, ..wire::Correction::default() }));
    let correcting = NoticeBody { correction, attachments: vec![key_of(1)], ..NoticeBody::default() };
    assert!(agree(&listed, &correcting), "those of a replacement follow");
}
