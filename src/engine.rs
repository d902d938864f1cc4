//! Floor 2: the store trait and the machines that the office is made of. Pure, like floor 1.

pub mod accept;
pub mod fold;
pub mod log;
pub mod path;
pub mod peers;
pub mod quota;
pub mod rows;
pub mod session;
pub mod store;
