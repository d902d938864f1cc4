//! Headers and bodies of peers, drafts of officers.

use chapar::domain::draft;
use chapar::domain::draft::Options;
use chapar::domain::fields;
use chapar::domain::notice;
use chapar::wire;
use prost::Message as _;
use serde_json::json;

use super::Choices;

/// A header and a body: what the checks let pass can be shown.
pub fn header_body(bytes: &[u8]) {
    let mut choices = Choices(bytes);
    let (header, body) = (choices.part(), choices.0);
    let (header, body) = (wire::NoticeHeader::decode(header), wire::NoticeBody::decode(body));
    let Ok(header) = header else { return };
    let Ok(checked) = notice::check_header(&header) else { return };
    assert!(draft::render(&header, None).is_ok(), "a header that was checked cannot be shown");
    let Ok(body) = body else { return };
    // Whatever the identifiers in it are.
    let _looked = fields::look_at(&body);
    if notice::check_body(checked.terms.kind, &body).is_ok() {
        assert!(draft::render(&header, Some(&body)).is_ok(), "a body that was checked cannot be shown");
    }
}

/// A draft: what can be read can be shown, and read again as the same.
pub fn draft_json(bytes: &[u8]) {
    let Ok(read) = draft::parse(bytes, Options { without_attachments: true }) else { return };
    let (header, body) = draft::render(&read.header, read.body.as_ref()).expect("a draft can be shown");
    let mut shown = json!({ "header": header });
    if !body.is_null() {
        shown["body"] = body;
    }
    let again = draft::parse(shown.to_string().as_bytes(), Options::default()).expect("a draft that is shown is one");
    assert!(again == read, "a draft that is shown is another one");
}
