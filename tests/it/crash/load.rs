//! Load on an office that comes and goes: sends notices over its socket, looks at its outbox, watches its inbox, and
//! remembers everything that the office ever said.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;

use chapar::wire;
use chapar::wire::Folder;
use chapar::wire::Urgency;
use tokio::sync::Semaphore;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::binary::Binary;
use crate::local::Local;
use crate::local::PAUSE;
use crate::world::a_notice;

/// Sends of an office at the same time.
const SENDERS: u64 = 6;

/// What an office has said.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    /// Subjects of all sends, answered or not.
    pub(super) begun: BTreeSet<String>,
    /// Answered sends: subject by digest.
    pub(super) answered: BTreeMap<Vec<u8>, String>,
    /// What the outbox ever called DELIVERED.
    pub(super) delivered: BTreeSet<Vec<u8>>,
}

#[derive(Debug)]
struct Shared {
    ledger: Mutex<Ledger>,
    /// One for each send that may begin.
    allowed: Semaphore,
}

/// One office under load.
#[derive(Clone, Debug)]
pub(super) struct Side {
    pub(super) socket: PathBuf,
    to: String,
    shared: Arc<Shared>,
    /// Sends that were answered.
    pub(super) answered: watch::Sender<u64>,
    /// Notices that came in.
    pub(super) arrived: watch::Sender<u64>,
    /// Notices that its outbox has called DELIVERED.
    pub(super) delivered: watch::Sender<u64>,
}

impl Side {
    pub(super) fn new(office: &Binary, to: &Binary) -> Self {
        Self {
            socket: office.socket(),
            to: to.code.clone(),
            shared: Arc::new(Shared { ledger: Mutex::default(), allowed: Semaphore::new(0) }),
            answered: watch::Sender::new(0),
            arrived: watch::Sender::new(0),
            delivered: watch::Sender::new(0),
        }
    }

    /// Sees to it that so many sends may begin.
    pub(super) fn allow(&self, sends: usize) {
        self.shared.allowed.add_permits(sends.saturating_sub(self.shared.allowed.available_permits()));
    }

    /// All that was said until now.
    pub(super) fn said(&self) -> Ledger {
        self.ledger().clone()
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.shared.ledger.lock().unwrap()
    }

    /// Sends for ever, each text once.
    async fn send(self, sender: u64) {
        let mut local = None;
        for number in 0_u64.. {
            self.shared.allowed.acquire().await.unwrap().forget();
            let subject = format!("from {sender}: {number}");
            let urgency =
                [Urgency::Routine, Urgency::Priority, Urgency::Immediate][usize::try_from(number % 3).unwrap()];
            let connected = match local.take() {
                Some(connected) => connected,
                None => self.connect().await,
            };
            local = self.send_one(connected, subject, urgency).await;
        }
    }

    async fn send_one(&self, local: Local, subject: String, urgency: Urgency) -> Option<Local> {
        self.ledger().begun.insert(subject.clone());
        let sent = local.send(a_notice(&[&self.to], urgency, &subject)).await;
        let answer = sent.ok()?;
        self.ledger().answered.insert(answer.digest, subject);
        self.answered.send_modify(|count| *count += 1);
        Some(local)
    }

    /// Looks for ever at the outbox: the newest first, down to where all was DELIVERED already.
    async fn look(self) {
        loop {
            let mut local = self.connect().await;
            while self.look_once(&mut local).await.is_ok() {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    async fn look_once(&self, local: &mut Local) -> Result<(), tonic::Status> {
        let mut page_token = vec![];
        loop {
            let request = wire::ListNoticesRequest { folder: Folder::Outbox.into(), page_size: 0, page_token };
            let page = local.desk.list_notices(request).await?.into_inner();
            let mut news = false;
            for row in page.notices {
                let waits = row.deliveries[0].outcome() != wire::Outcome::Delivered;
                if waits || self.ledger().delivered.insert(row.digest) {
                    news = true;
                }
            }
            self.delivered.send_replace(self.ledger().delivered.len() as u64);
            page_token = page.next_page_token;
            if !news || page_token.is_empty() {
                return Ok(());
            }
        }
    }

    /// Watches the inbox for ever.
    async fn watch(self) {
        let mut after = 0;
        loop {
            let mut local = self.connect().await;
            let Ok(rows) = local.desk.watch_inbox(wire::WatchInboxRequest { after }).await else { continue };
            let mut rows = rows.into_inner();
            while let Ok(Some(row)) = rows.message().await {
                after = row.notice.unwrap().index + 1;
                self.arrived.send_modify(|count| *count += 1);
            }
        }
    }

    /// Tries until the office runs.
    async fn connect(&self) -> Local {
        loop {
            if let Some(local) = Local::try_connect(&self.socket).await {
                return local;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// The tasks that make the load.
pub(super) struct Load(JoinSet<()>);

impl Load {
    pub(super) fn start(sides: &[&Side]) -> Self {
        let mut tasks = JoinSet::new();
        for side in sides {
            for sender in 0..SENDERS {
                tasks.spawn((*side).clone().send(sender));
            }
            tasks.spawn((*side).clone().look());
            tasks.spawn((*side).clone().watch());
        }
        Self(tasks)
    }

    /// Ends all of them; none may have failed before.
    pub(super) async fn finish(mut self) {
        if let Some(Err(failed)) = self.0.try_join_next() {
            panic!("the load failed: {failed}");
        }
        self.0.shutdown().await;
    }
}
