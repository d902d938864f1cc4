//! Time zones of the border offices of these countries, by which times are shown.

use crate::name::Country;

/// A time zone.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::console) struct Zone {
    /// The country whose border offices have it; empty for UTC.
    country: &'static str,
    /// Its name (IANA).
    pub(in crate::console) name: &'static str,
    /// How it is called, as a key.
    pub(in crate::console) key: &'static str,
}

/// All of them. Where a country has several, that of its southern border.
static ZONES: [Zone; 10] = [
    Zone { country: "", name: "UTC", key: "console-zone-utc" },
    Zone { country: "AF", name: "Asia/Kabul", key: "console-zone-kabul" },
    Zone { country: "CN", name: "Asia/Urumqi", key: "console-zone-urumqi" },
    Zone { country: "IR", name: "Asia/Tehran", key: "console-zone-tehran" },
    Zone { country: "KG", name: "Asia/Bishkek", key: "console-zone-bishkek" },
    Zone { country: "KZ", name: "Asia/Almaty", key: "console-zone-almaty" },
    Zone { country: "PK", name: "Asia/Karachi", key: "console-zone-karachi" },
    Zone { country: "TJ", name: "Asia/Dushanbe", key: "console-zone-dushanbe" },
    Zone { country: "TM", name: "Asia/Ashgabat", key: "console-zone-ashgabat" },
    Zone { country: "UZ", name: "Asia/Tashkent", key: "console-zone-tashkent" },
];

impl Zone {
    /// That of a country's border offices, if it is known here.
    pub(in crate::console) fn of(country: Country) -> Option<&'static Self> {
        let code = country.to_string();
        ZONES.iter().find(|zone| zone.country == code)
    }

    /// The one with this name.
    pub(in crate::console) fn named(name: &str) -> Option<&'static Self> {
        ZONES.iter().find(|zone| zone.name == name)
    }

    /// All that are known here.
    pub(in crate::console) fn all() -> impl Iterator<Item = &'static Self> {
        ZONES.iter()
    }

    /// Whether it is UTC, or that of one of these countries.
    pub(in crate::console) fn is_of(&self, countries: &[Country]) -> bool {
        self.country.is_empty() || countries.iter().any(|country| country.to_string() == self.country)
    }
}
