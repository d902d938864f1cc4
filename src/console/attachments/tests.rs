//! What pages say of attachments.

use super::*;
use crate::i18n::Language;

#[test]
fn how_much_is_here_is_said_in_words_and_per_cent() {
    let words = Words::of(Language::english());
    let here = |arrived_bytes, size_bytes| wire::AttachmentHere { digest: vec![], size_bytes, arrived_bytes };
    for (arrived_bytes, size_bytes, percent, whole) in
        [(0, 0, 0, false), (0, 10, 0, false), (999, 1000, 99, false), (10, 10, 100, true), (20, 10, 100, true)]
    {
        let one = here(arrived_bytes, size_bytes);
        assert_eq!((arrived(&words, &one).1, is_here(&one)), (percent, whole), "{arrived_bytes}");
    }
    assert_eq!(arrived(&words, &here(1, 4096)).0, "1 byte of 4.0 KiB are here (0 %)");
    let russian = Words::of(Language::of_locale("ru"));
    let said = [7, 1536, 5 << 20, 64 << 30].map(|bytes| russian.size(bytes));
    assert_eq!(said, ["7 байт", "1,5 КиБ", "5,0 МиБ", "64,0 ГиБ"]);
    assert_eq!(in_words(&words, &[]), "");
    assert_eq!(
        in_words(&words, &[here(1024, 2048), here(0, 2048)]),
        "2 files are attached; 1.0 KiB of 4.0 KiB are here."
    );
}

#[test]
fn what_a_replacement_attaches_is_listed_too() {
    let body = |digest: u8| wire::NoticeBody {
        attachments: vec![wire::AttachmentKey { digest: vec![digest], ..wire::AttachmentKey::default() }],
        ..wire::NoticeBody::default()
    };
    let correction = wire::Correction { full_replacement: Some(Box::new(body(2))), ..wire::Correction::default() };
    let body = wire::NoticeBody { correction: Some(Box::new(correction)), ..body(1) };
    assert_eq!(notice::file_keys(&body).map(|key| key.digest.clone()).collect::<Vec<_>>(), [[1], [2]]);
}
