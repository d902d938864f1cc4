//! Texts end by the daily duty or by order; what is erased opens with no key that is left, and the log proves it.

use std::sync::Arc;
use std::sync::Mutex;

use chapar::domain::seal::VaultKey;
use chapar::engine::rows::drafts;
use chapar::engine::rows::key;
use chapar::engine::store::View as _;
use chapar::entropy::Entropy;
use chapar::limits;
use chapar::name::Digest;
use chapar::office::Command;
use chapar::office::Ends;
use chapar::office::EraseRefused;
use chapar::office::Identity;
use chapar::office::Keeper;
use chapar::office::KeeperError;
use chapar::office::OtherCount;
use chapar::office::Reply;
use chapar::office::Vault;
use chapar::office::erasure;
use chapar::office::retention::RetentionStep;
use chapar::wire;
use chapar::wire::EntryKind;
use chapar::wire::ErasureReason;
use chapar::wire::NoticeKind;
use chapar::wire::RelationKind;

use crate::support::land::Land;
use crate::support::lawful;
use crate::support::office::Draft;
use crate::support::office::TestOffice;
use crate::support::office::World;
use crate::support::office::carry;
use crate::support::office::duties;
use crate::support::office::identity;
use crate::support::second;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// What is kept of the vault keys, and where the keeper fails.
#[derive(Default)]
struct Kept {
    key: Option<VaultKey>,
    next: Option<VaultKey>,
    fails: bool,
    changes: usize,
}

#[derive(Clone, Default)]
struct Safe(Arc<Mutex<Kept>>);

impl Safe {
    fn vault(&self) -> Vault {
        let kept = self.0.lock().unwrap();
        Vault::kept(kept.key.clone().unwrap(), kept.next.clone(), Box::new(self.clone()))
    }

    fn fails(&self, fails: bool) {
        self.0.lock().unwrap().fails = fails;
    }

    fn checked(&self) -> Result<std::sync::MutexGuard<'_, Kept>, KeeperError> {
        let kept = self.0.lock().unwrap();
        if kept.fails { Err(KeeperError("the disk is away".to_owned())) } else { Ok(kept) }
    }
}

impl Keeper for Safe {
    fn keep_next(&self, next: &VaultKey, _: &mut dyn Entropy) -> Result<(), KeeperError> {
        self.checked()?.next = Some(next.clone());
        Ok(())
    }

    fn destroy_old(&self, next: &VaultKey, _: &mut dyn Entropy) -> Result<(), KeeperError> {
        let mut kept = self.checked()?;
        kept.key = Some(next.clone());
        kept.next = None;
        kept.changes += 1;
        Ok(())
    }
}

/// UZ-ALT with a safe, and the others.
fn world() -> (World, Safe) {
    let safe = Safe::default();
    safe.0.lock().unwrap().key = Some(VaultKey::from_bytes([9; 32]));
    let mut world = World::new();
    world.alt = TestOffice::new(Identity { vault: safe.vault(), ..identity("UZ-ALT", "first") });
    let rosters = [world.uz.signed(), world.tm.signed()];
    let lands: [&Land; 2] = [&world.uz, &world.tm];
    for land in lands {
        world.alt.trust(land).unwrap();
    }
    world.alt.import(&rosters).unwrap();
    world.alt.settle();
    (world, safe)
}

fn erase(office: &mut TestOffice, notice: Digest, reason: ErasureReason) -> Result<u64, EraseRefused> {
    let command = Command::Erase { officer: office.officer(), notice, reason };
    match office.commit(vec![command]).pop() {
        Some(Reply::Erased(result)) => result.map(|erased| erased.index),
        other => panic!("{other:?}"),
    }
}

fn row(office: &TestOffice, notice: Digest) -> Option<Vec<u8>> {
    office.store.get(&key::body_key(notice)).unwrap()
}

fn ends(office: &TestOffice) -> Ends {
    Ends::of(&office.store, office.clock).unwrap()
}

