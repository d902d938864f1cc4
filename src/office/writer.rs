//! The one writer (PROTOCOL 6): commit, then speak.
//!
//! A command either does all of what it means or nothing: each checks first and writes then. An error of the store is
//! not an answer to a command; it ends the node.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::entry::Alarm;
use crate::domain::entry::Entry;
use crate::domain::officer::Enrolment;
use crate::domain::roster::Rosters;
use crate::engine::fold;
use crate::engine::log::Head;
use crate::engine::log::root_at;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::key;
use crate::engine::store;
use crate::engine::store::CommitError;
use crate::engine::store::Durable;
use crate::engine::store::Pending;
use crate::engine::store::Store;
use crate::engine::store::StoreError;
use crate::entropy::Entropy;
use crate::entropy::random;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::office::command::Command;
use crate::office::identity::Identity;
use crate::office::identity::Shared;
use crate::office::officers::Officers;
use crate::office::read;
use crate::office::reply::Reply;
use crate::office::rotation::Rotation;
use crate::office::wraps::Wraps;
use crate::time::Timestamp;
use crate::time::node_time;

/// Why a store cannot be opened as an office's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// A row cannot be used.
    #[error(transparent)]
    Row(#[from] RowError),
    /// There is no log in it.
    #[error("the store holds no log")]
    Empty,
    /// The head does not belong to the tree.
    #[error("the head does not belong to the log")]
    Head,
    /// A peer has proved that this store went back in time.
    #[error("a peer has proved that this store went back in time (entry {0})")]
    StateLost(u64),
    /// The log was born with another office key.
    #[error("the log was born with another office key")]
    OtherKey,
    /// The log is of another office or network than the configuration says.
    #[error("the log is of {office} in the network {network}, which is not what config.toml says")]
    OtherOffice {
        /// Whose log it is.
        office: String,
        /// In which network.
        network: String,
    },
    /// The first commit failed.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        Self::Row(error.into())
    }
}

/// The one writer of an office's store.
pub struct Writer {
    store: Arc<dyn Store>,
    me: Identity,
    head: Head,
    number: u64,
    rosters: Rosters,
    officers: Arc<Officers>,
    /// How long the log was when they came into force, or when the node started.
    rosters_since: u64,
    unplaced: BTreeSet<OfficeCode>,
    alarms: BTreeSet<(u32, String)>,
    wraps: Wraps,
    rotation: Rotation,
    /// The daily duty is letting texts end and has not finished.
    expiring: bool,
    entropy: Box<dyn Entropy>,
    shared: Arc<Shared>,
}

/// One commit in the making.
pub(super) struct Step<'a> {
    pub(super) rows: Pending<'a>,
    pub(super) head: Head,
    number: u64,
    pub(super) now: Timestamp,
    pub(super) me: &'a Identity,
    pub(super) rosters: Rosters,
    pub(super) officers: Arc<Officers>,
    pub(super) rosters_changed: bool,
    pub(super) rosters_since: u64,
    pub(super) unplaced: BTreeSet<OfficeCode>,
    /// Dispatches that this commit gives a place.
    pub(super) placed: u64,
    pub(super) alarms: BTreeSet<(u32, String)>,
    pub(super) wraps: &'a mut Wraps,
    pub(super) rotation: Rotation,
    /// Something was erased, and the vault key is to be changed now.
    pub(super) rotate: bool,
    pub(super) expiring: bool,
    pub(super) entropy: &'a mut dyn Entropy,
}

