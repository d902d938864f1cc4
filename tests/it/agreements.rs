//! Agreements of two offices that differ: how long a notice may be kept, which countries are disabled; and that a node
//! writes down under which it runs.

use std::collections::BTreeSet;
use std::sync::Arc;

use chapar::domain::policy::Agreement;
use chapar::domain::policy::Agreements;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::AuditView;
use chapar::wire::NoticeKind;
use chapar::wire::Outcome;
use prost::Message as _;
use tonic::Code;

use crate::local::Local;
use crate::support::lawful;
use crate::world::Countries;
use crate::world::Running;
use crate::world::Site;
use crate::world::TestClock;
use crate::world::a_notice;
use crate::world::an_amendment;

const NOW: &str = "2026-11-20T06:00:00Z";

/// The agreement of the tests, with so many days.
fn keeping(days: Option<u32>) -> Arc<Agreements> {
    let mut agreements = Agreements::default();
    let known = lawful::agreements().get(lawful::AGREEMENT).unwrap().clone();
    agreements.add(lawful::AGREEMENT, Agreement { retention_days: days, ..known }).unwrap();
    Arc::new(agreements)
}

/// The same, with these countries disabled.
fn disabling(countries: &[&str]) -> Arc<Agreements> {
    let countries = countries.iter().map(|country| country.parse().unwrap()).collect();
    Arc::new(lawful::agreements().as_ref().clone().disabling(countries))
}

/// UZ-ALT and TM-FAR, each with its own agreements.
async fn two(alt: Arc<Agreements>, far: Arc<Agreements>) -> (Running, Running, [Site; 2]) {
    let clock = TestClock::at(NOW);
    let mut sites = [Site::make("UZ-ALT", 1), Site::make("TM-FAR", 2)];
    let [alt_site, far_site] = &mut sites;
    (alt_site.identity.agreements, far_site.identity.agreements) = (alt, far);
    let mut a = alt_site.start(Arc::<TestClock>::clone(&clock), true).await;
    let mut f = far_site.start(clock, true).await;
    let countries = Countries::of(&["UZ", "TM"]);
    let rosters = ["UZ", "TM"].map(|country| countries.roster(country, 1, &[&sites[0], &sites[1]]));
    a.trust(&countries, &rosters).await;
    f.trust(&countries, &rosters).await;
    (a, f, sites)
}

/// A notice that is kept for so many days and a minute less.
fn kept(days: i64) -> wire::SendNoticeRequest {
    let mut notice = a_notice(&["TM-FAR"], wire::Urgency::Routine, "kept");
    let expires = NOW.parse::<Timestamp>().unwrap().plus_ms(days * 86_400_000 - 60_000);
    notice.header.as_mut().unwrap().expires_ms = expires.ms();
    notice
}

/// What became of the notice with the only addressee, once it has its receipt.
async fn outcome(local: &mut Local, reference: &str) -> (Outcome, u32) {
    local.all_delivered().await;
    let request = wire::GetNoticeRequest { notice: reference.to_owned() };
    let delivery = local.desk.get_notice(request).await.unwrap().into_inner().summary.unwrap().deliveries.remove(0);
    (delivery.outcome(), delivery.rejection)
}

