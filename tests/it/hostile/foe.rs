//! An office of the rosters that misbehaves: its own keys and log are real, its frames are made by hand.

use std::sync::Arc;
use std::time::Duration;

use chapar::domain::dispatch::Dispatch;
use chapar::domain::dispatch::Lane;
use chapar::domain::dispatch::Stream;
use chapar::domain::envelope;
use chapar::domain::envelope::SigningKey;
use chapar::edge::dial::DialDeadlines;
use chapar::edge::dial::Dialler;
use chapar::edge::sled::SledStore;
use chapar::edge::tls::Pins;
use chapar::entropy::SeededEntropy;
use chapar::name::Digest;
use chapar::name::Fingerprint;
use chapar::name::LogId;
use chapar::name::OfficeCode;
use chapar::name::OfficerId;
use chapar::office::Command;
use chapar::office::Reply;
use chapar::office::Writer;
use chapar::office::read;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::frame::Kind;
use prost::Message as _;
use prost::bytes::Buf as _;
use prost::bytes::BufMut as _;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Request;
use tonic::Status;
use tonic::Streaming;
use tonic::codec::Codec;
use tonic::codec::DecodeBuf;
use tonic::codec::Decoder;
use tonic::codec::EncodeBuf;
use tonic::codec::Encoder;

use crate::support::second;
use crate::world::Countries;
use crate::world::Site;
use crate::world::a_notice;

/// A session ends within this time; no test waits for it to pass.
const PATIENCE: Duration = Duration::from_mins(1);

/// Whoever answers is the victim.
#[derive(Debug)]
pub(crate) struct Anyone(pub(crate) OfficeCode);

impl Pins for Anyone {
    fn offices_with(&self, _: Digest) -> Vec<OfficeCode> {
        vec![self.0]
    }

    fn revoked_with(&self, _: Digest) -> Vec<OfficeCode> {
        vec![]
    }
}

/// Messages as bytes on the way out.
#[derive(Clone, Copy, Debug, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = wire::SessionResponse;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = wire::SessionResponse;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<wire::SessionResponse>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining());
        wire::SessionResponse::decode(bytes).map(Some).map_err(|error| Status::internal(error.to_string()))
    }
}

/// How the victim ended a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It said goodbye.
    Goodbye(wire::GoodbyeReason),
    /// It closed without a word.
    Closed,
    /// The call failed.
    Error(tonic::Code),
}

/// An office that misbehaves.
pub(crate) struct Foe {
    pub(crate) site: Site,
    victim: OfficeCode,
    victim_log: LogId,
    store: Arc<SledStore>,
    writer: Writer,
    now: Timestamp,
    /// Notices that it has issued.
    issued: u64,
}

impl Foe {
    pub(crate) fn new(site: Site, victim: OfficeCode, victim_log: LogId, now: Timestamp) -> Self {
        let store = Arc::new(SledStore::open(&site.folder.path().join("store")).unwrap());
        let entropy = Box::new(SeededEntropy::new(99));
        let writer = Writer::open(Arc::<SledStore>::clone(&store), site.identity.clone(), entropy).unwrap();
        Self { site, victim, victim_log, store, writer, now, issued: 0 }
    }

    pub(crate) fn ask(&mut self, command: Command) -> Reply {
        self.writer.commit(self.now, vec![command]).unwrap().into_inner().remove(0)
    }

    /// Issues a notice to the victim as it should be: the frame that carries it.
    pub(crate) fn issue(&mut self, text: &str) -> wire::Deliver {
        let notice = a_notice(&[&self.victim.to_string()], wire::Urgency::Routine, text);
        let (office, store) = (self.site.code, Arc::clone(&self.store));
        second::issue(office, &*store, (notice.header.unwrap(), notice.body), |command| self.ask(command)).unwrap();
        let waiting = read::waiting(&*self.store, self.victim, self.victim_log, Lane::Routine, self.issued, 1);
        self.issued += 1;
        waiting.unwrap().remove(0).deliver
    }

    /// The stream of the victim's routine notices to here.
    pub(crate) fn incoming(&self) -> Stream {
        Stream { from_log: self.victim_log, to_log: self.site.identity.log_id(), lane: Lane::Routine }
    }