#[test]
fn a_text_ends_by_the_duty_that_follows_its_announcement() {
    let (mut world, safe) = world();
    let alt = &mut world.alt;
    duties(alt, 0);
    // It comes after the announcement, and ends before the next one.
    let notice = alt.issue(Draft::to(&["TM-FAR"]).expiring(HOUR)).digest;
    let later = alt.issue(Draft::to(&["TM-FAR"]).expiring(3 * DAY)).digest;
    let before = row(alt, later).unwrap();
    duties(alt, DAY - 1);
    assert_eq!(alt.entries_of(EntryKind::ExpiryAnnounced).len(), 1, "one duty a day");
    duties(alt, 1);
    assert_eq!(ends(alt).ending, 1);
    assert!(alt.text(notice).is_some(), "its end was not announced a day before");
    duties(alt, DAY);
    assert_eq!((alt.text(notice), row(alt, notice)), (None, None));
    assert!(alt.text(later).is_some());
    let entries = alt.entries_of(EntryKind::Erased);
    assert_eq!((entries.len(), entries[0].actor.as_str(), entries[0].code), (1, "node", 1));
    assert_eq!(safe.0.lock().unwrap().changes, 2, "the vault key changes the same night; before, for the drafts");
    let gone = erasure(&alt.store, notice).unwrap().unwrap();
    assert_eq!((gone.reason(), gone.complete), (ErasureReason::Expired, true));
    assert_eq!(erasure(&alt.store, later).unwrap(), None);
    assert!(alt.me.vault.unwrap_key(&before, later).is_err(), "the row as it was opens with no key any more");
    assert_eq!(alt.verified(), Ok(()));
}

#[test]
fn an_order_erases_at_once_and_is_complete_only_with_a_new_vault_key() {
    let (mut world, safe) = world();
    let alt = &mut world.alt;
    let [first, second] = [(), ()].map(|()| alt.issue(Draft::to(&["TM-FAR"])).digest);
    carry(alt, &mut world.far);
    let old = row(alt, first).unwrap();
    assert_eq!(erase(alt, first, ErasureReason::Expired), Err(EraseRefused::Reason));
    safe.fails(true);
    let index = erase(alt, first, ErasureReason::CourtOrder).unwrap();
    alt.settle();
    assert_eq!(alt.text(first), None);
    assert_eq!(erase(alt, first, ErasureReason::CourtOrder), Err(EraseRefused::NoText));
    assert!(alt.writer.shared().vault_trouble().contains("the disk is away"));
    assert!(!erasure(&alt.store, first).unwrap().unwrap().complete);
    assert_eq!(alt.verified(), Ok(()));
    // The next duty tries again, whatever the hour.
    safe.fails(false);
    duties(alt, HOUR);
    assert_eq!(alt.writer.shared().vault_trouble(), "");
    assert!(erasure(&alt.store, first).unwrap().unwrap().complete);
    assert!(alt.me.vault.unwrap_key(&old, first).is_err());
    assert!(alt.text(second).is_some());
    let entry = &alt.entries()[usize::try_from(index).unwrap()];
    assert_eq!((entry.kind(), entry.code), (EntryKind::Erased, 3));
    assert_eq!(alt.verified(), Ok(()));
    // The other office has it still, and what it sends again does not bring it back.
    assert!(world.far.text(first).is_some());
}

#[test]
fn a_change_goes_on_after_a_start_wherever_it_was() {
    for commits in 0..6 {
        let (mut world, safe) = world();
        let alt = &mut world.alt;
        let notices: Vec<Digest> = (0..300).map(|_| alt.issue(Draft::to(&["TM-FAR"]).expiring(DAY)).digest).collect();
        erase(alt, notices[0], ErasureReason::Unlawful).unwrap();
        for _ in 0..commits {
            alt.commit(vec![]);
        }
        // Only store and safe outlive the process.
        alt.me.vault = safe.vault();
        alt.reopen();
        assert_eq!(alt.verified(), Ok(()));
        alt.settle();
        duties(alt, HOUR);
        assert!(erasure(&alt.store, notices[0]).unwrap().unwrap().complete, "after {commits}");
        assert!(!ends(alt).incomplete);
        assert!(notices[1..].iter().all(|notice| alt.text(*notice).is_some()));
        assert!(safe.0.lock().unwrap().next.is_none());
        assert_eq!(alt.verified(), Ok(()));
    }
}

