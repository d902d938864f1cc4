//! Offices for tests, pure and synchronous: keys from seeds, rosters signed by countries, stores in memory.

pub(crate) mod craft;
pub(crate) mod land;
pub(crate) mod office;
