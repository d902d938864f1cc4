//! `log`: the record of this office. It names digests and officers, never a text.

mod entry;
mod export;
mod offline;
mod show;
mod verify;

use crate::cli::Global;
use crate::cli::client::Client;
use crate::cli::failure::Failure;
use crate::limits;
use crate::wire;

/// What is done with the log.
#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// Print the exact bytes of the entries, base64, one JSON object a line
    Export(Range),
    /// Show entries
    Show(Range),
    /// Hash the log again, check every signature, compare every row that follows from it
    Verify(verify::Args),
}

/// Which entries.
#[derive(clap::Args)]
pub(super) struct Range {
    /// First entry; entries count from 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    from: u64,
    /// Most entries
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
}

/// Does it.
pub(super) fn run(verb: Verb, global: &Global) -> Result<(), Failure> {
    match verb {
        Verb::Export(range) => export::run(&range, global),
        Verb::Show(range) => show::run(&range, global),
        Verb::Verify(args) => verify::run(&args, global),
    }
}

/// Hands over the entries of a range, a page at a time.
async fn each_page(
    client: &mut Client,
    range: &Range,
    mut take: impl FnMut(&[wire::IndexedEntry]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (mut start, mut left) = (range.from, range.limit.unwrap_or(u64::MAX));
    while left > 0 {
        let page_size = u32::try_from(left).unwrap_or(limits::PAGE_ENTRIES).min(limits::PAGE_ENTRIES);
        let request = wire::ListEntriesRequest { start, page_size };
        let page = client.inspect.list_entries(request).await?.into_inner();
        take(&page.entries)?;
        left = left.saturating_sub(page.entries.len() as u64);
        if page.next_start <= start {
            break;
        }
        start = page.next_start;
    }
    Ok(())
}
