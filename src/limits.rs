//! Every limit and every default, in one place. Sizes in bytes, durations in milliseconds.

mod console;

pub use crate::limits::console::*;

/// Largest serialized envelope (PROTOCOL 8).
pub const ENVELOPE_BYTES: usize = 192 * 1024;
/// Largest serialized frame (PROTOCOL 8).
pub const FRAME_BYTES: usize = 256 * 1024;
/// Largest draft file.
pub const DRAFT_BYTES: usize = 1024 * 1024;
/// Largest attachment.
pub const ATTACHMENT_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes of an attachment that are sealed together (PROTOCOL 3).
pub const FILE_CHUNK_BYTES: usize = 64 * 1024;
/// Most attachments of a text.
pub const ATTACHMENTS_OWN: usize = 16;
/// Most characters of the name of an attachment.
pub const ATTACHMENT_NAME_CHARS: usize = 128;
/// Most bytes of an attachment that one call brings in.
pub const UPLOAD_PIECE_BYTES: usize = 256 * 1024;
/// Files of one officer that are in no draft.
pub const UPLOADS_EACH: usize = 32;
/// Bytes of all such files of an office.
pub const UPLOADS_BYTES: u64 = 1024 * 1024 * 1024;
/// Bytes of such files of one officer.
pub const UPLOADS_BYTES_EACH: u64 = 256 * 1024 * 1024;
/// Days after which such a file is thrown away.
pub const UPLOAD_KEPT_DAYS: i64 = 7;
/// Whole files that are looked at, or read through before they are shown, at a time: each may take its length in memory.
pub const FILES_LOOKED_AT: usize = 1;
/// Most pixels of a picture that is shown as one.
pub const PICTURE_PIXELS: u64 = 100_000_000;
/// Most parts of a picture that may hold a position.
pub const PICTURE_REMARKS: usize = 64;
/// Largest ciphertext of an attachment: 16 bytes more for each 64 KiB.
pub const SEALED_ATTACHMENT_BYTES: u64 = ATTACHMENT_BYTES + 1024 * 16;
/// Most attachments of a notice, those of a notice that it passes on included.
pub const ATTACHMENTS: usize = 64;
/// Most bytes of an arriving attachment that a power cut takes back.
pub const ATTACHMENT_SYNC_BYTES: u64 = 1024 * 1024;
/// Most bytes of an attachment that are fetched at once: so many may be ahead of an urgent notice.
pub const CHUNK_BYTES: usize = 16 * 1024;
/// Most fetches of attachments without an answer, once the last answer came within `FAST_CHUNK_MS`; one otherwise.
pub const FETCHES: usize = 2;
/// An answer to a fetch is fast if it comes within this time.
pub const FAST_CHUNK_MS: i64 = 1_000;
/// A peer that does not have an attachment is asked again after this time, or in the next session.
pub const FETCH_AGAIN_MS: i64 = 600_000;
/// Attachments that a peer does not have, or sends wrong, after which it is asked for no more for now.
pub const REFUSED_ATTACHMENTS: usize = 256;
/// Largest file of offices and agreements that drafts are checked against.
pub const OFFICES_BYTES: usize = 4 * 1024 * 1024;
/// Largest TLS certificate.
pub const CERTIFICATE_BYTES: usize = 64 * 1024;
/// Largest configuration file.
pub const CONFIG_BYTES: usize = 64 * 1024;
/// Largest roster or card envelope.
pub const ROSTER_BYTES: usize = 192 * 1024;
/// Most addressees of a notice, `to` and `cc` together.
pub const ADDRESSEES: usize = 64;
/// Most offices in a country roster: as many as fit an envelope.
pub const OFFICES: usize = 128;
/// Most keys of one sort that an office lists, retired ones included.
pub const KEYS: usize = 64;
/// Most endpoints of an office.
pub const ENDPOINTS: usize = 4;
/// Most characters of an endpoint or a name in a roster.
pub const ROSTER_TEXT_CHARS: usize = 256;
/// Most relations of a notice.
pub const RELATIONS: usize = 64;
/// Corrections that go with a notice that is passed on.
pub const FORWARDED_CORRECTIONS: usize = 16;
/// Most items in any other list of a body.
pub const LIST: usize = 256;
/// Most questions of a request.
pub const QUESTIONS: usize = 20;
/// Most characters of the narrative, of a translation, and of the description of a modus operandi.
pub const LONG_TEXT_CHARS: usize = 20_000;
/// Most characters of a question or a risk indicator.
pub const SHORT_TEXT_CHARS: usize = 1_000;
/// Most characters of a source summary.
pub const SOURCE_SUMMARY_CHARS: usize = 500;
/// Most characters of every other text.
pub const TEXT_CHARS: usize = 4_000;
/// Most characters of the reference of a legal basis.
pub const LEGAL_BASIS_CHARS: usize = 64;
/// Most broken rules that one refusal of a draft says.
pub const FINDINGS_SAID: usize = 24;
/// Most bytes of what a refusal says beside its English words, in the headers of an answer.
pub const REFUSAL_BYTES: usize = 4 * 1024;
/// Most days from release to expiry of any notice: five years with a leap day (P-10).
pub const KEPT_DAYS: u32 = 1_826;
/// Most days of a request for information and of a reply (P-10).
pub const REQUEST_DAYS: u32 = 365;
/// Most days of a person alert (P-10).
pub const PERSON_ALERT_DAYS: u32 = 90;
/// Most days of a vehicle, cargo or document alert (P-10).
pub const ALERT_DAYS: u32 = 60;
/// Most days from one review of a person alert to the next one (P-10).
pub const PERSON_ALERT_REVIEW_DAYS: i64 = 30;
/// The same of any other text.
pub const REVIEW_DAYS: i64 = 365;
/// Overdue reviews that are counted; more are shown as this many.
pub const DUE_COUNTED: u32 = 10_000;
/// Spans of time in which one call counts what is due.
pub const DUE_SPANS: u32 = 92;
/// Most days that an officer is enrolled for (P-18).
pub const ENROLLED_DAYS: i64 = 366;
/// Most days from the start of an exercise to its planned end.
pub const EXERCISE_DAYS: i64 = 14;
/// Most characters of the name of an exercise.
pub const EXERCISE_NAME_CHARS: usize = 60;
/// Days before the end of an enrolment from which on it is said (P-18).
pub const ENROLMENT_WARNING_DAYS: i64 = 10;
/// Most officers of an office, revoked ones included: an id is never given to another person.
pub const OFFICERS: usize = 1_000;
/// Most drafts of an office.
pub const DRAFTS: usize = 10_000;
/// Most drafts of one officer.
pub const DRAFTS_EACH: usize = 300;
/// Days after which a draft that was neither saved nor returned is thrown away, unless it waits for release.
pub const DRAFT_KEPT_DAYS: i64 = 90;
/// Bytes of a key with which a request is made once, at least.
pub const IDEMPOTENCY_KEY_BYTES_MIN: usize = 16;
/// Bytes of a key with which a request is made once, at most.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 64;
/// Most keys of requests that an office remembers; of more, the oldest is forgotten.
pub const MADE: usize = 10_000;
/// Days for which a key of a request is remembered.
pub const MADE_KEPT_DAYS: i64 = 3;
/// Most bytes of the header of a draft.
pub const DRAFT_HEADER_BYTES: usize = 8 * 1024;
/// Most bytes of an answer that the command line takes from its node.
pub const ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// Bytes that a draft grows by at most when it is signed.
pub const SIGNED_ROOM_BYTES: usize = 1024;
/// Most characters of what is written to a draft that is returned.
pub const COMMENT_CHARS: usize = 1_000;
/// Least characters of an officer's passphrase.
pub const PASSPHRASE_CHARS_MIN: usize = 12;
/// Most bytes of one.
pub const PASSPHRASE_BYTES: usize = 1024;
/// Pause of an officer after a wrong passphrase; twice as long after each further one in a row.
pub const SIGN_IN_PAUSE_MS_MIN: u64 = 1_000;
/// Longest such pause.
pub const SIGN_IN_PAUSE_MS: u64 = 60_000;
/// Time after a wrong passphrase from which on it is forgotten.
pub const SIGN_IN_FORGOTTEN_MS: u64 = 15 * 60 * 1000;
/// Passphrases of strangers that are checked at a time, and as many of sessions and browsers that are known; each takes 64 MiB
/// for a moment.
pub const SIGN_INS: usize = 1;
/// Officers, sessions and browsers whose wrong passphrases are counted at a time; of more, the oldest are forgotten.
pub const SIGN_IN_DOORS: usize = 4_096;
/// Browsers of an officer that are known at a time, since one signed in there; of more, the oldest are forgotten.
pub const BROWSERS_EACH: usize = 8;
/// Words of a setup code.
pub const SETUP_CODE_WORDS: usize = 6;
/// Wrong setup codes in a row after which none is looked at for a while.
pub const SETUP_CODE_TRIES: u32 = 5;
/// How long.
pub const SETUP_CODE_PAUSE_MS: u64 = 60_000;
/// How long a setup code is good.
pub const SETUP_CODE_MS: i64 = 30 * 60 * 1000;
/// How long a passphrase that was right is not stretched again.
pub const SIGNED_IN_MS: u64 = 15 * 60 * 1000;
/// Plaintexts of bodies are a multiple of this.
pub const PADDING_BYTES: usize = 256;

