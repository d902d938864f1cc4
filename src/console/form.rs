//! What a form sends: fields by name, some of them many times.

use axum::extract::FromRequest;
use axum::extract::RawForm;
use axum::extract::Request;

/// The fields of a form, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(pub(super) Vec<(String, String)>);

impl Fields {
    /// The fields in a form's body; none, if it is no form.
    pub(super) async fn of(request: Request) -> Self {
        let form = RawForm::from_request(request, &()).await;
        let bytes = form.map(|RawForm(bytes)| bytes).unwrap_or_default();
        Self(serde_urlencoded::from_bytes(&bytes).unwrap_or_default())
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
