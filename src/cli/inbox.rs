//! `inbox`: what this office has received; with `--follow` also what arrives from now on.

use serde_json::Value;
use serde_json::json;
use tokio::signal::unix::SignalKind;
use tokio::signal::unix::signal;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::client::Client;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::output::Output;
use crate::cli::output::table;
use crate::cli::words;
use crate::i18n::Words;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::Urgency;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Go on with what arrives, until Ctrl-C; the oldest comes first
    #[arg(long)]
    follow: bool,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let (out, words) = (global.output(), global.words());
    if args.follow {
        return client::ask(global, async |client| follow(client, &out, &words).await);
    }
    let notices = client::ask(global, async |mut client| list(&mut client, wire::Folder::Inbox).await)?;
    if out.json {
        return notices.iter().try_for_each(|notice| out.object(&object(notice)));
    }
    if notices.is_empty() {
        out.note(words.get("inbox-empty"));
        return Ok(());
    }
    let rows = notices.iter().map(|notice| row(notice, &words)).collect();
    let header = ["column-received", "column-reference", "column-kind", "column-urgency", "column-from"];
    out.text(table(header.map(|key| words.get(key)).each_ref().map(String::as_str), rows))
}

/// All notices of a folder, newest first.
pub(super) async fn list(client: &mut Client, folder: wire::Folder) -> Result<Vec<wire::NoticeSummary>, Failure> {
    let mut notices = vec![];
    let mut request = wire::ListNoticesRequest { folder: folder.into(), ..wire::ListNoticesRequest::default() };
    loop {
        let page = client.desk.list_notices(request.clone()).await?.into_inner();
        notices.extend(page.notices);
        if page.next_page_token.is_empty() {
            return Ok(notices);
        }
        request.page_token = page.next_page_token;
    }
}

async fn follow(mut client: Client, out: &Output, words: &Words) -> Result<(), Failure> {
    // Caught from before the first row on.
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::internal)?;
    let mut arrived = client.desk.watch_inbox(wire::WatchInboxRequest { after: 0 }).await?.into_inner();
    loop {
        let next = tokio::select! {
            next = arrived.message() => next?,
            _ = interrupt.recv() => return Ok(()),
        };
        let Some(wire::WatchInboxResponse { notice }) = next else {
            return Err(Failure::new(Kind::Unreachable, "The node has stopped.", "Start it again, then follow again."));
        };
        let notice = notice.unwrap_or_default();
        if out.json {
            out.object(&object(&notice))?;
        } else {
            let [received, reference, kind, urgency, from] = row(&notice, words);
            out.text(format_args!("{received}  {reference}  {from}  {urgency:9}  {kind}"))?;
        }
    }
}

fn object(notice: &wire::NoticeSummary) -> Value {
    let header = notice.header.clone().unwrap_or_default();
    json!({
        "reference": header.reference,
        "digest": words::digest(&notice.digest),
        "kind": words::word::<NoticeKind>(header.kind),
        "urgency": words::word::<Urgency>(header.urgency),
        "from": header.from.unwrap_or_default().office,
        "received_at": words::time(notice.time_ms),
    })
}

fn row(notice: &wire::NoticeSummary, words: &Words) -> [String; 5] {
    let header = notice.header.clone().unwrap_or_default();
    [
        words::moment(notice.time_ms),
        header.reference,
        words.label::<NoticeKind>(header.kind),
        words.label::<Urgency>(header.urgency),
        header.from.unwrap_or_default().office,
    ]
}
