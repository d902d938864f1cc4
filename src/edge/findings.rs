//! Findings of policy and faults of a store as the node says them: in English, as programs and traces expect it, and by
//! their message.
//!
//! - What is said holds codes, numbers and times, and nothing else of the notice.

use std::error::Error;
use std::fmt;

use tonic::Code;
use tonic::Status;

use crate::domain::rule::Finding;
use crate::edge::status::refused_for;
use crate::i18n;
use crate::i18n::ENGLISH;
use crate::limits;
use crate::office::verify::Fault;
use crate::wire;

/// A finding for whoever asked.
#[must_use]
pub fn said(finding: &Finding) -> wire::Finding {
    let what = ENGLISH.say(finding.message, &finding.names);
    wire::Finding { what, ..named(finding) }
}

/// The same, without the English words.
fn named(finding: &Finding) -> wire::Finding {
    wire::Finding {
        rule: finding.rule.to_string(),
        path: finding.path.clone(),
        what: String::new(),
        said: Some(i18n::said(finding.message, &finding.names)),
    }
}

/// Why a draft is refused: each rule that it breaks, where and how.
#[must_use]
pub fn refused(code: Code, problems: &[Finding]) -> Status {
    let more = problems.len().saturating_sub(limits::FINDINGS_SAID);
    let why = wire::Refused {
        said: Some(i18n::said("refused-draft", &[])),
        findings: problems.iter().take(limits::FINDINGS_SAID).map(named).collect(),
        more: u32::try_from(more).unwrap_or(u32::MAX),
    };
    refused_for(code, &why)
}

impl Fault {
    /// What is wrong, as a message of `i18n/`.
    #[must_use]
    pub fn said(&self) -> wire::Said {
        i18n::said(self.message, &self.names)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&ENGLISH.say(self.message, &self.names))
    }
}

impl Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rule::Rule;
    use crate::edge::status::REFUSED;
    use prost::Message as _;

    #[test]
    fn a_refusal_names_rule_field_and_words() {
        let red = Finding::new(Rule::Policy(8), "header.tlp", "p08-tlp-red");
        let one = refused(Code::FailedPrecondition, std::slice::from_ref(&red));
        assert_eq!(one.code(), Code::FailedPrecondition);
        let (what, next) = one.message().split_once('\n').unwrap();
        assert!(what.starts_with("The draft cannot be sent. P-08 header.tlp: "), "{what}");
        assert_eq!(Some(next.to_owned()), ENGLISH.advice("p08-tlp-red", &[]));
        let many = refused(Code::FailedPrecondition, &vec![red; limits::FINDINGS_SAID + 2]);
        let (what, next) = many.message().split_once('\n').unwrap();
        assert!(what.ends_with("; and 2 more."), "{what}");
        assert_eq!(what.matches("P-08").count(), limits::FINDINGS_SAID);
        assert_eq!(next, "Correct each of them and send it again.");
        let told = many.metadata().get_bin(REFUSED).unwrap().to_bytes().unwrap();
        assert!(told.len() <= limits::REFUSAL_BYTES);
        let told = wire::Refused::decode(told).unwrap();
        assert_eq!(told.findings.len() + told.more as usize, limits::FINDINGS_SAID + 2, "none is lost");
    }
}
