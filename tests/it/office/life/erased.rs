//! What a text said about another notice counts also when that text is erased.

use chapar::domain::access::Access;
use chapar::office::Command;
use chapar::office::Issued;
use chapar::office::Reply;
use chapar::office::Sent;
use chapar::wire;
use chapar::wire::EntryKind;
use chapar::wire::NoticeKind;
use chapar::wire::NoticeState;

use crate::office::life::stage::answer;
use crate::office::life::stage::first;
use crate::office::life::stage::reply;
use crate::support::office::Draft;
use crate::support::office::TestOffice;
use crate::support::office::World;
use crate::support::office::carry;
use crate::support::second;

/// The codes of the entries with which these came or went.
fn codes(office: &TestOffice, kind: EntryKind, notices: &[&Issued]) -> Vec<u32> {
    let entries = office.entries_of(kind);
    let code = |notice: &&Issued| entries.iter().find(|entry| entry.subject == notice.digest.0).unwrap().code;
    notices.iter().map(code).collect()
}

#[test]
fn an_interim_reply_is_no_answer_when_its_text_is_gone() {
    let World { mut alt, mut far, .. } = World::new();
    let draft = first(&alt, NoticeKind::RequestForInformation, &["TM-FAR"]);
    let request = alt.issue(draft);
    carry(&mut alt, &mut far);
    let draft = reply(&far, &request, wire::ReplyOutcome::Interim);
    let interim = far.issue(draft);
    carry(&mut far, &mut alt);
    for office in [&mut alt, &mut far] {
        office.erase(&interim);
        office.reopen();
    }
    let side = alt.standing(&request).sides.remove(0);
    assert_eq!((side.state(), side.interim_replies), (NoticeState::Delivered, 1), "the request stays open");
    let side = far.standing(&request).sides.remove(0);
    assert_eq!((side.state(), side.interim_replies), (NoticeState::New, 1));
    let draft = reply(&far, &request, wire::ReplyOutcome::Full);
    let full = far.issue(draft);
    carry(&mut far, &mut alt);
    for office in [&mut alt, &mut far] {
        office.erase(&full);
    }
    assert_eq!(
        (alt.states(&request), far.states(&request)),
        (vec![NoticeState::Actioned], vec![NoticeState::Answered])
    );
    assert_eq!(codes(&alt, EntryKind::Received, &[&interim, &full]), [2, 0]);
    assert_eq!(codes(&far, EntryKind::Issued, &[&interim, &full]), [2, 0]);
    alt.verifies();
    far.verifies();
}

#[test]
fn a_confirmation_stays_one_when_its_text_is_gone() {
    let World { mut alt, mut far, .. } = World::new();
    let Draft { header, body } = Draft::to(&["TM-FAR"]).urgency(wire::Urgency::Immediate);
    let header = wire::NoticeHeader { emergency: true, ..header };
    let Reply::Sent(Ok(Sent::Issued(alone))) = alt.single(second::send(alt.code(), header, body)) else {
        panic!("not sent")
    };
    let (officer, notice) = (second::id(alt.code()), alone.digest);
    let (notices, access) = (vec![notice], Access::View);
    alt.single(Command::Access { officer: officer.clone(), notices, access, why: None, attachment: None });
    let Reply::Confirmed(Ok(confirmation)) = alt.single(Command::Confirm { officer, notice }) else {
        panic!("not confirmed")
    };
    carry(&mut alt, &mut far);
    for office in [&mut alt, &mut far] {
        office.erase(&confirmation);
        assert_eq!(office.standing(&alone).corrected_by, None);
        assert!(office.subject(&alone).is_some(), "the text stays");
    }
    let draft = answer(&alt, NoticeKind::Correction, &alone);
    let correction = alt.issue(draft);
    carry(&mut alt, &mut far);
    for office in [&mut alt, &mut far] {
        office.erase(&correction);
        let corrected_by = office.standing(&alone).corrected_by.unwrap().reference;
        assert_eq!(corrected_by, correction.reference.to_string());
        office.verifies();
    }
    assert_eq!(codes(&alt, EntryKind::Issued, &[&confirmation, &correction]), [1, 0]);
    assert_eq!(codes(&far, EntryKind::Received, &[&confirmation, &correction]), [1, 0]);
}
