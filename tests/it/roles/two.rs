//! Officers come, change and go, by the writer alone.

use super::*;

struct Office {
    store: MemoryStore,
    writer: Writer,
    now: Timestamp,
}

impl Office {
    fn new() -> Self {
        let store = MemoryStore::new();
        let me = identity("UZ-ALT", "first");
        let mut entropy = SeededEntropy::new(1);
        let first = [enrolled(of(Role::Administrator), &[Role::Administrator])];
        Writer::create(&store, &me, &first, start(), &mut entropy).unwrap();
        let writer = Writer::open(Arc::new(store.clone()), me, Box::new(entropy)).unwrap();
        Self { store, writer, now: start() }
    }

    fn ask(&mut self, command: Command) -> Reply {
        self.writer.commit(self.now, vec![command]).unwrap().into_inner().remove(0)
    }

    /// Whether it was only proposed.
    fn enrol(&mut self, by: &OfficerId, officer: &OfficerId, roles: &[Role]) -> Result<bool, EnrolRefused> {
        let roles = roles.iter().map(|role| (*role).into()).collect();
        let enrolment = wire::Enrolment { id: officer.to_string(), roles, uid: None, until_ms: 0 };
        match self.ask(Command::Enrol { actor: by.clone(), enrolment, hash: None }) {
            Reply::Enrolled(result) => result.map(|enrolled| enrolled.proposal.is_some()),
            other => panic!("{other:?}"),
        }
    }

    /// Index of the entry of what is proposed for an officer; 0 for nothing.
    fn proposal(&self, officer: &OfficerId) -> u64 {
        self.writer.shared().officers().proposals.get(officer).map_or(0, |proposal| proposal.index)
    }

    fn decide(&mut self, by: &OfficerId, officer: &OfficerId, agree: bool) -> Result<(), EnrolRefused> {
        self.decide_that(by, officer, self.proposal(officer), agree)
    }

    fn decide_that(
        &mut self,
        by: &OfficerId,
        officer: &OfficerId,
        proposal: u64,
        agree: bool,
    ) -> Result<(), EnrolRefused> {
        let (actor, officer) = (by.clone(), officer.clone());
        match self.ask(Command::Decide { actor, officer, proposal, agree, hash: None }) {
            Reply::Decided(result) => result,
            other => panic!("{other:?}"),
        }
    }

    fn roles(&self, officer: &OfficerId) -> Vec<Role> {
        self.writer.shared().officers().all.get(officer).map(|one| one.enrolment.roles.clone()).unwrap_or_default()
    }

    /// The log verifies, and so says what the officers are.
    fn verify(&self) {
        let me = identity("UZ-ALT", "first");
        let owner =
            Owner { network: me.network, office: me.office, key: me.signing.public(), vault: Some(me.vault.clone()) };
        Verifier::new(owner).finish(&self.store).unwrap();
    }
}

#[test]
fn two_administrators_watch_each_other() {
    let mut office = Office::new();
    let (first, second, officer) = (of(Role::Administrator), id("A02"), of(Role::Officer));
    // Alone, each change is made at once.
    assert_eq!(office.enrol(&first, &officer, &[Role::Officer]), Ok(false));
    assert_eq!(office.enrol(&first, &second, &[Role::Administrator]), Ok(false));
    // From then on a second person must agree, and that is neither the proposer nor the officer.
    assert_eq!(office.enrol(&first, &officer, &[Role::Officer, Role::ReleasingOfficer]), Ok(true));
    assert_eq!(office.roles(&officer), [Role::Officer]);
    assert_eq!(office.decide(&first, &officer, true), Err(EnrolRefused::OwnProposal(first.clone())));
    office.decide(&second, &officer, true).unwrap();
    assert_eq!(office.roles(&officer), [Role::Officer, Role::ReleasingOfficer]);
    assert_eq!(office.decide(&second, &officer, true), Err(EnrolRefused::NotProposed(officer.clone())));
    // What is turned down is not made.
    assert_eq!(office.enrol(&first, &id("O02"), &[Role::Officer]), Ok(true));
    office.decide(&second, &id("O02"), false).unwrap();
    assert_eq!(office.roles(&id("O02")), []);
    // Nobody grants himself a role, and nobody gets rid of the other administrator alone.
    assert_eq!(office.enrol(&first, &first, &[Role::Officer]), Ok(true));
    assert_eq!(office.decide(&first, &first, true), Err(EnrolRefused::OwnProposal(first.clone())));
    assert_eq!(office.enrol(&first, &second, &[]), Ok(true));
    assert_eq!(office.decide(&second, &second, true), Err(EnrolRefused::OwnProposal(second.clone())));
    // A leaver is shut out at once, and so is an administrator who goes.
    assert_eq!(office.enrol(&first, &officer, &[]), Ok(false));
    assert_eq!(office.enrol(&second, &second, &[]), Ok(false));
    assert_eq!(office.enrol(&first, &first, &[]), Err(EnrolRefused::LastAdministrator(first.clone())));
    assert_eq!(office.enrol(&first, &first, &[Role::Officer]), Err(EnrolRefused::LastAdministrator(first)));
    office.verify();
}

