//! The text of a notice that was opened: as it now reads, as it was sent, and what a reader must know first.

use crate::console::attachments::Attachments;
use crate::console::changes;
use crate::console::changes::Changed;
use crate::console::shell::Shell;
use crate::console::text;
use crate::console::text::Line;
use crate::wire;
use crate::wire::AmendmentReason;
use crate::wire::NoticeKind;

/// Characters of a key id that people compare.
const KEY_CHARS: usize = 16;

/// A text that was opened.
pub(super) struct Text {
    pub(super) lines: Vec<Line>,
    /// What a reader must know first, each with its class.
    pub(super) bars: Vec<(&'static str, String)>,
    pub(super) original: Vec<Line>,
    /// What a correction has changed.
    pub(super) changes: Vec<Changed>,
    pub(super) not_for_court: bool,
    pub(super) signed: String,
    pub(super) forwarded: Option<Forwarded>,
    pub(super) reader: String,
    /// That it is recorded; on a sheet, by whom and when it was printed.
    pub(super) recorded: String,
    pub(super) attachments: Attachments,
    /// Whether it is read under break-glass, and so is not printed.
    pub(super) granted: bool,
}

/// What a forward passes on.
pub(super) struct Forwarded {
    pub(super) office: String,
    pub(super) reference: String,
    pub(super) kind: String,
    pub(super) lines: Vec<Line>,
    pub(super) verified: bool,
}

impl Text {
    pub(super) fn of(shell: &Shell, opened: &wire::OpenNoticeResponse) -> Self {
        let words = &shell.words;
        let header = opened.summary.clone().unwrap_or_default().header.unwrap_or_default();
        let lines =
            |body: Option<&wire::NoticeBody>| body.map(|body| text::lines(shell, &header, body)).unwrap_or_default();
        let mut bars: Vec<(&'static str, String)> =
            opened.amendments.iter().map(|amendment| self::amendment(shell, amendment)).collect();
        if let Some(erasure) = &opened.erasure {
            let reason = words.label::<wire::ErasureReason>(erasure.reason);
            bars.push(("bad", [words.get("sheet-gone"), reason, shell.when.moment(erasure.time_ms)].join(" ")));
        }
        let forwarded = opened.forwarded.as_ref().map(|one| {
            let header = one.header.clone().unwrap_or_default();
            let body = one.body.clone().unwrap_or_default();
            Forwarded {
                office: header.from.clone().unwrap_or_default().office,
                reference: header.reference.clone(),
                kind: words.label::<NoticeKind>(header.kind),
                lines: text::lines(shell, &header, &body),
                verified: !one.key_id.is_empty(),
            }
        });
        let passed_on = opened.forwarded.as_ref().and_then(|one| one.body.as_ref());
        let texts = [opened.body.as_ref(), passed_on, opened.original.as_ref()].into_iter().flatten();
        let names = [
            ("office", opened.signed_by.clone()),
            ("key", opened.key_id.get(..KEY_CHARS).unwrap_or_default().to_owned()),
        ];
        Self {
            lines: lines(opened.body.as_ref()),
            bars,
            original: lines(opened.original.as_ref()),
            changes: opened
                .original
                .as_ref()
                .zip(opened.body.as_ref())
                .map_or_else(Vec::new, |texts| changes::of_texts(shell, &header, texts)),
            not_for_court: opened.not_for_court,
            signed: words.say("sheet-signature", &names),
            forwarded,
            reader: opened.reader.clone(),
            recorded: words.get("sheet-recorded"),
            granted: opened.reading.is_some(),
            attachments: match &opened.reading {
                // What is read under break-glass is the text alone.
                Some(_) => Attachments::default(),
                None => Attachments::of(shell, &format!("/n/{}", header.reference), texts, &opened.attachments),
            },
        }
    }
}

fn amendment(shell: &Shell, amendment: &wire::Amendment) -> (&'static str, String) {
    let code = shell.words.label::<AmendmentReason>(amendment.reason_code);
    let reason = amendment.reason.as_ref().map(|reason| reason.text.clone()).unwrap_or_default();
    let why = [code, reason].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
    let names = [
        ("reference", amendment.notice.clone().unwrap_or_default().reference),
        ("time", shell.when.moment(amendment.time_ms)),
        ("why", why),
    ];
    let (class, key) = match (amendment.kind(), amendment.reason_code(), amendment.applied) {
        (NoticeKind::Withdrawal, _, true) => ("bad", "console-bar-withdrawn"),
        (NoticeKind::Correction, AmendmentReason::Confirmed, true) => ("", "console-bar-confirmed"),
        (NoticeKind::Correction, _, true) => ("wait", "console-bar-corrected"),
        _ => ("wait", "console-bar-unapplied"),
    };
    (class, shell.words.say(key, &names))
}