    pub(crate) fn hello(&self) -> wire::Hello {
        wire::Hello {
            version_min: 1,
            version_max: 1,
            network: self.site.identity.network.to_string(),
            office: self.site.code.to_string(),
            peer: self.victim.to_string(),
            log_id: self.site.identity.log_id().0.to_vec(),
            peer_log_id: self.victim_log.0.to_vec(),
            window: 256,
            clock_ms: self.now.ms(),
            ..wire::Hello::default()
        }
    }

    /// Puts rosters into force at its own office.
    pub(crate) fn trust(&mut self, countries: &Countries, rosters: &[Vec<u8>]) {
        let officer = format!("{}-O01", self.site.code).parse::<OfficerId>().unwrap();
        for (country, key) in &countries.0 {
            let fingerprint = Fingerprint::of_key(&key.public().0);
            self.ask(Command::Trust { officer: officer.clone(), country: *country, fingerprint });
        }
        self.ask(Command::Import { actor: None, rosters: rosters.to_vec() });
    }

    /// A link to the victim, with its session; nothing is said yet.
    pub(crate) async fn dial(&self, endpoint: &str) -> Link {
        let pins: Arc<dyn Pins> = Arc::new(Anyone(self.victim));
        let dialler = Dialler::new(&self.site.tls, pins, self.victim, DialDeadlines::default()).unwrap();
        let answering = dialler.dial(endpoint).await.unwrap();
        let (say, frames) = mpsc::channel(8);
        let mut grpc = tonic::client::Grpc::new(answering.channel);
        grpc.ready().await.unwrap();
        let path = "/chapar.v1.ExchangeService/Session".parse().unwrap();
        let answer = grpc.streaming(Request::new(ReceiverStream::new(frames)), path, Raw).await.unwrap();
        Link { say, hear: answer.into_inner() }
    }

    /// The same, with a session that is live.
    pub(crate) async fn greeted(&self, endpoint: &str) -> Link {
        let mut link = self.dial(endpoint).await;
        link.say(Kind::Hello(self.hello())).await;
        loop {
            if let Kind::Hello(_) = link.hear().await.unwrap() {
                return link;
            }
        }
    }
}

/// The dispatch of a frame at another place, signed by a key.
pub(crate) fn dispatch(key: &SigningKey, sequence: u64, frame: &wire::Deliver) -> wire::Deliver {
    let read = envelope::Unverified::<Dispatch>::read(&frame.dispatch).unwrap();
    let dispatch = Dispatch { sequence, ..read.claim().clone() };
    wire::Deliver { dispatch: envelope::sign::<Dispatch>(key, dispatch.encode()).bytes, ..frame.clone() }
}

/// One session with the victim.
pub(crate) struct Link {
    say: mpsc::Sender<Vec<u8>>,
    hear: Streaming<wire::SessionResponse>,
}

impl Link {
    pub(crate) async fn say(&mut self, kind: Kind) {
        self.say_frame(&wire::Frame { kind: Some(kind) }.encode_to_vec()).await;
    }

    /// A frame of these bytes.
    pub(crate) async fn say_frame(&mut self, frame: &[u8]) {
        let mut message = vec![];
        prost::encoding::bytes::encode(1, &frame.to_vec(), &mut message);
        self.say_message(message).await;
    }

    /// A message of these bytes.
    pub(crate) async fn say_message(&mut self, message: Vec<u8>) {
        // The victim may have ended the session already.
        let _heard = self.say.send(message).await;
    }

    /// The next frame, or how it ended.
    pub(crate) async fn hear(&mut self) -> Result<Kind, End> {
        let heard = timeout(PATIENCE, self.hear.message()).await.expect("the victim says something or ends");
        match heard {
            Ok(Some(message)) => Ok(message.frame.unwrap().kind.unwrap()),
            Ok(None) => Err(End::Closed),
            Err(status) => Err(End::Error(status.code())),
        }
    }

    /// The next receipt.
    pub(crate) async fn receipt(&mut self) -> wire::Envelope {
        loop {
            if let Kind::Receipt(receipt) = self.hear().await.unwrap() {
                return receipt;
            }
        }
    }

    /// Hears the session out.
    pub(crate) async fn end(mut self) -> End {
        let mut goodbye = None;
        loop {
            match self.hear().await {
                Ok(Kind::Goodbye(said)) => goodbye = Some(End::Goodbye(said.reason())),
                Ok(_) => {}
                Err(end) => return goodbye.unwrap_or(end),
            }
        }
    }
}
