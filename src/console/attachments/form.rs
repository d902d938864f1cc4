//! The attachments of a form: each is one field, which holds what the node said of the file. Its key never leaves the node.

use crate::console::attachments::tags;
use crate::console::compose::is_language;
use crate::console::form::Fields;
use crate::console::mark::capital;
use crate::console::shell::Shell;
use crate::domain::draft::Draft;
use crate::domain::kinds::Kind;
use crate::domain::picture;
use crate::limits;
use crate::wire;
use crate::wire::AttachmentKind;
use crate::wire::NoticeKind;
use crate::wire::json::Word as _;

/// The field of an attachment.
const FIELD: &str = "attachment";
/// The field of a file that is still coming.
const UPLOAD: &str = "upload";

/// What can be chosen.
const KINDS: [AttachmentKind; 6] = [
    AttachmentKind::Photo,
    AttachmentKind::XrayJpeg,
    AttachmentKind::ScanDoc,
    AttachmentKind::XrayUff,
    AttachmentKind::Dicos,
    AttachmentKind::Other,
];

/// The attachments of a form, and what is needed to add one.
pub(in crate::console) struct Attach {
    /// Whether the kind of notice has a text, which alone has attachments.
    pub(in crate::console) may: bool,
    pub(in crate::console) files: Vec<Kept>,
    /// Files that had not come whole when the form was sent.
    pub(in crate::console) unfinished: Vec<String>,
    pub(in crate::console) kinds: Vec<(&'static str, String)>,
    /// How many bytes the script sends at once: at least, and at most.
    pub(in crate::console) pieces: (usize, usize),
    /// How it says a length, with a place for the number; and what stands before decimals.
    pub(in crate::console) units: [String; 2],
    pub(in crate::console) point: String,
    /// How far a file is, with places for what the script fills in.
    pub(in crate::console) told: String,
}

/// A file that is in a form, or has just come.
pub(in crate::console) struct Kept {
    /// What the field holds.
    pub(in crate::console) value: String,
    pub(in crate::console) name: String,
    /// Where it is seen; empty if it is no picture, or in no draft yet.
    pub(in crate::console) view: String,
    /// What it is, in one line.
    pub(in crate::console) about: String,
    pub(in crate::console) caption: String,
    pub(in crate::console) language: String,
}

/// The kinds of files, each with its word.
pub(super) fn kinds(shell: &Shell) -> Vec<(&'static str, String)> {
    KINDS.map(|kind| (kind.word(), capital(&shell.words.label::<AttachmentKind>(kind.into())))).into()
}

impl Attach {
    pub(in crate::console) fn of(shell: &Shell, kind: NoticeKind, draft: &str, fields: &Fields) -> Self {
        let places = [("here", "#1".to_owned()), ("size", "#2".to_owned()), ("percent", "#3".to_owned())];
        Self {
            pieces: (limits::FILE_CHUNK_BYTES, limits::UPLOAD_PIECE_BYTES),
            units: ["size-kib", "size-mib"].map(|key| shell.with(key, "size", "#")),
            point: shell.get("number-point"),
            told: shell.words.say("console-attachment-arrived", &places),
            may: Kind::of(kind).is_some_and(|kind| kind.part.is_some()),
            files: keys(fields).iter().filter_map(|key| Kept::of(shell, draft, key)).collect(),
            unfinished: fields.all(UPLOAD).map(str::to_owned).collect(),
            kinds: kinds(shell),
        }
    }
}

impl Kept {
    pub(super) fn of(shell: &Shell, draft: &str, key: &wire::AttachmentKey) -> Option<Self> {
        let words = &shell.words;
        let mut about = vec![capital(&words.label::<AttachmentKind>(key.kind)), words.size(key.size_bytes)];
        about.extend(tags(words, key));
        let caption = key.caption.clone().unwrap_or_default();
        let may_view = picture::is_shown(&key.media_type) && !draft.is_empty();
        Some(Self {
            value: serde_json::to_string(key).ok()?,
            name: key.name.clone(),
            view: if may_view { format!("/drafts/{draft}/a/{}/view", hex::encode(&key.digest)) } else { String::new() },
            about: about.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            caption: caption.text,
            language: caption.language,
        })
    }
}

/// The attachments of a form. What cannot be read was not made by a page; the node looks at what can.
fn keys(fields: &Fields) -> Vec<wire::AttachmentKey> {
    fields.all(FIELD).filter_map(|value| serde_json::from_str(value).ok()).collect()
}

/// The fields of a form with what is attached to a body, or to the one that it puts in place of another; nothing is left
/// attached to it.
pub(in crate::console) fn fields(body: Option<&mut wire::NoticeBody>) -> Vec<(String, String)> {
    let mut keys = vec![];
    if let Some(body) = body {
        keys.append(&mut body.attachments);
        keys.append(text(body));
    }
    let written = keys.iter().filter_map(|key| serde_json::to_string(key).ok());
    written.map(|value| (FIELD.to_owned(), value)).collect()
}

/// What is attached to a form and what is still coming, to go with it into another shape.
pub(in crate::console) fn carried(fields: &Fields) -> Vec<(String, String)> {
    fields.0.iter().filter(|(name, _)| name == FIELD || name == UPLOAD).cloned().collect()
}

/// A body that only holds the attachments of a form; `None` if it has none.
pub(in crate::console) fn body(fields: &Fields) -> Option<wire::NoticeBody> {
    let attachments = keys(fields);
    (!attachments.is_empty()).then(|| wire::NoticeBody { attachments, ..wire::NoticeBody::default() })
}

/// A draft with the attachments of its form.
pub(in crate::console) fn put(mut draft: Draft, fields: &Fields) -> Draft {
    if let Some(body) = &mut draft.body {
        text(body).extend(keys(fields));
    }
    draft
}

/// Where the attachments of a form stand in a body: in the text of it, or in the one that it puts in place of another.
pub(super) fn text(body: &mut wire::NoticeBody) -> &mut Vec<wire::AttachmentKey> {
    let wire::NoticeBody { attachments, correction, .. } = body;
    match correction.as_mut().and_then(|own| own.full_replacement.as_deref_mut()) {
        Some(whole) => &mut whole.attachments,
        None => attachments,
    }
}

/// What an officer says of a file.
pub(super) fn told_by(fields: &Fields, upload: Vec<u8>) -> wire::FinishAttachmentRequest {
    // Browsers of some systems send the folder, too.
    let name = fields.get("name").rsplit(['/', '\\']).next().unwrap_or_default();
    let (text, language) = (fields.get("caption").trim(), fields.get("lang"));
    let language = if is_language(language) { language } else { "en" };
    let caption = wire::Text { text: text.to_owned(), language: language.to_owned() };
    let kind = AttachmentKind::from_word(fields.get("kind")).unwrap_or(AttachmentKind::Other);
    wire::FinishAttachmentRequest {
        upload,
        name: name.to_owned(),
        kind: kind.into(),
        caption: Some(caption).filter(|caption| !caption.text.is_empty()),
        required: fields.has("required"),
        evidential: fields.has("evidential"),
        file_digest: hex::decode(fields.get("sha256")).unwrap_or_default(),
        ..wire::FinishAttachmentRequest::default()
    }
}
