//! Two offices of the real binary, one of them under attack, and a third office that attacks it.

use std::fs;
use std::fs::File;
use std::io::Write as _;
use std::net::SocketAddr;

use chapar::domain::roster::Card;
use chapar::domain::roster::Office;
use chapar::name::Fingerprint;
use chapar::name::LogId;
use chapar::node::system_clock;
use chapar::wire::Urgency;
use rustix::process::Pid;

use crate::binary::Binary;
use crate::binary::free_port;
use crate::hostile::foe::Foe;
use crate::local::Local;
use crate::world::Countries;
use crate::world::Site;
use crate::world::a_notice;

/// What an attack may add to the memory of a node, KiB.
const GROWTH_KIB: u64 = 32 * 1024;

pub(super) struct Scene {
    pub(super) victim: Binary,
    pub(super) foe: Foe,
    pub(super) endpoint: SocketAddr,
    at_victim: Local,
    at_good: Local,
    _good: Binary,
    _root: tempfile::TempDir,
}

impl Scene {
    /// `settings` are added to the victim's config.toml.
    pub(super) async fn set(settings: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        let endpoint = free_port();
        let mut victim = Binary::init(root.path(), "UZ-ALT", Some(endpoint));
        let mut good = Binary::init(root.path(), "TM-FAR", Some(free_port()));
        let mut config = File::options().append(true).open(victim.data.join("config.toml")).unwrap();
        config.write_all(settings.as_bytes()).unwrap();

        let bad = Site::make("KZ-BAD", 3);
        let countries = Countries::of(&["UZ", "TM", "KZ"]);
        let offices = [card(&victim), card(&good), bad.listed()];
        let victim_log = LogId::of_key(&offices[0].office_key().unwrap().0);
        let mut rosters = vec![];
        for office in offices {
            rosters.push(countries.roster_of(&office.code.country().to_string(), 1, vec![office]));
        }
        let mut import = vec!["roster".to_owned(), "import".to_owned()];
        for (number, roster) in rosters.iter().enumerate() {
            let file = root.path().join(format!("{number}.roster"));
            fs::write(&file, roster).unwrap();
            import.push(file.display().to_string());
        }
        let import: Vec<&str> = import.iter().map(String::as_str).collect();
        for office in [&mut victim, &mut good] {
            office.start();
            office.staff();
            for (country, key) in &countries.0 {
                let fingerprint = Fingerprint::of_key(&key.public().0).to_string();
                office.run(&["peer", "trust", &country.to_string(), &fingerprint]).done();
            }
            office.run(&import).done();
        }
        let mut foe = Foe::new(bad, "UZ-ALT".parse().unwrap(), victim_log, system_clock().now());
        foe.trust(&countries, &rosters);
        let (at_victim, at_good) = (Local::of(&victim).await, Local::of(&good).await);
        let mut scene = Self { victim, foe, endpoint, at_victim, at_good, _good: good, _root: root };
        // What a node needs once is not growth by an attack.
        for _ in 0..20 {
            scene.goes_on().await;
        }
        scene
    }

    /// Notices pass between the victim and the good office, both ways.
    pub(super) async fn goes_on(&mut self) {
        self.at_good.desk.send_notice(a_notice(&["UZ-ALT"], Urgency::Routine, "to the victim")).await.unwrap();
        self.at_victim.desk.send_notice(a_notice(&["TM-FAR"], Urgency::Immediate, "from the victim")).await.unwrap();
        self.at_good.all_delivered().await;
        self.at_victim.all_delivered().await;
    }

    /// Lets an attack run: the victim goes on exchanging notices with the good office until it is over, and its memory
    /// stays bounded.
    #[expect(clippy::print_stdout, reason = "figures")]
    pub(super) async fn under<T: Send + 'static>(
        &mut self,
        name: &str,
        attack: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let pid = self.victim.pid();
        let before = memory_kib(pid, "VmRSS");
        // The peak is measured from here on.
        fs::write(format!("/proc/{}/clear_refs", pid.as_raw_nonzero()), "5").unwrap();
        let attack = tokio::spawn(attack);
        let mut exchanges = 0;
        while exchanges == 0 || !attack.is_finished() {
            self.goes_on().await;
            exchanges += 1;
        }
        let outcome = attack.await.unwrap();
        let (peak, after) = (memory_kib(pid, "VmHWM"), memory_kib(pid, "VmRSS"));
        println!("{name}: {before} KiB before, {peak} at most, {after} after; {exchanges} exchanges meanwhile");
        let growth = peak.saturating_sub(before);
        assert!(growth <= GROWTH_KIB, "{name}: {growth} KiB more");
        outcome
    }

    /// Open files of the victim.
    pub(super) fn files(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.victim.pid().as_raw_nonzero())).unwrap().count()
    }

    /// The log is whole, nothing panicked, and the node stops as it should.
    pub(super) async fn end(mut self) {
        self.goes_on().await;
        assert_eq!(self.at_victim.verify().await.fault, "");
        drop(self.at_victim);
        assert!(self.victim.stop().success(), "{}", self.victim.trace());
        assert!(!self.victim.trace().contains("panicked"), "{}", self.victim.trace());
    }
}

/// The office as its card describes it.
fn card(office: &Binary) -> Office {
    let file = office.data.join(format!("{}.card", office.code));
    Card::verify(&fs::read(file).unwrap()).unwrap().value().office.clone()
}

fn memory_kib(pid: Pid, field: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero())).unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
