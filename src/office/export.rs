//! What goes out of the office with a notice: its signed envelopes, for others to check; the text stays sealed.

use prost::Message as _;

use crate::domain::dispatch::Receipt;
use crate::domain::sealed::SealedNotice;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::name::Digest;
use crate::office::read::notice_row;
use crate::wire;

/// The envelopes of a notice: itself, its dispatches, the receipts for them. How it may be used is said where it stands.
///
/// # Errors
/// If a row cannot be read.
pub fn export(view: &dyn View, digest: Digest) -> Result<wire::ExportNoticeResponse, RowError> {
    let read = |digest: Digest| -> Result<wire::Envelope, RowError> {
        let bytes = rows::envelope_bytes(view, digest)?.ok_or_else(|| damaged("envelope", digest))?;
        wire::Envelope::decode(bytes.as_slice()).map_err(|_| damaged("envelope", digest))
    };
    let row = notice_row(view, digest)?.ok_or_else(|| damaged("notice", digest))?;
    let notice = rows::envelope::<SealedNotice>(view, digest)?;
    let (mut dispatches, mut receipts) = (vec![], vec![]);
    if row.issued {
        for office in notice.claim().header.addressees() {
            let delivery: Option<wire::DeliveryRow> = rows::message(view, &key::delivery(digest, office), "delivery")?;
            let delivery = delivery.unwrap_or_default();
            if let Ok(dispatch) = Digest::try_from(delivery.dispatch_digest.as_slice()) {
                dispatches.push(read(dispatch)?);
            }
            if let Ok(receipt) = Digest::try_from(delivery.receipt_digest.as_slice()) {
                receipts.push(read(receipt)?);
            }
        }
    } else {
        let entry = rows::entry(view, row.index)?;
        let receipt = Digest::try_from(entry.object.as_slice()).map_err(|_| damaged("entry", row.index))?;
        dispatches.push(read(rows::envelope::<Receipt>(view, receipt)?.claim().dispatch)?);
        receipts.push(read(receipt)?);
    }
    let notice = Some(read(digest)?);
    Ok(wire::ExportNoticeResponse { notice, dispatches, receipts, ..wire::ExportNoticeResponse::default() })
}
