//! What one country says alone, and what both say.

use proptest::prelude::*;

use super::*;

fn countries(codes: &[&str]) -> BTreeSet<Country> {
    codes.iter().map(|code| code.parse().unwrap()).collect()
}

fn step(by: &str, to: &[&str], phase: DeliveryPhase, authorised: &[&str]) -> Step {
    Step {
        by: by.parse().unwrap(),
        to: countries(to),
        says: Word::Phase(phase),
        authorised: countries(authorised),
        answers: phase != DeliveryPhase::Proposed,
    }
}

fn after(steps: &[Step]) -> (DeliveryPhase, Vec<bool>) {
    let mut negotiation = Negotiation::default();
    let counts = steps.iter().map(|step| negotiation.take(step)).collect();
    (negotiation.phase(), counts)
}

fn proposal() -> Step {
    step("UZ", &["TM"], DeliveryPhase::Proposed, &["UZ"])
}

fn agreement() -> Step {
    step("TM", &["UZ"], DeliveryPhase::Agreed, &["TM", "UZ"])
}

fn next(by: &str, phase: DeliveryPhase) -> Step {
    step(by, &["TM"], phase, &["TM", "UZ"])
}

#[test]
fn both_countries_agree_then_it_runs() {
    use DeliveryPhase as P;
    let steps = [proposal(), agreement(), next("UZ", P::Active), next("TM", P::HandedOver), next("TM", P::Completed)];
    for (length, phase) in [(1, P::Proposed), (2, P::Agreed), (3, P::Active), (4, P::HandedOver), (5, P::Completed)] {
        assert_eq!(after(&steps[..length]), (phase, vec![true; length]));
    }
}

#[test]
fn one_country_alone_never_agrees() {
    use DeliveryPhase as P;
    let own = next("UZ", P::Agreed);
    assert_eq!(after(&[proposal(), own.clone()]), (P::Proposed, vec![true, false]), "it names both, but is one voice");
    let half = step("TM", &["UZ"], P::Agreed, &["TM"]);
    assert_eq!(after(&[proposal(), half]), (P::Proposed, vec![true, false]), "it names one authorisation");
    let loose = Step { answers: false, ..agreement() };
    assert_eq!(after(&[proposal(), loose]), (P::Proposed, vec![true, false]), "it answers nothing");
    let stranger = step("KG", &["UZ"], P::Agreed, &["KG", "UZ"]);
    assert_eq!(after(&[proposal(), stranger]), (P::Proposed, vec![true, false]));
    assert_eq!(after(&[agreement(), own]), (P::Unspecified, vec![false, false]), "nothing was proposed");
    let at_home = step("UZ", &["UZ"], P::Proposed, &["UZ"]);
    assert_eq!(after(&[at_home, next("UZ", P::Agreed)]), (P::Proposed, vec![true, false]));
}

#[test]
fn with_three_countries_all_sign() {
    let three = step("UZ", &["TM", "KZ"], DeliveryPhase::Proposed, &["UZ"]);
    let other = step("KZ", &["UZ", "TM"], DeliveryPhase::Agreed, &["KZ", "UZ"]);
    assert_eq!(after(&[three.clone(), agreement()]).0, DeliveryPhase::Proposed);
    assert_eq!(after(&[three, agreement(), other]).0, DeliveryPhase::Agreed);
}

#[test]
fn out_of_order_does_not_count() {
    use DeliveryPhase as P;
    assert_eq!(after(&[proposal(), next("TM", P::Active)]), (P::Proposed, vec![true, false]));
    assert_eq!(after(&[proposal(), agreement(), next("TM", P::Completed)]).0, P::Agreed);
    let again = Step { answers: true, ..step("TM", &["UZ"], P::Proposed, &["TM"]) };
    assert_eq!(after(&[proposal(), agreement(), again]).0, P::Proposed, "other terms are not agreed yet");
}

#[test]
fn either_side_ends_it() {
    use DeliveryPhase as P;
    for by in ["UZ", "TM"] {
        let stop = next(by, P::Aborted);
        assert_eq!(after(&[proposal(), stop.clone(), agreement()]), (P::Aborted, vec![true, true, false]));
        assert_eq!(after(&[proposal(), agreement(), stop]).0, P::Aborted);
    }
    let refusal = Step { says: Word::Refuses, ..next("TM", P::Unspecified) };
    assert_eq!(after(&[proposal(), refusal]).0, P::Aborted);
    assert_eq!(after(&[proposal(), next("KG", P::Aborted)]), (P::Proposed, vec![true, false]));
}

fn any_step() -> impl Strategy<Value = Step> {
    let country = || prop::sample::select(vec!["UZ", "TM", "KG"]);
    let phase = (0..=6).prop_map(|phase| DeliveryPhase::try_from(phase).unwrap());
    let list = || prop::collection::vec(country(), 0..3);
    (country(), list(), phase, list(), any::<bool>())
        .prop_map(|(by, to, phase, authorised, answers)| Step { answers, ..step(by, &to, phase, &authorised) })
}

proptest! {
    /// Whatever is said: what is shown as agreed, or beyond, two countries have signed.
    #[test]
    fn it_is_never_agreed_by_one_country(steps in prop::collection::vec(any_step(), 0..12)) {
        let (phase, counts) = after(&steps);
        let counted = || steps.iter().zip(&counts).filter(|(_, counts)| **counts).map(|(step, _)| step);
        if matches!(
            phase,
            DeliveryPhase::Agreed | DeliveryPhase::Active | DeliveryPhase::HandedOver | DeliveryPhase::Completed
        ) {
            let proposal = counted().rfind(|step| step.says == Word::Phase(DeliveryPhase::Proposed)).unwrap();
            let signed = counted().any(|step| {
                step.says == Word::Phase(DeliveryPhase::Agreed)
                    && step.by != proposal.by
                    && step.authorised.is_superset(&[step.by, proposal.by].into())
            });
            prop_assert!(signed);
        }
    }

    /// Aborted is the end.
    #[test]
    fn nothing_follows_an_end(
        before in prop::collection::vec(any_step(), 0..8),
        then in prop::collection::vec(any_step(), 0..8),
    ) {
        let mut negotiation = Negotiation::default();
        for step in &before {
            negotiation.take(step);
        }
        let ended = matches!(negotiation.phase(), DeliveryPhase::Aborted | DeliveryPhase::Completed);
        let phase = negotiation.phase();
        for step in &then {
            let counts = negotiation.take(step);
            prop_assert!(!(ended && counts));
        }
        prop_assert!(!ended || negotiation.phase() == phase);
    }
}