/// Largest value of a row; sled moves larger ones into files that it never syncs.
pub const ROW_BYTES: usize = 4 * 1024;
/// Most commands in one commit (PROTOCOL 6).
pub const COMMIT_COMMANDS: usize = 256;
/// Most bytes of commands in one commit (PROTOCOL 6).
pub const COMMIT_BYTES: usize = 1024 * 1024;
/// Commands that may wait for the writer.
pub const WRITER_QUEUE: usize = 1024;
/// Memory that sled may use for its pages.
pub const STORE_CACHE_BYTES: u64 = 4 * 1024 * 1024;
/// Deadline of sled's shutdown; it hangs if one of its threads has panicked.
pub const STORE_CLOSE_MS: u64 = 10_000;
/// A clock this much behind the last entry, or off those of the peers, is unsure (PROTOCOL 10).
pub const CLOCK_UNSURE_MS: i64 = 10 * 60 * 1000;
/// A clock this much ahead of the last entry is unsure (PROTOCOL 10).
pub const CLOCK_AHEAD_OF_LOG_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// How long the clock in a peer's Hello counts (PROTOCOL 10).
pub const HELLO_COUNTS_MS: i64 = 24 * 60 * 60 * 1000;
/// A time that an officer confirms may be this much off what the clock shows when the confirmation arrives.
pub const CONFIRMED_WITHIN_MS: i64 = 2 * 60 * 1000;
/// Time from the announcement of an end to the end, and from one daily duty to the next (PROTOCOL 10).
pub const ANNOUNCED_MS: i64 = 24 * 60 * 60 * 1000;
/// How often the node looks whether the daily duty is due.
pub const DUTIES_MS: u64 = 60 * 60 * 1000;
/// Texts that end in one daily duty without a confirmation (PROTOCOL 10).
pub const EXPIRED_KEYS: usize = 1_000;
/// Body keys that one commit wraps again under a new vault key.
pub const WRAPPED_AGAIN: usize = 256;
/// Receipts read from the store at a time.
pub const LOAD_RECEIPTS: usize = 64;
/// Pause after a session that gave way to another one.
pub const DUPLICATE_PAUSE_MS: u32 = 5_000;
/// Longest pause that a peer may ask for before the next session.
pub const RETRY_MS_MAX: u32 = 10 * 60 * 1000;
/// When a node that takes no new notices may be asked again.
pub const NOT_READY_RETRY_MS: u32 = 30_000;
/// Free disk space below which the node takes no new work (PROTOCOL 5).
pub const FREE_BYTES_MIN: u64 = 512 * 1024 * 1024;
/// Free disk space below which `status` warns, and no attachments are pulled from peers.
pub const FREE_BYTES_LOW: u64 = 2 * 1024 * 1024 * 1024;
/// A difference between a peer's clock and ours that `status` warns of.
pub const CLOCK_OFF_MS: i64 = 60 * 1000;
/// A notice that waits this long although the link is up is shown by `status`.
pub const WAITING_MS: i64 = 5 * 60 * 1000;
/// After its start a node is given this long before a peer without a link is shown by `status`.
pub const LINK_GRACE_MS: i64 = 30 * 1000;
/// Notices without a place that are counted for a peer; more are shown as this many.
pub const UNPLACED_COUNTED: usize = 10_000;
/// How often a node looks whether it can take work, for those who watch its health.
pub const HEALTH_MS: u64 = 1_000;
/// Largest request of the health service: the name of a service.
pub const HEALTH_BYTES: usize = 1024;
/// Deadline of one reader of the metrics; there is one at a time.
pub const METRICS_MS: u64 = 10_000;
/// Notices that one call hands over to another officer.
pub const HANDED_OVER: usize = 500;
/// Rows in one answer to a list call.
pub const PAGE_ROWS: u32 = 200;
/// Entries in one answer to a list call.
pub const PAGE_ENTRIES: u32 = 1_000;

