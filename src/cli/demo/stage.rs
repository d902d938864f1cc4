//! Three offices of two countries that know each other, each with a running node.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use crate::cli::Global;
use crate::cli::attachment::bring::Brought;
use crate::cli::client;
use crate::cli::client::Client;
use crate::cli::demo::board::Board;
use crate::cli::demo::board::Row;
use crate::cli::demo::cable::Cable;
use crate::cli::demo::samples;
use crate::cli::demo::samples::PICTURES;
use crate::cli::demo::samples::Sample;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::output::Output;
use crate::cli::serve;
use crate::cli::trial;
use crate::cli::trial::Plan;
use crate::cli::trial::Staff;
use crate::domain::draft;
use crate::domain::roster::Card;
use crate::edge::keystore::Source;
use crate::i18n::Words;
use crate::name::Country;
use crate::name::Fingerprint;
use crate::name::Network;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::node::Node;
use crate::node::NodeError;
use crate::node::system_clock;
use crate::opening;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::NoticeState;
use crate::wire::Role;

const NETWORK: &str = "demo.example";

/// The offices: code, folder, agency, whether others can dial it.
const OFFICES: [(&str, &str, wire::Agency, bool); 3] = [
    ("UZ-ALT", "alt", wire::Agency::Customs, false),
    ("TM-FAR", "far", wire::Agency::Customs, true),
    ("UZ-NCC", "ncc", wire::Agency::DrugControl, true),
];

/// The reference of the report in the sample data.
const REPORT: &str = "TM-FAR-26-000103-7";

/// The office whose auditor looks.
const AUDITED: &str = "TM-FAR";

/// How often the board looks.
const LOOK: Duration = Duration::from_millis(50);

struct Office {
    global: Global,
    cable: Option<Cable>,
    /// Address of its console.
    console: String,
    staff: Staff,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), NodeError>>,
}

/// The three offices.
pub(super) struct Stage {
    offices: BTreeMap<&'static str, Office>,
    /// The reference that a sample has here.
    references: BTreeMap<String, String>,
    auditor: Option<Client>,
}

/// Whether a delivery goes over the link that the demo cuts.
pub(super) fn crosses_the_cut(row: &Row) -> bool {
    [row.from.as_str(), row.to.as_str()].iter().all(|office| ["UZ-ALT", "TM-FAR"].contains(office))
}

impl Stage {
    /// Makes the offices, starts their nodes, and lets them trust each other's countries.
    pub(super) async fn build(folder: &Path, out: &Output, words: &Words) -> Result<Self, Failure> {
        out.note(words.get("demo-keys"));
        let network: Network = NETWORK.parse().map_err(Failure::internal)?;
        let mut offices = BTreeMap::new();
        let mut cards: BTreeMap<Country, Vec<Card>> = BTreeMap::new();
        for (code, name, agency, can_be_dialled) in OFFICES {
            let cable = if can_be_dialled { Some(Cable::lay().await.map_err(Failure::internal)?) } else { None };
            let data = folder.join(name);
            let endpoints = cable.iter().map(|cable| cable.address.to_string()).collect();
            let listen = ([127, 0, 0, 1], 0).into();
            let console = Some(listen);
            let agreements = samples::agreements()?;
            let plan = Plan { data: &data, code, agency, network: &network, listen, console, endpoints, agreements };
            let mut card = trial::make(plan)?;
            card.0.office.position = samples::position(code)?;
            out.note(format!("  {code}  {}", Fingerprint::of_digest(card.1)));
            cards.entry(card.0.office.code.country()).or_default().push(card.0);
            offices.insert(code, start(Global::of(data), cable, code).await?);
        }
        let mut stage = Self { offices, references: BTreeMap::new(), auditor: None };
        let mut countries = vec![];
        for (country, cards) in cards {
            let (fingerprint, roster) = trial::sign(country, &network, cards)?;
            out.note(format!("  {country}      {fingerprint}"));
            countries.push((country, fingerprint, roster));
        }
        for office in stage.offices.values_mut() {
            trial::acquaint(&mut office.staff.administrator, &countries).await?;
        }
        for (code, ..) in OFFICES {
            let office = code.parse().map_err(Failure::internal)?;
            let staff = stage.staff(code)?;
            staff.besides(office, "O02", Role::Officer).await?;
            staff.besides(office, "D01", Role::DataProtectionOfficer).await?;
            let auditor = staff.besides(office, "U01", Role::Auditor).await?;
            if code == AUDITED {
                stage.auditor = Some(auditor);
            }
        }
        Ok(stage)
    }

    /// The auditor of TM-FAR.
    pub(super) fn auditor(&self) -> Result<&Client, Failure> {
        self.auditor.as_ref().ok_or_else(|| Failure::internal("no auditor"))
    }

