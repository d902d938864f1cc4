//! Policy in the node: what the samples say is refused is refused by the office that is asked to send it, and what they
//! say is right is delivered. Peers that let through what they should not are in `office/rejections.rs`.

use std::collections::BTreeSet;
use std::sync::Arc;

use chapar::name::OfficeCode;
use chapar::office::read;
use chapar::time::Clock as _;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::Folder;
use tonic::Code;
use tonic::Status;

use crate::desks::deliver;
use crate::desks::desks;
use crate::samples::References;
use crate::samples::Sample;
use crate::samples::issue;
use crate::samples::samples;
use crate::support::lawful;
use crate::world::Countries;
use crate::world::Running;
use crate::world::Site;
use crate::world::TestClock;

/// Samples that are wrong only in what a node is not sent: names, times and pictures of the file, and the officers'
/// release. `notice check` refuses them.
const NOT_SENT: [&str; 17] = [
    "attachment-digest-wrong",
    "attachment-too-large",
    "author-releases-own",
    "detain-without-legal-basis",
    "emergency-confirm-after-72h",
    "emergency-on-priority",
    "equivocation-same-id",
    "human-ref-of-other-office",
    "human-ref-wrong-check-character",
    "missing-releaser",
    "notice-id-not-version-7",
    "relation-to-unknown-notice",
    "release-before-creation",
    "release-checklist-incomplete",
    "releaser-of-other-office",
    "releaser-without-role",
    "reused-human-reference",
];

/// When the nodes of the samples are made.
const BORN: &str = "2026-10-12T14:30:00Z";

/// Fewest samples that the office itself refuses.
const REFUSED: usize = 50;

/// Not one that is no draft to begin with.
fn is_readable(sample: &Sample) -> bool {
    !sample.name.starts_with("malformed")
}