/// The same of a notice that is sent now.
async fn outcome_of_sent(local: &mut Local, notice: wire::SendNoticeRequest) -> (Outcome, u32) {
    let sent = local.send(notice).await.unwrap().reference;
    outcome(local, &sent).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_may_set_less_than_the_cap_of_the_kind() {
    let (mut a, f, _sites) = two(keeping(Some(30)), keeping(None)).await;
    let refused = a.send(kept(32)).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    let said = refused.message();
    assert!(
        said.contains("P-10 header.expires_at: TM-UZ/2023-04 lets no notice be kept longer than 30 days"),
        "{said}"
    );
    let sent = a.send(kept(30)).await.unwrap().reference;
    assert_eq!(outcome(&mut a, &sent).await, (Outcome::Delivered, 0));
    // The cap of the kind still holds where it is less.
    let (mut a5, f5, _sites5) = two(keeping(Some(10_000)), keeping(None)).await;
    let refused = a5.send(kept(2_000)).await.unwrap_err();
    assert!(refused.message().contains("P-10 header.expires_at: The notice would be kept longer than the 1826 days"));
    assert_eq!(outcome_of_sent(&mut a5, kept(1_000)).await, (Outcome::Delivered, 0));
    for node in [a, f, a5, f5] {
        node.stop().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_addressee_keeps_nothing_longer_than_it_has_agreed_but_hears_of_corrections() {
    let (mut a, mut f, _sites) = two(keeping(None), keeping(Some(10))).await;
    assert_eq!(outcome_of_sent(&mut a, kept(12)).await, (Outcome::Rejected, 110));
    let sent = a.send(kept(10)).await.unwrap().reference;
    assert_eq!(outcome(&mut a, &sent).await, (Outcome::Delivered, 0));
    // What the addressee says about it ends in time by its own agreement.
    f.subject(&sent).await;
    let acknowledge = wire::AcknowledgeNoticeRequest { notice: sent.clone() };
    let acknowledged = f.desk.acknowledge_notice(acknowledge).await.unwrap().into_inner();
    let acknowledgement = acknowledged.acknowledgement.unwrap().reference;
    assert_eq!(outcome(&mut f, &acknowledgement).await, (Outcome::Delivered, 0));
    // It would be kept for years, but it must arrive.
    for kind in [NoticeKind::Correction, NoticeKind::Withdrawal] {
        let amendment = an_amendment(kind, &sent, "amended");
        assert_eq!(outcome_of_sent(&mut a, amendment).await, (Outcome::Delivered, 0), "{kind:?}");
    }
    assert_eq!((a.verify().await.fault, f.verify().await.fault), (String::new(), String::new()));
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_to_a_disabled_country_and_nothing_is_taken_from_one() {
    let (mut a, f, _sites) = two(disabling(&["UZ"]), disabling(&["UZ"])).await;
    // One's own country is never disabled; the other office has disabled it.
    let notice = a_notice(&["TM-FAR"], wire::Urgency::Routine, "from a disabled country");
    assert_eq!(outcome_of_sent(&mut a, notice).await, (Outcome::Rejected, 115));
    let refused = f.send(a_notice(&["UZ-ALT"], wire::Urgency::Routine, "to one")).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    let said = refused.message();
    assert!(said.contains("P-15 header.to[0].office_code: UZ-ALT is in UZ, a country that is disabled here"), "{said}");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_a_notice_that_is_there_passes_a_country_that_was_disabled_since() {
    let (mut a, f, mut sites) = two(lawful::agreements(), lawful::agreements()).await;
    let notice = a.send(a_notice(&["TM-FAR"], wire::Urgency::Routine, "before")).await.unwrap().reference;
    assert_eq!(outcome(&mut a, &notice).await, (Outcome::Delivered, 0));
    f.stop().await.unwrap();
    sites[1].identity.agreements = disabling(&["UZ"]);
    let mut f = sites[1].start(TestClock::at(NOW), true).await;
    let correction = an_amendment(NoticeKind::Correction, &notice, "after");
    assert_eq!(outcome_of_sent(&mut a, correction).await, (Outcome::Delivered, 0));
    assert_eq!(f.subject(&notice).await, "after");
    let acknowledge = wire::AcknowledgeNoticeRequest { notice: notice.clone() };
    f.desk.acknowledge_notice(acknowledge).await.unwrap();
    f.all_delivered().await;
    // A new notice is none, and what corrects one that never came is as good as new.
    let new = a.send(a_notice(&["TM-FAR"], wire::Urgency::Routine, "new")).await.unwrap().reference;
    assert_eq!(outcome(&mut a, &new).await, (Outcome::Rejected, 115));
    let correction = an_amendment(NoticeKind::Correction, &new, "in a correction");
    assert_eq!(outcome_of_sent(&mut a, correction).await, (Outcome::Rejected, 115));
    for node in [a, f] {
        node.stop().await.unwrap();
    }
}

/// What the log says of the agreements: how many, and their digest.
async fn changes(local: &mut Local) -> Vec<(u32, Vec<u8>)> {
    let request = wire::AuditRequest { view: AuditView::Agreements.into(), ..wire::AuditRequest::default() };
    let rows = local.inspect.audit(request).await.unwrap().into_inner().rows;
    let read = |row: wire::AuditRow| {
        let entry = wire::Entry::decode(row.entry.as_slice()).unwrap();
        assert_eq!((entry.actor.as_str(), entry.note.as_str()), ("node", ""));
        (entry.code, entry.subject)
    };
    rows.into_iter().map(read).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn other_agreements_than_before_are_an_entry_at_start() {
    let mut site = Site::make("UZ-ALT", 1);
    let clock = TestClock::at(NOW);
    let empty = Arc::<Agreements>::default();
    let runs = [
        // None, as in a new log.
        (Arc::clone(&empty), None),
        (keeping(None), Some(1)),
        (keeping(None), None),
        (keeping(Some(30)), Some(1)),
        (Arc::new(keeping(Some(30)).as_ref().clone().disabling(BTreeSet::new())), Some(1)),
        (Arc::clone(&empty), Some(0)),
        (empty, None),
    ];
    let mut expected = vec![];
    for (agreements, written) in runs {
        expected.extend(written.map(|count| (count, agreements.digest().0.to_vec())));
        site.identity.agreements = agreements;
        let mut node = site.start(Arc::<TestClock>::clone(&clock), false).await;
        assert_eq!(changes(&mut node).await, expected);
        assert_eq!(node.verify().await.fault, "");
        node.stop().await.unwrap();
    }
    assert_eq!(expected.len(), 4);
}
