//! Attachments on pages: what there is of each, how far it has come, and whether it may be taken away.

mod bring;
mod form;
mod give;
mod plain;
mod view;

use axum::Router;
use axum::routing::get;
use axum::routing::post;
use std::sync::Arc;

use crate::console::Desk;
use crate::console::form::address;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::visitor::Officer;
use crate::domain::notice;
use crate::domain::picture;
use crate::i18n::Words;
use crate::wire;
use crate::wire::AttachmentKind;

pub(super) use form::Attach;
pub(super) use form::body;
pub(super) use form::carried;
pub(super) use form::fields;
pub(super) use form::put;

/// The pages of attachments.
pub(super) fn pages() -> Router<Arc<Desk>> {
    Router::new()
        .route("/n/{reference}/attached", get(give::arriving))
        .route("/n/{reference}/a/{digest}", get(give::of_notice))
        .route("/n/{reference}/a/{digest}/preview", get(give::preview_of_notice))
        .route("/n/{reference}/a/{digest}/fetch", post(give::fetch))
        .route("/n/{reference}/a/{digest}/view", get(view::of_notice))
        .route("/n/{reference}/a/{digest}/save", post(give::save))
        .route("/drafts/{number}/a/{digest}", get(give::of_draft))
        .route("/drafts/{number}/a/{digest}/preview", get(give::preview_of_draft))
        .route("/drafts/{number}/a/{digest}/view", get(view::of_draft))
        .route("/attachments", post(bring::begin))
        .route("/attachments/{upload}/finish", post(bring::finish))
}

/// What takes a file piece by piece, over lines of any speed.
pub(super) fn pieces() -> Router<Arc<Desk>> {
    Router::new().route("/attachments/{upload}", get(bring::how_far).patch(bring::put).delete(bring::discard))
}

/// What takes a whole file in one form, without script.
pub(super) fn files() -> Router<Arc<Desk>> {
    Router::new().route("/drafts/{number}/attach", get(plain::page).post(plain::add))
}

/// An attachment, as a page tells of it.
pub(super) struct Attached {
    /// Where it is shown.
    pub(super) address: String,
    /// Where it is looked at; there the other pictures of the text can be laid beside it.
    pub(super) view: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) caption: String,
    /// The language of the caption.
    pub(super) language: String,
    pub(super) size: String,
    /// SHA-256 of the file, as hex digits.
    pub(super) sha256: String,
    /// Names it among those that are still coming: SHA-256 of its ciphertext, as hex digits.
    pub(super) digest: String,
    /// What a reader must know of it, in words.
    pub(super) tags: Vec<String>,
    pub(super) is_picture: bool,
    /// Whether all of it is here.
    pub(super) is_here: bool,
    /// How much of it is here, in words, and in per cent.
    pub(super) arrived: String,
    pub(super) percent: u64,
}

/// All attachments of a text.
#[derive(Default)]
pub(super) struct Attachments {
    pub(super) all: Vec<Attached>,
    /// Where the page asks how far they are; empty where nothing is still coming.
    pub(super) asks: String,
    /// Whether they can be taken away from this page at all.
    pub(super) may_save: bool,
    /// Why they may not: what, and what to do; both empty if they may.
    pub(super) stays: (String, String),
}

impl Attachments {
    /// Those of texts, each once; `at` is the address of what they belong to.
    pub(super) fn of<'a>(
        shell: &Shell,
        at: &str,
        texts: impl IntoIterator<Item = &'a wire::NoticeBody>,
        here: &[wire::AttachmentHere],
    ) -> Self {
        let mut all: Vec<Attached> = vec![];
        for key in texts.into_iter().flat_map(notice::file_keys) {
            let one = Attached::of(shell, at, key, here);
            if !all.iter().any(|other| other.digest == one.digest) {
                all.push(one);
            }
        }
        let pictures = all.iter().filter(|one| one.is_picture && one.is_here);
        let others: Vec<(&str, String)> = pictures.map(|one| (view::WITH, one.digest.clone())).collect();
        let with: Vec<(&str, &str)> = others.iter().map(|(name, digest)| (*name, digest.as_str())).collect();
        let with = if with.len() > 1 { with.as_slice() } else { &[] };
        for one in &mut all {
            one.view = address(&format!("{}/view", one.address), with);
        }
        let asks = if all.iter().all(|one| one.is_here) { String::new() } else { format!("{at}/attached") };
        Self { all, asks, ..Self::default() }
    }

    /// The same, for a page that they can be taken away from, with why they may not.
    pub(super) async fn savable(self, officer: &Officer, reference: &str) -> Self {
        if self.all.is_empty() {
            return self;
        }
        let stays = officer.visitor.desk.api.stays(reference).await;
        let stays = stays.map(|status| shell::refusal(officer.words(), &status)).unwrap_or_default();
        Self { may_save: true, stays, ..self }
    }
}

impl Attached {
    fn of(shell: &Shell, at: &str, key: &wire::AttachmentKey, here: &[wire::AttachmentHere]) -> Self {
        let digest = hex::encode(&key.digest);
        let here = here.iter().find(|one| one.digest == key.digest).cloned().unwrap_or_default();
        let caption = key.caption.clone().unwrap_or_default();
        let (arrived, percent) = arrived(&shell.words, &here);
        Self {
            address: format!("{at}/a/{digest}"),
            view: String::new(),
            name: key.name.clone(),
            kind: shell.words.label::<AttachmentKind>(key.kind),
            caption: caption.text,
            language: caption.language,
            size: shell.words.size(key.size_bytes),
            sha256: hex::encode(&key.file_digest),
            digest,
            tags: tags(&shell.words, key),
            is_picture: picture::is_shown(&key.media_type),
            is_here: is_here(&here),
            arrived,
            percent,
        }
    }
}

/// How many there are of a notice that is not opened, and how far they are; empty if there are none.
pub(super) fn in_words(words: &Words, here: &[wire::AttachmentHere]) -> String {
    if here.is_empty() {
        return String::new();
    }
    let sum = |part: fn(&wire::AttachmentHere) -> u64| here.iter().map(part).fold(0, u64::saturating_add);
    let names = [
        ("count", here.len().to_string()),
        ("here", words.size(sum(|one| one.arrived_bytes))),
        ("size", words.size(sum(|one| one.size_bytes))),
    ];
    words.say("console-attached", &names)
}

/// Whether nobody may act without it, and whether it is as it was found.
fn tags(words: &Words, key: &wire::AttachmentKey) -> Vec<String> {
    let said = [(key.required, "console-attachment-required"), (key.evidential, "console-attachment-evidential")];
    said.into_iter().filter(|(is, _)| *is).map(|(_, tag)| words.get(tag)).collect()
}

fn is_here(here: &wire::AttachmentHere) -> bool {
    here.size_bytes > 0 && here.arrived_bytes >= here.size_bytes
}

/// How much of it is here: in words, and in per cent.
fn arrived(words: &Words, here: &wire::AttachmentHere) -> (String, u64) {
    let percent = here.percent();
    let names = [
        ("here", words.size(here.arrived_bytes)),
        ("size", words.size(here.size_bytes)),
        ("percent", percent.to_string()),
    ];
    (words.say("console-attachment-arrived", &names), percent)
}

#[cfg(test)]
mod tests;
