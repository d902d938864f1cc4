//! Field 0 of a form while an exercise is on: *Real or exercise?* It has no default (CONSOLE 3.11).
//!
//! What is about another notice is what that one is (P-16): then it is said, and not asked.

use crate::console::compose::field::Control;
use crate::console::compose::field::Field;
use crate::console::compose::field::Part;
use crate::console::compose::read::RELATION;
use crate::console::form::Fields;
use crate::console::mark::capital;
use crate::console::shell::Shell;
use crate::console::visitor::Officer;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::wire;
use crate::wire::Traffic;
use crate::wire::json::Word as _;

/// Its path.
pub(super) const TRAFFIC: &str = "header.traffic_status";

/// The field that says in which exercise it was asked: what a form had as a default before that is no answer.
pub(super) const ASKED: &str = "exercise";

/// The question.
const QUESTION: Field = Field::new("console-real-or-exercise", Control::Radios("traffic"), TRAFFIC)
    .needed()
    .hint("console-real-or-exercise-hint");

/// What is fixed by the notice that a form is about.
pub(super) struct Fixed {
    /// Its word.
    pub(super) word: &'static str,
    /// The notice.
    pub(super) reference: String,
}

/// The exercise that is on, by the entry of its beginning, if a form asks whether it is part of it.
pub(super) fn asked(officer: &Officer, fields: &Fields) -> Option<u64> {
    let on = officer.visitor.desk.api.hub.shared.exercise();
    on.filter(|_| !fields.has(RELATION)).map(|on| on.index)
}

/// The fields of a form, the question first if it asks.
pub(super) fn asking(mut all: Vec<Field>, asks: bool) -> Vec<Field> {
    if asks {
        all.retain(|field| field.path != TRAFFIC);
        all.insert(0, QUESTION);
    }
    all
}

/// Whether a field is the question.
pub(super) fn is_question(field: &Field) -> bool {
    field.path == TRAFFIC && field.part == Part::Short
}

/// What is typed in a form, without what was a default when it began.
pub(super) fn answered(fields: Fields, index: u64) -> Fields {
    let is_default = fields.get(TRAFFIC) == Traffic::Actual.word() && fields.get(ASKED) != index.to_string();
    if is_default { fields.without(TRAFFIC) } else { fields }
}

/// What is typed in a form, with what is fixed by another notice.
pub(super) fn settled(fields: Fields, asked: Option<u64>, fixed: Option<&Fixed>) -> Fields {
    match (asked, fixed) {
        (Some(index), _) => answered(fields, index),
        (None, Some(fixed)) => {
            let mut fields = fields.without(TRAFFIC);
            fields.0.push((TRAFFIC.to_owned(), fixed.word.to_owned()));
            fields
        }
        (None, None) => fields,
    }
}

impl Fixed {
    /// As a page says it.
    pub(super) fn said(&self, shell: &Shell) -> String {
        let traffic = Traffic::from_word(self.word).unwrap_or_default();
        let names = [("traffic", shell.words.label::<Traffic>(traffic.into())), ("reference", self.reference.clone())];
        capital(&shell.words.say("console-traffic-fixed", &names))
    }
}

/// What a form is by the notice that it is about, while an exercise is on and that notice is here.
pub(super) async fn fixed(officer: &Officer, fields: &Fields) -> Option<Fixed> {
    let api = &officer.visitor.desk.api;
    api.hub.shared.exercise()?;
    let (_, reference) = fields.all(RELATION).find_map(|relation| relation.split_once(' '))?;
    let request = wire::GetNoticeRequest { notice: reference.to_owned() };
    let found = api.get_notice(officer.call(request)).await.ok()?.into_inner();
    let traffic = found.summary?.header?.traffic();
    (traffic != Traffic::Unspecified).then(|| Fixed { word: traffic.word(), reference: reference.to_owned() })
}
