//! A form as its page shows it: every field with its words, what stands in it, and what is wrong with it.

use crate::console::compose::field::Control;
use crate::console::compose::field::Field;
use crate::console::compose::field::Part;
use crate::console::compose::offices::Peer;
use crate::console::compose::read;
use crate::console::compose::read::LANGUAGE;
use crate::console::compose::read::LANGUAGES;
use crate::console::compose::read::Setting;
use crate::console::compose::traffic;
use crate::console::form::Fields;
use crate::console::mark::capital;
use crate::console::shell::Shell;
use crate::i18n::Words;
use crate::i18n::codes;
use crate::wire::json::Word as _;

/// What is wrong, and with which field, if it is one of the form.
pub(in crate::console) struct Trouble {
    pub(in crate::console) path: String,
    /// The field in words; empty for none.
    pub(in crate::console) place: String,
    pub(in crate::console) said: String,
}

impl Trouble {
    /// What is wrong, after its place.
    pub(in crate::console) fn whole(&self) -> String {
        match self.place.as_str() {
            "" => self.said.clone(),
            question if question.ends_with('?') => format!("{question} {}", self.said),
            place => format!("{place}: {}", self.said),
        }
    }
}

/// A field as it is shown.
pub(in crate::console) struct Seen {
    pub(in crate::console) id: String,
    pub(in crate::console) name: &'static str,
    /// Its place in the form; empty for what is filled in already.
    pub(in crate::console) number: String,
    pub(in crate::console) label: String,
    pub(in crate::console) hint: String,
    pub(in crate::console) fault: String,
    pub(in crate::console) needed: bool,
    pub(in crate::console) inner: Inner,
}

/// What stands in a field.
pub(in crate::console) enum Inner {
    Line { value: String, class: &'static str },
    Area { value: String },
    Radios { all: Vec<Choice> },
    Select { all: Vec<Choice> },
    Ticks { all: Vec<Choice>, note: Option<String> },
    Moment { day: String, time: String },
    Window { from: (String, String), to: (String, String) },
    Quantity { amount: String, units: Vec<Choice>, bases: Vec<Choice> },
}

/// What may be chosen.
pub(in crate::console) struct Choice {
    pub(in crate::console) value: String,
    pub(in crate::console) label: String,
    pub(in crate::console) note: String,
    pub(in crate::console) late: bool,
    pub(in crate::console) barred: bool,
    pub(in crate::console) chosen: bool,
}

impl Choice {
    fn new(value: &str, label: String, chosen: bool) -> Self {
        Self { value: value.to_owned(), label, note: String::new(), late: false, barred: false, chosen }
    }
}

/// The words of a field, with what it belongs to.
pub(in crate::console) fn label(words: &Words, field: &Field) -> String {
    let own = words.get(field.key);
    let whole = match field.of {
        ("", _) => own,
        (key, 0) => format!("{} · {own}", words.get(key)),
        (key, number) => format!("{} {number} · {own}", words.get(key)),
    };
    capital(&whole)
}

/// The id of a field in its page.
pub(in crate::console) fn id(path: &str) -> String {
    path.replace(['.', '[', ']'], "-")
}

/// Shows fields.
pub(in crate::console) struct Viewer<'a> {
    pub(in crate::console) shell: &'a Shell,
    pub(in crate::console) fields: &'a Fields,
    pub(in crate::console) peers: &'a [Peer],
    pub(in crate::console) setting: &'a Setting<'a>,
    pub(in crate::console) troubles: &'a [Trouble],
}

