//! `grpc.health.v1`: on the socket, and on the exchange port behind mutual TLS.

use std::sync::Arc;

use chapar::edge::dial::DialDeadlines;
use chapar::edge::dial::DialError;
use chapar::edge::dial::Dialler;
use chapar::edge::socket;
use chapar::edge::tls::Pins;
use chapar::edge::tls::TlsKey;
use chapar::name::Digest;
use chapar::name::OfficeCode;
use hyper_util::rt::TokioIo;
use tonic::transport::Channel;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::observability::Pair;

/// A roster with one key.
#[derive(Debug)]
struct Lists(OfficeCode, Digest);

impl Pins for Lists {
    fn offices_with(&self, pin: Digest) -> Vec<OfficeCode> {
        if pin == self.1 { vec![self.0] } else { vec![] }
    }

    fn revoked_with(&self, _: Digest) -> Vec<OfficeCode> {
        vec![]
    }
}

impl Pair {
    /// Dials TM-FAR with a key.
    async fn dial(&self, key: &TlsKey) -> Result<Channel, DialError> {
        let far = &self.sites[1];
        let pins = Arc::new(Lists(far.code, far.tls.pin()));
        let dialler = Dialler::new(key, pins, far.code, DialDeadlines::default()).unwrap();
        Ok(dialler.dial(&far.endpoint.unwrap().to_string()).await?.channel)
    }

    /// The socket of TM-FAR.
    async fn socket(&self) -> Channel {
        let path = self.sites[1].folder.path().join("sock");
        let connector = tower::service_fn(move |_| {
            let stream = socket::connect(&path).map(TokioIo::new);
            async move { stream }
        });
        Endpoint::from_static("http://node").connect_with_connector(connector).await.unwrap()
    }
}

async fn status(channel: &Channel) -> ServingStatus {
    let answer = HealthClient::new(channel.clone()).check(HealthCheckRequest::default()).await;
    answer.unwrap().into_inner().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_says_whether_it_takes_work() {
    let pair = Pair::start(0).await;
    let link = pair.dial(&pair.sites[0].tls).await.unwrap();
    let local = pair.socket().await;
    assert_eq!([status(&link).await, status(&local).await], [ServingStatus::Serving; 2]);
    let mut watched = HealthClient::new(link.clone()).watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(watched.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    // The clock goes back behind the log, and comes right again.
    pair.clocks[1].turn(-3_600_000);
    assert_eq!(watched.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    assert_eq!([status(&link).await, status(&local).await], [ServingStatus::NotServing; 2]);
    pair.clocks[1].turn(3_600_000);
    assert_eq!(watched.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    // It drains: whoever watches hears it, and holds nothing up.
    let [alt, far] = pair.nodes;
    let stopping = tokio::spawn(far.stop());
    assert_eq!(watched.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    assert!(!matches!(watched.message().await, Ok(Some(_))));
    stopping.await.unwrap().unwrap();
    alt.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_without_a_listed_key_is_told() {
    let pair = Pair::start(0).await;
    let stranger = TlsKey::make("KG-AKZ".parse().unwrap()).unwrap();
    assert!(matches!(pair.dial(&stranger).await, Err(DialError::RefusedByPeer { .. })));
    let plain = Endpoint::from_shared(format!("http://{}", pair.sites[1].endpoint.unwrap())).unwrap();
    // Without TLS there may be a connection, but no answer.
    if let Ok(channel) = plain.connect().await {
        assert!(HealthClient::new(channel).check(HealthCheckRequest::default()).await.is_err());
    }
}
