//! The way to the running node: gRPC over its Unix socket. Answers and errors come back as the command line's own.

use std::error::Error as _;
use std::io;
use std::io::ErrorKind;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use tonic::Code;
use tonic::Request;
use tonic::Status;
use tonic::metadata::Ascii;
use tonic::metadata::Binary;
use tonic::metadata::MetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::transport::Endpoint;
use tonic::transport::Uri;
use tower::service_fn;

use crate::cli::Global;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::secrets::officer_passphrase;
use crate::cli::secrets::passphrase_in;
use crate::edge::env::SystemEntropy;
use crate::edge::sign_in;
use crate::edge::socket;
use crate::edge::status::said_of;
use crate::edge::stubs::desk_service_client::DeskServiceClient;
use crate::edge::stubs::inspect_service_client::InspectServiceClient;
use crate::entropy::random;
use crate::limits;
use crate::name::OfficerId;
use crate::wire;

/// The two services of a node.
#[derive(Clone)]
pub(super) struct Client {
    /// For officers.
    pub(super) desk: DeskServiceClient<Calls>,
    /// For administrators and auditors.
    pub(super) inspect: InspectServiceClient<Calls>,
    channel: Channel,
}

type Calls = InterceptedService<Channel, Caller>;

/// Says with each call who asks; the Unix user, if nobody else.
#[derive(Clone, Default)]
pub(super) struct Caller(Option<(MetadataValue<Ascii>, MetadataValue<Binary>)>);

impl Caller {
    /// An officer with a passphrase.
    fn officer(officer: &OfficerId, passphrase: &str) -> Self {
        let passphrase = MetadataValue::from_bytes(passphrase.as_bytes());
        Self(MetadataValue::try_from(officer.as_str()).ok().map(|id| (id, passphrase)))
    }
}

impl Interceptor for Caller {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some((officer, passphrase)) = &self.0 {
            request.metadata_mut().insert(sign_in::OFFICER, officer.clone());
            request.metadata_mut().insert_bin(sign_in::PASSPHRASE, passphrase.clone());
        }
        Ok(request)
    }
}

impl Client {
    fn new(channel: Channel, caller: &Caller) -> Self {
        Self {
            desk: DeskServiceClient::with_interceptor(channel.clone(), caller.clone())
                .max_decoding_message_size(limits::ANSWER_BYTES),
            inspect: InspectServiceClient::with_interceptor(channel.clone(), caller.clone()),
            channel,
        }
    }

    /// The same connection, for another officer.
    pub(super) fn of(&self, officer: &OfficerId, passphrase: &str) -> Self {
        Self::new(self.channel.clone(), &Caller::officer(officer, passphrase))
    }
}

/// Connects to the node of the data folder and asks it.
pub(super) fn ask<T>(global: &Global, ask: impl AsyncFnOnce(Client) -> Result<T, Failure>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::internal)?;
    runtime.block_on(async {
        let client = connect(global).await?;
        ask(client).await
    })
}

/// A key of a request, with which nothing is made twice.
pub(super) fn key() -> Result<Vec<u8>, Failure> {
    let mut entropy = SystemEntropy::open().map_err(Failure::internal)?;
    Ok(random::<{ limits::IDEMPOTENCY_KEY_BYTES_MIN }>(&mut entropy).to_vec())
}

/// How the node stands.
pub(super) fn status(global: &Global) -> Result<wire::GetStatusResponse, Failure> {
    ask(global, async |mut client| Ok(client.inspect.get_status(wire::GetStatusRequest {}).await?.into_inner()))
}

/// Connects to the node of the data folder.
pub(super) async fn connect(global: &Global) -> Result<Client, Failure> {
    let caller = match (&global.caller, &global.passphrase_file) {
        (None, _) => Caller::default(),
        (Some(officer), Some(path)) => Caller::officer(officer, &passphrase_in(path)?),
        (Some(officer), None) => Caller::officer(officer, &officer_passphrase(officer)?),
    };
    let stream = socket::connect(&global.layout().socket()).map_err(|error| not_connected(global, &error))?;
    let mut stream = Some(TokioIo::new(stream));
    // A command makes one connection: if it breaks, the command fails.
    let connector = service_fn(move |_: Uri| {
        let stream = stream.take().ok_or_else(|| io::Error::from(ErrorKind::NotConnected));
        async move { stream }
    });
    let endpoint = Endpoint::from_static("http://node").timeout(Duration::from_millis(limits::CALL_MS));
    let channel = endpoint.connect_with_connector(connector).await.map_err(|_| went_away())?;
    Ok(Client::new(channel, &caller))
}

fn not_connected(global: &Global, error: &io::Error) -> Failure {
    let names = [("data", global.data.display().to_string())];
    match error.kind() {
        ErrorKind::NotFound if !global.data.exists() => Failure::said(Kind::Config, "failure-no-folder", &names),
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => {
            Failure::said(Kind::Unreachable, "failure-no-node", &names)
        }
        ErrorKind::PermissionDenied => Failure::said(Kind::Config, "failure-no-permission", &names),
        _ => {
            let [data] = names;
            Failure::said(Kind::Unreachable, "failure-not-reached", &[data, ("cause", error.to_string())])
        }
    }
}

fn went_away() -> Failure {
    Failure::said(Kind::Unreachable, "failure-went-away", &[])
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        // What this side notes about a broken connection has a source; what the node says has none.
        if status.source().is_some() {
            return went_away();
        }
        if matches!(status.code(), Code::Cancelled | Code::DeadlineExceeded) {
            return Self::said(Kind::Unreachable, "failure-no-answer", &[]);
        }
        let kind = match status.code() {
            Code::InvalidArgument | Code::NotFound | Code::PermissionDenied => Kind::Config,
            Code::FailedPrecondition => Kind::Rejected,
            Code::Unavailable => Kind::Unreachable,
            Code::DataLoss => Kind::Unverified,
            _ => Kind::Internal,
        };
        match status.message().split_once('\n') {
            Some((error, way_out)) => Self { said: said_of(&status).map(Box::new), ..Self::new(kind, error, way_out) },
            None => {
                Self::new(kind, format!("The node answered: {}.", status.message()), "Look at the trace of the node.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_node_says_becomes_a_pair() {
        let failure = Failure::from(Status::new(Code::FailedPrecondition, "It is revoked.\nLeave it out."));
        assert_eq!(failure, Failure::new(Kind::Rejected, "It is revoked.", "Leave it out."));
        let failure = Failure::from(Status::new(Code::Unimplemented, "what"));
        assert_eq!((failure.kind, failure.error.as_str()), (Kind::Internal, "The node answered: what."));
        let mut broken = Status::new(Code::Unknown, "transport error");
        broken.set_source(std::sync::Arc::new(io::Error::from(ErrorKind::BrokenPipe)));
        assert_eq!(Failure::from(broken).kind, Kind::Unreachable);
    }
}
