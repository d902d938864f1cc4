//! What an administrator and a monitor see of a node: health, metrics, problems, probes, doctor; and that none of it
//! holds a word of a notice.

mod doctor;
mod health;
mod metrics;
mod peers;
mod problems;
mod words;

use std::io::Read as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::net::TcpStream;
use std::sync::Arc;

use crate::local::Local;
use crate::world::Countries;
use crate::world::Running;
use crate::world::Site;
use crate::world::TestClock;

const NOW: &str = "2026-11-24T08:00:00Z";

/// What the port for metrics answers: status line and headers, and the body.
pub(crate) fn asked(address: SocketAddr, request: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{request} HTTP/1.1\r\nHost: node\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// Two nodes that know each other, each with its own clock.
struct Pair {
    sites: [Site; 2],
    nodes: [Running; 2],
    clocks: [Arc<TestClock>; 2],
}

impl Pair {
    /// UZ-ALT and TM-FAR, whose clock is this much ahead; with a link.
    async fn start(ahead_ms: i64) -> Self {
        let clocks = [TestClock::at(NOW), TestClock::at(NOW)];
        clocks[1].turn(ahead_ms);
        let mut sites = [Site::make("UZ-ALT", 1), Site::make("TM-FAR", 2)];
        let mut nodes = vec![];
        for (site, clock) in sites.iter_mut().zip(&clocks) {
            site.metrics = Some("127.0.0.1:0".parse().unwrap());
            nodes.push(site.start(Arc::<TestClock>::clone(clock), true).await);
        }
        let countries = Countries::of(&["UZ", "TM"]);
        let listed = [&sites[0], &sites[1]];
        let rosters = [countries.roster("UZ", 1, &listed), countries.roster("TM", 1, &listed)];
        for node in &mut nodes {
            node.trust(&countries, &rosters).await;
        }
        let mut pair = Self { sites, nodes: nodes.try_into().ok().unwrap(), clocks };
        for node in &mut pair.nodes {
            node.until("the link is up", |status| status.peers.iter().all(|peer| peer.connected)).await;
        }
        pair
    }

    /// The problems of UZ-ALT, as one text.
    async fn problems(&mut self) -> String {
        problems(&mut self.nodes[0]).await
    }
}

async fn problems(node: &mut Local) -> String {
    let problems = node.status().await.problems;
    let lines: Vec<String> = problems.iter().map(|one| format!("{} -> {}\n", one.what, one.remedy)).collect();
    lines.concat()
}