impl Viewer<'_> {
    /// Fields of some parts of a form, numbered from 1 on unless they are filled in already; the question whether it is real
    /// is number 0.
    pub(in crate::console) fn seen(&self, all: &[Field], parts: &[Part]) -> Vec<Seen> {
        let wanted = all.iter().filter(|field| parts.contains(&field.part));
        let first = usize::from(!all.first().is_some_and(traffic::is_question));
        wanted.enumerate().map(|(i, field)| self.field(i + first, field)).collect()
    }

    /// The languages that a text may be in.
    pub(in crate::console) fn languages(&self) -> Vec<Choice> {
        let chosen = self.fields.get(LANGUAGE);
        let choice = |(code, key): &(&str, &str)| Choice::new(code, self.shell.get(key), *code == chosen);
        LANGUAGES.iter().map(choice).collect()
    }

    fn field(&self, number: usize, field: &Field) -> Seen {
        let fault = self.troubles.iter().find(|trouble| trouble.path == field.path);
        Seen {
            id: id(field.path),
            name: field.path,
            number: if field.part == Part::Preset { String::new() } else { format!("{number}.") },
            label: label(&self.shell.words, field),
            hint: if field.hint.is_empty() { String::new() } else { self.shell.get(field.hint) },
            fault: fault.map(|trouble| trouble.said.clone()).unwrap_or_default(),
            needed: field.needed,
            inner: self.inner(field),
        }
    }

    fn inner(&self, field: &Field) -> Inner {
        let value = || self.fields.get(field.path).to_owned();
        let part = |name: &str| self.fields.get(&format!("{}.{name}", field.path)).to_owned();
        let moment = |name: &str| (part(&format!("{name}day")), part(&format!("{name}time")));
        match field.control {
            Control::Line | Control::Title | Control::Words => Inner::Line { value: value(), class: "" },
            Control::Number | Control::Numbers => Inner::Line { value: value(), class: "num" },
            Control::Capitals => {
                let is_plate = field.path.ends_with("plate_raw");
                Inner::Line { value: value(), class: if is_plate { "plate-no" } else { "caps" } }
            }
            Control::Text | Control::Lines => Inner::Area { value: value() },
            Control::Radios(list) => Inner::Radios { all: self.codes(field.path, list, !field.needed) },
            Control::Select(list) => Inner::Select { all: self.codes(field.path, list, true) },
            Control::Many(list) => Inner::Ticks { all: self.codes(field.path, list, false), note: None },
            Control::YesNo => {
                let said = value();
                let mut all = vec![
                    Choice::new("yes", self.shell.get("value-yes"), said == "yes"),
                    Choice::new("no", self.shell.get("value-no"), said == "no"),
                ];
                if !field.needed {
                    all.push(Choice::new("", self.shell.get("console-not-stated"), said.is_empty()));
                }
                Inner::Radios { all }
            }
            Control::Moment => {
                let (day, time) = moment("");
                Inner::Moment { day, time }
            }
            Control::Window => Inner::Window { from: moment("from."), to: moment("to.") },
            Control::Parties | Control::Offices => Inner::Ticks { all: self.offices(field.path), note: None },
            Control::Office => Inner::Select { all: self.office(field.path) },
            Control::Quantity => Inner::Quantity {
                amount: part("amount"),
                units: self.codes(&format!("{}.unit", field.path), "unit", true),
                bases: self.codes(&format!("{}.basis", field.path), "weight-basis", true),
            },
            Control::Handling => Inner::Ticks {
                all: self.codes(field.path, "handling", false),
                note: Some(self.fields.get("header.handling.text").to_owned()),
            },
            Control::Basis => Inner::Select { all: self.agreements(field.path) },
        }
    }

    /// The codes of a list; with one that says nothing, if that may be chosen.
    fn codes(&self, name: &str, list: &str, nothing: bool) -> Vec<Choice> {
        let chosen: Vec<&str> = self.fields.all(name).collect();
        let choice = |code: String| {
            let label = self.shell.words.known(&codes::key(list, &code)).unwrap_or_else(|| code.clone());
            let is_chosen = chosen.contains(&code.as_str());
            Choice::new(&code, capital(&label), is_chosen)
        };
        let nothing = nothing.then(|| {
            let none = chosen.iter().all(|code| code.is_empty());
            Choice::new("", self.shell.get("console-not-stated"), none)
        });
        nothing.into_iter().chain(read::codes(list).into_iter().map(choice)).collect()
    }

    fn offices(&self, name: &str) -> Vec<Choice> {
        let chosen: Vec<&str> = self.fields.all(name).collect();
        let choice = |peer: &Peer| Choice {
            note: [peer.name.as_str(), peer.reach.as_str()].join(" · ").trim_start_matches(" · ").to_owned(),
            late: peer.late,
            barred: peer.barred,
            ..Choice::new(&peer.code, peer.code.clone(), chosen.contains(&peer.code.as_str()))
        };
        self.peers.iter().map(choice).collect()
    }

    fn office(&self, name: &str) -> Vec<Choice> {
        let (chosen, own) = (self.fields.get(name), self.shell.office.as_str());
        let all = std::iter::once(own).chain(self.peers.iter().map(|peer| peer.code.as_str()));
        let named = all.map(|code| {
            let label = [code, &self.shell.name_of(code)].join(" ").trim().to_owned();
            Choice::new(code, label, code == chosen)
        });
        let nothing = Choice::new("", self.shell.get("console-not-stated"), chosen.is_empty());
        std::iter::once(nothing).chain(named).collect()
    }

    fn agreements(&self, name: &str) -> Vec<Choice> {
        let chosen = self.fields.get(name);
        let fitting = Choice::new("", self.shell.get("console-basis-fitting"), chosen.is_empty());
        let all = self.setting.agreements.iter().map(|(reference, agreement)| {
            let value = format!("{} {reference}", agreement.kind.word());
            let kind = self.shell.words.label::<crate::wire::LegalBasisKind>(agreement.kind.into());
            Choice::new(&value, format!("{reference} · {kind}"), value == chosen)
        });
        let mut all: Vec<Choice> = std::iter::once(fitting).chain(all).collect();
        // What stands there stays, whether it is an agreement of this office or not.
        if !chosen.is_empty() && !all.iter().any(|choice| choice.chosen) {
            let label = chosen.split_once(' ').map_or(chosen, |(_, reference)| reference);
            all.push(Choice::new(chosen, label.to_owned(), true));
        }
        all
    }
}
