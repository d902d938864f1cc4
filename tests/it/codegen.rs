//! The committed messages and stubs are what `proto/` says. `CHAPAR_BLESS=1 cargo test codegen` writes them anew.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;

use prost_types::FileDescriptorSet;
use prost_types::field_descriptor_proto::Label;
use prost_types::field_descriptor_proto::Type;

/// Fields of a body that a draft file writes elsewhere: beside their codes in the header, or not at all.
const NOT_IN_DRAFTS: [&str; 4] = ["units", "handling_note", "purpose_note", "padding"];

/// Messages of a body that no draft writes: the node fills them.
const NOT_WRITTEN: [&str; 2] = ["Forward", "ForwardedCorrection"];

/// Messages that hold a key, which nothing shows.
const WITH_KEYS: [&str; 3] = ["AttachmentKey", "Forward", "ForwardedCorrection"];

/// Lists that a draft writes even where they are empty.
const ALWAYS: [&str; 1] = ["Reply.answers"];

/// Files whose messages are texts of a draft.
const DRAFT_FILES: [&str; 3] = ["chapar/v1/notice.proto", "chapar/v1/details.proto", "chapar/v1/things.proto"];

const ALLOW: &str = "#![allow(\n    missing_docs,\n    unreachable_pub,\n    unused_qualifications,\n    elided_lifetimes_in_paths,\n    clippy::all,\n    clippy::pedantic,\n    clippy::restriction,\n    reason = \"generated\"\n)]\n";

pub(crate) fn descriptors() -> FileDescriptorSet {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(root.join("chapar/v1")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut compiler = protox::Compiler::new([&root]).unwrap();
    compiler.include_source_info(true).include_imports(true);
    compiler.open_files(files).unwrap();
    compiler.file_descriptor_set()
}

fn short(type_name: &str) -> &str {
    type_name.rsplit('.').next().unwrap()
}

/// What serde does with one field, from its type and its `json_name`.
fn serde_attribute(message: &str, field: &prost_types::FieldDescriptorProto) -> String {
    let name = field.name();
    if (message == "NoticeBody" && NOT_IN_DRAFTS.contains(&name))
        || NOT_WRITTEN.contains(&message)
        || (WITH_KEYS.contains(&message) && name == "key")
    {
        return "#[serde(skip)]".to_owned();
    }
    let mut words = vec![];
    let camel = protobuf_camel(name);
    if field.json_name() != camel {
        words.push(format!("rename = \"{}\"", field.json_name()));
    }
    let repeated = field.label() == Label::Repeated;
    let path = |function: String| format!("with = \"{function}\"");
    match field.r#type() {
        Type::Enum => {
            let of = short(field.type_name());
            let style = match of {
                "DrugForm" => "kebab",
                "TranslatedPart" => "path",
                _ => "word",
            };
            let many = if repeated { "s" } else { "" };
            words.push(format!("serialize_with = \"super::json::{style}{many}_out::<{of}, _>\""));
            words.push(format!("deserialize_with = \"super::json::{style}{many}_in::<{of}, _>\""));
        }
        Type::Int64 if name.ends_with("_ms") => words.push(path("super::json::time".to_owned())),
        Type::Bytes => words.push(path("super::json::hex".to_owned())),
        _ => {}
    }
    let full = format!("{message}.{name}");
    let optional =
        field.proto3_optional() || (field.r#type() == Type::Message && !repeated) || field.oneof_index.is_some();
    if !ALWAYS.contains(&full.as_str()) {
        if optional {
            words.push("skip_serializing_if = \"Option::is_none\"".to_owned());
        } else if repeated || matches!(field.r#type(), Type::String | Type::Bytes) {
            let of = match (repeated, field.r#type()) {
                (false, Type::String) => "String::is_empty",
                _ => "Vec::is_empty",
            };
            words.push(format!("skip_serializing_if = \"{of}\""));
        } else if field.r#type() != Type::Bool {
            words.push("skip_serializing_if = \"super::json::is_zero\"".to_owned());
        }
    }
    if words.is_empty() { String::new() } else { format!("#[serde({})]", words.join(", ")) }
}

