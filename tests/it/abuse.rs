//! Abuse over real sockets of the real binary (RELIABILITY 3.3): its memory stays bounded, and a good office exchanges
//! notices with it meanwhile. `cargo test abuse -- --nocapture` shows the figures.

mod connections;
mod floods;
mod raw;
mod scene;
