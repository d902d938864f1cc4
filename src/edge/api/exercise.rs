//! Exercises of the office: which one is on, and how it begins and ends.

use tonic::Code;
use tonic::Status;

use crate::domain::exercise::ExerciseError;
use crate::edge::api::Api;
use crate::edge::api::caller::out_of_turn;
use crate::edge::people::moment;
use crate::edge::status::refused;
use crate::edge::status::refused_with;
use crate::i18n::said;
use crate::limits;
use crate::name::OfficerId;
use crate::office::Command;
use crate::office::ExerciseRefused;
use crate::office::ExerciseStep;
use crate::office::Ongoing;
use crate::office::Reply;
use crate::wire;

impl Api {
    /// The exercise that is on.
    pub(super) fn exercise_on(&self) -> Option<wire::ExerciseStatus> {
        self.hub.shared.exercise().map(|ongoing| ongoing.message(self.hub.node_time()))
    }

    /// Starts or ends one; index of the entry.
    pub(super) async fn exercise(&self, officer: OfficerId, step: ExerciseStep) -> Result<u64, Status> {
        match self.order(Command::Exercise { officer, step }).await? {
            Reply::Exercise(done) => done.map_err(why),
            _ => Err(out_of_turn()),
        }
    }
}

/// Why an exercise neither begins nor ends.
fn why(refusal: ExerciseRefused) -> Status {
    let of = |on: &Ongoing| {
        [("name", on.exercise.name.clone()), ("since", moment(on.since)), ("officer", on.officer.to_string())]
    };
    match refusal {
        ExerciseRefused::On(ongoing) => refused(Code::FailedPrecondition, "refused-exercise-on", &of(&ongoing)),
        ExerciseRefused::Other(ongoing) => refused(Code::FailedPrecondition, "refused-exercise-other", &of(&ongoing)),
        ExerciseRefused::None => refused(Code::FailedPrecondition, "refused-exercise-none", &[]),
        ExerciseRefused::Unknown(office) => {
            refused(Code::InvalidArgument, "refused-exercise-office", &[("office", office.to_string())])
        }
        ExerciseRefused::Exercise(ExerciseError::Office(error)) => error.into(),
        ExerciseRefused::Exercise(ExerciseError::Name(cause)) => {
            let max = limits::EXERCISE_NAME_CHARS.to_string();
            let said = said("refused-exercise-name", &[("max", max)]).with_keys("cause", [cause.message()]);
            refused_with(Code::InvalidArgument, said)
        }
        ExerciseRefused::Exercise(ExerciseError::Offices) => {
            let max = [("max", limits::ADDRESSEES.to_string())];
            refused(Code::InvalidArgument, "refused-exercise-offices", &max)
        }
        ExerciseRefused::Exercise(ExerciseError::End) => {
            let days = [("days", limits::EXERCISE_DAYS.to_string())];
            refused(Code::InvalidArgument, "refused-exercise-end", &days)
        }
    }
}
