//! What the node says, said again in the language of whoever reads it: a message comes with its key and its names.
//!
//! - A key that this side does not have is not guessed at: the node says everything in English as well.

use std::fmt;
use std::sync::LazyLock;

use crate::i18n::Language;
use crate::i18n::Names;
use crate::i18n::Words;
use crate::wire;

/// The words that the node answers in.
pub static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::of(Language::english()));

/// A message and what it names.
#[must_use]
pub fn said(key: &str, names: Names<'_>) -> wire::Said {
    let name = |(name, value): &(&str, String)| wire::SaidName {
        name: (*name).to_owned(),
        value: value.clone(),
        ..wire::SaidName::default()
    };
    wire::Said { key: key.to_owned(), names: names.iter().map(name).collect() }
}

impl wire::Said {
    /// The same, with a name that stands for another message.
    #[must_use]
    pub fn with_said(mut self, name: &str, other: Self) -> Self {
        self.names.extend(other.names);
        self.with_keys(name, [other.key])
    }

    /// The same, with a name that stands for the words of other messages.
    #[must_use]
    pub fn with_keys(mut self, name: &str, keys: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let keys = keys.into_iter().map(Into::into).collect();
        self.names.push(wire::SaidName { name: name.to_owned(), value: String::new(), keys });
        self
    }
}

impl fmt::Display for wire::Said {
    /// In English, for traces and programs; the key alone if it is not known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&ENGLISH.told(Some(self), &self.key))
    }
}

impl wire::Finding {
    /// The rule, and the field if the rule does not name it itself; empty if neither is said.
    #[must_use]
    pub fn place(&self) -> String {
        let named = self.rule.strip_prefix("F:").is_some_and(|field| field == self.path);
        let path = if named { "" } else { self.path.as_str() };
        [self.rule.as_str(), path].join(" ").trim().to_owned()
    }
}

impl Words {
    /// Where a finding is: its rule and the path of the field; on a page a policy rule and the label of the field.
    #[must_use]
    pub fn place(&self, finding: &wire::Finding) -> String {
        if !self.is_page {
            return finding.place();
        }
        let field = finding.path.rsplit('.').next().unwrap_or_default();
        let field = field.split('[').next().unwrap_or_default();
        let label = self.known(&format!("field-{field}")).unwrap_or_default();
        let rule = if finding.rule.starts_with("P-") { finding.rule.as_str() } else { "" };
        [rule, label.as_str()].join(" ").trim().to_owned()
    }

    /// What a message says, and what to do if it says that; `None` if no language has it.
    #[must_use]
    pub fn said(&self, said: &wire::Said) -> Option<(String, Option<String>)> {
        let plain: Vec<_> = said.names.iter().map(|name| (name.name.as_str(), name.value.clone())).collect();
        let names = said.names.iter().map(|name| {
            let words: Vec<String> = name.keys.iter().map(|key| self.say(key, &plain)).collect();
            (name.name.as_str(), if words.is_empty() { name.value.clone() } else { words.join(", ") })
        });
        let names: Vec<_> = names.collect();
        let what = self.find(&said.key, None, &names)?;
        Some((what, self.advice(&said.key, &names)))
    }

    /// The same in one text; in the node's English if no language has it.
    #[must_use]
    pub fn told(&self, said: Option<&wire::Said>, english: &str) -> String {
        said.and_then(|said| self.said(said)).map_or_else(|| english.to_owned(), |(what, _)| what)
    }

    /// What a finding says; in the node's English if no language has it.
    #[must_use]
    pub fn finding(&self, finding: &wire::Finding) -> String {
        self.told(finding.said.as_ref(), &finding.what)
    }

    /// The same, with what to do if it says that.
    #[must_use]
    pub fn advised(&self, finding: &wire::Finding) -> String {
        let advice = finding.said.as_ref().and_then(|said| self.said(said)?.1).unwrap_or_default();
        [self.finding(finding), advice].join(" ").trim().to_owned()
    }

