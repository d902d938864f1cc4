//! How long an office took for each step, and whether it was late.
//!
//! - Only what had a deadline counts.
//! - Times between what one office's clock said and what another's said may be below zero: they count as none.

use crate::domain::kinds::deadlines::Deadlines;
use crate::domain::standing::Delivery;
use crate::domain::standing::Owed;
use crate::domain::standing::Subject;
use crate::name::OfficeCode;
use crate::time::Timestamp;
use crate::wire::Awaited;

/// What an office has done about a notice, and when.
#[derive(Clone, Copy, Debug)]
pub struct Reached {
    /// When it had it.
    pub delivery: Delivery,
    /// When an officer took note.
    pub acknowledged: Option<Timestamp>,
    /// When it answered.
    pub answered: Option<Timestamp>,
    /// Nothing is awaited of it any more: the notice is closed or withdrawn, or the office does not take part.
    pub is_over: bool,
}

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Which.
    pub what: Awaited,
    /// How long it took, ms; `None` if it has not come, or came as part of a later step.
    pub took_ms: Option<i64>,
    /// It came after its deadline, or has not come by then.
    pub late: bool,
}

/// A step while it is looked at.
struct Step {
    what: Awaited,
    since: Timestamp,
    within_ms: i64,
    came: Option<Timestamp>,
    /// A later step that stands for this one.
    later: Option<Timestamp>,
}

impl Subject {
    /// How each step went with an office that owed it. What was given up before it came is none.
    #[must_use]
    pub fn paces(&self, office: OfficeCode, reached: &Reached, now: Timestamp) -> Vec<Pace> {
        let Some(deadlines) = Deadlines::of(self.urgency) else { return vec![] };
        let Owed { note, answer } = self.owed(office, false);
        let had = if let Delivery::Delivered(at) = reached.delivery { Some(at) } else { None };
        let receipt = (reached.delivery != Delivery::Undeliverable).then_some(Step {
            what: Awaited::Receipt,
            since: self.released,
            within_ms: deadlines.receipt_ms,
            came: had,
            later: None,
        });
        let acknowledgement = had.filter(|_| note).map(|since| Step {
            what: Awaited::Acknowledgement,
            since,
            within_ms: deadlines.acknowledgement_ms,
            came: reached.acknowledged,
            later: reached.answered,
        });
        let answer = had.filter(|_| answer).map(|since| Step {
            what: Awaited::Answer,
            since,
            within_ms: deadlines.reply_ms,
            came: reached.answered,
            later: None,
        });
        let steps = [receipt, acknowledgement, answer].into_iter().flatten();
        steps.filter_map(|step| step.pace(reached.is_over, now)).collect()
    }
}

impl Step {
    fn pace(&self, is_over: bool, now: Timestamp) -> Option<Pace> {
        let met = [self.came, self.later].into_iter().flatten().min();
        if met.is_none() && is_over {
            return None;
        }
        let late = met.unwrap_or(now) > self.since.plus_ms(self.within_ms);
        let took_ms = self.came.map(|came| came.ms().saturating_sub(self.since.ms()).max(0));
        Some(Pace { what: self.what, took_ms, late })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::NoticeKind;
    use crate::wire::Traffic;
    use crate::wire::Urgency;

    const MINUTE_MS: i64 = 60_000;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::ZERO.plus_ms(minutes * MINUTE_MS)
    }

    fn request() -> Subject {
        Subject {
            kind: NoticeKind::RequestForInformation,
            urgency: Urgency::Immediate,
            traffic: Traffic::Actual,
            from: "UZ-ALT".parse().unwrap(),
            to: vec!["TM-FAR".parse().unwrap()],
            released: at(0),
            is_answer: false,
        }
    }

    /// Step, minutes that it took, whether it was late.
    fn paces(subject: &Subject, reached: &Reached, now: i64) -> Vec<(Awaited, Option<i64>, bool)> {
        let paces = subject.paces("TM-FAR".parse().unwrap(), reached, at(now));
        paces.into_iter().map(|pace| (pace.what, pace.took_ms.map(|ms| ms / MINUTE_MS), pace.late)).collect()
    }

    #[test]
    fn each_step_has_its_time_and_its_deadline() {
        use Awaited::Acknowledgement;
        use Awaited::Answer;
        use Awaited::Receipt;
        let (subject, nothing) =
            (request(), Reached { delivery: Delivery::Queued, acknowledged: None, answered: None, is_over: false });
        assert_eq!(paces(&subject, &nothing, 5), [(Receipt, None, false)], "at its deadline");
        assert_eq!(paces(&subject, &nothing, 6), [(Receipt, None, true)]);
        let had = Reached { delivery: Delivery::Delivered(at(6)), ..nothing };
        let waits = [(Receipt, Some(6), true), (Acknowledgement, None, false), (Answer, None, false)];
        assert_eq!(paces(&subject, &had, 36), waits);
        assert_eq!(paces(&subject, &had, 37)[1], (Acknowledgement, None, true));
        let noted = Reached { acknowledged: Some(at(30)), answered: Some(at(600)), ..had };
        let done = [(Receipt, Some(6), true), (Acknowledgement, Some(24), false), (Answer, Some(594), true)];
        assert_eq!(paces(&subject, &noted, 9_999), done, "once it came, time passes for nobody");
        let answered = Reached { acknowledged: None, answered: Some(at(20)), ..had };
        assert_eq!(paces(&subject, &answered, 9_999)[1], (Acknowledgement, None, false), "an answer says it too");
        // The clock of the other office is ahead.
        let early = Reached { delivery: Delivery::Delivered(Timestamp::ZERO), ..nothing };
        let late_release = Subject { released: at(3), ..request() };
        assert_eq!(paces(&late_release, &early, 4)[0], (Receipt, Some(0), false));
    }

    #[test]
    fn what_was_given_up_or_never_owed_does_not_count() {
        let over = Reached { delivery: Delivery::Delivered(at(1)), acknowledged: None, answered: None, is_over: true };
        assert_eq!(paces(&request(), &over, 9_999), [(Awaited::Receipt, Some(1), false)]);
        let rejected = Reached { delivery: Delivery::Undeliverable, is_over: false, ..over };
        assert_eq!(paces(&request(), &rejected, 9_999), []);
        let copy = Subject { to: vec![], ..request() };
        let had = Reached { is_over: false, ..over };
        assert!(paces(&copy, &had, 9_999).iter().all(|(what, ..)| *what != Awaited::Answer), "a copy asks for nothing");
    }
}
