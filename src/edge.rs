//! Floor 4: thin adapters to disk, network, clock and chance. Asynchronous where they must be.

pub mod api;
pub mod commit;
pub mod dial;
pub mod disk;
pub mod env;
pub mod exchange;
pub mod finder;
pub mod glance;
pub mod grpc;
pub mod health;
pub mod hub;
pub mod keystore;
pub mod link;
pub mod listen;
pub mod memory;
pub mod note;
pub mod passphrase;
pub mod people;
pub mod probe;
pub mod sign_in;
pub mod sled;
pub mod socket;
pub mod status;
pub mod stubs;
pub mod telemetry;
pub mod tls;