    /// What is wrong, and what to do; in the node's English as far as no language has it.
    #[must_use]
    pub fn problem(&self, problem: &wire::Problem) -> (String, String) {
        let what = problem.what_said.as_ref().and_then(|said| self.said(said));
        let remedy = problem.remedy_said.as_ref().and_then(|said| self.said(said)).map(|(remedy, _)| remedy);
        let (what, advice) = what.unwrap_or_else(|| (problem.what.clone(), None));
        (what, remedy.or(advice).unwrap_or_else(|| problem.remedy.clone()))
    }

    /// Why a call is refused, and what to do; `None` if no language has it.
    #[must_use]
    pub fn refused(&self, refused: &wire::Refused) -> Option<(String, String)> {
        let (what, advice) = self.said(refused.said.as_ref()?)?;
        let of_one = match refused.findings.as_slice() {
            [only] if refused.more == 0 => only.said.as_ref().and_then(|said| self.said(said)?.1),
            _ => None,
        };
        let findings = refused
            .findings
            .iter()
            .map(|finding| (self.place(finding), self.finding(finding)))
            .map(|(place, what)| [place.as_str(), what.trim_end_matches('.')].join(": "))
            .map(|said| said.trim_start_matches(": ").to_owned());
        let more = (refused.more > 0).then(|| self.say("refused-more", &[("more", refused.more.to_string())]));
        let all: Vec<_> = findings.chain(more).collect();
        let what = if all.is_empty() { what } else { format!("{what} {}.", all.join("; ")) };
        Some((what, of_one.or(advice).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_said_again_in_each_language() {
        let (en, ru) = (Words::of(Language::english()), Words::of(Language::of_locale("ru")));
        let message = said("refused-role", &[("officer", "UZ-ALT-A01".to_owned())])
            .with_keys("needed", ["role-OFFICER", "role-RELEASING_OFFICER"])
            .with_keys("roles", ["role-ADMINISTRATOR"]);
        let (what, next) = en.said(&message).unwrap();
        assert_eq!(what, "This needs one of these roles: officer, releasing officer. UZ-ALT-A01 is: administrator.");
        assert!(next.unwrap().ends_with("chapar officer list"));
        let (what, _) = ru.said(&message).unwrap();
        assert!(what.contains("сотрудник, утверждающий") && what.contains("администратор"), "{what}");
        assert_eq!(ru.said(&said("of-a-newer-node", &[])), None);
        assert_eq!(ru.refused(&wire::Refused::default()), None);
        let finding = wire::Finding { what: "It is new.".to_owned(), ..wire::Finding::default() };
        assert_eq!(ru.finding(&finding), "It is new.");
    }

    #[test]
    fn a_message_stands_in_another_one() {
        let link = said("trouble-no-endpoint", &[("peer", "TM-FAR".to_owned())]);
        let session = said("probe-none-ended", &[]).with_said("trouble", link);
        assert_eq!(session.to_string(), "none now; the last one ended: TM-FAR has no endpoint");
        let ru = Words::of(Language::of_locale("ru")).told(Some(&session), "");
        assert!(ru.ends_with(": у TM-FAR нет адреса"), "{ru}");
        assert_eq!(
            Words::of(Language::of_locale("ru")).told(None, "as an older node says it"),
            "as an older node says it"
        );
        assert_eq!(said("of-a-newer-node", &[]).to_string(), "of-a-newer-node");
    }

    #[test]
    fn a_count_chooses_the_words() {
        let (en, ru) = (Words::of(Language::english()), Words::of(Language::of_locale("ru")));
        let say = |words: &Words, officers: &[&str]| {
            let (count, officers) = (officers.len().to_string(), officers.join(", "));
            let names = [("reference", "R".to_owned()), ("count", count), ("officers", officers)];
            words.advice("refused-draft-own", &names).unwrap()
        };
        assert_eq!(say(&en, &["A"]), "Ask A to release it.");
        assert_eq!(say(&en, &["A", "B"]), "Ask one of these to release it: A, B.");
        assert!(say(&en, &[]).starts_with("No other releasing officer is enrolled"));
        assert!(say(&ru, &["A", "B"]).ends_with("A, B."));
    }
}
