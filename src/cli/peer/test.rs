//! `peer test`: probes the way to an office, step by step. The node probes; here each step is shown as it comes.

use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::output::Output;
use crate::cli::words;
use crate::name::OfficeCode;
use crate::wire;
use crate::wire::StepResult;

/// Whom to probe.
#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    /// The office, as in TM-FAR
    office: OfficeCode,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let office = args.office.to_string();
    let out = global.output();
    let last = client::ask(global, async |mut client| {
        let request = wire::TestPeerRequest { office: office.clone() };
        let mut steps = client.inspect.test_peer(request).await?.into_inner();
        let mut last = None;
        while let Some(step) = steps.message().await? {
            show(&out, &step, global)?;
            last = Some(step);
        }
        Ok(last)
    })?;
    match last {
        Some(step) if step.result() != StepResult::Failed => Ok(()),
        Some(step) => Err(Failure::new(Kind::Unreachable, format!("{office} cannot be reached."), step.remedy)),
        None => Err(Failure::new(Kind::Unreachable, "The node did not finish the probe.", "Look at its trace.")),
    }
}

/// One line a step, and what to do below it if something is.
fn show(out: &Output, step: &wire::TestPeerResponse, global: &Global) -> Result<(), Failure> {
    let result = words::words::<StepResult>(step.result);
    if out.json {
        return out.object(&json!({
            "step": step.step,
            "endpoint": words::text(&step.endpoint),
            "result": result,
            "what": step.what,
            "do": words::text(&step.remedy),
        }));
    }
    let mut line = format!("{:<8} {result:<8} {}", step.step, step.what);
    // The last step failed: what to do comes with the error.
    if !step.remedy.is_empty() && step.result() != StepResult::Failed {
        line.push_str("\n                  Do: ");
        line.push_str(&step.remedy);
    }
    out.text(global.with_data(&line))
}