/// Key wraps made under one encapsulation to an addressee's seal key.
pub const WRAPS: u32 = 256;
/// How long one encapsulation serves.
pub const ENCAPSULATION_MS: i64 = 10 * 60 * 1000;
/// Encapsulations that a seal key remembers to have opened.
pub const ENCAPSULATIONS: usize = 64;

/// Dispatches in flight per lane (PROTOCOL 8).
pub const WINDOW: u32 = 256;
/// Dispatches of a peer that a session answers at a time: a window in each of three lanes.
pub const UNANSWERED: usize = 3 * 256;
/// Bytes of dispatches of a peer that a session answers at a time: the largest window in each of three lanes.
pub const UNANSWERED_BYTES: u64 = 3 * WINDOW_BYTES_MAX;
/// Frames of a peer that a session may have unfinished: dispatches, as many receipts for ours, and our own receipts
/// that wait for the link, after a cut twice as many.
pub const UNFINISHED: usize = 4 * UNANSWERED;
/// Least bytes in flight per lane (PROTOCOL 8).
pub const WINDOW_BYTES_MIN: u64 = 16 * 1024;
/// Most bytes in flight per lane (PROTOCOL 8).
pub const WINDOW_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Frames of a peer that are judged in one go.
pub const JUDGED_AT_ONCE: usize = 64;
/// Dispatches loaded from the store at a time.
pub const LOAD: usize = 64;
/// Dispatches that a peer may deliver in a day, unless the configuration says otherwise (PROTOCOL 8).
pub const QUOTA_DISPATCHES: u64 = 10_000;
/// Bytes that they may have together, unless the configuration says otherwise (PROTOCOL 8).
pub const QUOTA_BYTES: u64 = 256 * 1024 * 1024;
/// Bytes of attachments that are pulled from a peer in a day, unless the configuration says otherwise: as many as one notice
/// may have.
pub const QUOTA_ATTACHMENT_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// A notice may be created this much ahead of our clock (PROTOCOL 10).
pub const CLOCK_AHEAD_MS: i64 = 10 * 60 * 1000;

