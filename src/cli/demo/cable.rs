//! A cable between two ports of this machine that can be cut and mended.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use tokio::io::copy_bidirectional;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A cable; it ends when dropped.
pub(super) struct Cable {
    /// The end that peers dial.
    pub(super) address: SocketAddr,
    target: Arc<Mutex<Option<SocketAddr>>>,
    whole: watch::Sender<bool>,
    _task: JoinSet<()>,
}

impl Cable {
    /// Lays a cable from a free port.
    pub(super) async fn lay() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let target = Arc::new(Mutex::new(None));
        let (whole, state) = watch::channel(true);
        let mut task = JoinSet::new();
        task.spawn(carry(listener, Arc::clone(&target), state));
        Ok(Self { address, target, whole, _task: task })
    }

    /// Plugs the other end in.
    pub(super) fn plug(&self, target: SocketAddr) {
        *self.target.lock().unwrap_or_else(PoisonError::into_inner) = Some(target);
    }

    /// Cuts it: what runs through it breaks, nothing new gets through.
    pub(super) fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// Mends it.
    pub(super) fn mend(&self) {
        self.whole.send_replace(true);
    }
}

async fn carry(listener: TcpListener, target: Arc<Mutex<Option<SocketAddr>>>, state: watch::Receiver<bool>) {
    let mut lines = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            Some(_) = lines.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let target = *target.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Ok((mut near, _)), Some(target), true) = (accepted, target, *state.borrow()) {
            let mut state = state.clone();
            lines.spawn(async move {
                let Ok(mut far) = TcpStream::connect(target).await else { return };
                tokio::select! {
                    // An end of either side is the end of the line.
                    _ = copy_bidirectional(&mut near, &mut far) => {}
                    _ = state.wait_for(|whole| !whole) => {}
                }
            });
        }
    }
}
