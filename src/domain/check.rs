//! Checks draft files against all rules, without a node: against each other, the offices and the agreements.
//!
//! - A file never makes an earlier one wrong: of two that say different things under one name, the later one is.

use std::collections::BTreeMap;

use crate::domain::draft::File;
use crate::domain::draft::Found;
use crate::domain::draft::check_attached;
use crate::domain::policy;
use crate::domain::policy::Book;
use crate::domain::policy::Case;
use crate::domain::policy::Earlier;
use crate::domain::policy::Findings;
use crate::domain::policy::Known;
use crate::domain::policy::Target;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::name::Digest;
use crate::name::Reference;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::NoticeBody;
use crate::wire::Tlp;

/// What files are checked against.
pub struct Checks<'a> {
    /// Who is who, and what has been agreed, if that is known.
    pub book: Option<Book<'a>>,
    /// When a file that does not say so is released.
    pub now: Timestamp,
}

/// The files, so that they can name each other.
#[derive(Default)]
pub struct Files {
    listed: Vec<Listed>,
    by_label: BTreeMap<String, usize>,
    by_reference: BTreeMap<Reference, usize>,
}

/// A file that others may name.
struct Listed {
    label: Option<String>,
    earlier: Earlier,
    text: Option<NoticeBody>,
}

impl Files {
    /// Files in the order in which they were given. Of several with one name the first one counts.
    pub fn of<'a>(files: impl Iterator<Item = &'a File>, now: Timestamp) -> Self {
        let mut all = Self::default();
        for file in files {
            // A relation names a reference, so nothing can be about a file without one.
            let Some(reference) = reference_of(file) else { continue };
            let place = all.listed.len();
            all.by_reference.entry(reference).or_insert(place);
            if let Some(label) = &file.label {
                all.by_label.entry(label.clone()).or_insert(place);
            }
            let earlier = Earlier {
                reference,
                kind: file.terms.kind,
                answered_as: file.terms.kind,
                traffic: file.terms.traffic,
                from: file.from.unwrap_or(reference.office()),
                to: file.terms.to.iter().chain(&file.terms.cc).copied().collect(),
                released: file.released.unwrap_or(now),
                tlp: file.terms.tlp,
                handling: file.terms.handling.clone(),
                emergency: file.release.as_ref().map(|release| release.emergency),
                officers: file.release.iter().flat_map(|one| [&one.author, &one.releaser]).flatten().cloned().collect(),
                questions: file.draft.body.as_ref().and_then(|body| Some(body.request.as_ref()?.questions.len())),
                passable: None,
            };
            let text = file.draft.body.clone();
            all.listed.push(Listed { label: file.label.clone(), earlier, text });
        }
        all
    }
}

fn reference_of(file: &File) -> Option<Reference> {
    file.reference.as_deref()?.parse().ok()
}

/// The other files, as one of them names them.
struct Named<'a> {
    files: &'a Files,
    file: &'a File,
}

impl Named<'_> {
    /// The file that a relation means, by either of its names.
    fn meant(&self, place: usize, reference: Option<Reference>) -> Option<&Listed> {
        let label = self.file.related.get(place).and_then(Option::as_ref);
        let by_label = label.and_then(|label| self.files.by_label.get(label));
        let by_reference = || reference.and_then(|reference| self.files.by_reference.get(&reference));
        by_label.or_else(by_reference).and_then(|place| self.files.listed.get(*place))
    }
}

impl Known for Named<'_> {
    fn text(&self, place: usize) -> Option<&NoticeBody> {
        let relation = self.file.draft.header.relations.get(place)?;
        self.meant(place, relation.reference.parse().ok())?.text.as_ref()
    }

    fn find(&self, place: usize, relation: &wire::Relation) -> Target<'_> {
        let label = self.file.related.get(place).and_then(Option::as_ref);
        let reference = relation.reference.parse::<Reference>().ok();
        let itself = label.is_some() && label == self.file.label.as_ref();
        if itself || (reference.is_some() && reference == reference_of(self.file)) {
            return Target::Itself;
        }
        let Some(found) = self.meant(place, reference) else { return Target::Unknown };
        let other_label = label.is_some() && found.label.is_some() && label != found.label.as_ref();
        if other_label || Some(found.earlier.reference) != reference {
            return Target::Contradicted;
        }
        Target::Known(&found.earlier)
    }
}