/// First pause before a dial is tried again (PROTOCOL 8).
pub const BACKOFF_MIN_MS: u64 = 1_000;
/// Longest pause before a dial is tried again (PROTOCOL 8).
pub const BACKOFF_MAX_MS: u64 = 60_000;
/// Deadline of a TCP connect.
pub const DIAL_MS: u64 = 10_000;
/// Deadline of a TLS handshake, on both sides.
pub const HANDSHAKE_MS: u64 = 10_000;
/// Deadline of the peer's Hello after the handshake.
pub const HELLO_MS: i64 = 10_000;
/// Work in flight without any answer for this long ends the session.
pub const IDLE_MS: i64 = 120_000;
/// Time for what is in flight when the node stops.
pub const DRAIN_MS: u64 = 10_000;
/// Interval of HTTP/2 keep-alive.
pub const KEEP_ALIVE_MS: u64 = 20_000;
/// Deadline of the answer to an HTTP/2 keep-alive.
pub const KEEP_ALIVE_ANSWER_MS: u64 = 20_000;
/// Deadline of a call on the local socket.
pub const CALL_MS: u64 = 60_000;
/// Calls at a time on one connection to the local socket; more wait.
pub const CALLS: u32 = 256;
/// HTTP/2 window of such a connection. The HTTP/2 library ends a connection that has more small frames unread than half
/// its window would hold; every call may have one.
pub const CALLS_BYTES: u32 = 1024 * 1024;
/// Connections on the exchange port that have not finished their handshake; of more, the oldest gives way.
pub const HANDSHAKES: usize = 512;
/// Connections on the exchange port.
pub const CONNECTIONS: usize = 1_024;
/// Connections that the system holds until they are accepted.
pub const CONNECTIONS_WAITING: u32 = 1_024;
/// Of the connections those from one IPv4 address or IPv6 /64, unless the configuration says otherwise.
pub const CONNECTIONS_PER_ADDRESS: usize = 16;
/// Of the connections those with one TLS key: more than a peer leaves half-open while its line comes and goes.
pub const CONNECTIONS_PER_KEY: usize = 16;
/// Threads for what may block: reads, and the judging of what peers deliver, one thread at most for a session.
pub const BLOCKING_THREADS: usize = 32;
/// Names that are looked up at a time: each takes one of these threads, for long if the resolver is silent.
pub const LOOKUPS: usize = 4;
/// Bytes of HTTP/2 headers of one call.
pub const HEADER_LIST_BYTES: u32 = 16 * 1024;
/// HTTP/2 streams of one connection.
pub const STREAMS: u32 = 8;
/// HTTP/2 window of a stream; the byte windows of three lanes and a frame each fit.
pub const HTTP2_STREAM_BYTES: u32 = 16 * 1024 * 1024;
/// Largest serialized gRPC message between offices: a frame and the field around it.
pub const MESSAGE_BYTES: usize = FRAME_BYTES + 16;
/// HTTP/2 streams of a connection that were reset and are not yet cleared away.
pub const RESETS: usize = 32;
/// Finished links that wait for the gRPC server.
pub const LINKS_WAITING: usize = 16;
/// Bytes that a refused peer may still send while it reads why.
pub const REFUSED_BYTES: u64 = 16 * 1024;
/// Pause after the system refused to accept a connection, as when there are no file descriptors left.
pub const ACCEPT_PAUSE_MS: u64 = 100;
/// Least time between two traces of connections that were turned away.
pub const TURNED_AWAY_TRACE_MS: u64 = 1_000;

