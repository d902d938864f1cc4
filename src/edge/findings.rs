//! Findings of policy as the node says them: in English, as programs and traces expect it.
//!
//! - What is said holds codes, numbers and times, and nothing else of the notice.

use std::fmt::Write as _;
use std::sync::LazyLock;

use tonic::Code;
use tonic::Status;

use crate::domain::rule::Finding;
use crate::edge::status::status;
use crate::i18n::Language;
use crate::i18n::Words;
use crate::limits;
use crate::wire;

static WORDS: LazyLock<Words> = LazyLock::new(|| Words::of(Language::En));

/// A finding for whoever asked.
#[must_use]
pub fn said(finding: &Finding) -> wire::Finding {
    wire::Finding {
        rule: finding.rule.to_string(),
        path: finding.path.clone(),
        what: WORDS.say(finding.message, &finding.names),
    }
}

/// Why a draft is refused: each rule that it breaks, where and how.
#[must_use]
pub fn refused(problems: &[Finding]) -> Status {
    let lines = problems.iter().take(limits::FINDINGS_SAID).map(|finding| {
        let wire::Finding { rule, path, what } = said(finding);
        let path = if path.is_empty() { path } else { format!(" {path}") };
        format!("{rule}{path}: {}", what.trim_end_matches('.'))
    });
    let mut what = lines.collect::<Vec<_>>().join("; ");
    let left = problems.len().saturating_sub(limits::FINDINGS_SAID);
    if left > 0 {
        // A text takes all that is written to it.
        let _written = write!(what, "; and {left} more");
    }
    let advice = match problems {
        [only] => WORDS.advice(only.message, &only.names),
        _ => None,
    };
    let advice = advice.unwrap_or_else(|| "Correct each of them and send it again.".to_owned());
    status(Code::FailedPrecondition, &format!("The draft cannot be sent. {what}."), &advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rule::Rule;

    #[test]
    fn a_refusal_names_rule_field_and_words() {
        let red = Finding::new(Rule::Policy(8), "header.tlp", "p08-tlp-red");
        let one = refused(std::slice::from_ref(&red));
        assert_eq!(one.code(), Code::FailedPrecondition);
        let (what, next) = one.message().split_once('\n').unwrap();
        assert!(what.starts_with("The draft cannot be sent. P-08 header.tlp: "), "{what}");
        assert_eq!(Some(next.to_owned()), WORDS.advice("p08-tlp-red", &[]));
        let many = refused(&vec![red; limits::FINDINGS_SAID + 2]);
        let (what, next) = many.message().split_once('\n').unwrap();
        assert!(what.ends_with("; and 2 more."), "{what}");
        assert_eq!(what.matches("P-08").count(), limits::FINDINGS_SAID);
        assert_eq!(next, "Correct each of them and send it again.");
    }
}
