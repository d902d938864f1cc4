//! The real binary: offices in processes of their own, set up with the commands that an administrator types.

use std::fs;
use std::fs::File;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read as _;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::ChildStdout;
use std::process::Command;
use std::process::ExitStatus;
use std::process::Stdio;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process;
use serde_json::Value;

/// The network of these offices.
pub(crate) const NETWORK: &str = "test.example";

/// The administrator's.
pub(crate) const PASSPHRASE: &str = "the administrator of a test";

/// How often a process is asked whether it has ended, and the pause between.
const LOOKS: u32 = 6_000;
const PAUSE: Duration = Duration::from_millis(10);

/// What a command did.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    /// That it did what it was asked.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// The objects that it wrote, one a line.
    #[track_caller]
    pub(crate) fn objects(&self) -> Vec<Value> {
        let objects: Result<_, _> = self.stdout.lines().map(serde_json::from_str).collect();
        objects.unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// The only object that it wrote.
    #[track_caller]
    pub(crate) fn object(&self) -> Value {
        let mut objects = self.objects();
        assert_eq!(objects.len(), 1, "{self:#?}");
        objects.remove(0)
    }

    /// The error pair that it wrote with `--json`, the last line of its standard error.
    #[track_caller]
    pub(crate) fn failure(&self) -> Value {
        let last = self.stderr.lines().last().unwrap_or_default();
        serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// Runs the binary to its end.
pub(crate) fn chapar(words: &[&str]) -> Output {
    let output = command().args(words).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Output { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chapar"));
    for variable in ["CHAPAR_DATA", "CHAPAR_TRACE", "CREDENTIALS_DIRECTORY"] {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null());
    command
}

/// A port that nobody has. It lies below those that the system gives to connections, since an office must get its port
/// back after each restart.
pub(crate) fn free_port() -> SocketAddr {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = std::process::id().wrapping_mul(61).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(12_000 + number % 20_000).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}

/// The agreements of the offices.
pub(crate) const AGREEMENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/offices.json");

/// An office of the real binary. Its process dies with it.
pub(crate) struct Binary {
    pub(crate) code: String,
    pub(crate) data: PathBuf,
    /// Variables of its environment.
    pub(crate) environment: Vec<(&'static str, PathBuf)>,
    /// Id and file of the passphrase, once there is an officer besides.
    administrator: Option<[String; 2]>,
    running: Option<Running>,
}

struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Binary {
    /// `chapar init` in the folder `root`.
    pub(crate) fn init(root: &Path, code: &str, listen: Option<SocketAddr>) -> Self {
        Self::init_with_code(root, code, listen).0
    }

    /// The same, with the setup code.
    pub(crate) fn init_with_code(root: &Path, code: &str, listen: Option<SocketAddr>) -> (Self, String) {
        let data = root.join(code);
        let address = listen.map(|address| address.to_string());
        let folder = data.display().to_string();
        let mut words = vec!["--json", "init", "--data", &folder, "--office", code, "--network", NETWORK];
        words.extend(["--storage-key", "file", "--agreements", AGREEMENTS, "--console", "127.0.0.1:0"]);
        if let Some(address) = &address {
            words.extend(["--listen", address, "--endpoint", address]);
        }
        let setup_code = chapar(&words).done().object()["setup_code"].as_str().unwrap().to_owned();
        let office = Self { code: code.to_owned(), data, environment: vec![], administrator: None, running: None };
        (office, setup_code)
    }

    /// A command about this office, with `--json`.
    pub(crate) fn run(&self, words: &[&str]) -> Output {
        let data = self.data.display().to_string();
        chapar(&[&["--json", "--data", &data], self.caller(words).as_slice(), words].concat())
    }

    /// The same for a person who reads Russian.
    pub(crate) fn run_in_russian(&self, words: &[&str]) -> Output {
        let data = self.data.display().to_string();
        chapar(&[&["--lang", "ru", "--data", &data], self.caller(words).as_slice(), words].concat())
    }

    /// Who asks for this: the administrator, where only that one may.
    fn caller<'a>(&'a self, words: &[&str]) -> Vec<&'a str> {
        let administers =
            ["log", "officer", "roster"].contains(&words[0]) || (words[0] == "peer" && words[1] != "list");
        match &self.administrator {
            Some([id, file]) if administers => vec!["--as", id, "--passphrase-file", file],
            _ => vec![],
        }
    }

    /// The first officer becomes an administrator with a passphrase; this Unix user writes and releases from now on.
    pub(crate) fn staff(&mut self) {
        let id = format!("{}-A01", self.code);
        let said = self.run(&["officer", "change", &id, "--no-uid", "--passphrase"]).done().object();
        let file = self.data.with_extension("passphrase");
        fs::write(&file, said["passphrase"].as_str().unwrap()).unwrap();
        let own = self.data.with_extension("own-passphrase");
        fs::write(&own, PASSPHRASE).unwrap();
        let own = own.display().to_string();
        self.administrator = Some([id, file.display().to_string()]);
        self.run(&["officer", "passphrase", "--new-passphrase-file", &own]).done();
        self.administrator = self.administrator.take().map(|[id, _]| [id, own]);
        let (id, uid) = (format!("{}-O01", self.code), rustix::process::getuid().as_raw().to_string());
        let roles = ["--role", "officer", "--role", "releasing-officer"];
        self.run(&[&["officer", "add", &id, "--uid", &uid], roles.as_slice()].concat()).done();
        self.second();
    }

    /// Another releasing officer, who signs in.
    fn second(&self) {
        let id = format!("{}-R01", self.code);
        let said = self.run(&["officer", "add", &id, "--passphrase", "--role", "releasing-officer"]).done().object();
        let [first, own] = ["first", "own-passphrase"].map(|name| self.data.with_extension(name));
        fs::write(&first, said["passphrase"].as_str().unwrap()).unwrap();
        let [data, first, own] = [&self.data, &first, &own].map(|path| path.display().to_string());
        let caller = ["--json", "--data", &data, "--as", &id, "--passphrase-file", &first];
        chapar(&[caller.as_slice(), &["officer", "passphrase", "--new-passphrase-file", &own]].concat()).done();
    }

    /// A command of the second officer, with `--json`.
    pub(crate) fn second_runs(&self, words: &[&str]) -> Output {
        let id = format!("{}-R01", self.code);
        let [data, own] =
            [&self.data, &self.data.with_extension("own-passphrase")].map(|path| path.display().to_string());
        chapar(&[["--json", "--data", &data, "--as", &id, "--passphrase-file", &own].as_slice(), words].concat())
    }

    /// The process of its node.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.running.as_ref().expect("it runs").child)
    }

    /// The socket of its node.
    pub(crate) fn socket(&self) -> PathBuf {
        self.data.join("run").join("chapar.sock")
    }

    /// The trace of its node, of all its lives.
    pub(crate) fn trace(&self) -> String {
        fs::read_to_string(self.trace_file()).unwrap_or_default()
    }

    fn trace_file(&self) -> PathBuf {
        self.data.with_extension("trace")
    }

    /// `chapar serve`, without waiting for anything.
    pub(crate) fn spawn(&mut self) {
        assert!(self.running.is_none(), "{} is running", self.code);
        let trace = File::options().append(true).create(true).open(self.trace_file()).unwrap();
        let serve = ["--json", "--data", &self.data.display().to_string(), "serve"];
        let mut process = command();
        process.args(serve).envs(self.environment.iter().cloned()).stdout(Stdio::piped()).stderr(trace);
        let mut child = process.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        self.running = Some(Running { child, stdout });
    }

    /// `chapar serve`, until it says where it listens; what it says.
    pub(crate) fn start(&mut self) -> Value {
        self.spawn();
        let mut line = String::new();
        self.running.as_mut().unwrap().stdout.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| {
            let status = self.ended();
            panic!("{} did not start: {status}\n{}", self.code, self.trace())
        })
    }

    /// `chapar serve` of a node that refuses to start; how it ended.
    pub(crate) fn refused(&mut self) -> Output {
        let before = self.trace().len();
        self.spawn();
        let ended = self.ended_by_itself();
        Output { stderr: self.trace()[before..].to_owned(), ..ended }
    }

    /// How a node ended that was not told to; its whole trace as standard error.
    pub(crate) fn ended_by_itself(&mut self) -> Output {
        let status = self.ended();
        let mut running = self.running.take().unwrap();
        let mut stdout = String::new();
        running.stdout.read_to_string(&mut stdout).unwrap();
        Output { code: status.code(), stdout, stderr: self.trace() }
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        let mut running = self.running.take().expect("it runs");
        running.child.kill().unwrap();
        running.child.wait().unwrap();
    }

    /// SIGTERM; how it ended.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        kill_process(self.pid(), Signal::TERM).unwrap();
        let status = self.ended();
        self.running = None;
        status
    }

    fn ended(&mut self) -> ExitStatus {
        let child = &mut self.running.as_mut().expect("it runs").child;
        for _ in 0..LOOKS {
            if let Some(status) = child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(PAUSE);
        }
        panic!("{} does not end\n{}", self.code, self.trace())
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            // It may have ended by itself.
            let _killed = running.child.kill();
            let _status = running.child.wait();
        }
    }
}

