//! Of the officers: who is missing, whose enrolment ends, what waits for a second person.

use crate::domain::officer::ENDS_SOON_MS;
use crate::domain::officer::words;
use crate::edge::api::problems::problem;
use crate::edge::people::moment;
use crate::name::OfficeCode;
use crate::office::officers::Officer;
use crate::office::officers::Officers;
use crate::time::Timestamp;
use crate::wire::Problem;
use crate::wire::Role;

pub(super) fn found(officers: &Officers, now: Timestamp, office: OfficeCode) -> Vec<Problem> {
    let mut found = vec![];
    let holds = |role| officers.holding(role, now).next().is_some();
    if !holds(Role::Officer) && !holds(Role::ReleasingOfficer) {
        let what = format!("No officer of {office} can write or read notices yet");
        let remedy = "Enrol those who do: chapar officer add --help";
        found.push(Problem { set_up: true, ..problem(what, remedy) });
    }
    found.extend(officers.all.values().filter(|one| !one.enrolment.is_revoked()).filter_map(|one| end(one, now)));
    for (id, proposal) in &officers.proposals {
        let wanted = words(&proposal.enrolment.roles);
        let wanted = if wanted.is_empty() { "to revoke it".to_owned() } else { format!("to make it {wanted}") };
        found.push(problem(
            format!("A change of {id} waits for a second person: {} proposes {wanted}", proposal.proposer),
            format!(
                "Another administrator or the data protection officer decides: chapar officer approve {id}, or decline"
            ),
        ));
    }
    found
}

/// An enrolment that has ended, or soon will.
fn end(officer: &Officer, now: Timestamp) -> Option<Problem> {
    let (id, until) = (&officer.enrolment.id, officer.enrolment.until);
    let left = until.since_ms(now);
    let what = match left {
        ..=0 => format!("The enrolment of {id} has ended: {} UTC", moment(until)),
        ms if ms <= ENDS_SOON_MS => format!("The enrolment of {id} ends soon: {} UTC", moment(until)),
        _ => return None,
    };
    Some(problem(
        what,
        format!("Renew it, or revoke it: chapar officer change {id} --renew, chapar officer revoke {id}"),
    ))
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
