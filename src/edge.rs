//! Floor 4: thin adapters to disk, network, clock and chance. Asynchronous where they must be.

pub mod dial;
pub mod env;
pub mod grpc;
pub mod keystore;
pub mod listen;
pub mod memory;
pub mod note;
pub mod sled;
pub mod stubs;
pub mod tls;
