//! Consents: what an originator lets the other office do with a notice, for what, and until when (P-05, P-06).

use chapar::office::Issued;
use chapar::office::standing::Kept;
use chapar::wire;
use chapar::wire::ConsentOutcome;
use chapar::wire::ConsentScope;
use chapar::wire::NoticeKind;

use crate::office::life::stage::answer;
use crate::office::life::stage::first;
use crate::support::office::Draft;
use crate::support::office::TestOffice;
use crate::support::office::World;
use crate::support::office::carry;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn report(world: &World) -> Draft {
    let mut draft = first(&world.alt, NoticeKind::SeizureReport, &["UZ-ALT", "UZ-NCC"]);
    draft.header.from = None;
    draft
}

/// A seizure of TM-FAR that UZ-ALT has, with H1 and H2.
fn seizure(world: &mut World) -> Issued {
    let mut draft = report(world);
    draft.header.handling = vec![wire::Handling::H1.into(), wire::Handling::H2.into()];
    let seizure = world.far.issue(draft);
    carry(&mut world.far, &mut world.alt);
    carry(&mut world.far, &mut world.ncc);
    seizure
}

/// UZ-ALT asks for consent.
fn ask(world: &mut World, about: &Issued, scope: ConsentScope) -> Issued {
    let mut draft = answer(&world.alt, NoticeKind::ConsentRequest, about);
    let request = draft.body.as_mut().unwrap().consent_request.as_mut().unwrap();
    request.scope = scope.into();
    if scope == ConsentScope::Disseminate {
        request.disseminate_to = vec!["UZ-NCC".to_owned()];
    }
    draft.header.to = Draft::to(&["TM-FAR", "UZ-NCC"]).header.to;
    let request = world.alt.issue(draft);
    carry(&mut world.alt, &mut world.far);
    carry(&mut world.alt, &mut world.ncc);
    request
}

fn decision(by: &TestOffice, request: &Issued, outcome: ConsentOutcome, scope: ConsentScope) -> Draft {
    let mut draft = answer(by, NoticeKind::ConsentDecision, request);
    let decision = draft.body.as_mut().unwrap().consent_decision.as_mut().unwrap();
    (decision.outcome, decision.scope) = (outcome.into(), scope.into());
    decision.expires_ms = by.clock.plus_ms(10 * DAY_MS).ms();
    if scope == ConsentScope::Disseminate {
        decision.disseminate_to = vec!["UZ-NCC".to_owned()];
    }
    if outcome == ConsentOutcome::Refused {
        (decision.expires_ms, decision.disseminate_to) = (0, vec![]);
    }
    draft
}

/// TM-FAR decides.
fn decide(world: &mut World, request: &Issued, outcome: ConsentOutcome, scope: ConsentScope) -> Issued {
    let draft = decision(&world.far, request, outcome, scope);
    let decision = world.far.issue(draft);
    carry(&mut world.far, &mut world.alt);
    decision
}

fn send(world: &mut World, draft: Draft) {
    world.far.issue(draft);
    carry(&mut world.far, &mut world.alt);
}

fn kept(office: &TestOffice, notice: &Issued) -> bool {
    office.standings(|standings| standings.kept(notice.digest).unwrap()).is_some()
}

fn not_for_court(office: &TestOffice, notice: &Issued) -> bool {
    office.standings(|standings| standings.not_for_court(notice.digest).unwrap())
}

#[test]
fn a_consent_counts_for_what_it_is_for_until_it_ends() {
    let mut world = World::new();
    let seizure = seizure(&mut world);
    let by = Kept { notice: seizure.reference, originator: world.far.code(), is_forward: false };
    assert_eq!(world.alt.standings(|standings| standings.kept(seizure.digest).unwrap()), Some(by));
    assert!(not_for_court(&world.alt, &seizure));
    let to_court = ask(&mut world, &seizure, ConsentScope::UseInCourt);
    let to_pass_on = ask(&mut world, &seizure, ConsentScope::Disseminate);
    assert!(kept(&world.alt, &seizure), "a request is no consent");
    let in_part = decide(&mut world, &to_court, ConsentOutcome::Partial, ConsentScope::UseInCourt);
    assert_eq!((kept(&world.alt, &seizure), not_for_court(&world.alt, &seizure)), (true, false), "another scope");
    let granted = decide(&mut world, &to_pass_on, ConsentOutcome::Granted, ConsentScope::Disseminate);
    assert!(!kept(&world.alt, &seizure));
    let consents = world.alt.standings(|standings| standings.consents(seizure.digest).unwrap());
    let said: Vec<_> = consents
        .iter()
        .map(|one| (one.decision.clone().unwrap().reference, one.request.clone().unwrap().reference, one.outcome()))
        .collect();
    let named = |decision: &Issued, request: &Issued, outcome| {
        (decision.reference.to_string(), request.reference.to_string(), outcome)
    };
    let both =
        [named(&in_part, &to_court, ConsentOutcome::Partial), named(&granted, &to_pass_on, ConsentOutcome::Granted)];
    assert_eq!(said, both);
    assert_eq!(
        (consents[1].scope(), consents[1].disseminate_to.as_slice()),
        (ConsentScope::Disseminate, &["UZ-NCC".to_owned()][..])
    );
    assert_eq!(consents[1].expires_ms, world.alt.clock.plus_ms(10 * DAY_MS).ms());
    // Whoever was told of it has not asked for it.
    assert!(kept(&world.ncc, &seizure) && not_for_court(&world.ncc, &seizure));
    world.alt.clock = world.alt.clock.plus_ms(10 * DAY_MS - 1);
    assert_eq!((kept(&world.alt, &seizure), not_for_court(&world.alt, &seizure)), (false, false));
    world.alt.clock = world.alt.clock.plus_ms(1);
    assert_eq!((kept(&world.alt, &seizure), not_for_court(&world.alt, &seizure)), (true, true), "it has ended");
    // The originator needs no consent to take its own away.
    assert!(!kept(&world.far, &seizure));
    world.alt.verifies();
}