impl Writer {
    /// Makes the log of a new office: its first entries are its opening and its first officers, of whom the first one
    /// enrols the others.
    ///
    /// # Errors
    /// If the store fails.
    pub fn create(
        store: &dyn Store,
        me: &Identity,
        officers: &[Enrolment],
        clock: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Head, OpenError> {
        let number = store.last_number()? + 1;
        let mut rows = Pending::new(store, number);
        let mut head = Head::EMPTY;
        let opened = Entry::log_opened(&me.network, me.office, me.signing.public());
        let enrolled = officers.iter().zip(officers.iter().take(1).cycle());
        let enrolled = enrolled.map(|(one, first)| Entry::officer(&first.id, one, None));
        for entry in std::iter::once(opened).chain(enrolled) {
            let (entry, bytes) = entry.stamped(clock, random(entropy));
            let index = head.append(&mut rows, bytes, clock)?;
            fold::fold(&mut rows, index, &entry)?;
        }
        head.close(&mut rows, number)?;
        Ok(store::commit(store, &rows.into_batch(), head)?.into_inner())
    }

    /// Opens an office's store: its head must belong to its log, its log to the office key.
    ///
    /// # Errors
    /// If it does not, or a row cannot be read.
    pub fn open(store: Arc<dyn Store>, me: Identity, entropy: Box<dyn Entropy>) -> Result<Self, OpenError> {
        let head = Head::read(&*store)?.ok_or(OpenError::Empty)?;
        if root_at(&*store, head.size)? != head.root {
            return Err(OpenError::Head);
        }
        let born = rows::entry(&*store, 0)?;
        if born.subject != me.signing.public().0 {
            return Err(OpenError::OtherKey);
        }
        if born.peer != me.office.to_string() || born.note != me.network.as_str() {
            return Err(OpenError::OtherOffice { office: born.peer, network: born.note });
        }
        if store.get(key::STATE_LOST)?.is_some() {
            return Err(OpenError::StateLost(rows::number(&*store, key::STATE_LOST, "lost state")?));
        }
        let rosters = read::rosters(&*store, &me.network)?;
        let number = store.last_number()?;
        let unplaced = rosters.offices().map(|office| office.code).filter(|code| *code != me.office).collect();
        let officers = Arc::new(Officers::read(&*store)?);
        let rotation = Rotation::resume(&me.vault);
        let shared = Shared::new(head, rosters.clone(), Arc::clone(&officers));
        Ok(Self {
            store,
            me,
            head,
            number,
            rosters,
            officers,
            rosters_since: head.size,
            unplaced,
            alarms: BTreeSet::new(),
            wraps: Wraps::default(),
            rotation,
            expiring: false,
            entropy,
            shared: Arc::new(shared),
        })
    }

    /// What readers and links may see.
    #[must_use]
    pub fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Whether the next commit can go on with work of its own; then commit even without commands: notices wait for a
    /// place, texts end, or the vault key changes.
    #[must_use]
    pub fn has_work(&self) -> bool {
        !self.unplaced.is_empty() || self.expiring || self.rotation.has_work()
    }

    /// Does all commands in one commit, and answers once it is durable.
    ///
    /// # Errors
    /// If the commit is not durable; the node must stop.
    pub fn commit(&mut self, clock: Timestamp, commands: Vec<Command>) -> Result<Durable<Vec<Reply>>, CommitError> {
        let now = node_time(clock, self.head.time);
        self.wraps.forget_old(now);
        if let Err(error) = self.rotation.turn_keys(&self.me.vault, self.head.size, &mut *self.entropy) {
            self.shared.put_vault_trouble(error.to_string());
        }
        let mut step = Step {
            rows: Pending::new(&*self.store, self.number + 1),
            head: self.head,
            number: self.number + 1,
            now,
            me: &self.me,
            rosters: self.rosters.clone(),
            officers: Arc::clone(&self.officers),
            rosters_changed: false,
            rosters_since: self.rosters_since,
            unplaced: self.unplaced.clone(),
            placed: 0,
            alarms: self.alarms.clone(),
            wraps: &mut self.wraps,
            rotation: self.rotation.clone(),
            rotate: false,
            expiring: self.expiring,
            entropy: &mut *self.entropy,
        };
        let replies = step.run(commands).map_err(|error| match error {
            RowError::Store(error) => CommitError::NotApplied(error),
            damaged @ RowError::Damaged { .. } => CommitError::NotApplied(StoreError::Unreadable(damaged.to_string())),
        })?;
        let Step { rows, head, rosters, officers, rosters_changed, rosters_since, unplaced, alarms, placed, .. } = step;
        let Step { mut rotation, rotate, expiring, .. } = step;
        // 1. Write. 2. Only then let others see it. 3. Only then answer.
        let batch = rows.into_batch();
        if rosters_changed {
            self.shared.rosters_change();
        }
        let replies = store::commit(&*self.store, &batch, replies)?;
        if !batch.changes().is_empty() {
            self.number += 1;
        }
        (self.head, self.unplaced, self.alarms) = (head, unplaced, alarms);
        if rotate {
            rotation.ask();
        }
        if rotate || rotation.has_work() {
            self.shared.put_vault_trouble(String::new());
        }
        (self.rotation, self.expiring) = (rotation, expiring);
        if !Arc::ptr_eq(&self.officers, &officers) {
            self.officers = Arc::clone(&officers);
            self.shared.put_officers(officers);
        }
        self.shared.advance(head, placed);
        if rosters_changed {
            self.wraps.forget_all();
            (self.rosters, self.rosters_since) = (rosters.clone(), rosters_since);
            self.shared.put_rosters(rosters);
        }
        Ok(replies)
    }
}

impl Step<'_> {
    fn run(&mut self, commands: Vec<Command>) -> Result<Vec<Reply>, RowError> {
        let size = self.head.size;
        let replies = commands.into_iter().map(|command| self.command(command)).collect::<Result<_, _>>()?;
        if self.expiring {
            self.duties()?;
        }
        self.rotate_on()?;
        self.place_waiting()?;
        // A commit without entries has a number as well.
        if self.head.size > size || !self.rows.is_empty() {
            self.head.close(&mut self.rows, self.number)?;
        }
        Ok(replies)
    }

