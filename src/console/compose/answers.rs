//! The forms of requests, and of what is written about an earlier notice.

use crate::console::compose::field::Control;
use crate::console::compose::field::Field;
use crate::console::compose::header::NARRATIVE;
use crate::console::compose::header::SUBJECT;
use crate::console::compose::header::TO;
use crate::console::compose::header::URGENCY;
use crate::console::compose::things;

pub(super) const REQUEST: &[Field] = &[
    TO,
    URGENCY,
    Field::new("field-urgency_reason", Control::Text, "body.request.urgency_reason")
        .hint("console-hint-urgency-reason"),
    SUBJECT,
    Field::new("field-code", Control::Line, "body.request.offence.code").of("field-offence", 0).needed(),
    Field::new("field-text", Control::Line, "body.request.offence.text").of("field-offence", 0).needed(),
    Field::new("field-country", Control::Capitals, "body.request.offence.country")
        .of("field-offence", 0)
        .needed()
        .hint("console-hint-country"),
    Field::new("field-justification", Control::Text, "body.request.justification")
        .needed()
        .hint("console-hint-justification"),
    Field::new("field-questions", Control::Lines, "body.request.questions").needed().hint("console-hint-lines"),
    Field::new("field-due_at", Control::Moment, "body.request.due_at").needed().hint("console-hint-moment"),
    Field::new("field-hit_only", Control::YesNo, "body.request.hit_only"),
    NARRATIVE,
    Field::new("field-availability_reason", Control::Text, "body.request.availability_reason").long(),
    things::PLATE.long(),
    things::PLATE_COUNTRY.long(),
    things::VEHICLE_TYPE.long(),
    things::FAMILY.long(),
    things::GIVEN.long(),
    things::BORN.long(),
    things::NATIONALITY.long(),
    things::CATEGORY.long(),
    things::CONTAINER.long(),
    things::WAGON.long(),
    Field::new("field-by", Control::Line, "body.request.confirmation_of_oral.by")
        .of("field-confirmation_of_oral", 0)
        .long(),
    Field::new("field-at", Control::Moment, "body.request.confirmation_of_oral.at")
        .of("field-confirmation_of_oral", 0)
        .long(),
    Field::new("field-channel", Control::Select("oral-channel"), "body.request.confirmation_of_oral.channel")
        .of("field-confirmation_of_oral", 0)
        .long(),
];

const fn answer(path: &'static str, number: u8) -> Field {
    Field::new("field-text", Control::Text, path).of("field-answers", number)
}

pub(super) const REPLY: &[Field] = &[
    TO,
    SUBJECT,
    Field::new("field-outcome", Control::Radios("reply-outcome"), "body.reply.outcome").needed(),
    answer("body.reply.answers[0].text", 1),
    answer("body.reply.answers[1].text", 2),
    answer("body.reply.answers[2].text", 3),
    Field::new("field-further_info_needed", Control::Text, "body.reply.further_info_needed"),
    NARRATIVE,
    answer("body.reply.answers[3].text", 4).long(),
    answer("body.reply.answers[4].text", 5).long(),
    answer("body.reply.answers[5].text", 6).long(),
    answer("body.reply.answers[6].text", 7).long(),
    answer("body.reply.answers[7].text", 8).long(),
];

pub(super) const REFUSAL: &[Field] = &[
    TO,
    SUBJECT,
    Field::new("field-ground", Control::Radios("refusal-ground"), "body.refusal.ground").needed(),
    Field::new("field-scope", Control::Radios("refusal-scope"), "body.refusal.scope").needed(),
    Field::new("field-question_nos", Control::Numbers, "body.refusal.question_nos").hint("console-hint-numbers"),
    Field::new("field-text", Control::Text, "body.refusal.text").of("field-refusal", 0),
    Field::new("field-may_reapply", Control::YesNo, "body.refusal.may_reapply"),
    NARRATIVE.long(),
];

pub(super) const FEEDBACK: &[Field] = &[
    TO,
    SUBJECT,
    Field::new("field-outcome", Control::Radios("feedback-outcome"), "body.feedback.outcome").needed(),
    Field::new("field-at", Control::Window, "body.feedback.at").needed().hint("console-hint-window"),
    Field::new("field-office_code", Control::Office, "body.feedback.place.office_code").of("field-place", 0).preset(),
    Field::new("field-text", Control::Text, "body.feedback.text").of("field-feedback", 0),
    Field::new("field-seizure_ref", Control::Capitals, "body.feedback.seizure_ref"),
    Field::new("field-bcp_name", Control::Line, "body.feedback.place.bcp_name").long(),
    NARRATIVE.long(),
];

pub(super) const CORRECTION: &[Field] = &[
    TO,
    SUBJECT,
    Field::new("field-reason_code", Control::Radios("amendment-reason"), "body.correction.reason_code").needed(),
    Field::new("field-text", Control::Text, "body.correction.reason").of("field-reason", 0).needed(),
    Field::new("field-subject", Control::Title, "body.correction.replaced_fields[0].value")
        .of("field-flag", 0)
        .hint("console-hint-replaced"),
    Field::new("field-narrative", Control::Text, "body.correction.replaced_fields[1].value").of("field-flag", 0),
    NARRATIVE.long(),
];

pub(super) const WITHDRAWAL: &[Field] = &[
    TO,
    SUBJECT,
    Field::new("field-reason_code", Control::Radios("amendment-reason"), "body.withdrawal.reason_code").needed(),
    Field::new("field-text", Control::Text, "body.withdrawal.reason").of("field-reason", 0).needed(),
    NARRATIVE.long(),
];

pub(super) const FORWARD: &[Field] = &[TO, SUBJECT, NARRATIVE];