    /// The time at which the demo runs.
    #[expect(clippy::unused_self, reason = "the stage has one clock: that of the machine")]
    pub(super) fn now(&self) -> Timestamp {
        system_clock().now()
    }

    /// The staff of an office.
    pub(super) fn staff(&mut self, code: &str) -> Result<&mut Staff, Failure> {
        let office = self.offices.get_mut(code).ok_or_else(|| Failure::internal("no such office"))?;
        Ok(&mut office.staff)
    }

    /// Sends a sample through the desk of its office; its reference here.
    pub(super) async fn send(&mut self, sample: Sample, board: &mut Board) -> Result<String, Failure> {
        let label = text(&sample.draft, "/header/identifier/human_ref");
        let from = sample.from;
        let draft = self.addressed(sample);
        let reference = Box::pin(self.release(from, &draft, board)).await?;
        self.references.insert(label, reference.clone());
        Ok(reference)
    }

    /// Hands a sample in, for somebody to release; its reference.
    pub(super) async fn hand_in(&mut self, sample: Sample) -> Result<String, Failure> {
        let from = sample.from;
        let draft = self.addressed(sample);
        let officer = &mut self.staff(from)?.officer.clone();
        let request = request(officer, &draft).await?;
        let sent = Box::pin(officer.desk.send_notice(request)).await?.into_inner();
        Ok(sent.draft.map(|draft| draft.reference).unwrap_or_default())
    }

    /// The draft of a sample, to offices of the demo and about notices of it.
    fn addressed(&self, sample: Sample) -> Value {
        let Sample { to, mut draft, .. } = sample;
        let party = |code: &&str| json!({ "office_code": code });
        if let Some(header) = draft.pointer_mut("/header").and_then(Value::as_object_mut) {
            header.remove("from");
            header.insert("to".to_owned(), to.iter().map(party).collect());
            header.insert("cc".to_owned(), json!([]));
        }
        if let Some(relations) = draft.pointer_mut("/header/relates_to").and_then(Value::as_array_mut) {
            for relation in relations {
                let here = relation.get("human_ref").and_then(Value::as_str).and_then(|r| self.references.get(r));
                if let Some(here) = here.cloned() {
                    relation["human_ref"] = json!(here);
                }
            }
        }
        draft
    }

    /// One officer hands a draft in, another one releases it; a row for each addressee, and its reference.
    pub(super) async fn release(
        &mut self,
        from: &'static str,
        draft: &Value,
        board: &mut Board,
    ) -> Result<String, Failure> {
        let staff = self.staff(from)?;
        let request = request(&mut staff.officer.clone(), draft).await?;
        let (kind, urgency) = request.header.as_ref().map(|header| (header.kind, header.urgency)).unwrap_or_default();
        let sent = trial::send(&staff.officer, &staff.releaser, request).await?;
        board.add(rows(&sent.reference, kind, urgency, from, &sent.to));
        Ok(sent.reference)
    }

