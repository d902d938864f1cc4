//! `peer test`: which step fails, and that a live session is left alone.

use std::net::TcpListener;

use serde_json::Value;

use crate::binary::Binary;
use crate::binary::Output;
use crate::binary::free_port;
use crate::binary::introduce;

/// The steps of a probe with their results.
fn steps(output: &Output) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    output.objects().iter().map(|step| (text(&step["step"]), text(&step["result"]))).collect()
}

#[track_caller]
fn stops_at(alt: &Binary, step: &str, said: &str) {
    let output = alt.run(&["peer", "test", "TM-FAR"]);
    assert_eq!(output.code, Some(5), "{output:#?}");
    let steps = steps(&output);
    let passed: Vec<&str> = ["roster", "name", "port", "tls"].into_iter().take_while(|name| *name != step).collect();
    let expected = passed.iter().map(|name| (*name, "ok")).chain([(step, "failed"), ("session", "failed")]);
    let expected: Vec<_> = expected.map(|(step, result)| (step.to_owned(), result.to_owned())).collect();
    assert_eq!(steps, expected);
    let failed = &output.objects()[passed.len()];
    assert!(failed["what"].as_str().unwrap().contains(said), "{failed}");
    assert_eq!(output.failure()["do"], failed["do"]);
    // A person reads the same in another language.
    let read = alt.run_in_russian(&["peer", "test", "TM-FAR"]);
    assert!(read.stderr.contains("TM-FAR недоступен."), "{read:#?}");
    let english = failed["what"].as_str().unwrap();
    assert!(!read.stdout.contains(english) && read.stdout.contains("не удалось"), "{read:#?}");
    assert!(failed["what_key"].is_string() && failed["do_key"].is_string(), "{failed}");
}

#[test]
fn the_step_that_fails_is_named_with_what_to_do() {
    let root = tempfile::tempdir().unwrap();
    let (at_alt, at_far) = (free_port(), free_port());
    let mut alt = Binary::init(root.path(), "UZ-ALT", Some(at_alt));
    let mut far = Binary::init(root.path(), "TM-FAR", Some(at_far));
    introduce(root.path(), &mut [&mut alt, &mut far]);
    let link = || alt.run(&["peer", "list"]).object();
    while link()["connected"] != true {
        std::thread::sleep(crate::local::PAUSE);
    }
    // The other end has said so, too, before what it says is counted.
    let sessions = || far.trace().matches("session is live").count();
    while sessions() == 0 {
        std::thread::sleep(crate::local::PAUSE);
    }
    let lived = sessions();
    let before = link();
    let good = alt.run(&["peer", "test", "TM-FAR"]).done();
    let expected = ["roster", "name", "port", "tls", "node", "session"];
    assert_eq!(steps(&good), expected.map(|step| (step.to_owned(), "ok".to_owned())));
    // The session is the one that was there.
    assert_eq!((&link()["connected"], &link()["last_session_at"]), (&Value::Bool(true), &before["last_session_at"]));
    assert_eq!(sessions(), lived);

    let unknown = alt.run(&["peer", "test", "KG-AKZ"]);
    assert_eq!((unknown.code, steps(&unknown).len()), (Some(5), 2));
    assert!(unknown.failure()["do"].as_str().unwrap().contains("peer trust KG"), "{unknown:#?}");
    assert_eq!(alt.run(&["peer", "test", "KGAKZ"]).code, Some(2));

    assert!(far.stop().success());
    stops_at(&alt, "port", "cannot be reached");
    let other = TcpListener::bind(at_far).unwrap();
    let answers = std::thread::spawn(move || {
        for socket in other.incoming().take(1) {
            std::io::Write::write_all(&mut socket.unwrap(), b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        }
    });
    stops_at(&alt, "tls", "");
    answers.join().unwrap();
    let listed = alt.run(&["peer", "list"]).object();
    assert!(listed["problems"][0]["do"].as_str().unwrap().contains("peer test TM-FAR"), "{listed}");
}
