//! Setting up a country and an office by hand, and what the country changes later. No node runs.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::time::Duration;

use chapar::domain::draft;
use chapar::domain::envelope::Unverified;
use chapar::domain::roster::CountryRoster;
use chapar::domain::roster::OfficeState;
use chapar::name::Fingerprint;
use serde_json::Value;

use crate::cli::chapar;
use crate::cli::command;
use crate::cli::country_and_office;
use crate::cli::fingerprint;
use crate::cli::keys;
use crate::cli::run;

/// A signed roster, checked against the fingerprint that the country has printed.
fn roster(path: &std::path::Path, fingerprint: &str) -> CountryRoster {
    let read = Unverified::<CountryRoster>::read(&std::fs::read(path).unwrap()).unwrap();
    let key = read.claim().country_key;
    assert_eq!(Fingerprint::of_key(&key.0).to_string(), fingerprint);
    read.verify(&[key]).unwrap().into_parts().0
}

#[test]
fn an_office_gets_into_a_signed_roster() {
    let data = tempfile::tempdir().unwrap();
    let at = data.path();
    let country = fingerprint(&chapar(at, "country new --dir uzc --country UZ --network demo.example").ok());
    let init = "init --data alt --office UZ-ALT --network demo.example --listen 127.0.0.1:7443 \
                --endpoint 127.0.0.1:7443 --storage-key file --agency police-mia";
    let office = fingerprint(&chapar(at, init).ok());
    let mode = |path: &str| std::fs::metadata(at.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode("uzc"), mode("uzc/country.key"), mode("alt"), mode("alt/keys")], [0o700, 0o600, 0o711, 0o700]);

    let names = ["--name", "en=Alat", "--name", "ru=Алат"];
    let add = ["--json", "country", "add", "--dir", "uzc", "alt/UZ-ALT.card", "--yes"];
    let added = run(at, &[&add[..], &names[..]].concat()).object();
    assert_eq!((&added["office"], &added["fingerprint"]), (&"UZ-ALT".into(), &Value::from(office)));
    assert_eq!(added["new"], true);
    let signed = chapar(at, "country sign --dir uzc --out uz.roster").ok();
    assert_eq!(fingerprint(&signed), country);

    let first = roster(&at.join("uz.roster"), &country);
    let listed = &first.offices[0];
    assert_eq!((first.version, first.offices.len(), listed.state), (1, 1, OfficeState::Active));
    assert_eq!(listed.names.iter().map(|name| name.name.as_str()).collect::<Vec<_>>(), ["Alat", "Алат"]);
    assert_eq!(listed.endpoints, ["127.0.0.1:7443"]);
    assert_eq!(listed.agency, chapar::wire::Agency::PoliceMia);

    // A new card after a change of endpoint: state and names stay.
    chapar(at, "country set --dir uzc UZ-ALT --state suspended").ok();
    let config = at.join("alt/config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("\"127.0.0.1:7443\"]", "\"alt.example:7443\"]")).unwrap();
    chapar(at, "card --data alt").ok();
    assert_eq!(chapar(at, "country add --dir uzc alt/UZ-ALT.card --yes --json").object()["new"], false);
    let set = "country set --dir uzc UZ-ALT --position";
    chapar(at, "country set --dir uzc UZ-ALT").fails(2, "--state");
    chapar(at, &format!("{set} 91,0")).fails(2, "not a latitude and a longitude");
    assert_eq!(chapar(at, &format!("{set} 39.4151,-63.8 --json")).object()["position"], "39.42,-63.80");
    assert!(chapar(at, "country show --dir uzc").ok().contains("39.42,-63.80"));
    assert_eq!(chapar(at, &format!("{set} none --json")).object()["position"], Value::Null);
    assert_eq!(chapar(at, &format!("{set} 39.4151,63.8 --json")).object()["state"], "suspended");
    chapar(at, "country sign --dir uzc --out uz.roster").ok();
    let second = roster(&at.join("uz.roster"), &country);
    assert_eq!((second.version, second.offices[0].state), (2, OfficeState::Suspended));
    assert_eq!((&second.offices[0].names, &second.offices[0].office_keys), (&listed.names, &listed.office_keys));
    assert_eq!(second.offices[0].endpoints, ["alt.example:7443"]);
    assert_eq!(second.offices[0].position.map(|town| town.to_string()).as_deref(), Some("39.42,63.80"));
}

