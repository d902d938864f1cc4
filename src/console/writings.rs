//! What can be written about a notice: answers to what was received, amendments of what was issued.

use crate::console::compose;
use crate::console::form;
use crate::domain::kinds::Kind;
use crate::wire;
use crate::wire::NoticeKind;

/// Kinds that are about a notice of another office, each with its icon and key.
const ANSWERS: [(NoticeKind, &str, &str); 8] = [
    (NoticeKind::Feedback, "clipboard-check", "console-report-result"),
    (NoticeKind::Reply, "message-square-reply", "console-reply"),
    (NoticeKind::Refusal, "x", "console-refuse"),
    (NoticeKind::ConsentDecision, "check", "console-decide-consent"),
    (NoticeKind::ControlledDelivery, "git-branch", "console-next-phase"),
    (NoticeKind::Coordination, "messages-square", "console-answer-coordination"),
    (NoticeKind::ConsentRequest, "user-check", "console-ask-consent"),
    (NoticeKind::Forward, "send", "console-forward"),
];

/// Kinds that change what this office has issued.
const AMENDMENTS: [(NoticeKind, &str, &str); 2] =
    [(NoticeKind::Correction, "file-pen", "console-correct"), (NoticeKind::Withdrawal, "undo-2", "console-withdraw")];

/// The forms that make sense: address, icon and key.
pub(super) fn about(
    header: &wire::NoticeHeader,
    standing: &wire::Standing,
    issued: bool,
) -> Vec<(String, &'static str, &'static str)> {
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
    let mut found: Vec<_> =
        fitting.map(|(wanted, icon, key)| (compose::address(*wanted, &header.reference), *icon, *key)).collect();
    found.push((form::address("/compose", &[("re", &header.reference)]), "file-plus", "console-follow-up"));
    found
}
