//! Dispatches made by hand, right but for what a test changes at one stage of the making.

use chapar::domain::dispatch::Dispatch;
use chapar::domain::dispatch::Lane;
use chapar::domain::dispatch::Stream;
use chapar::domain::envelope;
use chapar::domain::envelope::SigningKey;
use chapar::domain::seal;
use chapar::domain::seal::BodyKey;
use chapar::domain::seal::Encapsulation;
use chapar::domain::seal::WrapPath;
use chapar::domain::sealed::SealedNotice;
use chapar::entropy::SeededEntropy;
use chapar::name::Digest;
use chapar::wire;
use prost::Message as _;

use super::office::Draft;
use super::office::NETWORK;
use super::office::START_MS;
use super::office::TestOffice;

/// What to change at each stage, in their order. By default nothing.
pub(crate) struct Craft {
    pub(crate) relations: Vec<wire::Relation>,
    pub(crate) traffic: Option<wire::Traffic>,
    pub(crate) header: fn(&mut wire::NoticeHeader),
    pub(crate) body: fn(&mut wire::NoticeBody),
    pub(crate) plain: fn(&mut Vec<u8>),
    /// Header and ciphertext, before they are signed.
    pub(crate) notice: fn(&mut wire::Notice),
    /// Body key and seal key that the wrap is made of.
    pub(crate) wrap: fn(&mut BodyKey, &mut Vec<u8>),
    pub(crate) dispatch: fn(&mut Dispatch),
    pub(crate) frame: fn(&mut wire::Deliver),
    /// Who signs the notice instead.
    pub(crate) notice_key: Option<SigningKey>,
    /// Who signs the dispatch instead.
    pub(crate) dispatch_key: Option<SigningKey>,
}

impl Default for Craft {
    fn default() -> Self {
        Self {
            relations: vec![],
            traffic: None,
            header: |_| {},
            body: |_| {},
            plain: |_| {},
            notice: |_| {},
            wrap: |_, _| {},
            dispatch: |_| {},
            frame: |_| {},
            notice_key: None,
            dispatch_key: None,
        }
    }
}

/// A key that nobody lists.
pub(crate) fn strange_key() -> SigningKey {
    SigningKey::from_seed(&[99; 32])
}

impl Craft {
    /// A routine notice of one office to another at this place, with this running number.
    pub(crate) fn make(&self, from: &TestOffice, to: &TestOffice, sequence: u64, number: u32) -> wire::Deliver {
        let mut entropy = SeededEntropy::new(u64::from(number) << 32 | sequence);
        let mut body_key = BodyKey::make(&mut entropy);
        let Draft { header, body } = Draft::to(&[&to.code().to_string()]);
        let mut header = wire::NoticeHeader {
            network: NETWORK.to_owned(),
            from: Some(wire::Party { office: from.code().to_string(), agency: from.me.agency.into() }),
            to: vec![wire::Party { office: to.code().to_string(), agency: to.me.agency.into() }],
            reference: chapar::name::Reference::new(from.code(), 26, number).unwrap().to_string(),
            created_ms: START_MS,
            released_ms: START_MS,
            valid_from_ms: START_MS,
            author: from.officer().to_string(),
            body_key_commitment: body_key.commitment().0.to_vec(),
            schema_version: 1,
            ..header
        };
        header.relations.clone_from(&self.relations);
        header.traffic = self.traffic.map_or(header.traffic, Into::into);
        (self.header)(&mut header);
        let mut body = body.unwrap();
        (self.body)(&mut body);
        let mut plain = seal::padded(&body).to_vec();
        (self.plain)(&mut plain);
        let header = header.encode_to_vec();
        let sealed_body = body_key.seal(&header, &plain);
        let mut notice = wire::Notice { header, sealed_body };
        (self.notice)(&mut notice);
        let notice_key = self.notice_key.as_ref().unwrap_or(&from.me.signing);
        let notice = envelope::sign::<SealedNotice>(notice_key, notice.encode_to_vec());
        let mut seal_key = to.me.seal_keys[0].public().to_vec();
        (self.wrap)(&mut body_key, &mut seal_key);
        let path = WrapPath { notice: notice.digest, from: from.code(), to: to.code() };
        let key_wrap = Encapsulation::make(&seal_key, &mut entropy).unwrap().wrap(&body_key, &path);
        let mut dispatch = Dispatch {
            network: NETWORK.parse().unwrap(),
            from: from.code(),
            to: to.code(),
            stream: Stream { from_log: from.me.log_id(), to_log: to.me.log_id(), lane: Lane::Routine },
            sequence,
            notice: notice.digest,
            key_wrap: Some(Digest::of(&key_wrap)),
            sent: super::office::start(),
        };
        (self.dispatch)(&mut dispatch);
        let dispatch_key = self.dispatch_key.as_ref().unwrap_or(&from.me.signing);
        let dispatch = envelope::sign::<Dispatch>(dispatch_key, dispatch.encode());
        let mut frame = wire::Deliver { dispatch: dispatch.bytes, notice: notice.bytes, key_wrap };
        (self.frame)(&mut frame);
        frame
    }
}