    /// Keeps the board up to date until all deliveries that are waited for have an answer.
    pub(super) async fn watch(&mut self, board: &mut Board, awaited: impl Fn(&Row) -> bool) -> Result<(), Failure> {
        loop {
            for (code, office) in &mut self.offices {
                let waits = |row: &&Row| row.from == *code && row.state == NoticeState::Queued;
                let sent: BTreeSet<String> = board.rows().filter(waits).map(|row| row.reference.clone()).collect();
                for reference in sent {
                    let request = wire::GetNoticeRequest { notice: reference.clone() };
                    let notice = office.staff.officer.desk.get_notice(request).await?.into_inner().summary;
                    for delivery in notice.unwrap_or_default().deliveries {
                        let state = match wire::Outcome::try_from(delivery.outcome) {
                            Ok(wire::Outcome::Delivered) => NoticeState::Delivered,
                            Ok(wire::Outcome::Rejected) => NoticeState::Undeliverable,
                            _ => NoticeState::Queued,
                        };
                        board.set(&reference, &delivery.office, state);
                    }
                }
            }
            if board.rows().any(|row| row.state == NoticeState::Undeliverable) {
                return Err(Failure::new(
                    Kind::Rejected,
                    "A notice was rejected.",
                    "Report it; the table shows which.",
                ));
            }
            if board.rows().filter(|row| awaited(row)).all(|row| row.state == NoticeState::Delivered) {
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    fn cable(&self) -> Option<&Cable> {
        self.offices.get("TM-FAR")?.cable.as_ref()
    }

    /// Cuts the cable to TM-FAR; only UZ-ALT has no other way to it.
    pub(super) fn cut(&self) {
        if let Some(cable) = self.cable() {
            cable.cut();
        }
    }

    pub(super) fn mend(&self) {
        if let Some(cable) = self.cable() {
            cable.mend();
        }
    }

    /// Waits until UZ-ALT has noticed the cut.
    pub(super) async fn until_apart(&mut self) -> Result<(), Failure> {
        let far: OfficeCode = "TM-FAR".parse().map_err(Failure::internal)?;
        let Some(office) = self.offices.get_mut("UZ-ALT") else { return Ok(()) };
        loop {
            let status = office.staff.officer.inspect.get_status(wire::GetStatusRequest {}).await?.into_inner();
            if status.peers.iter().any(|peer| peer.office == far.to_string() && !peer.connected) {
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Verifies all logs; how many entries they have together.
    pub(super) async fn verify(&mut self, out: &Output, words: &Words) -> Result<u64, Failure> {
        let mut entries = 0;
        for (code, office) in &mut self.offices {
            let mut progress =
                office.staff.administrator.inspect.verify_log(wire::VerifyLogRequest {}).await?.into_inner();
            let mut word = wire::VerifyLogResponse::default();
            while let Some(next) = progress.message().await? {
                word = next;
            }
            if !word.fault.is_empty() {
                return Err(Failure::new(Kind::Unverified, format!("{code}: {}", word.fault), "Report it."));
            }
            let names = [("size", word.size.to_string()), ("root", hex::encode(&word.root))];
            out.note(format!("  {code}  {}", words.say("demo-verified", &names)));
            entries += word.size;
        }
        Ok(entries)
    }

    /// The data folder of an office.
    pub(super) fn data(&self, code: &str) -> String {
        self.offices.get(code).map(|office| office.global.data.display().to_string()).unwrap_or_default()
    }

    /// The offices and the addresses of their consoles.
    pub(super) fn consoles(&self) -> impl Iterator<Item = (&str, &str)> {
        self.offices.iter().map(|(code, office)| (*code, office.console.as_str()))
    }

    /// Those of an office who sign in with a passphrase.
    pub(super) fn passphrases(&self, code: &str) -> impl Iterator<Item = &(OfficerId, Role, Zeroizing<String>)> {
        self.offices.get(code).into_iter().flat_map(|office| &office.staff.passphrases)
    }

    /// The reference of the report that was corrected.
    pub(super) fn report(&self) -> &str {
        self.references.get(REPORT).map(String::as_str).unwrap_or_default()
    }

    /// The offices and where their data lie.
    pub(super) fn describe(&self) -> Value {
        let offices = self.offices.iter();
        offices.map(|(code, office)| json!({ "office": code, "console": office.console, "data": office.global.data, "officers": office.staff.described() })).collect()
    }

    /// Stops all nodes.
    pub(super) async fn stop(self) -> Result<(), Failure> {
        for (_, office) in self.offices {
            let Office { staff, stop, task, .. } = office;
            drop(staff);
            // A node that has ended needs no word.
            let _told = stop.send(());
            let ended = task.await.map_err(Failure::internal)?;
            ended.map_err(Failure::internal)?;
        }
        Ok(())
    }
}

/// A row for each addressee.
pub(super) fn rows(reference: &str, kind: i32, urgency: i32, from: &str, to: &[String]) -> Vec<Row> {
    let row = |to: &String| Row {
        reference: reference.to_owned(),
        kind,
        urgency,
        from: from.to_owned(),
        to: to.clone(),
        state: NoticeState::Queued,
    };
    to.iter().map(row).collect()
}

/// A draft as the desk takes it, with its pictures.
async fn request(officer: &mut Client, draft: &Value) -> Result<wire::SendNoticeRequest, Failure> {
    let bytes = serde_json::to_vec(draft).map_err(Failure::internal)?;
    let mut parsed = draft::parse(&bytes, draft::Options::default()).map_err(Failure::internal)?;
    Brought::default().held(officer, &mut parsed, &PICTURES, &Output::new(true)).await?;
    let (header, body) = (Some(parsed.header), parsed.body);
    Ok(wire::SendNoticeRequest { header, body, ..wire::SendNoticeRequest::default() })
}

/// A text of a draft.
pub(super) fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Starts a node and plugs its cable in.
async fn start(global: Global, cable: Option<Cable>, code: &str) -> Result<Office, Failure> {
    let source = Source { credentials: None, passphrase: &mut || Err(std::io::ErrorKind::Unsupported.into()) };
    let parts = opening::open(&global.layout(), source).map_err(|error| serve::refused(error, &global))?;
    let node = Node::start(parts).await.map_err(Failure::internal)?;
    if let (Some(cable), Some(address)) = (&cable, node.exchange()) {
        cable.plug(address);
    }
    let console = node.console().map(|address| format!("http://{address}/")).unwrap_or_default();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(node.run(async move {
        // Dropped or told: both mean stop.
        let _told: Result<(), _> = stopped.await;
    }));
    let code = code.parse().map_err(Failure::internal)?;
    let staff = trial::staff(client::connect(&global).await?, code).await?;
    Ok(Office { global, cable, console, staff, stop, task })
}
