//! Which rule a draft or a notice breaks, where, and in which words that is said.
//!
//! Not the words themselves: a finding names a message of `i18n/`, in whatever language the reader has.
//!
//! - A finding holds no value of the notice but codes, numbers and times: it is shown, logged and sent.

use std::borrow::Cow;
use std::fmt;

use crate::domain::problem::Cause;
use crate::domain::problem::Problem;

/// A rule, by the name under which documents cite it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A policy rule of DOMAIN 6.6, as `P-03`.
    Policy(u8),
    /// A rule of a field, as `F:text.length`; the path has no indexes.
    Field(Cow<'static, str>),
    /// A mandatory field of a kind, as `K:SEIZURE_REPORT.items`.
    Kind(Cow<'static, str>),
    /// A rule of the life cycle, as `L:originator_only`.
    LifeCycle(&'static str),
}

impl Rule {
    /// The rule of the field at this path.
    #[must_use]
    pub fn of_field(path: &str) -> Self {
        let (mut name, mut inside) = (String::new(), false);
        for c in path.chars() {
            match c {
                '[' => inside = true,
                ']' => inside = false,
                _ if inside => {}
                _ => name.push(c),
            }
        }
        Self::Field(name.into())
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(number) => write!(f, "P-{number:02}"),
            Self::Field(name) => write!(f, "F:{name}"),
            Self::Kind(name) => write!(f, "K:{name}"),
            Self::LifeCycle(name) => write!(f, "L:{name}"),
        }
    }
}

/// A rule that is broken, or a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub rule: Rule,
    /// The field, as in `header.to[0].office_code`; empty for the file as a whole.
    pub path: String,
    /// The message that says what is wrong; its `.do` says what to do.
    pub message: &'static str,
    /// What the message names: codes, numbers and times.
    pub names: Vec<(&'static str, String)>,
}

impl Finding {
    /// A finding without names.
    pub fn new(rule: Rule, path: impl fmt::Display, message: &'static str) -> Self {
        Self { rule, path: path.to_string(), message, names: vec![] }
    }

    /// The same, with a name for its message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.names.push((name, value.to_string()));
        self
    }
}

impl From<Problem> for Finding {
    /// What is wrong with a shape, as the rule that it breaks.
    fn from(problem: Problem) -> Self {
        let Problem { path, what } = problem;
        // A text is named, not the field inside it that holds the characters.
        let of_text = matches!(what, Cause::Character | Cause::NotNfc | Cause::Long { .. } | Cause::Empty);
        let path = match path.strip_suffix(".text") {
            Some(text) if of_text => text.to_owned(),
            _ => path,
        };
        let (rule, path) = rule_of(path, &what);
        let finding = Self::new(rule, path, what.message());
        match what {
            Cause::Long { max } | Cause::Many { max } => finding.with("max", max),
            Cause::Early { than } | Cause::Late { than } => finding.with("than", than),
            Cause::Form(what) => match what.strip_prefix(CHOICE) {
                Some(values) => Self { message: "cause-choice", ..finding.with("values", values) },
                None => finding,
            },
            _ => finding,
        }
    }
}

/// How a word that is none of a code list is described, before the words of the list.
const CHOICE: &str = "not one of ";

/// Fields of a header without which nothing is released (P-01).
const NEEDED: [&str; 10] = [
    "header.expires_at",
    "header.kind",
    "header.legal_basis",
    "header.legal_basis.ref",
    "header.permitted_action",
    "header.purpose",
    "header.tlp",
    "header.to",
    "header.traffic_status",
    "header.urgency",
];

/// Words that say something of a person or a thing: a header has none of them (P-13).
const TELLING: [&str; 9] =
    ["document", "name", "narrative", "person", "persons", "phone", "plate", "subject", "vehicles"];

fn rule_of(path: String, what: &Cause) -> (Rule, String) {
    let field = |name: &'static str| Rule::Field(Cow::Borrowed(name));
    // Codes that stand in an object of their own are named by it.
    let whole = path.strip_suffix(".code").or_else(|| path.strip_suffix(".kind")).unwrap_or(&path);
    if matches!(what, Cause::Missing) && NEEDED.contains(&whole) {
        return (Rule::Policy(1), whole.to_owned());
    }
    let last = path.rsplit('.').next().unwrap_or_default();
    let in_header = path.starts_with("header.");
    let rule = match what {
        Cause::Character => field("text.control"),
        Cause::NotNfc => field("text.nfc"),
        Cause::Long { .. } if last != "source_summary" => field("text.length"),
        Cause::Time(_) => field("time.format"),
        Cause::Name(_) if last == "office_code" => field("office_code"),
        Cause::Unknown if in_header && TELLING.contains(&last) => Rule::Policy(13),
        Cause::Unknown if in_header => field("header.unknown_field"),
        Cause::Sender | Cause::Duplicate if path.starts_with("header.to") || path.starts_with("header.cc") => {
            return (field("header.to"), "header.to".to_owned());
        }
        Cause::Derived if last == "plate_norm" => field("vehicle.plate_norm"),
        Cause::Derived if last == "item_no" => field("item.item_no"),
        Cause::Early { .. } if path == "header.expires_at" && is_valid_from(what) => {
            return (field("header.valid_from"), "header.valid_from".to_owned());
        }
        Cause::Many { .. } if last == "questions" => field("request.questions"),
        _ if last == "quantity_milli" => field("item.quantity_milli"),
        _ => Rule::of_field(&path),
    };
    (rule, path)
}

/// Whether a time is compared with the beginning of the validity.
fn is_valid_from(what: &Cause) -> bool {
    matches!(what, Cause::Early { than: "header.valid_from" })
}
