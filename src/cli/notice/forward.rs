//! `notice forward`: passes a notice of a third office on, with its consent (P-05). The node adds the original, whole.

use std::path::PathBuf;

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::notice::answer::Target;
use crate::cli::notice::send;
use crate::domain::draft;
use crate::name::OfficeCode;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::LegalBasisKind;
use crate::wire::NoticeKind;
use crate::wire::json::Word as _;

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
    /// What it rests on with those offices' countries, by its reference; without it, what the original rests on
    #[arg(long, value_name = "REFERENCE")]
    basis: Option<String>,
    /// What that is: agreement, mutual-assistance or national-law
    #[arg(long, value_name = "KIND", default_value = "agreement", requires = "basis", value_parser = basis_kind)]
    basis_kind: LegalBasisKind,
    /// Its end, no later than that of the original and of the consent; without it, that of the original
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// Draft file in place of all this; to begin with: chapar notice template forward --about REF
    #[arg(long, value_name = "FILE", conflicts_with_all = ["to", "subject", "basis", "until"])]
    file: Option<PathBuf>,
}

/// Passes it on.
pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let target = Target::find(&args.reference, global)?;
    let mut draft = if let Some(file) = &args.file {
        send::read(file, draft::Options::default())?
    } else {
        let mut template = target.template(NoticeKind::Forward)?;
        if let Some(correction) = &target.corrected_by {
            tighten(&mut template, &Target::find(correction, global)?.header)?;
        }
        args.filled(template, &target)?
    };
    target.fit(NoticeKind::Forward, &mut draft)?;
    send::send(draft, global)
}

fn basis_kind(word: &str) -> Result<LegalBasisKind, &'static str> {
    let word = word.to_ascii_uppercase().replace('-', "_");
    LegalBasisKind::from_word(&word).ok_or("kinds are agreement, mutual-assistance, national-law")
}

/// Takes over the markings of a correction, which may be stricter.
fn tighten(draft: &mut Value, correction: &wire::NoticeHeader) -> Result<(), Failure> {
    let (correction, _) = draft::render(correction, None).map_err(Failure::internal)?;
    let Some(header) = draft.get_mut("header").and_then(Value::as_object_mut) else { return Ok(()) };
    let new = |field: &str| correction.get(field).filter(|value| !value.is_null()).cloned();
    let handling = header.get("handling").and_then(Value::as_array).cloned().unwrap_or_default();
    let added = new("handling").and_then(|codes| codes.as_array().cloned()).unwrap_or_default();
    let added = added.into_iter().filter(|code| !handling.contains(code)).collect::<Vec<_>>();
    header.insert("handling".to_owned(), handling.into_iter().chain(added).collect());
    // A correction tightens the audience, or keeps it.
    header.extend(["tlp", "classification"].into_iter().filter_map(|field| Some((field.to_owned(), new(field)?))));
    if new("contains_personal_data") == Some(json!(true)) {
        header.insert("contains_personal_data".to_owned(), json!(true));
        header.extend(new("review_at").map(|review| ("review_at".to_owned(), review)));
    }
    Ok(())
}

/// Whether a draft must explain a code in words: H3, or another purpose.
fn needs_words(draft: &Value) -> bool {
    let handling = draft.pointer("/header/handling").and_then(Value::as_array).into_iter().flatten();
    let codes = handling.chain(draft.pointer("/header/purpose")).filter_map(|one| one.get("code")?.as_str());
    codes.into_iter().any(|code| matches!(code, "H3" | "OTHER"))
}

impl Args {
    fn filled(&self, mut draft: Value, target: &Target) -> Result<draft::Draft, Failure> {
        if needs_words(&draft) {
            let names = [("reference", target.header.reference.clone())];
            return Err(Failure::said(Kind::Config, "failure-forward-needs-words", &names));
        }
        if let Some(header) = draft.get_mut("header").and_then(Value::as_object_mut) {
            let to: Vec<Value> = self.to.iter().map(|office| json!({"office_code": office.to_string()})).collect();
            header.insert("to".to_owned(), Value::Array(to));
            if let Some(basis) = &self.basis {
                header.insert("legal_basis".to_owned(), json!({"kind": self.basis_kind.word(), "ref": basis}));
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
            Failure::config(format!("It cannot be passed on: {error}."), "Correct --subject, --basis or --until.")
        })
    }
}
