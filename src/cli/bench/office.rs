//! An office of the bench: a node in a process of its own, and what the system says that it uses.

use std::collections::BTreeMap;
use std::io::BufRead as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

use crate::cli::Global;
use crate::cli::bench::load;
use crate::cli::bench::load::Desks;
use crate::cli::client;
use crate::cli::client::Client;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::trial;
use crate::cli::trial::Plan;
use crate::config::Config;
use crate::edge::env::Stopwatch;
use crate::engine::quota::Quota;
use crate::name::Network;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::wire;
use zeroize::Zeroizing;

pub(super) const SENDER: &str = "UZ-ALT";
pub(super) const ADDRESSEE: &str = "TM-FAR";

/// How often it is asked whether all receipts are here, at first and at last.
const LOOKS: [Duration; 2] = [Duration::from_micros(200), Duration::from_millis(20)];

/// Rows of the inbox that are looked at, as many as a page of the console has, and how often.
const INBOX_ROWS: u32 = 50;
const INBOX_LOOKS: usize = 50;

/// Without any receipt for this long the bench gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running office. Its node ends with it.
pub(super) struct Office {
    global: Global,
    node: Child,
    client: Client,
    /// The releasing officer and that one's passphrase.
    second: (OfficerId, Zeroizing<String>),
    pub(super) desks: Desks,
}

impl Drop for Office {
    fn drop(&mut self) {
        // It has ended, or ends now: nothing of it is needed any more.
        let _ended = self.node.kill().and_then(|()| self.node.wait());
    }
}

/// What an office has used so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    /// Processor time, ms.
    pub(super) cpu_ms: u64,
    /// Size of the store's files, bytes.
    pub(super) store: u64,
    /// Bytes that went to the disk, rewritten ones included.
    pub(super) written: u64,
    /// Commits.
    pub(super) commits: u64,
}

impl Usage {
    pub(super) const fn since(&self, before: &Self) -> Self {
        Self {
            cpu_ms: self.cpu_ms.saturating_sub(before.cpu_ms),
            store: self.store.saturating_sub(before.store),
            written: self.written.saturating_sub(before.written),
            commits: self.commits.saturating_sub(before.commits),
        }
    }
}

/// Two offices of two countries that know each other; the sender dials.
pub(super) async fn pair(folder: &Path) -> Result<[Office; 2], Failure> {
    let network: Network = "bench.example".parse().map_err(Failure::internal)?;
    let port = free_port()?;
    let listen = ([127, 0, 0, 1], port).into();
    let mut countries = vec![];
    let mut offices = vec![];
    for (code, name, listen, endpoints) in [
        (SENDER, "sender", ([127, 0, 0, 1], 0).into(), vec![]),
        (ADDRESSEE, "addressee", listen, vec![format!("127.0.0.1:{port}")]),
    ] {
        let data = folder.join(name);
        let agency = wire::Agency::Customs;
        let agreements = load::agreements()?;
        let plan = Plan { data: &data, code, agency, network: &network, listen, console: None, endpoints, agreements };
        let (card, _) = trial::make(plan)?;
        let office = card.office.code;
        let country = office.country();
        let (fingerprint, roster) = trial::sign(country, &network, vec![card])?;
        countries.push((country, fingerprint, roster));
        offices.push(Office::make(data, office).await?);
    }
    for (_, administrator) in &mut offices {
        trial::acquaint(administrator, &countries).await?;
    }
    let offices: Vec<Office> = offices.into_iter().map(|(office, _)| office).collect();
    <[Office; 2]>::try_from(offices).map_err(|_| Failure::internal("there are two offices"))
}

fn free_port() -> Result<u16, Failure> {
    let bound = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    bound.map(|address| address.port()).map_err(Failure::internal)
}