    pub(super) fn command(&mut self, command: Command) -> Result<Reply, RowError> {
        if let Some((officer, call)) = command.asked()
            && let Err(denied) = self.officers.permit(officer, call, self.now)
        {
            return Ok(Reply::Denied(denied));
        }
        match command {
            Command::Access { officer, notices, access, why, attachment } => {
                for notice in notices {
                    self.append(Entry::accessed(&officer, notice, access, why.as_ref()).of_attachment(attachment))?;
                }
                Ok(Reply::Accessed)
            }
            Command::Acknowledge { officer, notice } => self.acknowledge(&officer, notice).map(Reply::Acknowledged),
            Command::Agreements => self.agree().map(|()| Reply::Agreed),
            Command::Alarm { alarm, peer } => {
                self.alarm(alarm, peer, None, None)?;
                Ok(Reply::Alarmed)
            }
            Command::Arrive(incoming) => self.arrive(*incoming).map(Reply::Answered),
            Command::ConfirmClock { officer, shown } => {
                self.append(Entry::clock_confirmed(&officer, shown)).map(Reply::ClockConfirmed)
            }
            Command::ConfirmExpiry { officer, count } => {
                self.confirm_expiry(&officer, count).map(Reply::ExpiryConfirmed)
            }
            Command::Duties => self.duties().map(|()| Reply::DutiesDone),
            Command::Erase { officer, notice, reason } => self.erase(&officer, notice, reason).map(Reply::Erased),
            Command::Close { officer, notice, closing } => self.close(&officer, notice, closing).map(Reply::Closed),
            Command::Confirm { officer, notice } => self.confirm(&officer, notice).map(Reply::Confirmed),
            Command::Decide { actor, officer, proposal, agree, hash } => {
                self.decide(&actor, (&officer, proposal), agree, hash.as_deref()).map(Reply::Decided)
            }
            Command::Discard { officer, draft, over } => self.discard(&officer, draft, over).map(Reply::Drafted),
            Command::Enrol { actor, enrolment, hash } => {
                self.enrol(&actor, &enrolment, hash.as_deref()).map(Reply::Enrolled)
            }
            Command::FirstPassphrase { officer, hash } => {
                self.first_passphrase(&officer, &hash).map(Reply::FirstPassphrase)
            }
            Command::Import { actor, rosters } => self.import(actor.as_ref(), &rosters).map(Reply::Imported),
            Command::Once { once, command } => self.once(once, *command),
            Command::OpenDraft { officer, draft, attachment } => {
                self.open_draft(&officer, draft, attachment).map(Reply::DraftOpened)
            }
            Command::Overview { officer, overview } => {
                self.append(Entry::overview(&officer, &overview))?;
                Ok(Reply::Accessed)
            }
            Command::Passphrase { officer, hash } => self.passphrase(&officer, &hash).map(|()| Reply::PassphraseSet),
            Command::Receipt(receipt) => self.receipt(*receipt).map(Reply::ReceiptStored),
            Command::Release { officer, draft, form, statement } => {
                self.release(&officer, draft, form, &statement).map(Reply::Released)
            }
            Command::Return { officer, draft, comment } => {
                let returned = self.return_draft(&officer, draft, &comment)?;
                Ok(returned.map_or_else(Reply::Denied, Reply::Drafted))
            }
            Command::Save { officer, draft, over, header, body, unfinished } => {
                let body = body.map(|body| *body);
                self.save(&officer, draft, over, *header, body, unfinished).map(Reply::Drafted)
            }
            Command::Send { officer, draft, over, header, body, statement } => {
                let body = body.map(|body| *body);
                self.send(&officer, draft, over, *header, body, &statement).map(Reply::Sent)
            }
            Command::Submit { officer, draft } => self.submit(&officer, draft).map(Reply::Drafted),
            Command::Take { officer, notice } => self.take(&officer, notice).map(Reply::Taken),
            Command::Trust { officer, country, fingerprint } => {
                self.trust(&officer, country, fingerprint).map(Reply::Trusted)
            }
            Command::Upload { officer, step } => self.upload(&officer, step).map(Reply::Uploaded),
        }
    }

    /// Appends an entry and folds it into the projections.
    pub(super) fn append(&mut self, entry: Entry) -> Result<u64, RowError> {
        let (entry, bytes) = entry.stamped(self.now, random(self.entropy));
        let index = self.head.append(&mut self.rows, bytes, self.now)?;
        fold::fold(&mut self.rows, index, &entry)?;
        if entry.enrolment.is_some() {
            self.officers = Arc::new(Officers::read(&self.rows)?);
        }
        Ok(index)
    }

    /// Writes an alarm about a peer, once until the node starts again; says whether it did.
    pub(super) fn alarm(
        &mut self,
        alarm: Alarm,
        peer: OfficeCode,
        subject: Option<Digest>,
        object: Option<Digest>,
    ) -> Result<bool, RowError> {
        let is_new = self.alarms.insert((alarm as u32, peer.to_string()));
        if is_new {
            self.append(Entry::alarm(alarm, peer, subject, object))?;
        }
        Ok(is_new)
    }
}
