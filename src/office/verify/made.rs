//! What requests have made: each key has its row, and nothing else is there.

use std::collections::BTreeSet;

use crate::engine::rows::made;
use crate::engine::store::View;
use crate::limits;
use crate::name::Digest;
use crate::office::verify::Fault;
use crate::office::verify::fault;
use crate::office::verify::rest::pages;

pub(super) fn made(view: &dyn View) -> Result<(), Fault> {
    let mut keys = BTreeSet::new();
    let (mut last, newest) = (0, made::newest(view)?);
    for (number, of) in made::all(view, limits::MADE.saturating_add(1))? {
        if made::row(view, of)?.is_none() || !keys.insert(of) {
            return Err(fault("fault-request").with("number", number));
        }
        last = number;
    }
    if last > newest || keys.len() > limits::MADE {
        return Err(fault("fault-request-numbers"));
    }
    pages(view, b"K", |(row_key, _)| {
        let explained = match row_key.get(1..).and_then(<[u8]>::split_first) {
            Some((b'n', [])) => true,
            Some((b't', number)) => number.len() == 8,
            Some((b'k', of)) => Digest::try_from(of).is_ok_and(|of| keys.contains(&of)),
            _ => false,
        };
        let stray = || fault("fault-row-stray").with("row", hex::encode(&row_key));
        if explained { Ok(()) } else { Err(stray()) }
    })
}
