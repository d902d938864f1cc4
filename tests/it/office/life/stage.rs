//! What a test of the life of a notice does with an office, and what it sees there.

use chapar::domain::draft;
use chapar::domain::entry::Access;
use chapar::domain::entry::Closing;
use chapar::domain::template::about;
use chapar::domain::template::template;
use chapar::office::Command;
use chapar::office::HandleRefused;
use chapar::office::Handled;
use chapar::office::Issued;
use chapar::office::Reply;
use chapar::office::standing::Overdue;
use chapar::office::standing::Overdues;
use chapar::office::standing::Reading;
use chapar::office::standing::Standings;
use chapar::office::verify::Owner;
use chapar::office::verify::Verifier;
use chapar::wire;
use chapar::wire::Awaited;
use chapar::wire::NoticeKind;
use chapar::wire::NoticeState;
use chapar::wire::Traffic;

use crate::support::office::Draft;
use crate::support::office::TestOffice;

impl TestOffice {
    pub(in crate::office) fn standings<T>(&self, read: impl FnOnce(&Standings<'_>) -> T) -> T {
        let shared = self.writer.shared();
        let rosters = shared.rosters();
        let view = &self.store;
        read(&Standings { view, vault: &self.me.vault, rosters: &rosters, me: self.code(), now: self.clock })
    }

    pub(in crate::office) fn standing(&self, notice: &Issued) -> wire::Standing {
        self.standings(|standings| standings.summary(notice.digest).unwrap().standing.unwrap())
    }

    /// How far it has come with each side.
    pub(super) fn states(&self, notice: &Issued) -> Vec<NoticeState> {
        self.standing(notice).sides.iter().map(wire::Side::state).collect()
    }

    pub(super) fn awaited(&self, notice: &Issued) -> (Awaited, bool) {
        let sides = self.standing(notice).sides;
        (sides[0].awaited(), sides[0].overdue)
    }

    /// What a reader sees: the subject of the text, if there is one.
    pub(super) fn subject(&self, notice: &Issued) -> Option<String> {
        Some(self.reading(notice).body?.subject?.text)
    }

    pub(super) fn reading(&self, notice: &Issued) -> Reading {
        self.standings(|standings| {
            let with = standings.amendments(notice.digest).unwrap();
            standings.reading(notice.digest, self.text(notice.digest), &with).unwrap()
        })
    }

    pub(super) fn single(&mut self, command: Command) -> Reply {
        self.commit(vec![command]).pop().unwrap()
    }

    pub(super) fn open(&mut self, notice: &Issued) {
        let (officer, notice) = (self.officer(), notice.digest);
        self.single(Command::Access {
            officer,
            notices: vec![notice],
            access: Access::View,
            why: None,
            attachment: None,
        });
    }

    pub(super) fn acknowledge(&mut self, notice: &Issued) -> Result<Issued, HandleRefused> {
        match self.single(Command::Acknowledge { officer: self.officer(), notice: notice.digest }) {
            Reply::Acknowledged(result) => result,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn take_case(&mut self, officer: &str, notice: &Issued) -> Result<Handled, HandleRefused> {
        match self.single(Command::Take { officer: officer.parse().unwrap(), notice: notice.digest }) {
            Reply::Taken(result) => result,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn close(&mut self, notice: &Issued, closing: Closing) -> Result<Handled, HandleRefused> {
        match self.single(Command::Close { officer: self.officer(), notice: notice.digest, closing }) {
            Reply::Closed(result) => result,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn erase(&mut self, notice: &Issued) {
        let (officer, notice, reason) = (self.officer(), notice.digest, wire::ErasureReason::CourtOrder);
        match self.single(Command::Erase { officer, notice, reason }) {
            Reply::Erased(erased) => drop(erased.unwrap()),
            other => panic!("{other:?}"),
        }
    }

    pub(in crate::office) fn verifies(&self) {
        let owner = Owner {
            network: self.me.network.clone(),
            office: self.code(),
            key: self.me.signing.public(),
            vault: Some(self.me.vault.clone()),
        };
        Verifier::new(owner).finish(&self.store).unwrap();
    }

    pub(super) fn overdue(&self) -> Overdue {
        let end = self.writer.shared().head().size;
        self.standings(|standings| Overdues::default().count(standings, end).unwrap())
    }
}

/// The template of a kind as a draft that passes.
pub(super) fn drafted(file: serde_json::Value, traffic: Traffic) -> Draft {
    let read = draft::parse(file.to_string().as_bytes(), draft::Options::default()).unwrap();
    let passes = Draft::to(&["TM-FAR"]).header;
    let (legal_basis, handling) = (passes.legal_basis, passes.handling);
    Draft {
        header: wire::NoticeHeader { legal_basis, handling, traffic: traffic.into(), ..read.header },
        body: read.body,
    }
}

pub(super) fn first(office: &TestOffice, kind: NoticeKind, to: &[&str]) -> Draft {
    let mut draft = drafted(template(kind, Some(office.code()), office.clock).unwrap(), Traffic::Actual);
    draft.header.to = Draft::to(to).header.to;
    draft
}

/// A draft about a notice that is here.
pub(super) fn answer(office: &TestOffice, kind: NoticeKind, target: &Issued) -> Draft {
    let header = office.standings(|standings| standings.summary(target.digest).unwrap().header.unwrap());
    drafted(about(kind, &header, office.code(), office.clock).unwrap(), header.traffic())
}

pub(super) fn reply(office: &TestOffice, target: &Issued, outcome: wire::ReplyOutcome) -> Draft {
    let mut draft = answer(office, NoticeKind::Reply, target);
    draft.body.as_mut().unwrap().reply.as_mut().unwrap().outcome = outcome.into();
    draft
}
