//! `log export`: the exact bytes of the entries, which anybody can hash again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::log::Range;
use crate::cli::log::each_page;

pub(super) fn run(range: &Range, global: &Global) -> Result<(), Failure> {
    let out = global.output();
    client::ask(global, async |mut client| {
        each_page(&mut client, range, |page| {
            page.iter().try_for_each(|indexed| {
                out.object(&json!({"index": indexed.index, "entry": STANDARD.encode(&indexed.entry)}))
            })
        })
        .await
    })
}
