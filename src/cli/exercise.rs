//! `exercise`: an exercise of this office begins and ends.

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::client::Client;
use crate::cli::failure::Failure;
use crate::cli::output::named;
use crate::cli::words;
use crate::i18n::Words;
use crate::name::OfficeCode;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::Traffic;

/// What is done about exercises.
#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// End the exercise that is on; this is recorded in the log
    End,
    /// Show the exercise that is on
    Show,
    /// Start an exercise of this office; this is recorded in the log, and no other office is told
    Start(Start),
}

#[derive(clap::Args)]
pub(super) struct Start {
    /// What it is called, in one line; no personal data
    #[arg(value_name = "NAME")]
    name: String,
    /// The other offices that take part
    #[arg(long = "with", value_name = "OFFICE,…", value_delimiter = ',', required = true)]
    offices: Vec<OfficeCode>,
    /// When it is to end, in UTC, as in 2026-11-24T16:00:00Z; it goes on until somebody ends it
    #[arg(long, value_name = "TIME")]
    until: Timestamp,
}

/// Does it.
pub(super) fn run(verb: Verb, global: &Global) -> Result<(), Failure> {
    match verb {
        Verb::End => end(global),
        Verb::Show => show(global),
        Verb::Start(start) => begin(&start, global),
    }
}

/// The exercise that is on, as the node says.
pub(super) async fn on(client: &mut Client) -> Result<Option<wire::ExerciseStatus>, Failure> {
    Ok(client.desk.get_exercise(wire::GetExerciseRequest {}).await?.into_inner().exercise)
}

/// What it is called and what else there is to know of it; null if none is on.
pub(super) fn object(status: Option<&wire::ExerciseStatus>) -> Value {
    let Some(status) = status else { return Value::Null };
    let exercise = status.exercise.clone().unwrap_or_default();
    json!({
        "name": exercise.name,
        "offices": exercise.offices,
        "since": words::time(status.since_ms),
        "until": words::time(exercise.until_ms),
        "officer": status.officer,
        "index": status.index,
        "over_time": status.is_over_time,
    })
}

/// The same in one line.
pub(super) fn line(status: Option<&wire::ExerciseStatus>, words: &Words) -> String {
    let Some(status) = status else { return words.get("exercise-none") };
    let name = status.exercise.clone().unwrap_or_default().name;
    let names = [("name", name), ("since", words::moment(status.since_ms)), ("officer", status.officer.clone())];
    words.say(if status.is_over_time { "exercise-over-time" } else { "exercise-on" }, &names)
}

/// Says what a notice is that was handed in while an exercise is on.
pub(super) fn told(status: Option<&wire::ExerciseStatus>, traffic: i32, words: &Words) -> Option<String> {
    let name = status?.exercise.clone().unwrap_or_default().name;
    let traffic = words.label::<Traffic>(traffic).to_uppercase();
    Some(words.say("exercise-this-is", &[("name", name), ("traffic", traffic)]))
}

fn show(global: &Global) -> Result<(), Failure> {
    let status = client::ask(global, async |mut client| on(&mut client).await)?;
    shown(status.as_ref(), global)
}

fn shown(status: Option<&wire::ExerciseStatus>, global: &Global) -> Result<(), Failure> {
    let (out, words) = (global.output(), global.words());
    if out.json {
        return out.object(&json!({"exercise": object(status)}));
    }
    let Some(on) = status else { return out.text(words.get("exercise-none")) };
    let exercise = on.exercise.clone().unwrap_or_default();
    let pairs = [
        ("exercise-name", exercise.name),
        ("exercise-offices", exercise.offices.join(", ")),
        ("exercise-since", format!("{} UTC", words::moment(on.since_ms))),
        ("exercise-officer", on.officer.clone()),
        ("exercise-until", format!("{} UTC", words::moment(exercise.until_ms))),
    ];
    out.text(named(&words, &pairs))?;
    if on.is_over_time {
        out.note(words.say("exercise-end-it", &[("command", global.command("exercise end"))]));
    }
    Ok(())
}

fn begin(start: &Start, global: &Global) -> Result<(), Failure> {
    let exercise = wire::Exercise {
        name: start.name.clone(),
        offices: start.offices.iter().map(ToString::to_string).collect(),
        until_ms: start.until.ms(),
    };
    let request = wire::StartExerciseRequest { exercise: Some(exercise) };
    let started = client::ask(global, async |mut client| Ok(client.desk.start_exercise(request).await?.into_inner()))?;
    shown(started.exercise.as_ref(), global)
}

fn end(global: &Global) -> Result<(), Failure> {
    let ended = client::ask(global, async |mut client| {
        // The one that is on now; without one, the node says so.
        let index = on(&mut client).await?.map_or(0, |status| status.index);
        Ok(client.desk.end_exercise(wire::EndExerciseRequest { index }).await?.into_inner())
    })?;
    let out = global.output();
    if out.json {
        return out.object(&json!({"index": ended.index}));
    }
    out.text(global.words().say("exercise-ended", &[("index", ended.index.to_string())]))
}
