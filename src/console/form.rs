//! What a form sends: fields by name, some of them many times.

use axum::extract::FromRequest;
use axum::extract::Multipart;
use axum::extract::RawForm;
use axum::extract::Request;
use axum::http::header;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The fields of a form, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(pub(super) Vec<(String, String)>);

impl Fields {
    /// The fields in a form's body; none, if it is no form. A file is the base 64 of its bytes.
    pub(super) async fn of(request: Request) -> Self {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
            return Self::of_parts(request).await.unwrap_or_default();
        }
        let form = RawForm::from_request(request, &()).await;
        let bytes = form.map(|RawForm(bytes)| bytes).unwrap_or_default();
        Self(serde_urlencoded::from_bytes(&bytes).unwrap_or_default())
    }

    async fn of_parts(request: Request) -> Option<Self> {
        let mut parts = Multipart::from_request(request, &()).await.ok()?;
        let mut fields = vec![];
        while let Some(part) = parts.next_field().await.ok()? {
            let (name, is_file) = (part.name()?.to_owned(), part.file_name().is_some());
            let bytes = part.bytes().await.ok()?;
            let value = if is_file { STANDARD.encode(bytes) } else { String::from_utf8(bytes.into()).ok()? };
            fields.push((name, value));
        }
        Some(Self(fields))
    }

    /// The first field of a name; empty if there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// All fields of a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Whether a field is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    /// Without a field.
    pub(super) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(own, _)| own != name);
        self
    }
}

/// The address of a page with what it is asked for; what is empty is left out.
pub(super) fn address(path: &str, query: &[(&str, &str)]) -> String {
    let said: Vec<_> = query.iter().filter(|(_, value)| !value.is_empty()).collect();
    match serde_urlencoded::to_string(said) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    async fn fields(kind: &str, body: &str) -> Vec<(String, String)> {
        let request = Request::builder().header(header::CONTENT_TYPE, kind).body(Body::from(body.to_owned())).unwrap();
        Fields::of(request).await.0
    }

    #[tokio::test]
    async fn a_form_has_fields_and_files() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let plain = "application/x-www-form-urlencoded";
        // A browser posts forms as POST; a GET has its fields in its address.
        let request = Request::builder().method("POST").header(header::CONTENT_TYPE, plain);
        let request = request.body(Body::from("a=1&a=2+3")).unwrap();
        assert_eq!(Fields::of(request).await.0, [pair("a", "1"), pair("a", "2 3")]);
        let disposition = "Content-Disposition: form-data; name=";
        let body = format!(
            "--x\r\n{disposition}\"token\"\r\n\r\nabc\r\n--x\r\n{disposition}\"roster\"; filename=\"UZ.roster\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n\u{1}\u{2}\r\n--x--\r\n"
        );
        let read = fields("multipart/form-data; boundary=x", &body).await;
        assert_eq!(read, [pair("token", "abc"), pair("roster", "AQI=")]);
        assert_eq!(fields("multipart/form-data; boundary=x", "--x\r\ncut").await, []);
        assert_eq!(fields("multipart/form-data", &body).await, []);
    }
}
