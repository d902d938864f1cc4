//! Statistics: what is counted, what is withheld outside, and that they are recorded.

use chapar::wire;
use chapar::wire::Folder;
use chapar::wire::NoticeKind;
use chapar::wire::StatisticsBy;
use prost::Message as _;
use std::collections::BTreeMap;
use tonic::Code;

use crate::local::Local;
use crate::world::a_notice;
use crate::world::an_amendment;
use crate::world::two;

/// The rows of a folder and sort: value to count, `None` where it is withheld.
type Counted = BTreeMap<String, Option<u64>>;

async fn counted(local: &mut Local, folder: Folder, by: StatisticsBy, asked: &wire::GetStatisticsRequest) -> Counted {
    let rows = local.inspect.get_statistics(asked.clone()).await.unwrap().into_inner().rows;
    let rows = rows.into_iter().filter(|row| row.folder() == folder && row.by() == by);
    rows.map(|row| (row.value, (!row.withheld).then_some(row.count))).collect()
}

fn some(counts: &[(&str, Option<u64>)]) -> Counted {
    counts.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_tell_of_no_single_notice_and_are_recorded() {
    let (_alt, mut a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    let mut sent = vec![];
    for _ in 0..4 {
        let draft = a_notice(&["TM-FAR"], wire::Urgency::Routine, "Gulnora Karimova, 80 123 KH");
        sent.push(a.send(draft).await.unwrap().reference);
    }
    let mut exercise = a_notice(&["TM-FAR"], wire::Urgency::Routine, "an exercise");
    exercise.header.as_mut().unwrap().traffic = wire::Traffic::Exercise.into();
    a.send(exercise).await.unwrap();
    a.send(an_amendment(NoticeKind::Withdrawal, &sent[0], "recalled")).await.unwrap();
    a.all_delivered().await;

    let inside = wire::GetStatisticsRequest { inside: true, ..wire::GetStatisticsRequest::default() };
    let outside = wire::GetStatisticsRequest::default();
    let kinds = some(&[("MODUS_OPERANDI", Some(4)), ("WITHDRAWAL", Some(1))]);
    assert_eq!(counted(&mut f, Folder::Inbox, StatisticsBy::Kind, &inside).await, kinds);
    assert_eq!(counted(&mut f, Folder::Outbox, StatisticsBy::Kind, &inside).await, some(&[]));
    // The five of the month would tell the few of two kinds, if it were told that there are two.
    assert_eq!(counted(&mut f, Folder::Inbox, StatisticsBy::Kind, &outside).await, some(&[("", None)]));
    assert_eq!(counted(&mut a, Folder::Outbox, StatisticsBy::Outcome, &outside).await, some(&[("", None)]));
    let five = |value: &str| some(&[(value, Some(5))]);
    assert_eq!(counted(&mut f, Folder::Inbox, StatisticsBy::Month, &outside).await, five("2026-11"));
    assert_eq!(counted(&mut f, Folder::Inbox, StatisticsBy::Office, &outside).await, five("UZ-ALT"));
    assert_eq!(counted(&mut a, Folder::Outbox, StatisticsBy::Office, &outside).await, five("TM-FAR"));
    assert_eq!(counted(&mut a, Folder::Outbox, StatisticsBy::Urgency, &inside).await["ROUTINE"], Some(5));
    let outcomes = some(&[("DELIVERED", Some(4)), ("WITHDRAWN", Some(1))]);
    assert_eq!(counted(&mut a, Folder::Outbox, StatisticsBy::Outcome, &inside).await, outcomes);
    let of = |from: &str, through: &str| wire::GetStatisticsRequest {
        from_month: from.to_owned(),
        through_month: through.to_owned(),
        ..inside.clone()
    };
    assert_eq!(counted(&mut f, Folder::Inbox, StatisticsBy::Kind, &of("2026-12", "")).await, some(&[]));
    assert_eq!(counted(&mut f, Folder::Inbox, StatisticsBy::Kind, &of("", "2026-10")).await, some(&[]));
    assert_eq!(counted(&mut f, Folder::Inbox, StatisticsBy::Kind, &of("2026-11", "2026-11")).await, kinds);
    let wrong = f.inspect.get_statistics(of("2026-13", "")).await.unwrap_err();
    assert_eq!(wrong.code(), Code::InvalidArgument);

    // How long it took, by urgency; outside without the number.
    let times = async |local: &mut Local, folder: Folder, asked: &wire::GetStatisticsRequest| {
        let rows = local.inspect.get_statistics(asked.clone()).await.unwrap().into_inner().rows;
        let rows = rows.into_iter().filter(|row| row.folder() == folder && row.by() == StatisticsBy::Receipt);
        rows.map(|row| (row.value, row.count, row.median_minutes, row.overdue_percent)).collect::<Vec<_>>()
    };
    let routine = |count| [("ROUTINE".to_owned(), count, Some(0), Some(0))];
    assert_eq!(times(&mut a, Folder::Outbox, &inside).await, routine(5));
    assert_eq!(times(&mut f, Folder::Inbox, &outside).await, routine(0));
    let noted = counted(&mut f, Folder::Inbox, StatisticsBy::Acknowledgement, &inside).await;
    assert_eq!(noted, some(&[("ROUTINE", Some(1))]), "the withdrawal alone is to be acknowledged");

    // Each is an entry of no notice, and stands among the exports.
    let why = wire::GetStatisticsRequest { why: "report of November".to_owned(), ..outside };
    f.inspect.get_statistics(why).await.unwrap();
    let exports = wire::AuditRequest { view: wire::AuditView::Exports.into(), ..wire::AuditRequest::default() };
    let rows = f.inspect.audit(exports).await.unwrap().into_inner().rows;
    let last = wire::Entry::decode(rows.last().unwrap().entry.as_slice()).unwrap();
    assert_eq!((last.code, last.subject.len(), last.note.as_str()), (5, 0, "report of November"));
    assert_eq!(rows.len(), 11, "an answer, and nothing that was refused");
    assert_eq!(f.verify().await.fault, "");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
