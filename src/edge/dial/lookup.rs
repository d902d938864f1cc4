//! Looks names up, a few at a time.
//!
//! The system's lookup blocks its thread, with a silent resolver for much longer than anybody waits for it. Only a few
//! of the threads that may block are ever lent to it, so that reads and judging always find one.

use std::io;
use std::net::SocketAddr;
use std::net::ToSocketAddrs as _;
use std::sync::Arc;
use std::sync::LazyLock;

use tokio::sync::Semaphore;

use crate::limits;

/// One for the process, as its threads are.
static TURNS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(limits::LOOKUPS)));

/// The addresses of `host:port` or `[address]:port`.
pub(super) async fn addresses(endpoint: &str) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = endpoint.parse() {
        return Ok(vec![address]);
    }
    let endpoint = endpoint.to_owned();
    in_turn(&TURNS, move || Ok(endpoint.to_socket_addrs()?.collect())).await
}

/// Does what blocks. Its turn lasts until that has returned, whether anybody still waits for it or not.
async fn in_turn<T: Send + 'static>(
    turns: &Arc<Semaphore>,
    blocks: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let turn = Arc::clone(turns).acquire_owned().await.map_err(io::Error::other)?;
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        blocks()
    });
    done.await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use std::sync::mpsc;

    #[tokio::test]
    async fn a_lookup_that_hangs_keeps_its_turn_although_nobody_waits_any_more() {
        let turns = Arc::new(Semaphore::new(1));
        let (answer, resolver) = mpsc::channel::<()>();
        let hangs = in_turn(&turns, move || resolver.recv().map_err(io::Error::other));
        assert!(hangs.now_or_never().is_none(), "it is given up");
        let next = || in_turn(&turns, || Ok(7));
        assert!(next().now_or_never().is_none());
        assert_eq!(turns.available_permits(), 0);
        answer.send(()).unwrap();
        assert_eq!(next().await.unwrap(), 7);
    }

    #[tokio::test]
    async fn an_address_needs_no_lookup() {
        for address in ["192.0.2.7:7443", "[2001:db8::7]:7443"] {
            assert_eq!(addresses(address).now_or_never().unwrap().unwrap(), [address.parse().unwrap()]);
        }
        assert!(addresses("no port").await.is_err());
    }
}
