//! TLS over real sockets: who is let in, what each side says about it, and that nobody can hold up the port.

mod dialling;
mod foreign;
mod port;
mod rig;
mod rosters;
mod trust;
