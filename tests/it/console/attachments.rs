//! Attachments on pages: brought in piece by piece or in one form, seen once their notice is open, taken away if they may.

use std::path::Path;
use std::time::Duration;

use chapar::domain::draft;
use chapar::domain::kinds;
use chapar::domain::officer::ROLES;
use chapar::limits;
use chapar::name::Digest;
use chapar::wire;
use chapar::wire::AttachmentKind;
use chapar::wire::AuditView;
use chapar::wire::Role;
use tokio::time::timeout;

use crate::binary::PASSPHRASE;
use crate::console::recorded;
use crate::local::Local;
use crate::local::PAUSE;
use crate::roles::Office;
use crate::roles::of;
use crate::support::browser::Browser;
use crate::support::browser::Page;
use crate::support::lawful;
use crate::world::a_notice;
use crate::world::two;

const NOW: &str = "2026-11-24T08:00:00Z";
const PIECE: &str = "application/offset+octet-stream";

/// A picture of the samples, longer than a piece.
const SCAN: &str = "scan-form.png";

pub(crate) fn image(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/images").join(name)).unwrap()
}

/// A browser whose page brings a file in.
pub(crate) struct Bringing {
    pub(crate) browser: Browser,
    pub(crate) token: String,
}

impl Bringing {
    async fn of(address: Option<std::net::SocketAddr>) -> Self {
        let mut browser = Browser::of(address, "R01", PASSPHRASE).await;
        Self { token: browser.token().await, browser }
    }

