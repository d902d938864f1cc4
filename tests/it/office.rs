//! Whole offices without I/O: what one issues arrives at another, whatever is wrong is answered or turned away, and
//! what the store says after a failure is what counts.

mod commits;
mod confirmations;
mod drafts;
mod ends;
mod exchange;
mod forged;
mod life;
mod log;
mod once;
mod pulling;
mod races;
mod readings;
mod rejections;
mod release;
mod retention;
mod reviews;
mod rosters;
mod states;
