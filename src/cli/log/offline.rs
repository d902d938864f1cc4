//! `log verify --offline`: checks the store of a node that does not run.

use crate::cli::Global;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::log::verify::Finding;
use crate::cli::log::verify::Wrong;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::secrets;
use crate::cli::serve::refused;
use crate::edge::keystore::Source;
use crate::engine::store::StoreError;
use crate::i18n::said;
use crate::opening::OpeningError;
use crate::opening::Part;
use crate::opening::Sound;
use crate::opening::verify_offline;

pub(super) fn verify(global: &Global, out: &Output) -> Result<Finding, Failure> {
    secrets::expect_office(global)?;
    let mut entries = Progress::new(out, "entries");
    let mut files = None;
    let source = Source { credentials: global.credentials.as_deref(), passphrase: &mut secrets::passphrase };
    let progress = |part: Part, done, size| match part {
        Part::Entries => entries.at(done, size),
        Part::Files => files.get_or_insert_with(|| Progress::new(out, "bytes of attachments")).at(done, size),
    };
    let fault = match verify_offline(&global.layout(), source, progress) {
        Ok(Sound { head, is_noted, files }) => {
            if !is_noted {
                out.note(global.words().get("log-head-not-noted"));
            }
            let files = (files.attachments, files.to_come);
            return Ok(Finding { size: Some(head.size), root: Some(head.root), files, fault: None });
        }
        Err(OpeningError::Fault(fault)) => {
            Wrong { said: Some(fault.said()), english: fault.to_string(), index: fault.index }
        }
        Err(
            error @ (OpeningError::Store(StoreError::Unreadable(_) | StoreError::RowTooLarge(_))
            | OpeningError::Row(_)
            | OpeningError::Empty
            | OpeningError::Older { .. }),
        ) => {
            let cause = error.to_string();
            Wrong { said: Some(said("fault-store", &[("cause", cause.clone())])), english: cause, index: None }
        }
        Err(OpeningError::Store(StoreError::Locked)) => {
            let names = [("command", global.command("log verify"))];
            return Err(Failure::said(Kind::Config, "failure-store-open", &names));
        }
        Err(error) => return Err(refused(error, global)),
    };
    Ok(Finding { size: None, root: None, files: (0, 0), fault: Some(fault) })
}
