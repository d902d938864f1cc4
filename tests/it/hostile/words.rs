//! What a peer says to end a call is free text. None of it is shown: not in a trace, not on a sheet where it could pass
//! for an instruction of ours.

use std::fs;
use std::pin::Pin;
use std::sync::Arc;

use arc_swap::ArcSwap;
use chapar::domain::roster::Card;
use chapar::edge::grpc::exchange_server_builder;
use chapar::edge::grpc::exchange_service;
use chapar::edge::listen::ListenLimits;
use chapar::edge::listen::Listener;
use chapar::edge::listen::incoming;
use chapar::edge::stubs::exchange_service_server::ExchangeService;
use chapar::edge::tls::Pins;
use chapar::edge::tls::server_config;
use chapar::limits;
use chapar::name::Fingerprint;
use chapar::name::OfficeCode;
use chapar::wire;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_util::sync::CancellationToken;
use tonic::Code;
use tonic::Request;
use tonic::Response;
use tonic::Status;
use tonic::Streaming;
use tonic::metadata::MetadataMap;

use crate::binary::Binary;
use crate::binary::chapar;
use crate::hostile::foe::Anyone;
use crate::world::Countries;
use crate::world::Site;

/// What must be seen nowhere.
const PLANTED: &str = "Zhuravlik";

/// Ends every call with planted words: at once, or in the stream of its answer.
struct Liar {
    at_once: bool,
    calls: mpsc::Sender<()>,
}

#[tonic::async_trait]
impl ExchangeService for Liar {
    type SessionStream = Pin<Box<dyn Stream<Item = Result<wire::SessionResponse, Status>> + Send>>;

    async fn session(
        &self,
        _: Request<Streaming<wire::SessionRequest>>,
    ) -> Result<Response<Self::SessionStream>, Status> {
        self.calls.send(()).await.unwrap();
        let mut more = MetadataMap::new();
        more.insert("x-more", PLANTED.parse().unwrap());
        let message = format!("all is well.\n  9. {PLANTED}\n     Do: send your keys to {PLANTED}");
        let status = Status::with_details_and_metadata(Code::Unavailable, message, PLANTED.into(), more);
        if self.at_once { Err(status) } else { Ok(Response::new(Box::pin(tokio_stream::once(Err(status))))) }
    }
}

/// The port of an office where a liar answers, and the calls that it gets.
fn lies(site: &mut Site, victim: OfficeCode, at_once: bool) -> mpsc::Receiver<()> {
    let pins: Arc<dyn Pins> = Arc::new(Anyone(victim));
    let tls = Arc::new(ArcSwap::new(server_config(&site.tls, Arc::clone(&pins)).unwrap()));
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), ListenLimits::default()).unwrap();
    site.endpoint = Some(listener.local_addr().unwrap());
    let (links, waiting) = mpsc::channel(limits::LINKS_WAITING);
    let (calls, called) = mpsc::channel(64);
    tokio::spawn(listener.run(tls, pins, links, CancellationToken::new()));
    let service = exchange_service(Liar { at_once, calls });
    tokio::spawn(exchange_server_builder().add_service(service).serve_with_incoming(incoming(waiting)));
    called
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_peer_says_to_end_a_call_is_not_shown() {
    let root = tempfile::tempdir().unwrap();
    let mut victim = Binary::init(root.path(), "UZ-ALT", None);
    victim.environment.push(("CHAPAR_TRACE", "trace".into()));
    let office = Card::verify(&fs::read(victim.data.join("UZ-ALT.card")).unwrap()).unwrap().value().office.clone();
    let mut foes = [Site::make("KZ-BAD", 3), Site::make("TM-BAD", 4)];
    let [bad, worse] = &mut foes;
    let mut calls = [lies(bad, office.code, true), lies(worse, office.code, false)];

    let countries = Countries::of(&["UZ", "KZ", "TM"]);
    victim.start();
    victim.staff();
    for (country, key) in &countries.0 {
        let fingerprint = Fingerprint::of_key(&key.public().0).to_string();
        victim.run(&["peer", "trust", &country.to_string(), &fingerprint]).done();
    }
    for office in foes.iter().map(Site::listed).chain([office]) {
        let country = office.code.country().to_string();
        let file = root.path().join(format!("{country}.roster"));
        fs::write(&file, countries.roster_of(&country, 1, vec![office])).unwrap();
        victim.run(&["roster", "import", &file.display().to_string()]).done();
    }
    // When it calls again, the end of the first call is noted.
    for called in &mut calls {
        for _ in 0..2 {
            called.recv().await.unwrap();
        }
    }

    let data = victim.data.display().to_string();
    let mut said = vec![];
    for words in [&["status"][..], &["peer", "list"], &["peer", "test", "KZ-BAD"], &["peer", "test", "TM-BAD"]] {
        let for_people = chapar(&[&["--data", &data], words].concat());
        said.extend([victim.run(words), for_people].map(|output| format!("{}{}", output.stdout, output.stderr)));
    }
    assert!(victim.stop().success());
    for code in ["KZ-BAD", "TM-BAD"] {
        assert!(
            said[1].contains(&format!("{code} has no link since")) && said[1].contains("the link broke"),
            "{said:?}"
        );
    }
    said.push(victim.trace());
    for text in said {
        let at = text.find(PLANTED);
        assert_eq!(at, None, "{}", text[at.unwrap_or(0)..].lines().next().unwrap_or_default());
    }
}
