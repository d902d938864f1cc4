//! What lists and notices show by a word, a shape and a colour, in this order: urgency, markings, status.

use crate::console::shell::Shell;
use crate::wire;
use crate::wire::Handling;
use crate::wire::NoticeState;
use crate::wire::Tlp;
use crate::wire::Traffic;
use crate::wire::Urgency;

/// A word with its class and its icon.
pub(super) struct Mark {
    pub(super) class: &'static str,
    pub(super) icon: &'static str,
    pub(super) text: String,
}

/// A label as a sentence begins: the first letter large.
pub(super) fn capital(label: &str) -> String {
    let mut rest = label.chars();
    rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
}

/// How urgent it is.
pub(super) fn urgency(shell: &Shell, header: &wire::NoticeHeader) -> Mark {
    let (class, icon) = match header.urgency() {
        Urgency::Immediate => ("imm", "siren"),
        Urgency::Priority => ("pri", "chevrons-up"),
        Urgency::Routine | Urgency::Unspecified => ("rou", "minus"),
    };
    Mark { class, icon, text: capital(&shell.words.label::<Urgency>(header.urgency)) }
}

/// The audience: its class, and its name as in `TLP:AMBER+STRICT`.
pub(super) fn tlp(header: &wire::NoticeHeader) -> (&'static str, &'static str) {
    match header.tlp() {
        Tlp::Red => ("red", "TLP:RED"),
        Tlp::AmberStrict => ("", "TLP:AMBER+STRICT"),
        Tlp::Amber => ("", "TLP:AMBER"),
        Tlp::Green => ("green", "TLP:GREEN"),
        Tlp::Clear | Tlp::Unspecified => ("clear", "TLP:CLEAR"),
    }
}

/// The conditions of use: code and meaning.
pub(super) fn handling(shell: &Shell, header: &wire::NoticeHeader) -> Vec<(String, String)> {
    let code = |code: Handling| {
        let name = match code {
            Handling::Unspecified => "",
            Handling::H0 => "H0",
            Handling::H1 => "H1",
            Handling::H2 => "H2",
            Handling::H3 => "H3",
        };
        (name.to_owned(), shell.words.label::<Handling>(code.into()))
    };
    header.handling().map(code).collect()
}

/// EXERCISE or TEST; empty for what is real.
pub(super) fn exercise(shell: &Shell, header: &wire::NoticeHeader) -> String {
    traffic(shell, header.traffic())
}

/// The same of a status alone.
pub(super) fn traffic(shell: &Shell, traffic: Traffic) -> String {
    match traffic {
        Traffic::Actual | Traffic::Unspecified => String::new(),
        traffic => shell.words.label::<Traffic>(traffic.into()).to_uppercase(),
    }
}

/// Where a notice stands with one side.
pub(super) fn status(shell: &Shell, notice: &wire::NoticeSummary, side: &wire::Side, opened: bool) -> Mark {
    let standing = notice.standing.clone().unwrap_or_default();
    if standing.withdrawn_by.is_some() {
        return Mark { class: "bad", icon: "undo-2", text: shell.get("console-withdrawn") };
    }
    let text = || capital(&shell.words.label::<NoticeState>(side.state));
    match side.state() {
        NoticeState::New if opened => Mark { class: "info", icon: "mail", text: shell.get("console-opened") },
        NoticeState::New => Mark { class: "info", icon: "mail", text: shell.get("console-not-opened") },
        NoticeState::Taken => Mark { class: "wait", icon: "user-check", text: standing.taken_by },
        NoticeState::Queued => Mark { class: "wait", icon: "clock", text: text() },
        NoticeState::Undeliverable => Mark { class: "bad", icon: "triangle-alert", text: text() },
        NoticeState::Acknowledged | NoticeState::Actioned | NoticeState::Answered | NoticeState::Closed => {
            Mark { class: "ok", icon: "check-check", text: text() }
        }
        NoticeState::Delivered | NoticeState::Unspecified => Mark { class: "ok", icon: "check", text: text() },
    }
}