/// The old key may be destroyed already, and the entry that says so not written.
#[test]
fn a_change_after_the_duty_goes_on_after_a_start_the_same_day() {
    for commits in 0..6 {
        let (mut world, safe) = world();
        let alt = &mut world.alt;
        let notice = alt.issue(Draft::to(&["TM-FAR"]).expiring(HOUR)).digest;
        let later = alt.issue(Draft::to(&["TM-FAR"]).expiring(9 * DAY)).digest;
        duties(alt, 0);
        alt.clock = alt.clock.plus_ms(DAY);
        alt.commit(vec![Command::Duties]);
        for _ in 0..commits {
            alt.commit(vec![]);
        }
        alt.me.vault = safe.vault();
        alt.reopen();
        alt.settle();
        duties(alt, HOUR);
        assert!(erasure(&alt.store, notice).unwrap().unwrap().complete, "after {commits}");
        assert!(alt.text(later).is_some());
        assert_eq!(alt.verified(), Ok(()));
    }
}

#[test]
fn a_draft_that_is_gone_opens_with_no_key_from_the_next_daily_duty_on() {
    let (mut world, safe) = world();
    let alt = &mut world.alt;
    duties(alt, 0);
    let changes = || safe.0.lock().unwrap().changes;
    assert_eq!(changes(), 0, "nothing is gone");
    let Draft { header, body } = Draft::to(&["TM-FAR"]);
    let (officer, header, body) = (alt.officer(), Box::new(header), body.map(Box::new));
    let keep = |draft| second::save(officer.clone(), draft, header.clone(), body.clone());
    let kept = |alt: &TestOffice| {
        let form = drafts::row(&alt.store, 1).unwrap().unwrap().form;
        let form = Digest::try_from(form.as_slice()).unwrap();
        (row(alt, form).unwrap(), form)
    };
    // One form takes the place of another, and the draft is thrown away while the vault key changes.
    alt.commit(vec![keep(None)]);
    let first = kept(alt);
    alt.commit(vec![keep(Some(1))]);
    let second = kept(alt);
    duties(alt, HOUR);
    assert!(alt.me.vault.unwrap_key(&first.0, first.1).is_ok(), "once a day");
    alt.clock = alt.clock.plus_ms(DAY);
    alt.commit(vec![Command::Duties]);
    alt.commit(vec![]);
    let newest = kept(alt);
    alt.commit(vec![Command::Discard { officer: officer.clone(), draft: 1, over: None }]);
    alt.settle();
    assert_eq!(changes(), 1);
    assert!([&first, &second].iter().all(|(row, form)| alt.me.vault.unwrap_key(row, *form).is_err()));
    assert!(alt.me.vault.unwrap_key(&newest.0, newest.1).is_ok(), "it lies under the new key");
    assert_eq!(alt.verified(), Ok(()));
    duties(alt, DAY);
    assert!(alt.me.vault.unwrap_key(&newest.0, newest.1).is_err());
    duties(alt, DAY);
    assert_eq!(changes(), 2, "nothing more is gone");
    assert_eq!(alt.entries_of(EntryKind::VaultRotated).len(), 2);
    assert_eq!(alt.verified(), Ok(()));
}

