//! Why a reading under break-glass is not asked, decided or used.

use tonic::Code;
use tonic::Status;

use crate::edge::status::refused;
use crate::limits;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::office::ReadingRefused;

impl From<ReadingRefused> for Status {
    fn from(refusal: ReadingRefused) -> Self {
        let of = |reference: Reference| vec![("reference", reference.to_string())];
        let number = |index: u64| vec![("index", index.to_string())];
        let (code, key, names) = match refusal {
            ReadingRefused::NoText => (Code::FailedPrecondition, "refused-no-text", vec![]),
            ReadingRefused::Waits(reference) => (Code::FailedPrecondition, "refused-reading-waits", of(reference)),
            ReadingRefused::Granted(reference) => (Code::FailedPrecondition, "refused-reading-granted", of(reference)),
            ReadingRefused::Nobody => (Code::FailedPrecondition, "refused-reading-nobody", vec![]),
            ReadingRefused::OwnFull => {
                let max = vec![("max", limits::BREAK_GLASS_EACH.to_string())];
                (Code::FailedPrecondition, "refused-readings-own", max)
            }
            ReadingRefused::Full => {
                (Code::FailedPrecondition, "refused-readings-full", vec![("max", limits::BREAK_GLASS.to_string())])
            }
            ReadingRefused::NotAsked(index) => (Code::NotFound, "refused-reading-unknown", number(index)),
            ReadingRefused::Decided { index, by } => {
                let by = [("officer", by.to_string())];
                (Code::FailedPrecondition, "refused-reading-decided", number(index).into_iter().chain(by).collect())
            }
            ReadingRefused::Own(others) => {
                let officers = others.iter().map(OfficerId::as_str).collect::<Vec<_>>().join(", ");
                let names = vec![("count", others.len().to_string()), ("officers", officers)];
                (Code::FailedPrecondition, "refused-reading-own", names)
            }
            ReadingRefused::NotGranted(reference) => {
                (Code::PermissionDenied, "refused-reading-not-granted", of(reference))
            }
        };
        refused(code, key, &names)
    }
}
