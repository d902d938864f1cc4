//! `peer test`: probes the way to an office, step by step. The node probes; here each step is shown as it comes.

use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::output::Output;
use crate::cli::words;
use crate::i18n::Names;
use crate::i18n::said;
use crate::name::OfficeCode;
use crate::wire;
use crate::wire::Refused;
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
        Some(step) => {
            let unreachable = |names: Names<'_>| said("failure-peer-unreachable", names);
            let said = match step.remedy_said {
                Some(remedy) => unreachable(&[("office", office)]).with_said("remedy", remedy),
                None => unreachable(&[("office", office), ("remedy", step.remedy)]),
            };
            Err(Failure::refused(Kind::Unreachable, Refused { said: Some(said), ..Refused::default() }))
        }
        None => Err(Failure::said(Kind::Unreachable, "failure-probe-broken-off", &[])),
    }
}

/// One line a step, and what to do below it if something is.
fn show(out: &Output, step: &wire::TestPeerResponse, global: &Global) -> Result<(), Failure> {
    if out.json {
        return out.object(&json!({
            "step": step.step,
            "endpoint": words::text(&step.endpoint),
            "result": words::words::<StepResult>(step.result),
            "what": step.what,
            "what_key": words::key(step.what_said.as_ref()),
            "do": words::text(&step.remedy),
            "do_key": words::key(step.remedy_said.as_ref()),
        }));
    }
    let words = global.words();
    let result = words.label::<StepResult>(step.result);
    let mut line = format!("{:<8} {result:<8} {}", step.step, words.told(step.what_said.as_ref(), &step.what));
    // The last step failed: what to do comes with the error.
    if !step.remedy.is_empty() && step.result() != StepResult::Failed {
        let remedy = words.told(step.remedy_said.as_ref(), &step.remedy);
        line = format!("{line}\n                  {} {remedy}", words.get("problems-do"));
    }
    out.text(global.with_data(&line))
}
