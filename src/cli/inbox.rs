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
use crate::cli::standing;
use crate::cli::standing::Filter;
use crate::cli::words;
use crate::i18n::Words;
use crate::name::OfficeCode;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::Urgency;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Go on with what arrives, until Ctrl-C; the oldest comes first
    #[arg(long)]
    follow: bool,
    /// Only from these offices
    #[arg(long, value_name = "OFFICE,…", value_delimiter = ',')]
    from: Vec<OfficeCode>,
    #[command(flatten)]
    filter: Filter,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let (out, words) = (global.output(), global.words());
    if args.follow {
        return client::ask(global, async |client| follow(client, args, &out, &words).await);
    }
    let all = client::ask(global, async |mut client| list(&mut client, wire::Folder::Inbox).await)?;
    let notices: Vec<_> = all.iter().filter(|notice| args.shows(notice)).collect();
    if out.json {
        return notices.iter().try_for_each(|notice| out.object(&object(notice)));
    }
    args.filter.tell_apart(&all, &out, &words);
    if notices.is_empty() {
        out.note(words.get(if all.is_empty() { "inbox-empty" } else { "list-none-fits" }));
        return Ok(());
    }
    let rows = notices.iter().map(|notice| row(notice, &words)).collect();
    let header =
        ["column-received", "column-reference", "column-kind", "column-urgency", "column-from", "column-state"];
    out.text(table(header.map(|key| words.get(key)).each_ref().map(String::as_str), rows))
}

impl Args {
    fn shows(&self, notice: &wire::NoticeSummary) -> bool {
        let from = notice.header.iter().filter_map(|header| header.from.as_ref()?.office.parse().ok());
        self.filter.shows(notice) && (self.from.is_empty() || from.into_iter().any(|from| self.from.contains(&from)))
    }
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

async fn follow(mut client: Client, args: &Args, out: &Output, words: &Words) -> Result<(), Failure> {
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
        if !args.shows(&notice) {
            continue;
        }
        if out.json {
            out.object(&object(&notice))?;
        } else {
            let [received, reference, kind, urgency, from, state] = row(&notice, words);
            out.text(format_args!("{received}  {reference}  {from}  {urgency:9}  {kind}  {state}"))?;
        }
    }
}

fn object(notice: &wire::NoticeSummary) -> Value {
    let header = notice.header.clone().unwrap_or_default();
    let side = standing::sides(notice).first().cloned().unwrap_or_default();
    let mut object = json!({
        "reference": header.reference,
        "digest": words::digest(&notice.digest),
        "kind": words::word::<NoticeKind>(header.kind),
        "urgency": words::word::<Urgency>(header.urgency),
        "from": header.from.unwrap_or_default().office,
        "received_at": words::time(notice.time_ms),
    });
    standing::add_side(&mut object, &side);
    standing::add(&mut object, notice);
    object
}

fn row(notice: &wire::NoticeSummary, words: &Words) -> [String; 6] {
    let header = notice.header.clone().unwrap_or_default();
    [
        words::moment(notice.time_ms),
        header.reference,
        words.label::<NoticeKind>(header.kind),
        words.label::<Urgency>(header.urgency),
        header.from.unwrap_or_default().office,
        standing::state(notice, &standing::sides(notice).first().cloned().unwrap_or_default(), words),
    ]
}
