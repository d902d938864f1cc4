//! Offices for tests, pure and synchronous: keys from seeds, rosters signed by countries, stores in memory.

pub mod craft;
pub mod land;
pub mod office;