fn protobuf_camel(name: &str) -> String {
    let mut camel = String::new();
    let mut up = false;
    for c in name.chars() {
        if c == '_' {
            up = true;
        } else {
            camel.push(if up { c.to_ascii_uppercase() } else { c });
            up = false;
        }
    }
    camel
}

/// Formats with the project's settings, so that `cargo fmt --check` has nothing to say.
fn rustfmt(source: &str) -> String {
    use std::io::Write;
    let mut child = std::process::Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(env!("CARGO_MANIFEST_DIR"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(source.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "rustfmt failed");
    String::from_utf8(output.stdout).unwrap()
}

fn messages(set: &FileDescriptorSet) -> String {
    let out = tempfile::tempdir().unwrap();
    let mut config = tonic_prost_build::Config::new();
    config.out_dir(out.path());
    config.skip_debug(WITH_KEYS.map(|message| format!("chapar.v1.{message}")));
    let mut enums = vec![];
    for file in &set.file {
        for e in &file.enum_type {
            enums.push(e.name().to_owned());
        }
        if !DRAFT_FILES.contains(&file.name()) {
            continue;
        }
        for message in &file.message_type {
            let name = message.name();
            if matches!(name, "Notice" | "NoticeHeader" | "Party" | "PartyUnit" | "LegalBasis" | "Relation") {
                continue;
            }
            let of = format!(".chapar.v1.{name}");
            config.type_attribute(&of, "#[derive(serde::Serialize, serde::Deserialize)]");
            config.type_attribute(&of, "#[serde(deny_unknown_fields, default)]");
            for field in &message.field {
                if field.oneof_index.is_some() && !field.proto3_optional() {
                    continue;
                }
                let attribute = serde_attribute(name, field);
                if !attribute.is_empty() {
                    config.field_attribute(format!("{of}.{}", field.name()), attribute);
                }
            }
        }
    }
    config.type_attribute(
        ".chapar.v1.FieldChange.value",
        "#[derive(serde::Serialize, serde::Deserialize)] #[serde(untagged)]",
    );
    config.compile_fds(set.clone()).unwrap();
    let code = std::fs::read_to_string(out.path().join("chapar.v1.rs")).unwrap();
    enums.sort();
    let words: Vec<String> = enums.iter().map(|name| format!("super::json::word_enum!({name});")).collect();
    let words = words.join("\n");
    // Attributes of a message are given to its nested enums as well; `default` is not for the values of a oneof.
    let (before, nested) = code.split_once("pub mod field_change {").unwrap();
    let nested = nested.replacen("#[derive(serde::Serialize, serde::Deserialize)]", "", 1).replacen(
        "#[serde(deny_unknown_fields, default)]",
        "",
        1,
    );
    let code = format!("{before}pub mod field_change {{{nested}");
    rustfmt(&format!("{ALLOW}{code}\n{words}"))
}

fn stubs(set: &FileDescriptorSet) -> String {
    let out = tempfile::tempdir().unwrap();
    tonic_prost_build::configure()
        .out_dir(out.path())
        .extern_path(".chapar.v1", "crate::wire")
        .compile_fds(set.clone())
        .unwrap();
    let code = std::fs::read_to_string(out.path().join("chapar.v1.rs")).unwrap();
    rustfmt(&format!("{ALLOW}{code}"))
}

#[test]
fn codegen_is_fresh() {
    let set = descriptors();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let wanted = BTreeMap::from([("src/wire/messages.rs", messages(&set)), ("src/edge/stubs.rs", stubs(&set))]);
    for (path, code) in wanted {
        let path = root.join(path);
        if std::env::var_os("CHAPAR_BLESS").is_some() {
            std::fs::write(&path, code).unwrap();
            continue;
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == code, "{} is stale: CHAPAR_BLESS=1 cargo test codegen", path.display());
    }
}
