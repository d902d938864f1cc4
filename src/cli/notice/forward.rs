//! `notice forward`: passes a notice of a third office on, with its consent (P-05). The node adds the original, whole.

use std::path::PathBuf;

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::failure::Failure;
use crate::cli::notice::answer::Target;
use crate::cli::notice::send;
use crate::domain::draft;
use crate::name::OfficeCode;
use crate::time::Timestamp;
use crate::wire::NoticeKind;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    /// The notice to pass on: reference, short reference as in 123-3, or digest
    #[arg(value_name = "REF")]
    reference: String,
    /// To which offices; the originator's consent names each of them
    #[arg(long, value_name = "OFFICE,…", value_delimiter = ',', required_unless_present = "file")]
    to: Vec<OfficeCode>,
    /// What it is about, in one line of your own
    #[arg(long, value_name = "TEXT", required_unless_present = "file")]
    subject: Option<String>,
    /// Language of that line, as in en or ru
    #[arg(long, value_name = "LANG", default_value = "en")]
    subject_lang: String,
    /// The agreement with those offices' countries that it rests on; without it, that of the original
    #[arg(long, value_name = "REFERENCE")]
    agreement: Option<String>,
    /// Its end, no later than that of the original and of the consent; without it, that of the original
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// Draft file in place of all this; to begin with: chapar notice template forward --about REF
    #[arg(long, value_name = "FILE", conflicts_with_all = ["to", "subject", "agreement", "until"])]
    file: Option<PathBuf>,
}

/// Passes it on.
pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let target = Target::find(&args.reference, global)?;
    let mut draft = match &args.file {
        Some(file) => send::read(file, draft::Options::default())?,
        None => args.filled(target.template(NoticeKind::Forward)?)?,
    };
    target.fit(NoticeKind::Forward, &mut draft)?;
    send::send(draft, global)
}

impl Args {
    fn filled(&self, mut draft: Value) -> Result<draft::Draft, Failure> {
        if let Some(header) = draft.get_mut("header").and_then(Value::as_object_mut) {
            let to: Vec<Value> = self.to.iter().map(|office| json!({"office_code": office.to_string()})).collect();
            header.insert("to".to_owned(), Value::Array(to));
            if let Some(agreement) = &self.agreement {
                header.insert("legal_basis".to_owned(), json!({"kind": "AGREEMENT", "ref": agreement}));
            }
            if let Some(until) = self.until {
                header.insert("expires_at".to_owned(), json!(until.to_string()));
                if header.get("review_at").and_then(Value::as_str).and_then(|at| at.parse().ok()) > Some(until) {
                    header.insert("review_at".to_owned(), json!(until.to_string()));
                }
            }
        }
        if let Some(body) = draft.get_mut("body").and_then(Value::as_object_mut) {
            body.insert("subject".to_owned(), json!({"text": self.subject, "lang": self.subject_lang}));
        }
        let bytes = serde_json::to_vec(&draft).map_err(Failure::internal)?;
        draft::parse(&bytes, draft::Options::default()).map_err(|error| {
            Failure::config(format!("It cannot be passed on: {error}."), "Correct --subject, --agreement or --until.")
        })
    }
}
