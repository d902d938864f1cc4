//! `log show`: entries of the log.

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::log::Range;
use crate::cli::log::each_page;
use crate::cli::log::entry;
use crate::cli::output::titled;

pub(super) fn run(range: &Range, global: &Global) -> Result<(), Failure> {
    let (out, words) = (global.output(), global.words());
    client::ask(global, async |mut client| {
        each_page(&mut client, range, |page| {
            let entries = page.iter().map(|indexed| Ok((indexed.index, entry::read(indexed)?)));
            let entries: Vec<_> = entries.collect::<Result<_, Failure>>()?;
            if out.json {
                return entries.iter().try_for_each(|(index, entry)| out.object(&entry::object(*index, entry)));
            }
            let rows = entries.iter().map(|(index, entry)| entry::row(*index, entry, &words)).collect();
            out.text(titled(&words, entry::HEADER, rows))
        })
        .await
    })
}