#[test]
fn too_many_ends_wait_for_a_confirmation_and_then_for_a_day_after_their_announcement() {
    let (mut world, _safe) = world();
    let alt = &mut world.alt;
    let most = limits::EXPIRED_KEYS + 1;
    let count = u32::try_from(most).unwrap();
    let issue = |alt: &mut TestOffice, ms| (0..most).for_each(|_| drop(alt.issue(Draft::to(&["TM-FAR"]).expiring(ms))));
    let erased = |alt: &TestOffice| alt.entries_of(EntryKind::Erased).len();
    let confirm = |alt: &mut TestOffice, count| {
        let reply = alt.commit(vec![Command::ConfirmExpiry { officer: "UZ-ALT-O01".parse().unwrap(), count }]).pop();
        alt.settle();
        match reply {
            Some(Reply::ExpiryConfirmed(done)) => done.map(drop),
            other => panic!("{other:?}"),
        }
    };
    issue(alt, HOUR);
    duties(alt, 0);
    assert_eq!(ends(alt).unconfirmed, count, "announced");
    duties(alt, DAY);
    assert_eq!((ends(alt).unconfirmed, erased(alt)), (count, 0));
    assert_eq!(confirm(alt, count - 1), Err(OtherCount(count)));
    assert_eq!(confirm(alt, count), Ok(()));
    assert_eq!(confirm(alt, count), Err(OtherCount(0)));
    duties(alt, DAY - 1);
    assert_eq!((ends(alt).unconfirmed, erased(alt)), (0, 0), "only the daily duty lets them end");
    duties(alt, 1);
    assert_eq!((ends(alt).unconfirmed, erased(alt)), (0, most));
    // By a shorter period, announced and confirmed a moment later; what was confirmed before counts no more.
    issue(alt, 20 * DAY);
    duties(alt, 5 * DAY);
    let step = RetentionStep::Set { days: 4, seen: limits::KEPT_DAYS };
    alt.commit(vec![Command::Retention { officer: alt.officer(), kind: lawful::KIND, step }]);
    duties(alt, DAY);
    assert_eq!(ends(alt).unconfirmed, count);
    assert_eq!(confirm(alt, count), Ok(()));
    duties(alt, DAY - 1);
    assert_eq!(erased(alt), most, "a day after the announcement");
    duties(alt, 1);
    assert_eq!(erased(alt), 2 * most);
    assert_eq!(alt.verified(), Ok(()));
}

#[test]
fn a_correction_is_kept_as_long_as_what_it_corrects() {
    let (mut world, _safe) = world();
    let target = world.alt.issue(Draft::to(&["TM-FAR"]).expiring(5 * DAY));
    let mut correction = Draft::to(&["TM-FAR"]).expiring(HOUR);
    correction.header.kind = NoticeKind::Correction.into();
    correction.header.relations = vec![wire::Relation {
        kind: RelationKind::Corrects.into(),
        reference: target.reference.to_string(),
        ..wire::Relation::default()
    }];
    let text = |text: &str| wire::Text { text: text.to_owned(), language: "en".to_owned() };
    let body = correction.body.take().unwrap();
    correction.body = Some(wire::NoticeBody {
        subject: body.subject,
        marking: body.marking,
        correction: Some(Box::new(wire::Correction {
            reason_code: wire::AmendmentReason::Error.into(),
            reason: Some(text("One truck")),
            replaced_fields: vec![wire::FieldChange {
                path: "body.subject".to_owned(),
                value: Some(wire::field_change::Value::Text(text("One truck"))),
            }],
            ..wire::Correction::default()
        })),
        ..wire::NoticeBody::default()
    });
    let correction = world.alt.issue(correction).digest;
    duties(&mut world.alt, 0);
    duties(&mut world.far, 0);
    // It ends on its way, but not before its target.
    (world.alt.clock, world.far.clock) = (world.alt.clock.plus_ms(2 * HOUR), world.far.clock.plus_ms(2 * HOUR));
    carry(&mut world.alt, &mut world.far);
    for office in [&mut world.alt, &mut world.far] {
        duties(office, DAY);
        duties(office, DAY);
        assert!(office.text(correction).is_some(), "{}", office.code());
        assert_eq!(office.verified(), Ok(()));
        (0..4).for_each(|_| duties(office, DAY));
        assert_eq!((office.text(correction), office.text(target.digest)), (None, None), "{}", office.code());
    }
}
