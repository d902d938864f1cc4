//! The sample drafts of `tests/data`, played by the offices of the data in the order of their release.

use std::collections::BTreeMap;
use std::path::Path;

use chapar::domain::draft;
use chapar::domain::draft::Draft;
use chapar::domain::draft::DraftError;
use chapar::name::Digest;
use chapar::name::Reference;
use chapar::office::Command;
use chapar::office::IssueRefused;
use chapar::office::Issued;
use chapar::office::Reply;
use chapar::time::Timestamp;
use serde_json::Value;
use serde_json::json;

use crate::desks::Desk;

/// What the notices of samples are called here, by their references in the data.
pub(crate) type References = BTreeMap<String, (Reference, Digest)>;

/// A sample draft.
pub(crate) struct Sample {
    /// Its file, without `.json`.
    pub(crate) name: String,
    /// When it is released.
    pub(crate) at: Timestamp,
    pub(crate) draft: Value,
}

/// All of a folder that can be read and say when they are released.
pub(crate) fn samples(folder: &str) -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder);
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        let draft: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).ok()?;
        let at = draft["header"]["release_at"].as_str()?.parse().ok()?;
        Some(Sample { name: path.file_stem()?.to_string_lossy().into_owned(), at, draft })
    };
    let mut samples: Vec<_> = std::fs::read_dir(folder).unwrap().filter_map(read).collect();
    samples.sort_by(|one, other| (one.at, &one.name).cmp(&(other.at, &other.name)));
    samples
}

impl Sample {
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.draft.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// As its office would send it, naming other notices as they are called here.
    pub(crate) fn parsed(&self, known: &References) -> Result<Draft, DraftError> {
        let mut sample = self.draft.clone();
        for relation in sample["header"]["relates_to"].as_array_mut().into_iter().flatten() {
            if let Some((reference, _)) = relation["human_ref"].as_str().and_then(|label| known.get(label)) {
                relation["human_ref"] = json!(reference.to_string());
            }
        }
        if let Some(file) = sample.as_object_mut() {
            file.remove("expect");
            file.remove("base");
        }
        draft::parse(&serde_json::to_vec(&sample).unwrap(), draft::Options { without_attachments: true })
    }
}

/// Asks an office to issue a draft.
pub(crate) fn issue(desk: &mut Desk, now: Timestamp, draft: Draft) -> Result<Issued, IssueRefused> {
    let officer = format!("{}-O01", desk.me.office).parse().unwrap();
    let command = Command::Issue { officer, header: Box::new(draft.header), body: draft.body.map(Box::new) };
    match desk.ask(now, command) {
        Reply::Issued(issued) => issued,
        other => panic!("{other:?}"),
    }
}