#[test]
fn keys_are_shown_and_revoked() {
    let data = tempfile::tempdir().unwrap();
    let at = data.path();
    country_and_office(at);
    chapar(at, "country add --dir uzc alt/UZ-ALT.card --yes").ok();
    let shown = || chapar(at, "country show --dir uzc --json").object();
    assert_eq!(
        keys(&shown()).into_iter().collect::<Vec<_>>(),
        ["country", "fingerprint", "network", "offices", "version"]
    );
    for place in 0..3 {
        let key = &shown()["offices"][0]["keys"][place];
        let id = key["id"].as_str().unwrap();
        assert_eq!(key["compromised"], Value::Null);
        let revoked = chapar(at, &format!("country revoke-key --dir uzc UZ-ALT {} --json", &id[..8])).object();
        assert_eq!((&revoked["key"], &revoked["use"]), (&key["id"], &key["use"]));
        let since = shown()["offices"][0]["keys"][place]["compromised"].clone();
        assert!(since.is_string());
        chapar(at, &format!("country revoke-key --dir uzc UZ-ALT {id}")).ok();
        assert_eq!(shown()["offices"][0]["keys"][place]["compromised"], since, "the first time stays");
    }
    chapar(at, "country add --dir uzc alt/UZ-ALT.card --yes").fails(1, "retired or compromised");
    let text = chapar(at, "country show --dir uzc").ok();
    assert_eq!(text.matches("compromised ").count(), 3, "{text}");
}

#[test]
fn every_template_is_a_draft() {
    let data = tempfile::tempdir().unwrap();
    let kinds = chapar(data.path(), "notice template").ok();
    assert_eq!(kinds.lines().count(), 20);
    for kind in kinds.lines() {
        let text = chapar(data.path(), &format!("notice template {kind}")).ok();
        draft::parse(text.as_bytes(), draft::Options::default()).unwrap();
    }
}

#[test]
fn a_killed_init_leaves_nothing_half_made() {
    let data = tempfile::tempdir().unwrap();
    let at = data.path();
    let init = ["init", "--data", "alt", "--office", "UZ-ALT", "--network", "demo.example", "--storage-key", "file"];
    let (mut killed, mut finished) = (0, 0);
    for ms in (0..60).step_by(3) {
        let mut child = command(at).args(init).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(ms));
        child.kill().unwrap();
        child.wait().unwrap();
        if at.join("alt").exists() {
            chapar(at, "log verify --offline --data alt").ok();
            std::fs::remove_dir_all(at.join("alt")).unwrap();
            finished += 1;
        } else {
            killed += 1;
        }
    }
    assert!(killed > 0, "{finished} finished");
    run(at, &init).ok();
    assert_eq!(std::fs::read_dir(at).unwrap().count(), 1, "what was left is removed");
}

#[test]
fn a_reader_that_has_gone_is_exit_code_3() {
    let data = tempfile::tempdir().unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let done = command(data.path()).args(["notice", "template"]).stdout(writer).output().unwrap();
    assert_eq!((done.status.code(), done.stderr.as_slice()), (Some(3), &[][..]));
}

#[test]
fn help_and_version_are_no_errors() {
    let data = tempfile::tempdir().unwrap();
    for line in ["--help", "--version", "country --help", "notice send --help", "log verify --help"] {
        assert!(!chapar(data.path(), line).ok().is_empty());
    }
}

#[test]
fn shells_and_man_know_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = chapar(folder.path(), &format!("completions {shell}")).ok();
        assert!(["serve", "officer", "passphrase-file"].iter().all(|word| script.contains(word)), "{shell}");
    }
    let script = chapar(folder.path(), "completions fish --json").object();
    assert_eq!(script["shell"], "fish");
    chapar(folder.path(), "completions csh").fails(2, "csh");

    chapar(folder.path(), "manual --dir share/man1").ok();
    let page = |name: &str| std::fs::read_to_string(folder.path().join("share/man1").join(name)).unwrap();
    assert!(page("chapar.1").contains("secure message broker"));
    assert!(page("chapar-officer-add.1").contains("Enrol an officer with one role or more"));
    std::fs::write(folder.path().join("file"), "").unwrap();
    chapar(folder.path(), "manual --dir file").fails(1, "The pages cannot be written to file");
}
