//! Exercises of an office: a name, the other offices that take part, a planned end (DOMAIN 6.2, P-16; UNODC runs them at
//! border liaison offices).
//!
//! Not which notices are one: each says so itself (`traffic`). An exercise goes on after its planned end until somebody ends
//! it, so that nothing changes its meaning by itself.

use std::collections::BTreeSet;

use crate::domain::problem::Cause;
use crate::domain::text;
use crate::limits;
use crate::name::NameError;
use crate::name::OfficeCode;
use crate::time::DAY_MS;
use crate::time::Timestamp;
use crate::wire;

/// Longest way to the planned end, ms.
const PLANNED_MS: i64 = limits::EXERCISE_DAYS * DAY_MS;

/// An exercise as it was started, or as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// What it is called: one line. No personal data.
    pub name: String,
    /// The other offices that take part; one at least.
    pub offices: BTreeSet<OfficeCode>,
    /// When it is to end.
    pub until: Timestamp,
}

/// Why an exercise is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExerciseError {
    /// The name is no line of text, or too long.
    #[error("the name {0}")]
    Name(Cause),
    /// An office is none.
    #[error("{0}")]
    Office(#[from] NameError),
    /// Nobody takes part, or too many do.
    #[error("one other office takes part at least, and {max} at most", max = limits::ADDRESSEES)]
    Offices,
    /// The planned end has passed, or is far away.
    #[error("the planned end is not within the next {days} days", days = limits::EXERCISE_DAYS)]
    End,
}

impl Exercise {
    /// Checks an exercise that is to begin now.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(now: Timestamp, asked: &wire::Exercise) -> Result<Self, ExerciseError> {
        let exercise = Self::read(asked)?;
        if (1..=PLANNED_MS).contains(&exercise.until.since_ms(now)) { Ok(exercise) } else { Err(ExerciseError::End) }
    }

    /// An exercise as an entry has it.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn read(message: &wire::Exercise) -> Result<Self, ExerciseError> {
        text::check_line(&message.name, limits::EXERCISE_NAME_CHARS).map_err(ExerciseError::Name)?;
        if message.name.trim() != message.name {
            return Err(ExerciseError::Name(Cause::Empty));
        }
        let offices = message.offices.iter().take(limits::ADDRESSEES + 1).map(|office| office.parse());
        let offices: BTreeSet<OfficeCode> = offices.collect::<Result<_, _>>()?;
        if offices.is_empty() || message.offices.len() > limits::ADDRESSEES {
            return Err(ExerciseError::Offices);
        }
        let until = Timestamp::from_ms(message.until_ms).map_err(|_| ExerciseError::End)?;
        Ok(Self { name: message.name.clone(), offices, until })
    }

    /// As an entry has it.
    #[must_use]
    pub fn message(&self) -> wire::Exercise {
        wire::Exercise {
            name: self.name.clone(),
            offices: self.offices.iter().map(ToString::to_string).collect(),
            until_ms: self.until.ms(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::ZERO;

    fn asked(name: &str, offices: &[&str], until_ms: i64) -> wire::Exercise {
        let offices = offices.iter().map(|office| (*office).to_owned()).collect();
        wire::Exercise { name: name.to_owned(), offices, until_ms }
    }

    #[test]
    fn an_exercise_has_a_line_an_office_and_an_end_that_is_near() {
        let good = Exercise::check(NOW, &asked("Dostyk 26", &["TM-FAR", "UZ-NCC", "TM-FAR"], 1)).unwrap();
        assert_eq!(good.message(), asked("Dostyk 26", &["TM-FAR", "UZ-NCC"], 1));
        assert!(Exercise::check(NOW, &asked(&"ы".repeat(60), &["TM-FAR"], PLANNED_MS)).is_ok());
        let too_many = vec!["TM-FAR"; limits::ADDRESSEES + 1];
        let refused = |asked: &wire::Exercise| Exercise::check(NOW, asked).unwrap_err();
        assert_eq!(refused(&asked("", &["TM-FAR"], 1)), ExerciseError::Name(Cause::Empty));
        assert_eq!(refused(&asked(" ", &["TM-FAR"], 1)), ExerciseError::Name(Cause::Empty));
        assert_eq!(refused(&asked("a\nb", &["TM-FAR"], 1)), ExerciseError::Name(Cause::Character));
        assert_eq!(refused(&asked(&"ы".repeat(61), &["TM-FAR"], 1)), ExerciseError::Name(Cause::Long { max: 60 }));
        assert!(matches!(refused(&asked("a", &["TM"], 1)), ExerciseError::Office(_)));
        assert_eq!(refused(&asked("a", &[], 1)), ExerciseError::Offices);
        assert_eq!(refused(&asked("a", &too_many, 1)), ExerciseError::Offices);
        for end in [-1, 0, PLANNED_MS + 1, i64::MAX] {
            assert_eq!(refused(&asked("a", &["TM-FAR"], end)), ExerciseError::End, "{end}");
        }
    }

    proptest! {
        #[test]
        fn what_passes_comes_back(name in "\\PC{0,70}", offices in proptest::collection::vec("[A-Z]{2}-[A-Z]{3}|.{0,8}", 0..70), until in any::<i64>()) {
            let offices: Vec<&str> = offices.iter().map(String::as_str).collect();
            if let Ok(exercise) = Exercise::check(NOW, &asked(&name, &offices, until)) {
                prop_assert_eq!(Exercise::read(&exercise.message()), Ok(exercise));
            }
        }
    }
}
