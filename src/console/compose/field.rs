//! What a field of a form is: its words, how it is asked for, and where it stands in the draft file.

/// A field of a form. Its name in the page is its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::console) struct Field {
    /// Where it stands in the draft file.
    pub(in crate::console) path: &'static str,
    /// What it is called, as a key.
    pub(in crate::console) key: &'static str,
    /// What it belongs to, as a key, and which of several; empty and 0 for nothing.
    pub(in crate::console) of: (&'static str, u8),
    /// What helps to fill it in, as a key; empty for nothing.
    pub(in crate::console) hint: &'static str,
    /// In which part of the form it stands.
    pub(in crate::console) part: Part,
    /// Whether it must be filled in before the notice is submitted.
    pub(in crate::console) needed: bool,
    /// How it is asked for.
    pub(in crate::console) control: Control,
}

/// A part of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::console) enum Part {
    /// Always asked for.
    Short,
    /// In the long form only.
    Long,
    /// Filled in already; folded away.
    Preset,
}

/// How a field is asked for, and so what it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::console) enum Control {
    /// One line: a text.
    Line,
    /// The same in capital letters, as codes of countries and numbers of things are.
    Capitals,
    /// A whole number.
    Number,
    /// Whole numbers, divided by commas.
    Numbers,
    /// One line: a text with its language.
    Title,
    /// Several lines: a text with its language.
    Text,
    /// Several lines: each one a text with its language.
    Lines,
    /// Words, divided by commas.
    Words,
    /// One code of a list, all of them seen.
    Radios(&'static str),
    /// One code of a list.
    Select(&'static str),
    /// Any codes of a list.
    Many(&'static str),
    /// Yes or no.
    YesNo,
    /// A day and a time.
    Moment,
    /// Two of them: from and to.
    Window,
    /// Offices, as parties.
    Parties,
    /// Offices, by their codes.
    Offices,
    /// An office.
    Office,
    /// An amount, its unit, and whether it is gross: fields of the object at the path.
    Quantity,
    /// Conditions of use, with words for the last one.
    Handling,
    /// An agreement of this office.
    Basis,
}

impl Field {
    /// A field of the short form that may be left empty.
    pub(super) const fn new(key: &'static str, control: Control, path: &'static str) -> Self {
        Self { path, key, of: ("", 0), hint: "", part: Part::Short, needed: false, control }
    }

    /// The same, which must be filled in.
    pub(super) const fn needed(self) -> Self {
        Self { needed: true, ..self }
    }

    /// The same, in the long form only.
    pub(super) const fn long(self) -> Self {
        Self { part: Part::Long, ..self }
    }

    /// The same, filled in already.
    pub(super) const fn preset(self) -> Self {
        Self { part: Part::Preset, ..self }
    }

    /// The same, of something that has fields of its own; 0 if there is one of it.
    pub(super) const fn of(self, key: &'static str, number: u8) -> Self {
        Self { of: (key, number), ..self }
    }

    /// The same, with a hint.
    pub(super) const fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }
}
