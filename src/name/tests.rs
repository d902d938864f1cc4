//! Names as people type them, and as nobody should.

use proptest::prelude::*;

use crate::name::Country;
use crate::name::Digest;
use crate::name::Fingerprint;
use crate::name::Network;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::name::Reference;

#[test]
fn the_reference_of_the_protocol_is_right() {
    let reference: Reference = "UZ-ALT-26-000123-3".parse().unwrap();
    assert_eq!(reference.short(), "123-3");
    assert_eq!(Reference::new("UZ-ALT".parse().unwrap(), 26, 123), Some(reference));
    assert!("UZ-ALT-26-000123-4".parse::<Reference>().is_err());
    assert!(Reference::is_mistyped("UZ-ALT-26-000123-4") && Reference::is_mistyped("UZ-ALT-26-000132-3"));
    for other in ["UZ-ALT-26-000123-3", "UZ-ALT-26-123-3", "123-3", "UZ-ALT", "Karimova", ""] {
        assert!(!Reference::is_mistyped(other), "{other}");
    }
}

#[test]
fn skipped_numbers_have_no_reference() {
    let office: OfficeCode = "UZ-ALT".parse().unwrap();
    let given = (1..=1000).filter_map(|n| Reference::new(office, 26, n)).count();
    assert!(given < 1000 && given > 850, "{given}");
}

#[test]
fn fingerprints_are_read_as_people_type_them() {
    let fingerprint = Fingerprint::of_key(&[7; 32]);
    let text = fingerprint.to_string();
    assert_eq!(text.len(), 39);
    for typed in [text.to_lowercase(), text.replace('-', " "), text.replace('0', "o"), text.replace('1', "l")] {
        assert_eq!(typed.parse(), Ok(fingerprint), "{typed}");
    }
    assert!(text.replace('-', "")[1..].parse::<Fingerprint>().is_err());
    assert!(format!("{text}0").parse::<Fingerprint>().is_err());
}

proptest! {
    #[test]
    fn names_come_back(bytes in any::<[u8; 20]>(), number in 0..=Reference::MAX_NUMBER) {
        let fingerprint = Fingerprint(bytes);
        prop_assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
        if let Some(reference) = Reference::new("TM-FAR".parse().unwrap(), 26, number) {
            prop_assert_eq!(reference.to_string().parse(), Ok(reference));
        }
    }

    #[test]
    fn no_text_panics(text in ".{0,45}") {
        let _ = text.parse::<Country>();
        let _ = text.parse::<OfficeCode>();
        let _ = text.parse::<OfficerId>();
        let _ = text.parse::<Network>();
        let _ = text.parse::<Digest>();
        let _ = text.parse::<Fingerprint>();
        let _ = text.parse::<Reference>();
    }
}