/// Starts the node of a data folder and waits until it says that it runs.
fn spawn(data: &Path) -> Result<Child, Failure> {
    let program = std::env::current_exe().map_err(Failure::internal)?;
    let mut node = Command::new(program)
        .arg("--data")
        .arg(data)
        .args(["--json", "serve", "--trace", "error"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(Failure::internal)?;
    let mut line = String::new();
    if let Some(said) = node.stdout.take() {
        std::io::BufReader::new(said).read_line(&mut line).map_err(Failure::internal)?;
    }
    if line.is_empty() {
        return Err(Failure::internal("a node of the bench did not start"));
    }
    Ok(node)
}

impl Office {
    /// Its node runs and its officers are enrolled; with the administrator's way to it.
    async fn make(data: PathBuf, code: OfficeCode) -> Result<(Self, Client), Failure> {
        let global = Global::of(data);
        let path = global.layout().config();
        let mut config = Config::load(&path).map_err(Failure::internal)?;
        config.quota = Quota { dispatches_per_day: u64::MAX, bytes_per_day: u64::MAX, ..Quota::default() };
        config.save(&path).map_err(Failure::internal)?;
        let node = spawn(&global.data)?;
        let client = client::connect(&global).await?;
        let mut staff = trial::staff(client.clone(), code).await?;
        let second = staff.passphrases.pop().map(|(id, _, passphrase)| (id, passphrase));
        let second = second.ok_or_else(|| Failure::internal("the office of the bench has no releasing officer"))?;
        let desks = Desks { officer: staff.officer, releaser: staff.releaser };
        Ok((Self { global, node, client, second, desks }, staff.administrator))
    }

    /// Stops the node as an administrator would.
    pub(super) fn halt(&mut self) -> Result<(), Failure> {
        let id = i32::try_from(self.node.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(id) = id {
            rustix::process::kill_process(id, rustix::process::Signal::TERM).map_err(Failure::internal)?;
        }
        let ended = self.node.wait().map_err(Failure::internal)?;
        if ended.success() { Ok(()) } else { Err(Failure::internal("a node of the bench did not stop well")) }
    }

    /// Stops it for good.
    pub(super) fn stop(mut self) -> Result<(), Failure> {
        self.halt()
    }

    /// Starts the node again.
    pub(super) async fn start(&mut self) -> Result<(), Failure> {
        self.node = spawn(&self.global.data)?;
        self.client = client::connect(&self.global).await?;
        let (id, passphrase) = &self.second;
        self.desks = Desks { officer: self.client.clone(), releaser: self.client.of(id, passphrase) };
        Ok(())
    }

    async fn status(&mut self) -> Result<wire::GetStatusResponse, Failure> {
        Ok(self.client.inspect.get_status(wire::GetStatusRequest {}).await?.into_inner())
    }

    /// Whether a session with the other office is live.
    pub(super) async fn connected(&mut self) -> Result<bool, Failure> {
        Ok(self.status().await?.peers.iter().any(|peer| peer.connected))
    }

    /// Waits until it holds a receipt for everything that it sent.
    pub(super) async fn until_delivered(&mut self) -> Result<(), Failure> {
        let [mut pause, longest] = LOOKS;
        let (mut least, mut quiet) = (u64::MAX, Stopwatch::start());
        loop {
            let waiting = self.status().await?.peers.iter().map(|peer| peer.waiting).sum();
            if waiting == 0 {
                return Ok(());
            }
            if waiting < least {
                (least, quiet) = (waiting, Stopwatch::start());
            }
            if quiet.elapsed() > PATIENCE {
                return Err(Failure::new(
                    Kind::Unreachable,
                    format!("{waiting} notices wait for a receipt, and none came for a minute."),
                    "A node of the bench has ended or hangs: look at what it has said above, and try again.",
                ));
            }
            tokio::time::sleep(pause).await;
            pause = longest.min(pause + pause / 4);
        }
    }

    /// How many notices its inbox has, and how long each of some looks at the first rows took; the first look, which reads
    /// the log, is none of them.
    pub(super) async fn inbox(&self) -> Result<(u64, Vec<Duration>), Failure> {
        let folder = wire::Folder::Inbox.into();
        let request = wire::ShowBoardRequest { folder, exercise: true, page_size: INBOX_ROWS, ..Default::default() };
        let mut desk = self.desks.officer.desk.clone();
        let total = desk.show_board(request.clone()).await?.into_inner().total;
        let mut times = vec![];
        for _ in 0..INBOX_LOOKS {
            let begun = Stopwatch::start();
            desk.show_board(request.clone()).await?;
            times.push(begun.elapsed());
        }
        Ok((total, times))
    }

    /// Resident memory, bytes.
    pub(super) fn resident(&self) -> Result<u64, Failure> {
        let kilobytes = self.counters("status")?.get("VmRSS").copied().unwrap_or_default();
        Ok(kilobytes * 1024)
    }

    /// What it has used so far.
    pub(super) async fn usage(&mut self) -> Result<Usage, Failure> {
        let commits = self.status().await?.head.unwrap_or_default().commit;
        let written = self.counters("io")?.get("write_bytes").copied().unwrap_or_default();
        let store = std::fs::read_dir(self.global.layout().store()).map_err(Failure::internal)?;
        let sizes = store.filter_map(|file| Some(file.ok()?.metadata().ok()?.len()));
        Ok(Usage { cpu_ms: self.cpu_ms()?, store: sizes.sum(), written, commits })
    }

    /// Processor time in user and kernel mode: fields 14 and 15 of proc(5)'s stat.
    fn cpu_ms(&self) -> Result<u64, Failure> {
        let stat = self.proc("stat")?;
        let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        Ok(ticks * 1000 / rustix::param::clock_ticks_per_second().max(1))
    }

    /// The numbers of a file of "name: number" lines.
    fn counters(&self, file: &str) -> Result<BTreeMap<String, u64>, Failure> {
        let text = self.proc(file)?;
        let pairs = text.lines().filter_map(|line| line.split_once(':'));
        let number = |text: &str| text.split_whitespace().next().and_then(|number| number.parse().ok());
        Ok(pairs.filter_map(|(name, text)| Some((name.to_owned(), number(text)?))).collect())
    }

    fn proc(&self, file: &str) -> Result<String, Failure> {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.node.id())).map_err(Failure::internal)
    }
}

/// Bytes that have gone over the loopback interface, headers included; whatever else uses it counts as well.
pub(super) fn loopback_bytes() -> Option<u64> {
    let table = std::fs::read_to_string("/proc/net/dev").ok()?;
    let line = table.lines().find_map(|line| line.trim_start().strip_prefix("lo:"))?;
    line.split_whitespace().next()?.parse().ok()
}
