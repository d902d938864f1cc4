//! Exercises of this office: one at a time, started and ended by a releasing officer. No other office is told.
//!
//! While one is on, an exercise notice goes to the offices that take part (P-16: an office that does not know of it might
//! act on the road), and to whoever knows already what it relates to. What is real goes on as before.

use std::sync::Arc;

use crate::domain::entry::Entry;
use crate::domain::exercise::Exercise;
use crate::domain::exercise::ExerciseError;
use crate::domain::policy::Case;
use crate::domain::roster::OfficeState;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::office::writer::Step;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::Traffic;

/// An exercise that is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ongoing {
    /// As it was started.
    pub exercise: Exercise,
    /// Index of the entry of its beginning.
    pub index: u64,
    /// When it began.
    pub since: Timestamp,
    /// Who started it.
    pub officer: OfficerId,
}

/// What a releasing officer does about exercises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExerciseStep {
    /// Start one.
    Start(wire::Exercise),
    /// End the one whose beginning has this index.
    End(u64),
}

/// Why an exercise neither begins nor ends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExerciseRefused {
    /// It is no exercise.
    #[error("{0}")]
    Exercise(#[from] ExerciseError),
    /// One is on.
    #[error("an exercise is on already, since entry {}", .0.index)]
    On(Arc<Ongoing>),
    /// None is on.
    #[error("no exercise is on")]
    None,
    /// Another one is on than the one that was looked at.
    #[error("another exercise is on, since entry {}", .0.index)]
    Other(Arc<Ongoing>),
    /// Who is to take part is this office, or is in no roster, or takes part no more.
    #[error("{0} is no other office in the rosters that are in force here")]
    Unknown(OfficeCode),
}

impl Ongoing {
    /// The exercise that is on.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn read(view: &dyn View) -> Result<Option<Self>, RowError> {
        if view.get(key::EXERCISE)?.is_none() {
            return Ok(None);
        }
        let index = rows::number(view, key::EXERCISE, "exercise")?;
        let entry = rows::entry(view, index)?;
        let about = || damaged("exercise", index);
        let exercise = Exercise::read(&entry.exercise.unwrap_or_default()).map_err(|_| about())?;
        let officer = entry.actor.parse().map_err(|_| about())?;
        Ok(Some(Self { exercise, index, since: Timestamp::clamped(entry.time_ms), officer }))
    }

    /// As it is told, at this time.
    #[must_use]
    pub fn message(&self, now: Timestamp) -> wire::ExerciseStatus {
        wire::ExerciseStatus {
            exercise: Some(self.exercise.message()),
            index: self.index,
            since_ms: self.since.ms(),
            officer: self.officer.to_string(),
            is_over_time: self.exercise.until <= now,
        }
    }
}

impl Step<'_> {
    /// Starts an exercise, or ends the one that is on; index of the entry.
    pub(super) fn exercise(
        &mut self,
        officer: &OfficerId,
        step: &ExerciseStep,
    ) -> Result<Result<u64, ExerciseRefused>, RowError> {
        let entry = match (step, self.exercise.clone()) {
            (ExerciseStep::Start(_), Some(ongoing)) => return Ok(Err(ExerciseRefused::On(ongoing))),
            (ExerciseStep::Start(asked), None) => match self.startable(asked) {
                Ok(exercise) => Entry::exercise_started(officer, &exercise),
                Err(refused) => return Ok(Err(refused)),
            },
            (ExerciseStep::End(_), None) => return Ok(Err(ExerciseRefused::None)),
            (ExerciseStep::End(index), Some(ongoing)) if ongoing.index == *index => {
                Entry::exercise_ended(officer, *index)
            }
            (ExerciseStep::End(_), Some(other)) => return Ok(Err(ExerciseRefused::Other(other))),
        };
        let index = self.append(entry)?;
        self.exercise = Ongoing::read(&self.rows)?.map(Arc::new);
        Ok(Ok(index))
    }

    fn startable(&self, asked: &wire::Exercise) -> Result<Exercise, ExerciseRefused> {
        let exercise = Exercise::check(self.now, asked)?;
        let takes_part = |office: OfficeCode| {
            let listed = self.rosters.office(office).is_some_and(|listed| listed.state != OfficeState::Revoked);
            listed && office != self.me.office
        };
        match exercise.offices.iter().find(|office| !takes_part(**office)) {
            Some(other) => Err(ExerciseRefused::Unknown(*other)),
            None => Ok(exercise),
        }
    }

    /// Addressees of an exercise notice who do not take part in the exercise that is on. Whoever sent or has what it relates
    /// to knows of that, and may be answered and told of changes.
    pub(super) fn outside_exercise(&self, case: &Case<'_>) -> Vec<Finding> {
        let terms = case.terms;
        let on = self.exercise.as_ref().filter(|_| terms.traffic == Traffic::Exercise);
        let Some(on) = on else { return vec![] };
        let lists = [("to", &terms.to), ("cc", &terms.cc)].into_iter();
        let all =
            lists.flat_map(|(list, offices)| offices.iter().enumerate().map(move |(i, office)| (list, i, office)));
        let relations = case.header.relations.iter().enumerate();
        let known: Vec<_> = relations.filter_map(|(i, relation)| case.known.find(i, relation).known()).collect();
        let has_it = |office: OfficeCode| known.iter().any(|one| one.from == office || one.to.contains(&office));
        let outside = all.filter(|(.., office)| !on.exercise.offices.contains(office) && !has_it(**office));
        let finding = |(list, i, office): (&str, usize, &OfficeCode)| {
            let path = format!("header.{list}[{i}].office_code");
            Finding::new(Rule::Policy(16), path, "p16-not-in-exercise").with("office", office)
        };
        outside.map(finding).collect()
    }
}
