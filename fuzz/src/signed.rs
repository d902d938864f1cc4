//! Frames, envelopes of every payload type, rosters and cards.

use chapar::domain::dispatch::Dispatch;
use chapar::domain::dispatch::Receipt;
use chapar::domain::envelope;
use chapar::domain::envelope::EnvelopeError;
use chapar::domain::envelope::Payload;
use chapar::domain::envelope::Unverified;
use chapar::domain::roster::Card;
use chapar::domain::roster::CountryRoster;
use chapar::domain::roster::Rosters;
use chapar::domain::sealed::SealedNotice;
use chapar::name::Fingerprint;
use chapar::wire;
use prost::Message as _;

/// A frame as it comes over a link: what can be read can be written and read again.
pub fn frame(bytes: &[u8]) {
    let Ok(request) = wire::SessionRequest::decode(bytes) else { return };
    let again = request.encode_to_vec();
    assert_eq!(wire::SessionRequest::decode(again.as_slice()), Ok(request));
}

/// An envelope read as each of the five payload types: at most one fits, its digest is that of what was received, and
/// nobody has signed it whose key is not asked for.
pub fn envelope(bytes: &[u8]) {
    let read = [
        read::<Dispatch>(bytes, |claim| Some(claim.encode())),
        read::<Receipt>(bytes, |claim| Some(claim.encode())),
        // Its parts are kept as they came.
        read::<SealedNotice>(bytes, |_| None),
        read::<CountryRoster>(bytes, |claim| Some(claim.encode())),
        read::<Card>(bytes, |claim| Some(claim.encode())),
    ];
    assert!(read.iter().filter(|read| **read).count() <= 1);
}

/// Whether the bytes are an envelope of this type. What it claims, written again, claims the same.
fn read<T: Payload + Clone + std::fmt::Debug>(bytes: &[u8], encode: fn(&T) -> Option<Vec<u8>>) -> bool {
    let Ok(read) = Unverified::<T>::read(bytes) else { return false };
    let envelope = wire::Envelope::decode(bytes).expect("it was read");
    assert_eq!(read.digest(), envelope::digest(T::TYPE, &envelope.payload));
    if let Some(payload) = encode(read.claim()) {
        let again = T::decode(&payload).expect("what was read can be written");
        assert_eq!(encode(&again), Some(payload));
    }
    assert_eq!(read.verify(&[]).map(|_| ()), Err(EnvelopeError::Signature));
    true
}

/// A roster or a card from a file or a peer; it is taken only if it is signed as it must be.
pub fn roster_card(bytes: &[u8]) {
    if let Ok(card) = Card::verify(bytes) {
        assert_eq!(card.value().office.office_key(), Some(card.by()));
    }
    let Ok(read) = Unverified::<CountryRoster>::read(bytes) else { return };
    let claim = read.claim();
    let mut rosters = Rosters::new(claim.network.clone());
    assert!(rosters.check(bytes).is_err(), "nobody has pinned the country");
    rosters.pin(claim.country, Fingerprint::of_key(&claim.country_key.0)).expect("nothing is pinned yet");
    if rosters.check(bytes).is_ok() {
        let verified = read.verify(&[rosters_key(bytes)]).expect("it was signed by its country");
        rosters.put(verified);
        let listed = Unverified::<CountryRoster>::read(bytes).expect("it was read").claim().offices.len();
        assert_eq!(rosters.offices().count(), listed);
    }
}

fn rosters_key(bytes: &[u8]) -> envelope::PublicKey {
    Unverified::<CountryRoster>::read(bytes).expect("it was read").claim().country_key
}
