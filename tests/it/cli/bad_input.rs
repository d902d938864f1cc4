//! What is wrong is said, with what to do and the right exit code; and nothing is half-applied.

use serde_json::Value;

use crate::cli::chapar;
use crate::cli::country_and_office;
use crate::cli::keys;
use crate::cli::snapshot;

#[test]
fn wrong_lines_change_nothing() {
    let data = tempfile::tempdir().unwrap();
    let at = data.path();
    country_and_office(at);
    chapar(at, "init --data far --office TM-FAR --network demo.example --storage-key file").ok();
    chapar(at, "init --data oyb --office UZ-OYB --network other.example --storage-key file").ok();
    let card = std::fs::read(at.join("alt/UZ-ALT.card")).unwrap();
    let mut damaged = card.clone();
    let last = damaged.len() - 1;
    damaged[last / 2] ^= 1;
    std::fs::write(at.join("damaged.card"), damaged).unwrap();
    std::fs::write(at.join("cut.card"), &card[..last]).unwrap();
    std::fs::write(at.join("large.card"), vec![0; 1 << 20]).unwrap();
    std::fs::create_dir(at.join("full")).unwrap();
    std::fs::write(at.join("full/mine"), "mine").unwrap();

    let before = snapshot(at);
    for (line, code, error) in [
        ("country new --dir uzc --country UZ --network demo.example", 1, "something at uzc already"),
        ("country new --dir full --country UZ --network demo.example", 1, "something at full already"),
        ("country new --dir x --country uz --network demo.example", 2, "a country is two capital letters"),
        ("country new --dir x --country UZ --network Demo", 2, "a network is a lower-case name"),
        ("country new --dir none/x --country UZ --network demo.example", 1, "none/x"),
        ("country add --dir uzc alt/UZ-ALT.card", 2, "Somebody must compare the fingerprint"),
        ("country add --dir uzc far/TM-FAR.card --yes", 1, "TM-FAR is an office of TM"),
        ("country add --dir uzc oyb/UZ-OYB.card --yes", 1, "of the network other.example"),
        ("country add --dir uzc damaged.card --yes", 1, "damaged.card cannot be used as a card"),
        ("country add --dir uzc cut.card --yes", 1, "cut.card cannot be used as a card"),
        ("country add --dir uzc large.card --yes", 1, "large.card: larger than"),
        ("country add --dir uzc none.card --yes", 1, "none.card: "),
        ("country add --dir uzc uzc/roster.next --yes", 1, "cannot be used as a card"),
        ("country add --dir uzc alt/UZ-ALT.card --yes --name Alat", 2, "as in en=Alat"),
        ("country add --dir none alt/UZ-ALT.card --yes", 1, "There is no country in the folder none"),
        ("country set --dir uzc UZ-ALT --state active", 1, "does not list UZ-ALT"),
        ("country set --dir uzc UZ-ALT --state gone", 2, "possible values: active, suspended, revoked"),
        ("country revoke-key --dir uzc UZ-ALT 0123", 2, "a key id is 8 to 64 hex digits"),
        ("country revoke-key --dir uzc UZ-ALT 01234567", 1, "does not list UZ-ALT"),
        ("country sing --dir uzc", 2, "Unrecognized subcommand 'sing'"),
        ("init --data full --office UZ-KUD --network demo.example --storage-key file", 1, "full is not empty"),
        ("init --data alt --office UZ-ALT --network demo.example --storage-key file", 1, "alt is not empty"),
        ("init --data x --office UZALT --network demo.example", 2, "as in UZ-ALT"),
        ("init --data x --office UZ-ALT --network demo.example --storage-key paper", 2, "credential, file, prompt"),
        ("init --data x --office UZ-ALT --network demo.example --storage-key credential", 1, "No credential"),
        ("init --data x --office UZ-ALT --network demo.example --agency army", 2, "an agency is one of border, "),
        ("init --data x --office UZ-ALT --network demo.example --endpoint a.example:1", 2, "--listen"),
        (
            "init --data x --office UZ-ALT --network demo.example --storage-key file --listen 127.0.0.1:1 --endpoint a",
            1,
            "\"a\" is not host:port",
        ),
        ("init --data x --office UZ-ALT --network demo.example --listen localhost:1", 2, "--listen"),
        ("card --data none", 1, "no office in the folder none"),
        ("serve --data none", 1, "no office in the folder none"),
        ("log verify --offline --data none", 1, "no office in the folder none"),
        ("status --data none", 1, "no folder none"),
        ("status --data alt", 5, "No node is running in the folder alt"),
        ("inbox --follow --data alt", 5, "No node is running"),
        ("peer trust UZ XYZ --data alt", 2, "a fingerprint is eight groups"),
        ("roster import alt/UZ-ALT.card --data alt", 1, "cannot be used as a roster"),
        ("roster import --data alt", 2, "<FILE>"),
        ("notice template shipment", 2, "lists the kinds"),
        ("notice send --file none.json --data alt", 1, "none.json"),
        ("notice send --file d --to UZALT --data alt", 2, "as in UZ-ALT"),
    ] {
        let done = chapar(at, line);
        assert_eq!(done.out, "", "{line}");
        done.fails(code, error);
        assert_eq!(snapshot(at), before, "{line}");
    }
}

#[test]
fn wrong_drafts_are_refused_before_the_node_is_asked() {
    let data = tempfile::tempdir().unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/");
    let mut refused = 0;
    for entry in std::fs::read_dir(format!("{folder}invalid")).unwrap() {
        let path = entry.unwrap().path();
        let done = chapar(data.path(), &format!("notice send --without-attachments --file {}", path.display()));
        // What only policy forbids gets as far as the node, which does not run.
        if done.code == 1 {
            refused += 1;
            done.fails(1, "draft");
        }
    }
    assert!(refused > 20, "{refused}");
    // The file is named, and what every verb that reads one offers.
    let file = format!("{folder}notices/05-seizure-railcar-hashish.json");
    for verb in ["notice send", "notice new", "notice edit 7"] {
        let done = chapar(data.path(), &format!("{verb} --file {file}"));
        assert!(done.err.contains("--without-attachments"), "{}", done.err);
        done.fails(1, "body.attachments[0]: there is no file images/xray-railcar-floor.png beside the draft");
        let without = chapar(data.path(), &format!("{verb} --without-attachments --file {file}"));
        without.fails(1, "no folder");
    }
}

#[test]
fn programs_get_errors_as_objects() {
    let data = tempfile::tempdir().unwrap();
    for (line, code) in [
        ("--json country show --dir none", 1),
        ("country --json", 2),
        ("init --json --office x", 2),
        ("status --json --data none", 1),
    ] {
        let done = chapar(data.path(), line);
        assert_eq!((done.code, done.out.as_str()), (code, ""), "{line}");
        let error: Value = serde_json::from_str(&done.err).unwrap();
        assert_eq!(keys(&error).into_iter().collect::<Vec<_>>(), ["code", "do", "error", "key"]);
        assert_eq!(error["code"], code);
    }
}

#[test]
fn damaged_settings_name_file_and_line() {
    let data = tempfile::tempdir().unwrap();
    let at = data.path();
    country_and_office(at);
    let config = at.join("alt/config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("agency", "agancy")).unwrap();
    chapar(at, "card --data alt").fails(1, "alt/config.toml: line 6: agancy: unknown field");
    std::fs::write(&config, text).unwrap();
    chapar(at, "card --data alt").ok();
    let key = at.join("alt/keys/office.key");
    std::fs::write(&key, vec![0; 60]).unwrap();
    chapar(at, "card --data alt").fails(1, "office.key is damaged");
}
