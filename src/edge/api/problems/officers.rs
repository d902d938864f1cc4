//! Of the officers: who is missing, whose enrolment ends, what waits for a second person.

use crate::domain::officer::ENDS_SOON_MS;
use crate::edge::api::problems::of;
use crate::edge::api::problems::problem;
use crate::edge::people::moment;
use crate::i18n::said;
use crate::name::OfficeCode;
use crate::office::officers::Officer;
use crate::office::officers::Officers;
use crate::time::Timestamp;
use crate::wire::Problem;
use crate::wire::Role;
use crate::wire::json::Word as _;

pub(super) fn found(officers: &Officers, now: Timestamp, office: OfficeCode) -> Vec<Problem> {
    let mut found = vec![];
    let holds = |role| officers.holding(role, now).next().is_some();
    if !holds(Role::Officer) && !holds(Role::ReleasingOfficer) {
        let problem = problem("problem-no-officer", &[("office", office.to_string())]);
        found.push(Problem { set_up: true, ..problem });
    }
    found.extend(officers.all.values().filter(|one| !one.enrolment.is_revoked()).filter_map(|one| end(one, now)));
    for (id, proposal) in &officers.proposals {
        let names = [("officer", id.to_string()), ("proposer", proposal.proposer.to_string())];
        let roles = proposal.enrolment.roles.iter().map(|role| format!("role-{}", role.word()));
        let what = match proposal.enrolment.roles.as_slice() {
            [] => said("problem-proposed-revocation", &names),
            _ => said("problem-proposed", &names).with_keys("roles", roles),
        };
        found.push(of(what, said("problem-proposed-do", &names)));
    }
    found
}

/// An enrolment that has ended, or soon will.
fn end(officer: &Officer, now: Timestamp) -> Option<Problem> {
    let until = officer.enrolment.until;
    let key = match until.since_ms(now) {
        ..=0 => "problem-enrolment-ended",
        ms if ms <= ENDS_SOON_MS => "problem-enrolment-ends",
        _ => return None,
    };
    let names = [("officer", officer.enrolment.id.to_string()), ("until", moment(until))];
    Some(of(said(key, &names), said("problem-enrolment-do", &names)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::officer::ENROLLED_MS;
    use crate::domain::officer::Enrolment;

    #[test]
    fn an_end_is_said_ten_days_before() {
        let now = Timestamp::ZERO.plus_ms(ENROLLED_MS);
        let enrolment = |left: i64, roles: &[Role]| Enrolment {
            id: "UZ-ALT-O01".parse().unwrap(),
            roles: roles.to_vec(),
            uid: None,
            until: now.plus_ms(left),
        };
        let said = |left, roles: &[Role]| {
            let officer = Officer { enrolment: enrolment(left, roles), index: 1, passphrase: None, one_time: false };
            let mut officers = Officers::default();
            officers.all.insert(officer.enrolment.id.clone(), officer);
            found(&officers, now, "UZ-ALT".parse().unwrap()).into_iter().map(|problem| problem.what).collect::<Vec<_>>()
        };
        assert_eq!(said(ENDS_SOON_MS + 1, &[Role::Officer]), [""; 0]);
        assert!(said(ENDS_SOON_MS, &[Role::Officer])[0].starts_with("The enrolment of UZ-ALT-O01 ends soon: 1971"));
        assert!(said(0, &[Role::Officer])[0].starts_with("No officer of UZ-ALT can write"));
        assert!(said(0, &[Role::Officer])[1].starts_with("The enrolment of UZ-ALT-O01 has ended"));
        assert_eq!(said(0, &[]).len(), 1, "a revoked one has no end to come");
        assert_eq!(said(ENDS_SOON_MS + 1, &[Role::Administrator]).len(), 1);
    }
}
