//! Dispatches and receipts (PROTOCOL 5), as typed values with their exact payload types.

use prost::Message as _;

use crate::domain::envelope::Malformed;
use crate::domain::envelope::Payload;
use crate::domain::rejection::Rejection;
use crate::name::Digest;
use crate::name::LogId;
use crate::name::Network;
use crate::name::OfficeCode;
use crate::time::Timestamp;
use crate::wire;

/// One of three independent streams between two logs, by urgency; a later one in this order is sent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Days.
    Routine,
    /// Hours.
    Priority,
    /// Minutes.
    Immediate,
}

impl Lane {
    /// The lanes in the order in which they are served.
    pub const URGENT_FIRST: [Self; 3] = [Self::Immediate, Self::Priority, Self::Routine];

    /// The urgency that travels in it.
    #[must_use]
    pub const fn urgency(self) -> wire::Urgency {
        match self {
            Self::Routine => wire::Urgency::Routine,
            Self::Priority => wire::Urgency::Priority,
            Self::Immediate => wire::Urgency::Immediate,
        }
    }

    /// Its number on the wire and in keys of rows.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.urgency() as i32
    }

    /// The lane with this number on the wire.
    ///
    /// # Errors
    /// If there is none.
    pub fn from_number(number: i32) -> Result<Self, Malformed> {
        match wire::Urgency::try_from(number) {
            Ok(wire::Urgency::Routine) => Ok(Self::Routine),
            Ok(wire::Urgency::Priority) => Ok(Self::Priority),
            Ok(wire::Urgency::Immediate) => Ok(Self::Immediate),
            Ok(wire::Urgency::Unspecified) | Err(_) => Err(Malformed("a lane is none of the three")),
        }
    }
}

/// A stream: sender's log, addressee's log, lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream {
    /// Log of the sender.
    pub from_log: LogId,
    /// Log of the addressee.
    pub to_log: LogId,
    /// Lane.
    pub lane: Lane,
}

/// The sender's signed statement that a notice has this place in a stream to one addressee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatch {
    /// Network.
    pub network: Network,
    /// Sender.
    pub from: OfficeCode,
    /// Addressee.
    pub to: OfficeCode,
    /// The stream.
    pub stream: Stream,
    /// Its place: 1, 2, 3, … without holes.
    pub sequence: u64,
    /// The notice.
    pub notice: Digest,
    /// SHA-256 of the key wrap beside it; `None` if the notice has no body.
    pub key_wrap: Option<Digest>,
    /// When the sender committed it.
    pub sent: Timestamp,
}

/// What an addressee answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Verified, durable, logged and readable there.
    Delivered,
    /// Turned away for good, with a number that may be of a newer version.
    Rejected(u32),
}

impl From<Rejection> for Answer {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection.number())
    }
}

/// The addressee's signed, final answer to one dispatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Network.
    pub network: Network,
    /// Who answers: the addressee of the dispatch.
    pub from: OfficeCode,
    /// Who is answered: the sender of the dispatch.
    pub to: OfficeCode,
    /// The dispatch.
    pub dispatch: Digest,
    /// Its stream.
    pub stream: Stream,
    /// Its place.
    pub sequence: u64,
    /// The notice.
    pub notice: Digest,
    /// The answer.
    pub answer: Answer,
    /// When the addressee committed it.
    pub received: Timestamp,
}

fn network(text: &str) -> Result<Network, Malformed> {
    text.parse().map_err(|_| Malformed("the network is no network"))
}

fn office(text: &str) -> Result<OfficeCode, Malformed> {
    text.parse().map_err(|_| Malformed("an office is no office code"))
}

fn digest(bytes: &[u8]) -> Result<Digest, Malformed> {
    Digest::try_from(bytes).map_err(|_| Malformed("a digest is not 32 bytes"))
}

fn stream(from_log: &[u8], to_log: &[u8], lane: i32) -> Result<Stream, Malformed> {
    let log = |bytes: &[u8]| LogId::try_from(bytes).map_err(|_| Malformed("a log id is not 8 bytes"));
    Ok(Stream { from_log: log(from_log)?, to_log: log(to_log)?, lane: Lane::from_number(lane)? })
}

fn place(sequence: u64) -> Result<u64, Malformed> {
    if sequence == 0 || sequence == u64::MAX { Err(Malformed("a sequence starts at 1")) } else { Ok(sequence) }
}

fn time(ms: i64) -> Result<Timestamp, Malformed> {
    Timestamp::from_ms(ms).map_err(|_| Malformed("a time is out of range"))
}

impl Payload for Dispatch {
    const TYPE: &'static str = "application/vnd.chapar.dispatch.v1";

    fn decode(payload: &[u8]) -> Result<Self, Malformed> {
        let wire = wire::Dispatch::decode(payload).map_err(|_| Malformed("not a dispatch"))?;
        let key_wrap = if wire.key_wrap_digest.is_empty() { None } else { Some(digest(&wire.key_wrap_digest)?) };
        Ok(Self {
            network: network(&wire.network)?,
            from: office(&wire.from)?,
            to: office(&wire.to)?,
            stream: stream(&wire.from_log, &wire.to_log, wire.lane)?,
            sequence: place(wire.sequence)?,
            notice: digest(&wire.notice_digest)?,
            key_wrap,
            sent: time(wire.sent_ms)?,
        })
    }
}