    async fn call(&mut self, head: &str, headers: &[(&'static str, String)], body: &[u8]) -> Page {
        let own = [("chapar-token", self.token.clone()), ("Sec-Fetch-Site", "same-origin".to_owned())];
        self.browser.ask_bytes(head, &[&own, headers].concat(), body).await
    }

    pub(crate) async fn begin(&mut self, file: &[u8]) -> Page {
        let length = ("Upload-Length", file.len().to_string());
        self.call("POST /attachments", &[length, ("X-Chapar-Sha256", Digest::of(file).to_string())], b"").await
    }

    pub(crate) async fn put(&mut self, place: &str, offset: usize, data: &[u8]) -> Page {
        let headers = [("Content-Type", PIECE.to_owned()), ("Upload-Offset", offset.to_string())];
        self.call(&format!("PATCH {place}"), &headers, data).await
    }

    pub(crate) async fn finish(&mut self, place: &str, fields: &[(&str, &str)]) -> Page {
        let form = ("Content-Type", "application/x-www-form-urlencoded".to_owned());
        let body = serde_urlencoded::to_string(fields).unwrap();
        self.call(&format!("POST {place}/finish"), &[form], body.as_bytes()).await
    }
}

/// The draft file of a small notice, and the form that takes it.
fn written() -> (String, String) {
    let notice = a_notice(&["TM-FAR"], wire::Urgency::Routine, "with a picture");
    let (header, body) = draft::render(&notice.header.unwrap(), notice.body.as_ref()).unwrap();
    let file = serde_json::json!({"header": header, "body": body}).to_string();
    (format!("/compose/{}?form=expert", kinds::word(lawful::KIND)), file)
}

/// The value of a field as the page has it, for a form.
pub(crate) fn unescaped(value: &str) -> String {
    value.replace("&#34;", "\"").replace("&#38;", "&").replace("&#60;", "<").replace("&#62;", ">")
}

#[track_caller]
fn is_sandboxed(page: &Page, kind: &str, disposition: &str) {
    let policies: Vec<&str> = page.headers("content-security-policy").collect();
    assert_eq!(policies.len(), 2, "{policies:?}");
    assert_eq!(policies[1], "default-src 'none'; sandbox");
    assert_eq!((page.header("content-type"), page.header("content-disposition")), (kind, disposition));
    assert_eq!((page.header("x-content-type-options"), page.header("cache-control")), ("nosniff", "no-store"));
    assert_eq!(page.header("content-encoding"), "");
    assert_eq!(page.header("content-length"), page.bytes.len().to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_in_pieces_and_goes_on_where_it_was() {
    let (_alt, a, _far, f, _) = two(NOW).await;
    let file = image(SCAN);
    let mut page = Bringing::of(a.console).await;
    let begun = page.begin(&file).await;
    assert_eq!((begun.status, begun.header("upload-offset")), (201, "0"), "{}", begun.body);
    let place = begun.header("location").to_owned();

    // What is no piece is not taken.
    let (piece, offset) = (("Content-Type", PIECE.to_owned()), ("Upload-Offset", "0".to_owned()));
    let patch = format!("PATCH {place}");
    let too_long = vec![0; limits::UPLOAD_PIECE_BYTES + 1];
    for (status, head, headers, body) in [
        (400, "POST /attachments", vec![], &[][..]),
        (422, "POST /attachments", vec![("Upload-Length", "0".to_owned())], &[]),
        (422, "POST /attachments", vec![("Upload-Length", (limits::ATTACHMENT_BYTES + 1).to_string())], &[]),
        (415, &patch, vec![offset.clone()], b"abc"),
        (400, &patch, vec![piece.clone()], b"abc"),
        (413, &patch, vec![piece.clone(), offset.clone()], &too_long),
        (404, "GET /attachments/00", vec![], &[]),
    ] {
        let answer = page.call(head, &headers, body).await;
        assert_eq!(answer.status, status, "{head} {headers:?} {}", answer.body);
    }
    // Nor from a page that is not of this session.
    let stranger = Browser::at(a.console);
    let token = std::mem::replace(&mut page.token, "0".repeat(64));
    assert_eq!(page.put(&place, 0, &file[..4096]).await.status, 403);
    let signed_in = std::mem::replace(&mut page.browser, stranger);
    let away = page.put(&place, 0, &file[..4096]).await;
    assert_eq!((away.status, away.header("location")), (401, ""));
    (page.token, page.browser) = (token, signed_in);

    let put = page.put(&place, 0, &file[..limits::UPLOAD_PIECE_BYTES]).await;
    let here = limits::UPLOAD_PIECE_BYTES.to_string();
    assert_eq!((put.status, put.header("upload-offset")), (204, here.as_str()), "{}", put.body);
    // A piece that came twice, or too early, moves nothing.
    for offset in [0, file.len() - 4096] {
        assert_eq!(page.put(&place, offset, &file[offset..offset + 4096]).await.header("upload-offset"), here);
    }
    let early = page.finish(&place, &[("name", SCAN), ("kind", "SCAN_DOC")]).await;
    assert_eq!(early.status, 422, "{}", early.body);
    // A page that was loaded again finds it, by its name and by the file.
    let mut page = Bringing::of(a.console).await;
    assert_eq!(page.call(&format!("GET {place}"), &[], b"").await.header("upload-offset"), here);
    let again = page.begin(&file).await;
    assert_eq!((again.header("location"), again.header("upload-offset")), (place.as_str(), here.as_str()));
    page.put(&place, limits::UPLOAD_PIECE_BYTES, &file[limits::UPLOAD_PIECE_BYTES..]).await;
    let said = [("name", "C:\\scans\\form.png"), ("kind", "SCAN_DOC"), ("caption", "the <form>"), ("lang", "ru")];
    let finished = page.finish(&place, &[&said[..], &[("required", "yes")]].concat()).await;
    assert_eq!(finished.status, 200, "{}", finished.body);
    finished.says("name=\"attachment\"").says("<bdi>form.png</bdi>").says("the &#60;form&#62;").says("required");
    let (_, value) = finished.body.split_once("name=\"attachment\" value=\"").unwrap();
    let value = unescaped(value.split('"').next().unwrap());

    // It goes with the form, also if that is refused, and stays with the draft as long as its tick does.
    let (address, json) = written();
    let refused = page.browser.send(&address, &[("json", "{"), ("attachment", &value), ("upload", "ab.1")]).await;
    assert_eq!(refused.status, 422);
    refused.says("<bdi>form.png</bdi>").says("name=\"upload\" value=\"ab.1\"");
    let saved = page.browser.send(&address, &[("json", &json), ("attachment", &value), ("do", "save")]).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let draft = saved.header("location").to_owned();
    let key: wire::AttachmentKey = serde_json::from_str(&value).unwrap();
    let picture = format!("{draft}/a/{}", hex::encode(&key.digest));
    page.browser.get(&draft).await.says("form.png").says(&format!("href=\"{picture}/view\""));
    let seen = page.browser.get(&picture).await;
    assert!(seen.status == 200 && seen.bytes == file);
    is_sandboxed(&seen, "image/png", "inline; filename*=UTF-8''form.png");
    let view = page.browser.get(&format!("{picture}/view")).await;
    view.says(&format!("data-picture=\"{picture}\""))
        .says("data-watermark=\"UZ-ALT · UZ-ALT-R01 · ")
        .says("-dark.css\" media=\"screen\">");
    assert!(!view.body.contains("form.png") && !view.body.contains("with a picture"));
    let edit = page.browser.get(&format!("{draft}/edit")).await;
    let fields = [("json", json.as_str()), ("draft", &edit.field("draft")), ("do", "save")];
    edit.says("name=\"attachment\"");
    assert_eq!(page.browser.send(&address, &fields).await.status, 303);
    assert!(!page.browser.get(&draft).await.body.contains("form.png"));
    assert_eq!(page.browser.get(&picture).await.status, 404);

    // What is not wanted any more is gone.
    let place = page.begin(b"not wanted").await.header("location").to_owned();
    assert_eq!(page.call(&format!("DELETE {place}"), &[], b"").await.status, 204);
    assert_eq!(page.call(&format!("GET {place}"), &[], b"").await.status, 404);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

/// A form with a file, as a browser without script sends it.
fn parts(token: &str, (name, kind): (&str, &str), file: &[u8]) -> (Vec<(&'static str, String)>, Vec<u8>) {
    let field =
        |name: &str, value: &str| format!("--xx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let mut body = [field("token", token), field("kind", kind), field("caption", "kestrel")].concat().into_bytes();
    let head = format!(
        "--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
                        Content-Type: application/octet-stream\r\n\r\n"
    );
    body.extend([head.as_bytes(), file, b"\r\n--xx--\r\n"].concat());
    (vec![("Content-Type", "multipart/form-data; boundary=xx".to_owned())], body)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_script_a_file_comes_in_one_form() {
    let (_alt, a, _far, f, _) = two(NOW).await;
    let mut browser = Browser::of(a.console, "R01", PASSPHRASE).await;
    let (address, json) = written();
    let saved = browser.send(&address, &[("json", &json), ("do", "attach")]).await;
    let (status, place) = saved.leads_to();
    let (draft, _) = place.rsplit_once('/').unwrap();
    assert_eq!((status, place), (303, format!("{draft}/attach").as_str()));
    let form = browser.get(place).await;
    form.says("enctype=\"multipart/form-data\"").says("type=\"file\"");

    // More than a form may have elsewhere.
    let large = vec![7; limits::FORM_BYTES + 70_000];
    for (file, name, status) in [
        (&large, ("large.bin", "OTHER"), 303),
        (&vec![], ("", "OTHER"), 422),
        (&image("photo-exif-gps.jpg"), ("a.jpg", "PHOTO"), 303),
    ] {
        let (headers, body) = parts(&form.field("token"), name, file);
        let answer = browser.ask_bytes(&format!("POST {place}"), &headers, &body).await;
        assert_eq!(answer.status, status, "{name:?}: {}", answer.body);
        if status == 422 {
            answer.says("No file was chosen").says("kestrel");
        } else {
            assert_eq!(answer.header("location"), format!("{draft}/edit"));
        }
    }
    let (headers, body) = parts("0", ("a.bin", "OTHER"), b"abc");
    assert_eq!(browser.ask_bytes(&format!("POST {place}"), &headers, &body).await.status, 422);
    // Whoever says another length than comes has nothing taken.
    let (headers, body) = parts(&form.field("token"), ("b.bin", "OTHER"), b"abc");
    let lied = [&headers[..], &[("Content-Length", (body.len() + 5).to_string())]].concat();
    let cut = browser.ask_bytes(&format!("POST {place}"), &lied, &[&body[..], b"12345"].concat()).await;
    assert_eq!(cut.status, 422, "{}", cut.body);
    let edit = browser.get(&format!("{draft}/edit")).await;
    edit.says("<bdi>large.bin</bdi>").says("<bdi>a.jpg</bdi>").says("kestrel").says("Photograph");
    assert!(!edit.body.contains("b.bin") && !edit.body.contains("a.bin"));
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

/// Brings a file in for a draft.
pub(super) async fn bring(node: &Local, name: &str, kind: AttachmentKind) -> wire::AttachmentKey {
    let (mut desk, file) = (node.desk.clone(), image(name));
    let begin = wire::BeginAttachmentRequest { size_bytes: file.len() as u64, ..Default::default() };
    let upload = desk.begin_attachment(begin).await.unwrap().into_inner().upload;
    let put = wire::PutAttachmentRequest { upload: upload.clone(), offset: 0, data: file };
    desk.put_attachment(put).await.unwrap();
    let (name, kind) = (name.to_owned(), kind.into());
    let finish = wire::FinishAttachmentRequest { upload, name, kind, ..Default::default() };
    desk.finish_attachment(finish).await.unwrap().into_inner().attachment.unwrap()
}

/// Sends a notice with these files; its reference.
pub(super) async fn send(node: &Local, tlp: wire::Tlp, files: &[wire::AttachmentKey]) -> String {
    let mut notice = a_notice(&["TM-FAR"], wire::Urgency::Routine, "with files");
    notice.header.as_mut().unwrap().tlp = tlp.into();
    notice.body.as_mut().unwrap().attachments = files.to_vec();
    node.send(notice).await.unwrap().reference
}

/// Waits until all attachments of a notice are here.
pub(super) async fn until_here(node: &Local, notice: &str) {
    let request = wire::GetNoticeRequest { notice: notice.to_owned() };
    let waits = async {
        loop {
            let found = node.desk.clone().get_notice(request.clone()).await.map(|found| found.into_inner().attachments);
            if found.is_ok_and(|here| !here.is_empty() && here.iter().all(|one| one.arrived_bytes == one.size_bytes)) {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    timeout(Duration::from_mins(1), waits).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attachment_is_seen_after_its_notice_was_opened() {
    let (_alt, a, _far, mut f, _) = two(NOW).await;
    let photo = bring(&a, "photo-label.jpg", AttachmentKind::Photo).await;
    let scan = bring(&a, "opaque-sample.uff", AttachmentKind::XrayUff).await;
    let reference = send(&a, wire::Tlp::Amber, &[photo.clone(), scan.clone()]).await;
    until_here(&f, &reference).await;
    let mut reader = Browser::of(f.console, "R01", PASSPHRASE).await;
    let address = format!("/n/{reference}");
    let [picture, opaque] = [&photo, &scan].map(|key| format!("{address}/a/{}", hex::encode(&key.digest)));

    let closed = reader.get(&address).await;
    closed.says("2 files are attached");
    assert!(!closed.body.contains("photo-label"));
    for path in [&picture, &opaque] {
        let refused = reader.get(path).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
        refused.says("You have not opened");
    }
    let saved = reader.send(&format!("{picture}/save"), &[("why", "case 7")]).await;
    assert_eq!(saved.status, 422);
    assert_eq!(recorded(&mut f, AuditView::Reads).await, []);

    let opened = reader.send(&format!("{address}/open"), &[]).await;
    opened.says("photo-label.jpg").says("opaque-sample.uff").says(&format!("src=\"{picture}/preview\""));
    opened.says(&hex::encode(&photo.file_digest)).says(&format!("action=\"{opaque}/save\""));
    assert!(!opened.body.contains(&format!("src=\"{opaque}")) && !opened.body.contains("data-asks"));
    // The opening covers the preview beside the text, once; any other look is an entry of its own.
    for (path, entries) in [(format!("{picture}/preview"), 1), (picture.clone(), 2), (format!("{picture}/preview"), 3)]
    {
        let seen = reader.get(&path).await;
        assert!(seen.status == 200 && seen.bytes == image("photo-label.jpg"));
        is_sandboxed(&seen, "image/jpeg", "inline; filename*=UTF-8''photo-label.jpg");
        assert_eq!(recorded(&mut f, AuditView::Reads).await.len(), entries, "{path}");
    }
    let view = reader.get(&format!("{picture}/view?size=real")).await;
    view.says(&format!("data-picture=\"{picture}\"")).says("class=\"still real\"").says("TLP:AMBER");

    // What is no picture is only taken away, for a reason.
    let refused = reader.get(&opaque).await;
    assert_eq!(refused.status, 415);
    refused.says("no picture that can be shown");
    assert_eq!(reader.post(&format!("{opaque}/save"), &[("why", "case 7")]).await.status, 403, "without a token");
    assert_eq!(reader.send(&format!("{opaque}/save"), &[]).await.status, 422);
    let of = opaque.split_once("/a/").unwrap().0;
    assert_eq!(
        reader.get(&format!("{opaque}/save")).await.leads_to(),
        (303, of),
        "an attachment has no page of its own"
    );
    for (path, name, kind) in
        [(&opaque, "opaque-sample.uff", "application/octet-stream"), (&picture, "photo-label.jpg", "image/jpeg")]
    {
        let saved = reader.send(&format!("{path}/save"), &[("why", "case 7")]).await;
        assert!(saved.status == 200 && saved.bytes == image(name), "{} {}", saved.status, saved.body.len());
        is_sandboxed(&saved, kind, &format!("attachment; filename*=UTF-8''{name}"));
    }
    let exports = recorded(&mut f, AuditView::Exports).await;
    assert_eq!(exports.len(), 2);
    assert!(exports.iter().all(|(officer, of, _)| officer == "TM-FAR-R01" && *of == reference));
    for none in ["00", "zz", &"00".repeat(32)] {
        assert_eq!(reader.get(&format!("{address}/a/{none}")).await.status, 404, "{none}");
    }

    // What stays here says so, and stays.
    let strict = send(&a, wire::Tlp::AmberStrict, &[bring(&a, "photo-label.jpg", AttachmentKind::Photo).await]).await;
    until_here(&f, &strict).await;
    let opened = reader.send(&format!("/n/{strict}/open"), &[]).await;
    opened.says("disabled aria-describedby=\"stays\"").says("stays here");
    assert!(!opened.body.contains("/save\""));
    let (_, digest) = opened.body.split_once("data-digest=\"").unwrap();
    let path = format!("/n/{strict}/a/{}", digest.split('"').next().unwrap());
    assert_eq!(reader.get(&path).await.status, 200);
    let refused = reader.send(&format!("{path}/save"), &[("why", "case 7")]).await;
    assert_eq!(refused.status, 422);
    refused.says("stays here");
    let arrived = reader.get(&format!("/n/{strict}/attached?again=1")).await;
    arrived.says("\"percent\":100").says("\"whole\":true");
    assert_eq!(arrived.header("content-type"), "application/json");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_attachments_are_for_those_who_write_and_read() {
    let office = Office::start().await;
    let none = format!("/n/UZ-ALT-26-000001-K/a/{}", "00".repeat(32));
    for (column, role) in ROLES.into_iter().enumerate() {
        let mut browser = Browser::of(office.node.console, of(role).as_str(), crate::roles::PASSPHRASE).await;
        // A data protection officer reads, and writes nothing.
        let (writes, reads) = (column < 2, column < 2 || column == 4);
        let status = |may: bool, own: u16| if may { own } else { 403 };
        assert_eq!(browser.get(&none).await.status, status(reads, 404), "{role:?}");
        let saved = browser.send(&format!("{none}/save"), &[("why", "case 7")]).await;
        assert_eq!(saved.status, status(reads, 404), "{role:?}");
        let draft = browser.get(&format!("/drafts/7/a/{}", "00".repeat(32))).await;
        assert_eq!(draft.status, status(writes, 404), "{role:?}");
        let view = browser.get(&format!("/drafts/7/a/{}/view", "00".repeat(32))).await;
        assert_eq!(view.status, status(reads, 404), "{role:?}");
        let form = browser.get("/drafts/7/attach").await;
        assert_eq!(form.status, status(writes, 200), "{role:?}");
        let (token, place) = (browser.token().await, "POST /drafts/7/attach");
        let (kind, body) = parts(&token, ("a.bin", "OTHER"), b"abc");
        assert_eq!(browser.ask_bytes(place, &kind, &body).await.status, status(writes, 422), "{role:?}");
        // The keys to what is to be released are for those who release.
        let keys = browser.get("/settings").await;
        assert_eq!(keys.body.contains("<kbd>G</kbd> <kbd>R</kbd>"), role == Role::ReleasingOfficer, "{role:?}");
        let headers = [("chapar-token", token), ("Upload-Length", "7".to_owned())];
        let begun = browser.ask("POST /attachments", &headers, "").await;
        assert_eq!(begun.status, status(writes, 201), "{role:?} {}", begun.body);
    }
    office.node.stop().await.unwrap();
}