#[test]
fn every_invalid_sample_is_refused_with_its_rule() {
    let mut all: Vec<(bool, Sample)> = samples("notices").into_iter().map(|sample| (false, sample)).collect();
    all.extend(samples("invalid").into_iter().filter(is_readable).map(|sample| (true, sample)));
    all.sort_by_key(|(invalid, sample)| (sample.at, *invalid));
    let (mut desks, mut known, mut wrong) = (desks(), References::new(), vec![]);
    let (mut sent, mut refusals) = (BTreeSet::new(), 0);
    for (invalid, sample) in &all {
        let Ok(from) = sample.text("/header/from/office_code").parse::<OfficeCode>() else { continue };
        let Some(desk) = desks.get_mut(&from) else { continue };
        let held = |digest| read::notice_row(&*desk.store, digest).unwrap().is_some();
        let here = known.iter().filter(|(_, (_, digest))| held(*digest)).map(|(k, v)| (k.clone(), *v)).collect();
        // What is no draft at all, the client refuses.
        let Ok(draft) = sample.parsed(&here) else { continue };
        let before = desk.writer.shared().head();
        let issued = issue(desk, sample.at, draft);
        if !invalid {
            let issued = issued.unwrap_or_else(|refused| panic!("{}: {refused:?}", sample.name));
            known.insert(sample.text("/header/identifier/human_ref").to_owned(), (issued.reference, issued.digest));
            issued.to.into_iter().for_each(|to| deliver(&mut desks, from, to, sample.at));
            continue;
        }
        let rule = sample.text("/expect/rule");
        match issued {
            Ok(_) => assert!(sent.insert(sample.name.as_str())),
            Err(refused) => {
                assert_eq!(desk.writer.shared().head(), before, "{}: nothing is written", sample.name);
                let said = Status::from(refused);
                if !said.message().contains(rule) {
                    wrong.push(format!("{} wants {rule}: {}", sample.name, said.message()));
                }
                refusals += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(sent, BTreeSet::from(NOT_SENT));
    assert!(refusals >= REFUSED, "only {refusals}");
}

/// Running nodes of the offices of the data around one border.
async fn nodes(clock: &Arc<TestClock>) -> Vec<Running> {
    let mut sites: Vec<Site> =
        [("UZ-ALT", 1), ("TM-FAR", 2), ("UZ-NCC", 3)].map(|(code, seed)| Site::make_at(code, seed, BORN)).into();
    let mut nodes = vec![];
    for site in &mut sites {
        site.identity.agreements = lawful::of_samples();
        nodes.push(site.start(Arc::<TestClock>::clone(clock), true).await);
    }
    let countries = Countries::of(&["UZ", "TM"]);
    let listed: Vec<&Site> = sites.iter().collect();
    let rosters = ["UZ", "TM"].map(|country| countries.roster(country, 1, &listed));
    for node in &mut nodes {
        node.trust(&countries, &rosters).await;
    }
    nodes
}

fn named<'a>(samples: &'a [Sample], name: &str) -> &'a Sample {
    samples.iter().find(|sample| sample.name == name).unwrap()
}

fn request(sample: &Sample, at: &str) -> wire::SendNoticeRequest {
    let draft = sample.parsed(&References::new()).unwrap();
    let there =
        |party: &wire::Party| party.office != at && ["UZ-ALT", "TM-FAR", "UZ-NCC"].contains(&party.office.as_str());
    let mut header = wire::NoticeHeader { from: None, ..draft.header };
    header.to.retain(there);
    header.cc.retain(there);
    wire::SendNoticeRequest { header: Some(header), body: draft.body, ..wire::SendNoticeRequest::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_send_what_is_right_and_refuse_what_is_not() {
    let clock = TestClock::at(BORN);
    let mut nodes = nodes(&clock).await;
    let (valid, invalid) = (samples("notices"), samples("invalid"));
    for (name, rule) in [
        ("secret-classification", "P-02 header.classification"),
        ("tlp-red-to-whole-office", "P-08 header.tlp"),
        ("modus-operandi-with-plate", "P-10 body.vehicles"),
        ("vehicle-without-plate-or-vin", "K:VEHICLE_ALERT.identity body.vehicles"),
        ("seizure-without-case-reference", "K:SEIZURE_REPORT.case_reference body.seizure.case_reference"),
    ] {
        let mut request = request(named(&invalid, name), "UZ-ALT");
        let header = request.header.as_mut().unwrap();
        header.to = vec![wire::Party { office: "TM-FAR".to_owned(), agency: 0 }];
        header.legal_basis.as_mut().unwrap().reference = "MLA-CA/2009-3".to_owned();
        header.legal_basis.as_mut().unwrap().kind = wire::LegalBasisKind::MutualAssistance.into();
        header.expires_ms = header.expires_ms.max("2026-12-01T00:00:00Z".parse::<Timestamp>().unwrap().ms());
        let refused = nodes[0].send(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::FailedPrecondition, "{name}: {refused}");
        assert!(refused.message().contains(rule), "{name}: {refused}");
    }
    assert_eq!(nodes[0].list(Folder::Outbox).await, []);
    for name in ["01-suspicious-consignment-yarn", "64-coordination-meeting", "27-cargo-alert-bad-check-digit"] {
        let sample = named(&valid, name);
        clock.set(sample.text("/header/release_at"));
        // Weeks after the last entry the clock is unsure.
        let shown_ms = clock.now().ms();
        nodes[0].inspect.confirm_clock(wire::ConfirmClockRequest { shown_ms }).await.unwrap();
        let sent = nodes[0].send(request(sample, "UZ-ALT")).await.unwrap();
        // A check digit that does not fit stops nothing, but the officer is told.
        let flags: Vec<_> = sent.flags.iter().map(|flag| (flag.rule.as_str(), flag.path.as_str())).collect();
        let expected = ("F:container.digit", "body.transport_units[0].container_no");
        assert_eq!(flags.contains(&expected), name.starts_with("27"), "{name}: {flags:?}");
        assert!(sent.flags.iter().all(|flag| !flag.what.is_empty()));
    }
    nodes[0].all_delivered().await;
    for notice in nodes[0].list(Folder::Outbox).await {
        assert!(notice.deliveries.iter().all(|one| one.outcome() == wire::Outcome::Delivered), "{notice:?}");
    }
    for node in nodes {
        node.stop().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_without_agreements_is_told_so() {
    let mut site = Site::make("UZ-ALT", 1);
    site.identity.agreements = Arc::default();
    let mut node = site.start(TestClock::at("2026-11-20T06:00:00Z"), false).await;
    let missing = node.missing().await;
    assert!(
        missing.iter().any(|one| one.starts_with("No agreement is configured: nothing can be sent")),
        "{missing:?}"
    );
    node.stop().await.unwrap();
}
