//! What can be written about a notice: answers to what was received, amendments of what was issued.

use crate::console::compose;
use crate::console::form;
use crate::domain::kinds::Kind;
use crate::wire;
use crate::wire::NoticeKind;

/// What is made of a notice with a consent alone, as keys of their words.
pub(super) const FORWARD: &str = "console-forward";
pub(super) const PRINT: &str = "console-print";

/// What can be written about a notice, or made of it.
pub(super) struct Writing {
    /// Where its form is.
    pub(super) address: String,
    pub(super) icon: &'static str,
    /// What it is called, as a key.
    pub(super) key: &'static str,
    /// Whether its form shows the text: then it is asked for by a form, for that is an opening.
    pub(super) opens: bool,
    /// Whether the node would refuse it now.
    pub(super) barred: bool,
}

impl Writing {
    pub(super) const fn new(address: String, icon: &'static str, key: &'static str) -> Self {
        Self { address, icon, key, opens: false, barred: false }
    }
}

/// Kinds that are about a notice of another office, each with its icon and key.
const ANSWERS: [(NoticeKind, &str, &str); 8] = [
    (NoticeKind::Feedback, "clipboard-check", "console-report-result"),
    (NoticeKind::Reply, "message-square-reply", "console-reply"),
    (NoticeKind::Refusal, "x", "console-refuse"),
    (NoticeKind::ConsentDecision, "check", "console-decide-consent"),
    (NoticeKind::ControlledDelivery, "git-branch", "console-next-phase"),
    (NoticeKind::Coordination, "messages-square", "console-answer-coordination"),
    (NoticeKind::ConsentRequest, "user-check", "console-ask-consent"),
    (NoticeKind::Forward, "send", FORWARD),
];

/// Kinds that change what this office has issued.
const AMENDMENTS: [(NoticeKind, &str, &str); 2] =
    [(NoticeKind::Correction, "file-pen", "console-correct"), (NoticeKind::Withdrawal, "undo-2", "console-withdraw")];

/// The forms that make sense.
pub(super) fn about(header: &wire::NoticeHeader, standing: &wire::Standing, issued: bool) -> Vec<Writing> {
    let kind = header.kind();
    // What only says something of another notice is answered there.
    let of_another = matches!(kind, NoticeKind::Acknowledgement | NoticeKind::Correction | NoticeKind::Withdrawal);
    if standing.withdrawn_by.is_some() || of_another {
        return vec![];
    }
    let all: &[(NoticeKind, &str, &str)] = if issued { &AMENDMENTS } else { &ANSWERS };
    let fits = |wanted: NoticeKind| {
        let link = Kind::of(wanted).and_then(|row| row.link);
        let negotiates = matches!(kind, NoticeKind::ConsentRequest | NoticeKind::ConsentDecision);
        let asks = wanted == NoticeKind::ConsentRequest && negotiates;
        !asks && link.is_some_and(|link| link.towards.is_empty() || link.towards.contains(&kind))
    };
    let fitting = all.iter().filter(|(wanted, ..)| fits(*wanted));
    let written = |(wanted, icon, key): &(NoticeKind, &'static str, &'static str)| match wanted {
        // It begins with the text as it now reads.
        NoticeKind::Correction => {
            Writing { opens: true, ..Writing::new(format!("/n/{}/correct", header.reference), icon, key) }
        }
        _ => Writing::new(compose::address(*wanted, &header.reference), icon, key),
    };
    let mut found: Vec<Writing> = fitting.map(written).collect();
    let follow_up = form::address("/compose", &[("re", &header.reference)]);
    found.push(Writing::new(follow_up, "file-plus", "console-follow-up"));
    found
}
