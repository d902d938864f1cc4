//! The end of a shift: what an officer takes care of goes to another one, and deadlines stay.

use chapar::domain::entry::Closing;
use chapar::domain::officer::Enrolment;
use chapar::limits;
use chapar::name::OfficerId;
use chapar::office::Command;
use chapar::office::HandOverRefused;
use chapar::office::HandedOver;
use chapar::office::Issued;
use chapar::office::Reply;
use chapar::office::standing::Board;
use chapar::office::standing::Wanted;
use chapar::wire;
use chapar::wire::EntryKind;
use chapar::wire::NoticeKind;
use chapar::wire::Role;

use crate::office::life::DAY_MS;
use crate::office::life::stage::first;
use crate::support::office::Draft;
use crate::support::office::TestOffice;
use crate::support::office::World;
use crate::support::office::carry;
use crate::support::office::one_for_everything;

fn id(text: &str) -> OfficerId {
    format!("TM-FAR-{text}").parse().unwrap()
}

impl TestOffice {
    fn enrol_as(&mut self, officer: &str, roles: &[Role]) {
        let whole = Enrolment { id: id(officer), uid: None, ..one_for_everything(self.code()) };
        let roles = roles.iter().map(|role| (*role).into()).collect();
        let enrolment = wire::Enrolment { until_ms: 0, roles, ..whole.message() };
        self.commit(vec![Command::Enrol { actor: self.officer(), enrolment, hash: None }]);
    }

    /// Hands these over.
    fn give(&mut self, from: &str, to: &str, notices: &[&Issued]) -> Result<HandedOver, HandOverRefused> {
        let notices = notices.iter().map(|notice| notice.digest).collect();
        match self.single(Command::HandOver { officer: id(from), to: id(to), notices }) {
            Reply::HandedOver(result) => result,
            other => panic!("{other:?}"),
        }
    }

    /// What the board says that an officer takes care of.
    fn cared_for(&self, officer: &str) -> usize {
        let (mut board, end) = (Board::default(), self.writer.shared().head().size);
        self.standings(|standings| board.follow(standings, end)).unwrap();
        let wanted = Wanted { mine: Some(id(officer)), ..Wanted::default() };
        let (page, own) = (board.page(&wanted, self.clock, 0, usize::MAX), board.taken_by(&id(officer)));
        assert_eq!(page.total, own.len());
        own.len()
    }
}

#[test]
fn open_work_goes_to_another_officer_and_what_was_overdue_stays_so() {
    let World { mut alt, mut far, .. } = World::new();
    far.enrol_as("O02", &[Role::Officer]);
    far.enrol_as("U01", &[Role::Auditor]);
    far.enrol_as("O03", &[]);
    let draft = first(&alt, NoticeKind::SuspiciousConsignment, &["TM-FAR"]);
    let warning = alt.issue(draft);
    let [closed, others, open, nobodys] = [(); 4].map(|()| alt.issue(Draft::to(&["TM-FAR"])));
    carry(&mut alt, &mut far);
    for notice in [&warning, &closed, &open] {
        far.take_case("TM-FAR-O01", notice).unwrap();
    }
    far.take_case("TM-FAR-O02", &others).unwrap();
    far.close(&closed, Closing::Close).unwrap();
    far.clock = far.clock.plus_ms(9 * DAY_MS);
    let due = far.awaited(&warning);
    assert!(due.1, "overdue");
    let all = [&warning, &closed, &others, &open, &nobodys];

    assert_eq!(far.give("O01", "O01", &all), Err(HandOverRefused::Oneself(id("O01"))));
    for to in ["U01", "O03", "O99"] {
        assert_eq!(far.give("O01", to, &all), Err(HandOverRefused::To(id(to))), "{to}");
    }
    for named in [vec![], vec![&closed], vec![&others, &nobodys]] {
        assert_eq!(far.give("O01", "O02", &named), Err(HandOverRefused::Nothing(id("O01"))));
    }
    assert!(matches!(
        far.single(Command::HandOver { officer: id("U01"), to: id("O02"), notices: vec![] }),
        Reply::Denied(_)
    ));
    assert_eq!(far.entries_of(EntryKind::HandedOver), []);
    assert_eq!([far.cared_for("O01"), far.cared_for("O02")], [2, 1]);

    let handed = HandedOver { references: vec![warning.reference, open.reference], left: 0 };
    assert_eq!(far.give("O01", "O02", &all), Ok(handed));
    let written = far.entries_of(EntryKind::HandedOver);
    let said: Vec<_> = written.iter().map(|entry| (entry.actor.as_str(), entry.note.as_str())).collect();
    assert_eq!(said, [("TM-FAR-O01", "TM-FAR-O02"); 2]);
    assert_eq!(written[0].subject, warning.digest.0);
    let taken_by = |notice: &Issued| far.standing(notice).taken_by;
    let expected = ["TM-FAR-O02", "TM-FAR-O01", "TM-FAR-O02", "TM-FAR-O02", ""];
    assert_eq!(all.map(taken_by), expected);
    assert_eq!(far.awaited(&warning), due, "its deadline is the same");
    assert_eq!([far.cared_for("O01"), far.cared_for("O02")], [0, 3]);
    assert_eq!(far.give("O01", "O02", &all), Err(HandOverRefused::Nothing(id("O01"))), "once");
    far.verifies();
}

#[test]
fn one_commit_hands_over_so_many() {
    let World { mut alt, mut far, .. } = World::new();
    far.enrol_as("O02", &[Role::ReleasingOfficer]);
    let sent: Vec<Issued> = (0..=limits::HANDED_OVER).map(|_| alt.issue(Draft::to(&["TM-FAR"]))).collect();
    carry(&mut alt, &mut far);
    for notice in &sent {
        far.take_case("TM-FAR-O01", notice).unwrap();
    }
    let all: Vec<&Issued> = sent.iter().collect();
    for (given, left) in [(limits::HANDED_OVER, 1), (1, 0)] {
        let handed = far.give("O01", "O02", &all).unwrap();
        assert_eq!((handed.references.len(), handed.left), (given, left));
    }
    far.verifies();
}
