//! The settings of gRPC and HTTP/2, between offices and on the local socket, all in one place.
//!
//! - Every limit comes from [`limits`]; nothing is compressed.

use std::time::Duration;

use tonic::transport::Channel;
use tonic::transport::Endpoint;
use tonic::transport::Server;

use crate::edge::stubs::exchange_service_client::ExchangeServiceClient;
use crate::edge::stubs::exchange_service_server::ExchangeService;
use crate::edge::stubs::exchange_service_server::ExchangeServiceServer;
use crate::limits;

const KEEP_ALIVE: Duration = Duration::from_millis(limits::KEEP_ALIVE_MS);
const KEEP_ALIVE_ANSWER: Duration = Duration::from_millis(limits::KEEP_ALIVE_ANSWER_MS);

/// The calls that a dialler may make.
#[must_use]
pub fn exchange_client(channel: Channel) -> ExchangeServiceClient<Channel> {
    ExchangeServiceClient::new(channel).max_decoding_message_size(limits::MESSAGE_BYTES)
}

/// The service as a [`Server`] takes it.
#[must_use]
pub fn exchange_service<T: ExchangeService>(service: T) -> ExchangeServiceServer<T> {
    ExchangeServiceServer::new(service).max_decoding_message_size(limits::MESSAGE_BYTES)
}

/// The server of the exchange port.
#[must_use]
pub fn exchange_server_builder() -> Server {
    Server::builder()
        .http2_keepalive_interval(Some(KEEP_ALIVE))
        .http2_keepalive_timeout(Some(KEEP_ALIVE_ANSWER))
        .http2_max_header_list_size(limits::HEADER_LIST_BYTES)
        .http2_max_local_error_reset_streams(Some(limits::RESETS))
        .http2_max_pending_accept_reset_streams(Some(limits::RESETS))
        .initial_connection_window_size(limits::HTTP2_STREAM_BYTES)
        .initial_stream_window_size(limits::HTTP2_STREAM_BYTES)
        .max_concurrent_streams(limits::STREAMS)
}

/// The server of the local socket.
#[must_use]
pub fn local_server_builder() -> Server {
    Server::builder()
        .initial_connection_window_size(limits::CALLS_BYTES)
        .max_concurrent_streams(limits::CALLS)
        .timeout(Duration::from_millis(limits::CALL_MS))
}

/// The dialling side's settings. TLS lies below, so the scheme is http; the name is in no certificate and not sent.
pub(super) fn exchange_endpoint() -> Endpoint {
    Endpoint::from_static("http://peer")
        .http2_keep_alive_interval(KEEP_ALIVE)
        .http2_max_header_list_size(limits::HEADER_LIST_BYTES)
        .http2_max_local_error_reset_streams(Some(limits::RESETS))
        .initial_connection_window_size(limits::HTTP2_STREAM_BYTES)
        .initial_stream_window_size(limits::HTTP2_STREAM_BYTES)
        .keep_alive_timeout(KEEP_ALIVE_ANSWER)
        .keep_alive_while_idle(true)
}