/// Writes that `doctor` times.
pub const SYNCS: u8 = 32;
/// Size of each of them.
pub const SYNC_BYTES: usize = 4 * 1024;
/// Days before the end of the console's certificate from which on `doctor` warns.
pub const CERTIFICATE_WARNING_DAYS: i64 = 30;
/// Microseconds until a write is on the disk; less, and `doctor` warns that no disk is so fast.
pub const SYNC_US_MIN: u64 = 15;
/// Time until a write is on the disk; more, and `doctor` warns, since officers notice it.
pub const SYNC_MS_MAX: u64 = 100;
/// Files that a node has open besides its connections.
pub const OTHER_FILES: usize = 256;

/// Least characters of a justification of an access.
pub const WHY_CHARS_MIN: usize = 3;
/// Most characters of a justification of an access.
pub const WHY_CHARS: usize = 200;
/// Requests to read under break-glass that wait or count; with as many, none is asked.
pub const BREAK_GLASS: usize = 64;
/// Of them those of one officer.
pub const BREAK_GLASS_EACH: usize = 16;
/// How long such a request waits for a decision; how long a refusal is shown.
pub const BREAK_GLASS_WAITS_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// How long a text may be opened once that was granted.
pub const BREAK_GLASS_MS: i64 = 24 * 60 * 60 * 1000;
/// Entries that one page of an audit view looks at.
pub const AUDIT_ENTRIES: u64 = 2_048;

/// Most hits of one search: each is an entry of the log.
pub const SEARCH_HITS: usize = 50;
/// Notices of which statistics for people outside do not tell the number.
pub const STATISTICS_FEW: u64 = 3;
/// Entries that the search index follows at a time.
pub const FINDER_ENTRIES: u64 = 256;
/// Characters of a word that count for search.
pub const WORD_CHARS: usize = 64;
/// Most readings of one word of a name.
pub const READINGS: usize = 16;
/// Words of a query, parts of compounds counted one by one.
pub const QUERY_WORDS: usize = 32;
/// Characters of a query.
pub const QUERY_CHARS: usize = 256;
/// Words, readings of names and numbers of one notice that search knows; what is beyond is not found.
pub const NOTICE_TERMS: usize = 4_096;
/// Least characters of the last word of a query that find longer words.
pub const PREFIX_CHARS: usize = 2;
/// Least characters of a part of a reference that find it.
pub const REFERENCE_PART_CHARS: usize = 3;
