//! Style, script and letters, in the binary. Their names have a digest, so that a browser keeps them for good.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::response::Response;
use rust_embed::EmbeddedFile;
use rust_embed::RustEmbed;

/// Characters of the digest in a name.
const DIGEST_CHARS: usize = 16;

#[derive(RustEmbed)]
#[folder = "assets/"]
#[include = "*.css"]
#[include = "*.js"]
#[include = "*.woff2"]
#[exclude = "vendor/*"]
struct Files;

/// Where the pages find them.
pub(super) struct Assets {
    /// The style of every page, and what is dark in it.
    pub(super) style: String,
    pub(super) dark_style: String,
    /// The style of lists and of the office, which a page has unless it names another.
    pub(super) office_style: String,
    /// The style of notices and forms.
    pub(super) notice_style: String,
    /// What names the letters for machines that lack them; a browser asks for those that it shows alone.
    pub(super) letters: String,
    /// The script.
    pub(super) script: String,
    /// The script of forms that are kept while they are written.
    pub(super) writing: String,
    /// The script of pages with attachments.
    pub(super) attachments: String,
    /// The script of the viewer, and its style.
    pub(super) viewer: String,
    pub(super) viewer_style: String,
    /// What decodes pictures of 16 bits for it; made of packages of npm (`assets/vendor`).
    pub(super) png: String,
}

/// The addresses of this build.
pub(super) static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets {
    style: address("chapar.css"),
    dark_style: address("dark.css"),
    office_style: address("office.css"),
    notice_style: address("notice.css"),
    letters: address("fonts.css"),
    script: address("chapar.js"),
    writing: address("writing.js"),
    attachments: address("attachments.js"),
    viewer: address("viewer.js"),
    viewer_style: address("viewer.css"),
    png: address("png.js"),
});

/// A file by its name; fonts are in a folder of their own.
fn file(name: &str) -> Option<EmbeddedFile> {
    Files::get(name).or_else(|| Files::get(&format!("fonts/{name}")))
}

/// Where a browser finds a file: its name behind the digest of what it holds.
fn address(name: &str) -> String {
    let digest = file(name).map(|found| hex::encode(found.metadata.sha256_hash())).unwrap_or_default();
    format!("/assets/{}-{name}", digest.get(..DIGEST_CHARS).unwrap_or_default())
}

/// Serves one by its name with the digest.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    let plain = name.split_once('-').map(|(_, plain)| plain.to_owned()).unwrap_or_default();
    let Some(file) = file(&plain).filter(|_| address(&plain) == format!("/assets/{name}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match plain.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("woff2") => "font/woff2",
        _ => "text/javascript; charset=utf-8",
    };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, file.data).into_response()
}
