//! The payload `card`: an office's public part, signed by its own office key, for its country to check.

use prost::Message as _;

use crate::domain::envelope::EnvelopeError;
use crate::domain::envelope::Malformed;
use crate::domain::envelope::Payload;
use crate::domain::envelope::Unverified;
use crate::domain::envelope::Verified;
use crate::domain::roster::Office;
use crate::name::Network;
use crate::time::Timestamp;
use crate::wire;

/// An office as it describes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Network.
    pub network: Network,
    /// When it was signed.
    pub issued: Timestamp,
    /// The office, with its open keys.
    pub office: Office,
}

impl Payload for Card {
    const TYPE: &'static str = "application/vnd.chapar.card.v1";

    fn decode(payload: &[u8]) -> Result<Self, Malformed> {
        let wire = wire::Card::decode(payload).map_err(|_| Malformed("not a card"))?;
        let office = Office::read(&wire.office.unwrap_or_default())?;
        if office.office_key().is_none()
            || office.seal_key().is_none()
            || !office.tls_keys.iter().any(super::Key::is_open)
        {
            return Err(Malformed("a card lacks an open office key, seal key or TLS key"));
        }
        Ok(Self {
            network: wire.network.parse().map_err(|_| Malformed("the network is no network"))?,
            issued: Timestamp::from_ms(wire.issued_ms).map_err(|_| Malformed("a time is out of range"))?,
            office,
        })
    }
}

impl Card {
    /// The payload to sign.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        wire::Card { network: self.network.to_string(), issued_ms: self.issued.ms(), office: Some(self.office.write()) }
            .encode_to_vec()
    }

    /// Reads a card and checks that its own open office key signed it.
    ///
    /// # Errors
    /// If it is no card or not signed so.
    pub fn verify(bytes: &[u8]) -> Result<Verified<Self>, EnvelopeError> {
        let read = Unverified::<Self>::read(bytes)?;
        let keys: Vec<_> = read.claim().office.office_key().into_iter().collect();
        read.verify(&keys)
    }
}
