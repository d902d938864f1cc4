//! Floor 2: the store trait and the machines that the office is made of. Pure, like floor 1.

pub mod store;
