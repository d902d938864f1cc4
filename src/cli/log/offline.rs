//! `log verify --offline`: checks the store of a node that does not run.

use crate::cli::Global;
use crate::cli::failure::Failure;
use crate::cli::log::progress::Progress;
use crate::cli::log::verify::Finding;
use crate::cli::output::Output;
use crate::cli::secrets::unlocked;
use crate::edge::reopen::ReopenError;
use crate::edge::reopen::reopen;
use crate::engine::log::Head;
use crate::engine::store::StoreError;
use crate::engine::store::View;
use crate::office::verify::Fault;
use crate::office::verify::Owner;
use crate::office::verify::Verifier;

/// Entries checked between two words of progress.
const STEP: u64 = 256;

pub(super) fn verify(global: &Global, out: &Output) -> Result<Finding, Failure> {
    let office = unlocked(global)?;
    let owner = Owner {
        network: office.config.network,
        office: office.config.office,
        key: office.identity.signing.public(),
        vault: Some(office.identity.vault),
    };
    let layout = global.layout();
    let store = match reopen(&layout.store(), &layout.head()) {
        Ok(store) => store,
        Err(ReopenError::Store(StoreError::Locked)) => {
            return Err(Failure::config(
                "The node is running; its store is open.",
                format!("Leave out --offline: {}", global.command("log verify")),
            ));
        }
        Err(error) => {
            let fault = Some(Fault { what: error.to_string(), index: None });
            return Ok(Finding { size: None, root: None, fault });
        }
    };
    let mut progress = Progress::new(out);
    Ok(match check(&*store, owner, &mut progress) {
        Ok(head) => Finding { size: Some(head.size), root: Some(head.root), fault: None },
        Err(fault) => {
            let head = Head::read(&*store).ok().flatten();
            Finding { size: head.map(|head| head.size), root: head.map(|head| head.root), fault: Some(fault) }
        }
    })
}

fn check(view: &dyn View, owner: Owner, progress: &mut Progress<'_>) -> Result<Head, Fault> {
    let size = Head::read(view)?.map_or(0, |head| head.size);
    let mut verifier = Verifier::new(owner);
    while !verifier.step(view, size, STEP)? {
        progress.at(verifier.checked(), size);
    }
    verifier.finish(view)
}
