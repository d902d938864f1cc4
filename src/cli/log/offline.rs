//! `log verify --offline`: checks the store of a node that does not run.

use crate::cli::Global;
use crate::cli::failure::Failure;
use crate::cli::log::verify::Finding;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::secrets;
use crate::cli::serve::refused;
use crate::edge::keystore::Source;
use crate::engine::store::StoreError;
use crate::office::verify::Fault;
use crate::opening::OpeningError;
use crate::opening::verify_offline;

pub(super) fn verify(global: &Global, out: &Output) -> Result<Finding, Failure> {
    secrets::expect_office(global)?;
    let mut progress = Progress::new(out, "entries");
    let source = Source { credentials: global.credentials.as_deref(), passphrase: &mut secrets::passphrase };
    let fault = match verify_offline(&global.layout(), source, |done, size| progress.at(done, size)) {
        Ok((head, noted)) => {
            if !noted {
                out.note(
                    "WARNING: the head noted beside the store is missing or damaged: whether this store is the newest \
                     cannot be told.",
                );
            }
            return Ok(Finding { size: Some(head.size), root: Some(head.root), fault: None });
        }
        Err(OpeningError::Fault(fault)) => fault,
        Err(
            error @ (OpeningError::Store(StoreError::Unreadable(_) | StoreError::RowTooLarge(_))
            | OpeningError::Row(_)
            | OpeningError::Empty
            | OpeningError::Older { .. }),
        ) => Fault { what: error.to_string(), index: None },
        Err(OpeningError::Store(StoreError::Locked)) => {
            return Err(Failure::config(
                "The node is running; its store is open.",
                format!("Leave out --offline: {}", global.command("log verify")),
            ));
        }
        Err(error) => return Err(refused(error, global)),
    };
    Ok(Finding { size: None, root: None, fault: Some(fault) })
}
