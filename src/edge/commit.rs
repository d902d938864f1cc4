//! The writer in a thread of its own, and the door to it: commands in, answers out once they are durable.
//!
//! It takes whatever waits, without a timer: under load many commands share one commit, alone one goes at once.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio::sync::watch;

use crate::edge::env::Stopwatch;
use crate::edge::note;
use crate::edge::note::Note;
use crate::edge::telemetry::Telemetry;
use crate::engine::log::Head;
use crate::engine::store::CommitError;
use crate::engine::store::Store;
use crate::engine::store::View;
use crate::limits;
use crate::name::Digest;
use crate::office::Command;
use crate::office::Reply;
use crate::office::Writer;
use crate::time::Clock;

/// What readers are told after each commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pulse {
    /// Size of the durable log.
    pub size: u64,
    /// How many dispatches were given a place since the start.
    pub placed: u64,
    /// How often the rosters in force have changed.
    pub rosters: u64,
}

/// The writer has stopped: the node is going down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the node is stopping")]
pub struct Stopped;

type Between = Box<dyn FnOnce(&dyn View) + Send>;

enum Job {
    Do(Box<Command>, oneshot::Sender<Reply>),
    Between(Between),
}

/// The door to the writer.
#[derive(Clone, Debug)]
pub struct Commits {
    queue: mpsc::Sender<Job>,
    pulse: watch::Receiver<Pulse>,
}

impl Commits {
    /// Hands a command in; the answer comes when it is durable. Commands are done in the order of their hand-in.
    ///
    /// # Errors
    /// If the writer has stopped.
    pub async fn submit(&self, command: Command) -> Result<oneshot::Receiver<Reply>, Stopped> {
        let (answer, receiver) = oneshot::channel();
        self.queue.send(Job::Do(Box::new(command), answer)).await.map_err(|_| Stopped)?;
        Ok(receiver)
    }

    /// Hands a command in and waits for the answer.
    ///
    /// # Errors
    /// If the writer has stopped; then nothing is known of the command.
    pub async fn ask(&self, command: Command) -> Result<Reply, Stopped> {
        self.submit(command).await?.await.map_err(|_| Stopped)
    }

    /// Runs something between two commits, when the store stands still.
    ///
    /// # Errors
    /// If the writer has stopped.
    pub async fn between<T: Send + 'static>(
        &self,
        what: impl FnOnce(&dyn View) -> T + Send + 'static,
    ) -> Result<T, Stopped> {
        let (answer, receiver) = oneshot::channel();
        // Nobody may wait for the answer any more; then it is dropped.
        let job = Job::Between(Box::new(move |view| drop(answer.send(what(view)))));
        self.queue.send(job).await.map_err(|_| Stopped)?;
        receiver.await.map_err(|_| Stopped)
    }

    /// Tells of each commit.
    #[must_use]
    pub fn pulse(&self) -> watch::Receiver<Pulse> {
        self.pulse.clone()
    }
}

/// Starts the writer's thread. It ends without error once all doors are dropped, and with one when a commit fails; the
/// outcome comes through the receiver.
///
/// # Errors
/// If the system has no thread to give.
pub fn start(
    mut writer: Writer,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    note: Note,
    telemetry: Arc<Telemetry>,
) -> std::io::Result<(Commits, oneshot::Receiver<Result<(), CommitError>>)> {
    let (queue, mut jobs) = mpsc::channel(limits::WRITER_QUEUE);
    let (beat, pulse) = watch::channel(Pulse { size: writer.shared().head().size, ..Pulse::default() });
    let (outcome, ended) = oneshot::channel();
    std::thread::Builder::new().name("chapar-writer".to_owned()).spawn(move || {
        let result = run(&mut writer, &*store, &*clock, &note, &telemetry, &mut jobs, &beat);
        if let Err(error) = note.sync() {
            tracing::warn!(%error, "the head beside the store could not be synced");
        }
        // Whoever hears that the writer has ended may open the store.
        drop((writer, store));
        // Nobody may wait for the outcome any more.
        drop(outcome.send(result));
    })?;
    Ok((Commits { queue, pulse }, ended))
}

fn run(
    writer: &mut Writer,
    store: &dyn View,
    clock: &dyn Clock,
    note: &Note,
    telemetry: &Telemetry,
    jobs: &mut mpsc::Receiver<Job>,
    beat: &watch::Sender<Pulse>,
) -> Result<(), CommitError> {
    loop {
        let (mut commands, mut answers, mut between) = (vec![], vec![], None);
        // With work of its own the writer does not wait.
        let mut job = if writer.has_work() { jobs.try_recv().ok() } else { jobs.blocking_recv() };
        if job.is_none() && jobs.is_closed() && jobs.is_empty() {
            return Ok(());
        }
        let mut bytes = 0;
        while let Some(taken) = job.take() {
            match taken {
                Job::Do(command, answer) => {
                    bytes += command.size_bytes();
                    commands.push(*command);
                    answers.push(answer);
                }
                Job::Between(what) => {
                    between = Some(what);
                    break;
                }
            }
            if commands.len() < limits::COMMIT_COMMANDS && bytes < limits::COMMIT_BYTES {
                job = jobs.try_recv().ok();
            }
        }
        let before = writer.shared();
        let begun = Stopwatch::start();
        let replies = writer.commit(clock.now(), commands)?;
        telemetry.committed(&begun, answers.len());
        let head = before.head();
        noted(note, &head);
        beat.send_modify(|pulse| {
            pulse.size = head.size;
            pulse.placed = before.placed();
            pulse.rosters = before.roster_changes();
        });
        for (answer, reply) in answers.into_iter().zip(replies.into_inner()) {
            // Whoever asked may be gone; what was asked is done.
            drop(answer.send(reply));
        }
        if let Some(what) = between {
            what(store);
        }
    }
}

fn noted(note: &Note, head: &Head) {
    if let Err(error) = note.write(note::Head { size: head.size, root: Digest(head.root) }) {
        // The store is what counts; without the note a store that came back older is found only by a peer.
        tracing::warn!(%error, "the head could not be noted beside the store");
    }
}
