//! Limits of the console.

/// Sessions of officers at the console; of more, the one that has rested longest ends.
pub const SESSIONS: usize = 256;
/// How long the entry of an opening covers the previews of attachments beside the text.
pub const PREVIEW_MS: i64 = 15 * 60 * 1000;
/// Previews that are remembered as covered; of more, the oldest is an entry of its own.
pub const PREVIEWS: usize = 4096;
/// Pause of an officer after which a session at the console ends, unless the settings of the browser say otherwise.
pub const REST_MS: u64 = 15 * 60 * 1000;
/// Shortest pause that may be set there.
pub const REST_MS_MIN: u64 = 5 * 60 * 1000;
/// Longest pause that may be set there.
pub const REST_MS_MAX: u64 = 30 * 60 * 1000;
/// Longest session at the console: a shift.
pub const SHIFT_MS: u64 = 12 * 60 * 60 * 1000;
/// Connections to the console. Of more, the one gives way that has rested longest; if all are at work, the new one waits.
pub const CONSOLE_CONNECTIONS: usize = 256;
/// Of them those from one IPv4 address or IPv6 /64 other than this machine: of more, its own give way.
pub const CONSOLE_CONNECTIONS_PER_ADDRESS: usize = 64;
/// How long a connection to the console may take for the header of a request, and rest before the next one.
pub const HEADER_MS: u64 = 30 * 1000;
/// Largest header of a request to the console.
pub const HEADER_BYTES: usize = 64 * 1024;
/// How long a browser may take nothing of what the console sends it.
pub const UNREAD_MS: u64 = 30 * 1000;
/// Streams of what arrives that one session has; of more, its oldest ends.
pub const STREAMS_EACH: usize = 2;
/// Streams of what arrives that the console holds open; a page beyond them shows what was there when it was made.
pub const STREAMS_LIVE: usize = 128;
/// How often such a stream says something, and looks whether its session has ended.
pub const STREAM_BEAT_MS: u64 = 15 * 1000;
/// Least time between two counts of one stream.
pub const STREAM_PAUSE_MS: u64 = 500;
/// Largest form that the console takes.
pub const FORM_BYTES: usize = 1024 * 1024;
/// Bytes of a form that is too large which the console still reads, so that the browser shows why.
pub const FORM_REFUSED_BYTES: usize = 16 * 1024 * 1024;
/// How long it reads them.
pub const FORM_REFUSED_MS: u64 = 10 * 1000;
/// How long the console works on a page.
pub const PAGE_MS: u64 = 30 * 1000;
/// How long a form may take to come from whoever has not signed in; until then its connection gives way as if it rested.
pub const STRANGER_FORM_MS: u64 = 20 * 1000;
/// How long a piece of a file may take to come, and to be taken: the smallest one needs 8 s at 64 kbit/s.
pub const PIECE_MS: u64 = 2 * 60 * 1000;
/// Largest form with a file that the console takes.
pub const FILE_FORM_BYTES: usize = 65 * 1024 * 1024;
/// How long such a form may take to come.
pub const FILE_FORM_MS: u64 = 60 * 60 * 1000;