#[test]
fn a_second_person_agrees_to_the_very_proposal_that_was_shown() {
    let mut office = Office::new();
    let (first, second, officer) = (of(Role::Administrator), id("A02"), of(Role::Officer));
    office.enrol(&first, &second, &[Role::Administrator]).unwrap();
    assert_eq!(office.enrol(&first, &officer, &[Role::Officer]), Ok(true));
    let shown = office.proposal(&officer);
    // Meanwhile the first one wants more.
    assert_eq!(office.enrol(&first, &officer, &[Role::Officer, Role::ReleasingOfficer]), Ok(true));
    let now = office.proposal(&officer);
    for (index, agree) in [(shown, true), (shown, false), (0, true), (now + 1, true)] {
        let other = EnrolRefused::OtherProposal { officer: officer.clone(), index };
        assert_eq!(office.decide_that(&second, &officer, index, agree), Err(other));
    }
    assert_eq!((office.roles(&officer), office.proposal(&officer)), (vec![], now), "nothing is decided");
    office.decide_that(&second, &officer, now, true).unwrap();
    assert_eq!(office.roles(&officer), [Role::Officer, Role::ReleasingOfficer]);
    office.verify();
}

#[test]
fn the_data_protection_officer_agrees_where_there_is_no_third_administrator() {
    let mut office = Office::new();
    let (first, second, protector) = (of(Role::Administrator), id("A02"), of(Role::DataProtectionOfficer));
    office.enrol(&first, &protector, &[Role::DataProtectionOfficer]).unwrap();
    office.enrol(&first, &second, &[Role::Administrator]).unwrap();
    assert_eq!(office.enrol(&first, &second, &[]), Ok(true));
    office.decide(&protector, &second, true).unwrap();
    assert_eq!(office.roles(&second), []);
    office.verify();
}

#[test]
fn who_proposed_it_must_still_be_an_administrator() {
    let mut office = Office::new();
    let (first, second) = (of(Role::Administrator), id("A02"));
    office.enrol(&first, &second, &[Role::Administrator]).unwrap();
    assert_eq!(office.enrol(&second, &of(Role::Officer), &[Role::Officer]), Ok(true));
    office.enrol(&second, &second, &[]).unwrap();
    let refused = office.decide(&first, &of(Role::Officer), true);
    assert_eq!(refused, Err(EnrolRefused::Proposer(second)));
}

#[test]
fn an_enrolment_ends_by_itself_but_not_the_last_administrators_right_to_renew() {
    let mut office = Office::new();
    let (first, officer) = (of(Role::Administrator), of(Role::Officer));
    office.enrol(&first, &officer, &[Role::Officer]).unwrap();
    // His own enrolment of a year as well.
    office.enrol(&first, &first, &[Role::Administrator]).unwrap();
    office.now = start().plus_ms(chapar::domain::officer::ENROLLED_MS);
    let denied = |reply| matches!(reply, Reply::Denied(Denied::Ended(_)));
    let hash = hash(PASSPHRASE);
    assert!(denied(office.ask(Command::Passphrase { officer: officer.clone(), hash: hash.clone() })));
    assert!(denied(office.ask(Command::Passphrase { officer: first.clone(), hash })));
    assert_eq!(office.enrol(&first, &first, &[Role::Administrator]), Ok(false));
    assert_eq!(office.enrol(&first, &officer, &[Role::Officer]), Ok(false));
    office.verify();
}

#[test]
fn one_unix_user_is_one_officer() {
    let mut office = Office::new();
    let first = of(Role::Administrator);
    let enrol = |officer: &str, uid| Command::Enrol {
        actor: of(Role::Administrator),
        enrolment: wire::Enrolment {
            id: id(officer).to_string(),
            roles: vec![Role::Officer.into()],
            uid: Some(uid),
            until_ms: 0,
        },
        hash: None,
    };
    assert!(matches!(office.ask(enrol("O01", 7)), Reply::Enrolled(Ok(_))));
    let taken = EnrolRefused::Uid { uid: 7, officer: id("O01") };
    assert!(matches!(office.ask(enrol("O02", 7)), Reply::Enrolled(Err(refused)) if refused == taken));
    // Once that one is gone, the Unix user may be another's.
    office.enrol(&first, &id("O01"), &[]).unwrap();
    assert!(matches!(office.ask(enrol("O02", 7)), Reply::Enrolled(Ok(_))));
    assert!(matches!(office.enrol(&first, &id("O09"), &[]), Err(EnrolRefused::NotEnrolled(_))));
}

/// The code of a new office is good for the administrator whom `init` enrolled, while there is nobody else.
#[test]
fn the_first_passphrase_is_set_once_and_for_the_first_administrator_alone() {
    let (first, second) = (of(Role::Administrator), of(Role::Officer));
    let asked = |office: &mut Office, officer: &OfficerId| {
        let command = Command::FirstPassphrase { officer: officer.clone(), hash: hash(PASSPHRASE) };
        matches!(office.ask(command), Reply::FirstPassphrase(true))
    };
    let mut office = Office::new();
    assert!(!asked(&mut office, &second), "nobody of this name");
    assert!(asked(&mut office, &first));
    assert!(!asked(&mut office, &first), "there is one");
    assert!(office.writer.shared().officers().first(office.now).is_none());

    let mut office = Office::new();
    office.enrol(&first, &second, &[Role::Officer]).unwrap();
    assert!(!asked(&mut office, &first), "there is another officer");

    let mut office = Office::new();
    office.now = office.writer.shared().officers().all[&first].enrolment.until;
    assert!(!asked(&mut office, &first), "the enrolment has ended");
}