#[test]
fn only_the_originators_last_word_is_a_consent() {
    let mut world = World::new();
    let seizure = seizure(&mut world);
    let request = ask(&mut world, &seizure, ConsentScope::Disseminate);
    let draft = decision(&world.ncc, &request, ConsentOutcome::Granted, ConsentScope::Disseminate);
    world.ncc.issue(draft);
    carry(&mut world.ncc, &mut world.alt);
    assert!(kept(&world.alt, &seizure), "of another office");
    decide(&mut world, &request, ConsentOutcome::Refused, ConsentScope::Disseminate);
    assert!(kept(&world.alt, &seizure), "refused");
    decide(&mut world, &request, ConsentOutcome::Granted, ConsentScope::UseInCourt);
    assert!(kept(&world.alt, &seizure), "for something else");
    decide(&mut world, &request, ConsentOutcome::Granted, ConsentScope::Disseminate);
    assert!(!kept(&world.alt, &seizure));
    decide(&mut world, &request, ConsentOutcome::Refused, ConsentScope::Disseminate);
    assert!(kept(&world.alt, &seizure), "refused after all");
    assert!(!not_for_court(&world.alt, &seizure), "the other one stays");
    // A request about another notice says nothing of this one.
    let draft = report(&world);
    let other = world.far.issue(draft);
    carry(&mut world.far, &mut world.alt);
    let about_other = ask(&mut world, &other, ConsentScope::Disseminate);
    decide(&mut world, &about_other, ConsentOutcome::Granted, ConsentScope::Disseminate);
    assert!(kept(&world.alt, &seizure));
    world.alt.verifies();
}

#[test]
fn a_decision_counts_as_it_now_reads() {
    let mut world = World::new();
    let seizure = seizure(&mut world);
    let request = ask(&mut world, &seizure, ConsentScope::Disseminate);
    let granted = decide(&mut world, &request, ConsentOutcome::Granted, ConsentScope::Disseminate);
    let corrected = |by: &TestOffice, outcome| {
        let mut draft = answer(by, NoticeKind::Correction, &granted);
        let new = decision(by, &request, outcome, ConsentScope::Disseminate).body;
        let correction = draft.body.as_mut().unwrap().correction.as_mut().unwrap();
        (correction.replaced_fields, correction.full_replacement) = (vec![], new.map(Box::new));
        draft
    };
    let draft = corrected(&world.far, ConsentOutcome::Refused);
    send(&mut world, draft);
    assert!(kept(&world.alt, &seizure), "corrected to a refusal");
    let draft = corrected(&world.far, ConsentOutcome::Granted);
    send(&mut world, draft);
    assert!(!kept(&world.alt, &seizure), "and back");
    let draft = answer(&world.far, NoticeKind::Withdrawal, &granted);
    send(&mut world, draft);
    assert!(kept(&world.alt, &seizure), "withdrawn");

    let again = decide(&mut world, &request, ConsentOutcome::Granted, ConsentScope::Disseminate);
    assert!(!kept(&world.alt, &seizure));
    world.alt.erase(&again);
    assert!(kept(&world.alt, &seizure), "nobody can read it any more");
    let third = decide(&mut world, &request, ConsentOutcome::Granted, ConsentScope::Disseminate);
    let draft = answer(&world.far, NoticeKind::Correction, &third);
    let correction = world.far.issue(draft);
    carry(&mut world.far, &mut world.alt);
    assert!(!kept(&world.alt, &seizure));
    world.alt.erase(&correction);
    assert!(kept(&world.alt, &seizure), "nobody can read what it was corrected to");
    decide(&mut world, &request, ConsentOutcome::Granted, ConsentScope::Disseminate);
    assert!(!kept(&world.alt, &seizure));
    let draft = answer(&world.alt, NoticeKind::Withdrawal, &request);
    world.alt.issue(draft);
    assert!(kept(&world.alt, &seizure), "the request is withdrawn");
    world.alt.verifies();
}
