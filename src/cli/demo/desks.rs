//! What else lies on the desks when the story is over, for whoever looks at them in a browser.

use serde_json::json;

use crate::cli::demo::board::Board;
use crate::cli::demo::samples;
use crate::cli::demo::stage::Stage;
use crate::cli::failure::Failure;
use crate::domain::template::about;
use crate::wire;

/// Who writes most of it, and to whom.
const FAR: &str = "TM-FAR";
const ALT: &str = "UZ-ALT";

/// An immediate alert that nobody has opened, a request that is overdue soon, an exercise, a notice that was withdrawn, and
/// one that waits for release.
pub(super) async fn fill(stage: &mut Stage, board: &mut Board) -> Result<(), Failure> {
    let now = stage.now();
    for sample in [samples::alert(now)?, samples::request(now)?, samples::exercise(now)?] {
        Box::pin(stage.send(sample, board)).await?;
    }
    let twice = Box::pin(stage.send(samples::method(now)?, board)).await?;
    Box::pin(withdraw(stage, board, &twice)).await?;
    stage.watch(board, |_| true).await?;
    let waits = Box::pin(stage.hand_in(samples::consignment(now)?)).await?;
    board.say(&format!("  {}", board.words.say("demo-waits", &[("reference", waits), ("office", ALT.to_owned())])));
    Ok(())
}

async fn withdraw(stage: &mut Stage, board: &mut Board, notice: &str) -> Result<(), Failure> {
    let request = wire::GetNoticeRequest { notice: notice.to_owned() };
    let found = stage.staff(FAR)?.officer.desk.get_notice(request).await?.into_inner();
    let header = found.summary.unwrap_or_default().header.unwrap_or_default();
    let me = FAR.parse().map_err(Failure::internal)?;
    let mut draft = about(wire::NoticeKind::Withdrawal, &header, me, stage.now())
        .ok_or_else(|| Failure::internal("a notice that cannot be withdrawn"))?;
    let body = json!({
        "subject": {"text": "Sent twice", "lang": "en"},
        "marking": {"source_reliability": "A", "information_credibility": "1", "assertion_kind": "FACT"},
        "withdrawal": {"reason_code": "DUPLICATE", "reason": {"text": "The same was sent in October.", "lang": "en"}},
    });
    samples::put(&mut draft, "", "body", body);
    Box::pin(stage.release(FAR, &draft, board)).await?;
    Ok(())
}
