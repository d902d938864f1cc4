//! Key wraps on a link: an encapsulation that is that of the wrap before goes without saying (PROTOCOL 4).

use crate::domain::seal::ENCAPSULATION_BYTES;
use crate::domain::seal::WRAP_BYTES;
use crate::wire;

/// The last encapsulations that went over a session, each way.
#[derive(Debug, Default)]
pub(super) struct Encapsulations {
    sent: Vec<u8>,
    received: Vec<u8>,
}

impl Encapsulations {
    /// Leaves the encapsulation out if the peer has just had it.
    pub(super) fn shorten(&mut self, deliver: &mut wire::Deliver) {
        let Some(encapsulation) = encapsulation(&deliver.key_wrap) else { return };
        if *encapsulation == *self.sent {
            deliver.key_wrap.drain(..ENCAPSULATION_BYTES);
        } else {
            self.sent = encapsulation.to_vec();
        }
    }

    /// Puts back what [`Encapsulations::shorten`] left out. A wrap of no such length is left to be rejected.
    pub(super) fn restore(&mut self, deliver: &mut wire::Deliver) {
        if let Some(encapsulation) = encapsulation(&deliver.key_wrap) {
            self.received = encapsulation.to_vec();
        } else if deliver.key_wrap.len() == WRAP_BYTES - ENCAPSULATION_BYTES {
            deliver.key_wrap.splice(..0, self.received.iter().copied());
        }
    }
}

/// The encapsulation of a whole wrap.
fn encapsulation(wrap: &[u8]) -> Option<&[u8]> {
    if wrap.len() == WRAP_BYTES { wrap.get(..ENCAPSULATION_BYTES) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_arrives_is_what_was_sent(wraps in prop::collection::vec((0..3_u8, any::<u8>(), 0..3_usize), 0..40)) {
            let (mut sender, mut receiver) = (Encapsulations::default(), Encapsulations::default());
            let mut before = None;
            for (encapsulation, key, kind) in wraps {
                let whole = [vec![encapsulation; ENCAPSULATION_BYTES], vec![key; 48]].concat();
                let key_wrap = [whole, vec![], vec![key; 7]][kind].clone();
                let sent = wire::Deliver { key_wrap, ..wire::Deliver::default() };
                let mut frame = sent.clone();
                sender.shorten(&mut frame);
                if kind == 0 {
                    let expected = if before == Some(encapsulation) { 48 } else { WRAP_BYTES };
                    prop_assert_eq!(frame.key_wrap.len(), expected);
                    before = Some(encapsulation);
                }
                receiver.restore(&mut frame);
                prop_assert_eq!(frame, sent);
            }
        }
    }
}