impl Checks<'_> {
    /// Checks one of the files; `found` are its pictures, as far as they were found, in their order. `earlier` are the
    /// labels and references that files given before it have.
    #[must_use]
    pub fn check(&self, file: &File, files: &Files, earlier: &Taken, found: &[Option<Found>]) -> Findings {
        let released = file.released.unwrap_or(self.now);
        let case = Case {
            header: &file.draft.header,
            terms: &file.terms,
            from: file.from,
            body: file.draft.body.as_ref(),
            created: file.created.unwrap_or(released),
            released,
            release: file.release.as_ref(),
            book: self.book,
            known: &Named { files, file },
        };
        let mut findings = policy::judge(&case);
        identifier(file, case.created, earlier, &mut findings);
        tlp_red(file, &mut findings);
        unjudged(file, &mut findings);
        check_attached(&file.attached, found, &mut findings);
        findings
    }
}

/// Names that files given before have taken, each with the digest of its file.
#[derive(Default)]
pub struct Taken {
    labels: BTreeMap<String, Digest>,
    references: BTreeMap<Reference, (Option<String>, Digest)>,
}

impl Taken {
    /// Takes the names of a file.
    pub fn take(&mut self, file: &File) {
        if let Some(label) = &file.label {
            self.labels.entry(label.clone()).or_insert(file.digest);
        }
        if let Some(reference) = reference_of(file) {
            self.references.entry(reference).or_insert_with(|| (file.label.clone(), file.digest));
        }
    }

    /// Whether another notice has the reference of a file. One label is one notice, whatever it says.
    fn has_reference(&self, file: &File) -> bool {
        let taken = reference_of(file).and_then(|reference| self.references.get(&reference));
        taken.is_some_and(|(label, digest)| *digest != file.digest && (label.is_none() || *label != file.label))
    }
}

/// The names that a file gives itself: of their form, the sender's, and nobody else's (P-14: one name with two contents).
fn identifier(file: &File, created: Timestamp, earlier: &Taken, findings: &mut Findings) {
    let mut stop = |rule: Rule, path: &str, message| findings.problems.push(Finding::new(rule, path, message));
    let (at_label, at_reference) = ("header.identifier.notice_id", "header.identifier.human_ref");
    if let Some(reference) = &file.reference {
        let year = |reference: Reference| i16::from(reference.year()) == created.year() % 100;
        match reference.parse::<Reference>() {
            Err(_) => stop(Rule::of_field(at_reference), at_reference, "reference-wrong"),
            Ok(reference) if file.from.is_some_and(|from| reference.office() != from) => {
                stop(Rule::of_field(at_reference), at_reference, "reference-of-other-office");
            }
            Ok(reference) if !year(reference) => {
                stop(Rule::of_field(at_reference), at_reference, "reference-of-other-year");
            }
            Ok(_) => {}
        }
    }
    match &file.label {
        Some(label) if !is_uuid_7(label) => stop(Rule::of_field(at_label), at_label, "label-wrong"),
        Some(label) if earlier.labels.get(label).is_some_and(|digest| *digest != file.digest) => {
            stop(Rule::Policy(14), at_label, "p14-two-contents");
        }
        _ if earlier.has_reference(file) => stop(Rule::of_field(at_reference), at_reference, "reference-taken"),
        _ => {}
    }
}

/// RFC 9562, version 7, in its canonical form.
fn is_uuid_7(label: &str) -> bool {
    let fits = |(i, c): (usize, char)| match i {
        8 | 13 | 18 | 23 => c == '-',
        14 => c == '7',
        19 => matches!(c, '8' | '9' | 'a' | 'b'),
        _ => c.is_ascii_digit() || ('a'..='f').contains(&c),
    };
    label.len() == 36 && label.chars().enumerate().all(fits)
}

/// What could not be judged, because the file does not say it yet.
fn unjudged(file: &File, findings: &mut Findings) {
    let mut warn = |rule: Rule, path: &str, message| findings.flags.push(Finding::new(rule, path, message));
    if file.release.is_none() {
        warn(Rule::Policy(3), "release", "release-not-judged");
    }
    if file.from.is_none() {
        warn(Rule::of_field("header.from"), "header.from", "sender-not-judged");
    }
}

/// P-08 once more, for whoever thought of named officers: no copy may have it, and whom it is for must be said.
fn tlp_red(file: &File, findings: &mut Findings) {
    if file.terms.tlp != Tlp::Red {
        return;
    }
    let mut stop = |path: String| findings.problems.push(Finding::new(Rule::Policy(8), path, "p08-tlp-red"));
    for (i, _) in file.officers_named.iter().enumerate().filter(|(_, named)| !**named) {
        stop(format!("header.to[{i}].officer_ids"));
    }
    if !file.terms.cc.is_empty() {
        stop("header.cc".to_owned());
    }
}

#[cfg(test)]
mod tests;