impl Dispatch {
    /// The payload to sign.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        wire::Dispatch {
            network: self.network.to_string(),
            from: self.from.to_string(),
            to: self.to.to_string(),
            from_log: self.stream.from_log.0.to_vec(),
            to_log: self.stream.to_log.0.to_vec(),
            lane: self.stream.lane.number(),
            sequence: self.sequence,
            notice_digest: self.notice.0.to_vec(),
            key_wrap_digest: self.key_wrap.map(|d| d.0.to_vec()).unwrap_or_default(),
            sent_ms: self.sent.ms(),
        }
        .encode_to_vec()
    }

    /// The receipt that answers it.
    #[must_use]
    pub fn answered(&self, digest: Digest, answer: Answer, received: Timestamp) -> Receipt {
        Receipt {
            network: self.network.clone(),
            from: self.to,
            to: self.from,
            dispatch: digest,
            stream: self.stream,
            sequence: self.sequence,
            notice: self.notice,
            answer,
            received,
        }
    }
}

impl Payload for Receipt {
    const TYPE: &'static str = "application/vnd.chapar.receipt.v1";

    fn decode(payload: &[u8]) -> Result<Self, Malformed> {
        let wire = wire::Receipt::decode(payload).map_err(|_| Malformed("not a receipt"))?;
        let answer = match (wire::Outcome::try_from(wire.outcome), wire.rejection) {
            (Ok(wire::Outcome::Delivered), 0) => Answer::Delivered,
            (Ok(wire::Outcome::Rejected), number @ 1..) => Answer::Rejected(number),
            _ => return Err(Malformed("an outcome is neither DELIVERED nor REJECTED with a number")),
        };
        Ok(Self {
            network: network(&wire.network)?,
            from: office(&wire.from)?,
            to: office(&wire.to)?,
            dispatch: digest(&wire.dispatch_digest)?,
            stream: stream(&wire.from_log, &wire.to_log, wire.lane)?,
            sequence: place(wire.sequence)?,
            notice: digest(&wire.notice_digest)?,
            answer,
            received: time(wire.received_ms)?,
        })
    }
}

impl Receipt {
    /// The payload to sign.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let (outcome, rejection) = match self.answer {
            Answer::Delivered => (wire::Outcome::Delivered, 0),
            Answer::Rejected(number) => (wire::Outcome::Rejected, number),
        };
        wire::Receipt {
            network: self.network.to_string(),
            from: self.from.to_string(),
            to: self.to.to_string(),
            dispatch_digest: self.dispatch.0.to_vec(),
            from_log: self.stream.from_log.0.to_vec(),
            to_log: self.stream.to_log.0.to_vec(),
            lane: self.stream.lane.number(),
            sequence: self.sequence,
            notice_digest: self.notice.0.to_vec(),
            outcome: outcome.into(),
            rejection,
            received_ms: self.received.ms(),
        }
        .encode_to_vec()
    }

    /// Whether it answers this dispatch, with this digest, in every field that it copies.
    #[must_use]
    pub fn answers(&self, dispatch: &Dispatch, digest: Digest) -> bool {
        *self == dispatch.answered(digest, self.answer, self.received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn a_dispatch() -> impl Strategy<Value = Dispatch> {
        let logs = (any::<[u8; 8]>(), any::<[u8; 8]>(), 0..3_usize);
        (logs, 1..u64::MAX, any::<[u8; 32]>(), any::<Option<[u8; 32]>>(), 0..=1_000_000_000_000_i64).prop_map(
            |((from_log, to_log, lane), sequence, notice, key_wrap, sent)| Dispatch {
                network: "demo.example".parse().unwrap(),
                from: "UZ-ALT".parse().unwrap(),
                to: "TM-FAR".parse().unwrap(),
                stream: Stream { from_log: LogId(from_log), to_log: LogId(to_log), lane: Lane::URGENT_FIRST[lane] },
                sequence,
                notice: Digest(notice),
                key_wrap: key_wrap.map(Digest),
                sent: Timestamp::from_ms(sent).unwrap(),
            },
        )
    }

    proptest! {
        #[test]
        fn dispatches_and_receipts_come_back(dispatch in a_dispatch(), rejection in any::<u32>()) {
            prop_assert_eq!(&Dispatch::decode(&dispatch.encode()).unwrap(), &dispatch);
            let answer = if rejection == 0 { Answer::Delivered } else { Answer::Rejected(rejection) };
            let receipt = dispatch.answered(Digest([7; 32]), answer, dispatch.sent);
            prop_assert_eq!(&Receipt::decode(&receipt.encode()).unwrap(), &receipt);
            prop_assert!(receipt.answers(&dispatch, Digest([7; 32])));
            prop_assert!(!receipt.answers(&dispatch, Digest([8; 32])));
            let other = Dispatch { sequence: dispatch.sequence ^ 1, ..dispatch };
            prop_assert!(!receipt.answers(&other, Digest([7; 32])));
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Dispatch::decode(&bytes);
            let _ = Receipt::decode(&bytes);
        }
    }
}
