//! `review`: which texts are to be looked at again, and that one is still needed; and which texts end.

use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::output::titled;
use crate::cli::words;
use crate::edge::env::SystemClock;
use crate::time::Clock as _;
use crate::time::DAY_MS;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::DueBy;
use crate::wire::NoticeKind;
use crate::wire::ReviewReason;
use crate::wire::json::Word as _;

/// What is done about reviews.
#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// List the texts that are to be reviewed, overdue ones first
    List(Days),
    /// Say that a text is still needed; one that is not, chapar notice erase ends
    Done(Done),
}

/// How far a list looks.
#[derive(clap::Args)]
pub(super) struct Days {
    /// Days from now
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(0..=3650))]
    days: u32,
}

/// A review.
#[derive(clap::Args)]
pub(super) struct Done {
    /// Reference, short reference as in 123-3, or digest
    #[arg(value_name = "REF")]
    reference: String,
    /// Why it is still needed
    #[arg(
        long,
        value_parser = reason,
        value_name = "STILL_SOUGHT|CASE_OPEN|PROCEEDINGS|ANSWER_AWAITED|LEGAL_DUTY"
    )]
    reason: ReviewReason,
    /// When it is to be reviewed next; the latest time that is allowed, if none is given
    #[arg(long, value_name = "TIME")]
    next: Option<Timestamp>,
}

fn reason(word: &str) -> Result<ReviewReason, String> {
    let found = ReviewReason::from_word(word).filter(|reason| *reason != ReviewReason::Unspecified);
    found.ok_or_else(|| "give STILL_SOUGHT, CASE_OPEN, PROCEEDINGS, ANSWER_AWAITED or LEGAL_DUTY".to_owned())
}

/// Does it.
pub(super) fn run(verb: Verb, global: &Global) -> Result<(), Failure> {
    match verb {
        Verb::List(days) => list(DueBy::Review, &days, global),
        Verb::Done(done) => self::done(done, global),
    }
}

/// Lists what is due.
pub(super) fn list(by: DueBy, days: &Days, global: &Global) -> Result<(), Failure> {
    let before = SystemClock.now().plus_ms(i64::from(days.days) * DAY_MS);
    let rows = client::ask(global, async |mut client| {
        let (mut rows, mut page_token) = (vec![], vec![]);
        loop {
            let request = wire::ListDueRequest { by: by.into(), before_ms: before.ms(), page_size: 0, page_token };
            let page = client.inspect.list_due(request).await?.into_inner();
            rows.extend(page.rows);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(rows);
            }
        }
    })?;
    let out = global.output();
    if out.json {
        return rows.iter().try_for_each(|row| {
            out.object(&json!({
                "reference": row.reference,
                "kind": words::word::<NoticeKind>(row.kind),
                "from": row.from,
                "personal_data": row.personal_data,
                "review": words::time(row.review_ms),
                "ends": words::time(row.ends_ms),
                "by_retention": row.by_retention,
                "next_review": words::time(row.next_review_ms),
            }))
        });
    }
    let words = global.words();
    if rows.is_empty() {
        return out.text(words.get("due-none"));
    }
    let rows = rows.iter().map(|row| {
        let kind = words.label::<NoticeKind>(row.kind);
        [row.reference.clone(), kind, row.from.clone(), words::moment(row.review_ms), words::moment(row.ends_ms)]
    });
    let header = ["column-reference", "column-kind", "column-from", "column-review", "column-due-ends"];
    out.text(titled(&words, header, rows.collect()))
}

fn done(done: Done, global: &Global) -> Result<(), Failure> {
    let next_ms = done.next.map_or(0, Timestamp::ms);
    let request = wire::ReviewNoticeRequest { notice: done.reference, reason: done.reason.into(), next_ms };
    let reviewed =
        client::ask(global, async |mut client| Ok(client.inspect.review_notice(request).await?.into_inner()))?;
    let out = global.output();
    if out.json {
        return out.object(&json!({
            "reference": reviewed.reference,
            "entry": reviewed.index,
            "next_review": words::time(reviewed.next_ms),
        }));
    }
    let names = [("reference", reviewed.reference), ("time", words::moment(reviewed.next_ms))];
    out.text(global.words().say("review-done", &names))
}
