//! What a peer delivers, signed as it must be: every verdict, and never more than that.

use std::sync::Arc;
use std::sync::LazyLock;

use chapar::domain::dispatch::Dispatch;
use chapar::domain::envelope;
use chapar::domain::envelope::SigningKey;
use chapar::domain::policy::Agreement;
use chapar::domain::policy::Agreements;
use chapar::domain::roster::CountryRoster;
use chapar::domain::roster::Key;
use chapar::domain::roster::Office;
use chapar::domain::roster::OfficeState;
use chapar::domain::roster::Rosters;
use chapar::domain::seal::SealKey;
use chapar::domain::sealed::SealedNotice;
use chapar::engine::accept;
use chapar::engine::accept::Addressee;
use chapar::name::Digest;
use chapar::name::Fingerprint;
use chapar::name::LogId;
use chapar::time::Timestamp;
use chapar::wire;
use prost::Message as _;

use super::Choices;

/// 2026-11-20T06:00:00Z.
const NOW_MS: i64 = 1_795_154_400_000;

/// Made once: keys take longer than everything else here.
static SCENE: LazyLock<(Rosters, Addressee, SigningKey)> = LazyLock::new(scene);

/// The bytes are a choice of what is put right, the payload of a dispatch, that of a notice, and a wrap.
pub fn accept(bytes: &[u8]) {
    let mut choices = Choices(bytes);
    let right = choices.byte();
    let (dispatch, notice, wrap) = (choices.part(), choices.part(), choices.0);
    let now = Timestamp::clamped(NOW_MS);
    let (rosters, me, peer) = &*SCENE;
    let notice = envelope::sign::<SealedNotice>(peer, notice.to_vec());
    let mut dispatch = dispatch.to_vec();
    if let (true, Ok(mut claim)) = (right & 1 == 0, wire::Dispatch::decode(dispatch.as_slice())) {
        // Mutations cannot find a digest by themselves.
        claim.notice_digest = notice.digest.0.to_vec();
        claim.key_wrap_digest = if wrap.is_empty() { vec![] } else { Digest::of(wrap).0.to_vec() };
        claim.to_log = me.log_id.0.to_vec();
        claim.from_log = LogId::of_key(&peer.public().0).0.to_vec();
        dispatch = claim.encode_to_vec();
    }
    let dispatch = envelope::sign::<Dispatch>(peer, dispatch).bytes;
    let frame = wire::Deliver { dispatch, notice: notice.bytes, key_wrap: wrap.to_vec() };
    let code = "TM-FAR".parse().expect("an office");
    let Ok(incoming) = accept::deliver(rosters, me, code, now, &frame) else { return };
    assert!(accept::still_counts(rosters, &incoming));
    let (claim, verdict) = (incoming.dispatch.value().clone(), incoming.verdict);
    assert_eq!((claim.from, claim.to, claim.stream.to_log), (code, me.office, me.log_id));
    let Ok(arrival) = accept::confirmed(rosters, verdict) else { return };
    let header = &arrival.notice.value().header;
    assert_eq!((arrival.notice.digest(), header.from), (claim.notice, code));
    assert!(header.addressees().any(|office| office == me.office));
    let readable = header.body_key_commitment.is_some() && header.terms.expires > now;
    assert_eq!(arrival.key.is_some(), readable);
}

/// What the samples of the corpus rest on.
fn agreements() -> Arc<Agreements> {
    let agreement = Agreement {
        kind: wire::LegalBasisKind::Agreement,
        countries: ["TM", "UZ"].into_iter().map(|country| country.parse().expect("a country")).collect(),
        purposes: vec![wire::Purpose::DrugTrafficking],
        retention_days: None,
    };
    let mut agreements = Agreements::default();
    agreements.add("TM-UZ/2023-04", agreement).expect("an agreement");
    Arc::new(agreements)
}

/// The rosters, the addressee UZ-ALT, and the key of the peer TM-FAR.
fn scene() -> (Rosters, Addressee, SigningKey) {
    let network = "demo.example".parse().expect("a network");
    let (mine, theirs) = (SigningKey::from_seed(&[1; 32]), SigningKey::from_seed(&[2; 32]));
    // The key to which the samples of the corpus are sealed.
    let seal = SealKey::from_seed(&Digest::of(b"UZ-ALT seal").0);
    let mut rosters = Rosters::new(network);
    for (code, key) in [("UZ-ALT", &mine), ("TM-FAR", &theirs)] {
        let office = Office {
            code: code.parse().expect("an office"),
            agency: wire::Agency::Border,
            names: vec![],
            state: OfficeState::Active,
            endpoints: vec![],
            tls_keys: vec![open(Digest([7; 32]))],
            office_keys: vec![open(key.public())],
            seal_keys: vec![open(seal.public().to_vec())],
            position: None,
        };
        let country_key = SigningKey::from_seed(&[code.as_bytes()[0]; 32]);
        let roster = CountryRoster {
            network: rosters.network().clone(),
            country: office.code.country(),
            version: 1,
            issued: Timestamp::ZERO,
            country_key: country_key.public(),
            next_country_key: None,
            offices: vec![office],
        };
        let bytes = envelope::sign::<CountryRoster>(&country_key, roster.encode()).bytes;
        rosters.pin(roster.country, Fingerprint::of_key(&country_key.public().0)).expect("nothing is pinned yet");
        rosters.put_back(&bytes).expect("a roster");
    }
    let log_id = LogId::of_key(&mine.public().0);
    let me = Addressee {
        office: "UZ-ALT".parse().expect("an office"),
        log_id,
        seal_keys: vec![seal],
        agreements: agreements(),
    };
    (rosters, me, theirs)
}

fn open<T>(key: T) -> Key<T> {
    Key { key, from: Timestamp::ZERO, until: None, compromised: None }
}
