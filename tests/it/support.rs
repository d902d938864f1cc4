//! What tests share: offices that are pure and synchronous, chance that can be repeated, a bad cable, a bad disk.

pub(crate) mod browser;
pub(crate) mod chance;
pub(crate) mod craft;
pub(crate) mod land;
pub(crate) mod lawful;
pub(crate) mod office;
pub(crate) mod paper;
pub(crate) mod proxy;
pub(crate) mod second;
pub(crate) mod shim;
