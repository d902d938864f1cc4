//! The story that the demo plays, act by act: a warning, the check, the seizure while the link is down, its correction, who
//! read what, and what else lies on the desks.

use prost::Message as _;

use crate::cli::demo::board::Board;
use crate::cli::demo::desks;
use crate::cli::demo::samples;
use crate::cli::demo::stage;
use crate::cli::demo::stage::Stage;
use crate::cli::failure::Failure;
use crate::cli::words;
use crate::domain::access::Access;
use crate::domain::template::about;
use crate::wire;

/// Who warns, and who checks.
const WARNS: &str = "UZ-ALT";
const CHECKS: &str = "TM-FAR";

/// Plays it.
pub(super) async fn play(stage: &mut Stage, board: &mut Board) -> Result<(), Failure> {
    let warning = Box::pin(warn(stage, board)).await?;
    Box::pin(check(stage, board, &warning)).await?;
    let report = Box::pin(seize(stage, board)).await?;
    Box::pin(correct(stage, board, &report)).await?;
    Box::pin(audit(stage, board, &warning)).await?;
    act(board, "demo-desks");
    Box::pin(desks::fill(stage, board)).await
}

/// An officer warns, another one releases it.
async fn warn(stage: &mut Stage, board: &mut Board) -> Result<String, Failure> {
    act(board, "demo-warning");
    let warning = samples::warning(stage.now())?;
    board.say(&format!("  «{}»", stage::text(&warning.draft, "/body/subject/text")));
    let reference = Box::pin(stage.send(warning, board)).await?;
    stage.watch(board, |_| true).await?;
    Ok(reference)
}

/// The addressee reads it; only the acknowledgement leaves the office.
async fn check(stage: &mut Stage, board: &mut Board, warning: &str) -> Result<(), Failure> {
    act(board, "demo-check");
    let mut desk = stage.staff(CHECKS)?.officer.desk.clone();
    let notice = warning.to_owned();
    desk.open_notice(wire::OpenNoticeRequest { notice: notice.clone(), ..wire::OpenNoticeRequest::default() }).await?;
    desk.take_notice(wire::TakeNoticeRequest { notice: notice.clone() }).await?;
    let answer = desk.acknowledge_notice(wire::AcknowledgeNoticeRequest { notice }).await?.into_inner();
    let notice = answer.acknowledgement.unwrap_or_default().reference;
    let acknowledgement = desk.get_notice(wire::GetNoticeRequest { notice }).await?.into_inner();
    let header = acknowledgement.summary.unwrap_or_default().header.unwrap_or_default();
    board.add(stage::rows(&header.reference, header.kind, header.urgency, CHECKS, &answer.to));
    stage.watch(board, |_| true).await
}

/// It goes on while the link is down.
async fn seize(stage: &mut Stage, board: &mut Board) -> Result<String, Failure> {
    stage.cut();
    stage.until_apart().await?;
    act(board, "demo-seizure");
    Box::pin(stage.send(samples::feedback(stage.now())?, board)).await?;
    let report = Box::pin(stage.send(samples::seizure(stage.now())?, board)).await?;
    stage.watch(board, |row| !stage::crosses_the_cut(row)).await?;
    board.say_waiting();
    board.say(&board.words.get("demo-mended"));
    stage.mend();
    stage.watch(board, |_| true).await?;
    Ok(report)
}

/// The report is corrected; who has it reads the corrected text, and can look at the one that was sent.
async fn correct(stage: &mut Stage, board: &mut Board, report: &str) -> Result<(), Failure> {
    act(board, "demo-correction");
    let request = wire::GetNoticeRequest { notice: report.to_owned() };
    let notice = stage.staff(CHECKS)?.officer.desk.get_notice(request).await?.into_inner();
    let header = notice.summary.unwrap_or_default().header.unwrap_or_default();
    let me = CHECKS.parse().map_err(Failure::internal)?;
    let mut draft = about(wire::NoticeKind::Correction, &header, me, stage.now())
        .ok_or_else(|| Failure::internal("a report that cannot be corrected"))?;
    samples::weigh_again(&mut draft, &samples::seizure(stage.now())?.draft);
    Box::pin(stage.release(CHECKS, &draft, board)).await?;
    stage.watch(board, |_| true).await?;
    board.say(&board.words.get("demo-corrected"));
    let request =
        wire::OpenNoticeRequest { notice: report.to_owned(), original: true, ..wire::OpenNoticeRequest::default() };
    let opened = stage.staff(WARNS)?.officer.desk.open_notice(request).await?.into_inner();
    let reference = opened.amendments.into_iter().filter_map(|one| one.notice).map(|notice| notice.reference).collect();
    let text = |body: Option<wire::NoticeBody>| body.unwrap_or_default().subject.unwrap_or_default().text;
    let now = board.words.say("demo-reads", &[("reference", reference), ("text", text(opened.body))]);
    board.say(&format!("  {now}"));
    let then = board.words.say("demo-original", &[("text", text(opened.original))]);
    board.say(&format!("  {then}"));
    Ok(())
}

/// An auditor sees who read it, and no text.
async fn audit(stage: &mut Stage, board: &mut Board, warning: &str) -> Result<(), Failure> {
    act(board, "demo-audit");
    let mut inspect = stage.auditor()?.inspect.clone();
    let view = wire::AuditView::Reads.into();
    let request = wire::AuditRequest { view, notice: warning.to_owned(), ..wire::AuditRequest::default() };
    for row in inspect.audit(request).await?.into_inner().rows {
        let entry = wire::Entry::decode(row.entry.as_slice()).map_err(Failure::internal)?;
        if Access::of(entry.code) == Some(Access::View) {
            let names =
                [("officer", entry.actor), ("time", words::moment(entry.time_ms)), ("index", row.index.to_string())];
            board.say(&format!("  {}", board.words.say("demo-read", &names)));
        }
    }
    Ok(())
}

/// Begins an act.
fn act(board: &Board, key: &str) {
    board.say(&format!("\n{}", board.words.get(key)));
}
