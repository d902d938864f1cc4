//! Why a file is not taken, or not shown.

use tonic::Code;
use tonic::Status;

use crate::domain::picture;
use crate::edge::staging::StagingError;
use crate::edge::status::refused;
use crate::limits;
use crate::office::UploadRefused;

/// Bytes of a MiB.
const MIB: u64 = 1024 * 1024;

impl From<UploadRefused> for Status {
    fn from(refusal: UploadRefused) -> Self {
        let max = |max: u64| vec![("max", max.to_string())];
        let (code, key, names) = match refusal {
            UploadRefused::Unknown => (Code::NotFound, "refused-upload-unknown", vec![]),
            UploadRefused::Empty => (Code::InvalidArgument, "refused-file-empty", vec![]),
            UploadRefused::Large => (Code::InvalidArgument, "refused-file-large", max(limits::ATTACHMENT_BYTES / MIB)),
            UploadRefused::Many => (Code::FailedPrecondition, "refused-uploads-many", max(limits::UPLOADS_EACH as u64)),
            UploadRefused::Share => {
                (Code::FailedPrecondition, "refused-uploads-share", max(limits::UPLOADS_BYTES_EACH / MIB))
            }
            UploadRefused::Full => (Code::FailedPrecondition, "refused-uploads-full", max(limits::UPLOADS_BYTES / MIB)),
            UploadRefused::Finished => (Code::FailedPrecondition, "refused-upload-finished", vec![]),
        };
        refused(code, key, &names)
    }
}

impl From<StagingError> for Status {
    fn from(error: StagingError) -> Self {
        let (code, key, names) = match error {
            StagingError::Row(error) => return error.into(),
            StagingError::Disk(_) | StagingError::Blob(_) => {
                tracing::error!(%error, "a file of an attachment cannot be used");
                (Code::DataLoss, "refused-file-disk", vec![])
            }
            StagingError::Damaged => (Code::DataLoss, "refused-file-damaged", vec![]),
            StagingError::TooLong => (Code::InvalidArgument, "refused-file-longer", vec![]),
            StagingError::Changed => (Code::InvalidArgument, "refused-file-changed", vec![]),
            StagingError::Other => (Code::InvalidArgument, "refused-file-other", vec![]),
            StagingError::NotWhole(bytes) => {
                (Code::FailedPrecondition, "refused-file-not-whole", vec![("bytes", bytes.to_string())])
            }
            StagingError::Refused(picture::Refused::Empty) => (Code::InvalidArgument, "refused-file-empty", vec![]),
            StagingError::Refused(picture::Refused::Other) => {
                (Code::InvalidArgument, "refused-file-no-picture", vec![])
            }
            StagingError::Refused(picture::Refused::Broken) => (Code::InvalidArgument, "refused-file-broken", vec![]),
        };
        refused(code, key, &names)
    }
}
