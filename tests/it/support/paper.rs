//! A form as a browser reads it from its page: what stands in each field, to be changed and sent.

use std::net::SocketAddr;

use crate::support::browser::Browser;
use crate::support::browser::Page;

/// A form with what stands in it.
#[derive(Clone, Debug)]
pub(crate) struct Paper {
    pub(crate) action: String,
    pub(crate) autosave: String,
    pub(crate) fields: Vec<(String, String)>,
}

/// The value of an attribute in a tag; `None` if it has none.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(plain(rest.split_once('"')?.0))
}

fn plain(text: &str) -> String {
    let named = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
    named.into_iter().fold(text.to_owned(), |text, (code, sign)| text.replace(code, sign))
}

impl Paper {
    /// The form of a page on which something is written.
    #[track_caller]
    pub(crate) fn of(page: &Page) -> Self {
        let (_, rest) =
            page.body.split_once("<form id=\"writing\"").unwrap_or_else(|| panic!("no form: {}", page.body));
        let (form, _) = rest.split_once("</form>").unwrap();
        let (mut fields, mut select) = (vec![], String::new());
        for part in form.split('<').skip(1) {
            let (tag, text) = part.split_once('>').unwrap_or((part, ""));
            let (name, value) = (attribute(tag, "name"), attribute(tag, "value").unwrap_or_default());
            let ticked =
                !tag.contains("type=\"radio\"") && !tag.contains("type=\"checkbox\"") || tag.contains(" checked");
            match (tag.split_whitespace().next().unwrap_or_default(), name) {
                ("input", Some(name)) if ticked => fields.push((name, value)),
                ("textarea", Some(name)) => fields.push((name, plain(text.strip_prefix('\n').unwrap_or(text)))),
                ("select", Some(name)) => select = name,
                ("option", None) if tag.contains(" selected") => fields.push((select.clone(), value)),
                _ => {}
            }
        }
        let head = form.split_once('>').unwrap().0;
        let named = |name: &str| attribute(head, name).unwrap();
        Self { action: named("action"), autosave: named("data-autosave"), fields }
    }

    /// What stands in a field; empty for nothing.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// With something else in a field.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(own, _)| own != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Presses a button of it.
    pub(crate) async fn press(&self, browser: &mut Browser, button: &str) -> Page {
        let all = self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let fields: Vec<_> = all.chain([("do", button)]).collect();
        browser.post(&self.action, &fields).await
    }

    /// What its script does: keeps it with the token in a header.
    pub(crate) async fn keep(&self, browser: &mut Browser, token: &str) -> Page {
        let fields: Vec<_> = self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let from = [("Sec-Fetch-Site", "same-origin".to_owned()), ("Chapar-Token", token.to_owned())];
        browser.post_from(&self.autosave, &from, &fields).await
    }

    /// The form after it was kept.
    #[track_caller]
    pub(crate) fn kept(self, page: &Page) -> Self {
        assert_eq!(page.status, 204, "{}", page.body);
        let version = page.header("etag").trim_matches('"').to_owned();
        let kept = self.with("draft", page.header("chapar-draft")).with("version", &version);
        kept.with("key", page.header("chapar-key"))
    }
}

/// A browser that has opened a new form, filled in so that it can be sent.
pub(crate) async fn written(
    console: Option<SocketAddr>,
    officer: &str,
    passphrase: &str,
    to: &str,
) -> (Browser, Paper) {
    let mut browser = Browser::of(console, officer, passphrase).await;
    let paper = Paper::of(&browser.get("/compose/modus-operandi").await);
    let paper = paper.with("header.to", to).with("body.subject", "Loads of the \"kestrel\" & co");
    let paper = paper.with("body.modus_operandi.concealment", "OTHER");
    (browser, paper.with("body.modus_operandi.description", "Behind a false wall\r\nЎзбек қоғоз"))
}