/// Countries for these offices, and all offices in force at each of them; all are running afterwards.
pub(crate) fn introduce(root: &Path, offices: &mut [&mut Binary]) {
    let mut countries: Vec<String> = offices.iter().map(|office| office.code[..2].to_owned()).collect();
    countries.sort();
    countries.dedup();
    let (mut fingerprints, mut files) = (vec![], vec![]);
    for country in &countries {
        let dir = root.join(country).display().to_string();
        let made = chapar(&["country", "new", "--dir", &dir, "--country", country, "--network", NETWORK]).done();
        let fingerprint = made.stdout.lines().find_map(|line| line.strip_prefix("fingerprint: ")).unwrap();
        fingerprints.push((country.clone(), fingerprint.to_owned()));
        for office in offices.iter().filter(|office| office.code.starts_with(country.as_str())) {
            let card = office.data.join(format!("{}.card", office.code)).display().to_string();
            chapar(&["country", "add", "--dir", &dir, &card, "--yes"]).done();
        }
        let file = root.join(format!("{country}.roster")).display().to_string();
        chapar(&["country", "sign", "--dir", &dir, "--out", &file]).done();
        files.push(file);
    }
    let import: Vec<&str> = ["roster", "import"].into_iter().chain(files.iter().map(String::as_str)).collect();
    for office in offices {
        office.start();
        office.staff();
        for (country, fingerprint) in &fingerprints {
            office.run(&["peer", "trust", country, fingerprint]).done();
        }
        office.run(&import).done();
    }
}
