//! Rosters that come into force while the node runs: who is let in, cut, held back and heard of.

mod files;
mod stale;
mod states;

use std::sync::Arc;

use chapar::wire;

use crate::local::Local;
use crate::world::Countries;
use crate::world::Running;
use crate::world::Site;
use crate::world::TestClock;

/// The time of these tests.
const NOW: &str = "2026-11-20T06:00:00Z";

/// Where a peer stands in what `status` says.
fn peer(status: &wire::GetStatusResponse, office: &str) -> wire::PeerStatus {
    status.peers.iter().find(|peer| peer.office == office).cloned().unwrap_or_default()
}

/// The version of a country's roster in force.
fn version(status: &wire::GetStatusResponse, country: &str) -> Option<u64> {
    status.countries.iter().find(|one| one.country == country).map(|one| one.version)
}

async fn connected(node: &mut Local, office: &str) {
    node.until(&format!("{office} is connected"), |status| peer(status, office).connected).await;
}

/// Offices of some countries, each running, none trusting anybody.
struct World {
    sites: Vec<Site>,
    nodes: Vec<Running>,
    countries: Countries,
}

impl World {
    async fn start(codes: &[&str]) -> Self {
        let clock = TestClock::at(NOW);
        let (mut sites, mut nodes) = (vec![], vec![]);
        for (code, seed) in codes.iter().zip(1..) {
            let mut site = Site::make(code, seed);
            nodes.push(site.start(Arc::<TestClock>::clone(&clock), true).await);
            sites.push(site);
        }
        let mut countries: Vec<&str> = codes.iter().map(|code| &code[..2]).collect();
        countries.sort_unstable();
        countries.dedup();
        Self { sites, nodes, countries: Countries::of(&countries) }
    }

    /// A roster with all offices of a country.
    fn roster(&self, country: &str, version: u64) -> Vec<u8> {
        self.countries.roster(country, version, &self.sites.iter().collect::<Vec<_>>())
    }

    /// All rosters, in their first version.
    fn rosters(&self) -> Vec<Vec<u8>> {
        self.countries.0.keys().map(|country| self.roster(&country.to_string(), 1)).collect()
    }

    /// Everybody knows everybody.
    async fn introduced(codes: &[&str]) -> Self {
        let mut world = Self::start(codes).await;
        let rosters = world.rosters();
        for node in &mut world.nodes {
            node.trust(&world.countries, &rosters).await;
        }
        for code in &codes[1..] {
            connected(&mut world.nodes[0], code).await;
        }
        world
    }

    /// All logs verify; then all stop.
    async fn end(self) {
        for mut node in self.nodes {
            assert_eq!(node.verify().await.fault, "");
            node.stop().await.unwrap();
        }
    }
}
