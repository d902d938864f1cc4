//! An envelope in DSSE's JSON form, which any DSSE library reads.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use serde_json::json;

use crate::wire;

/// The envelope as JSON.
pub(super) fn envelope(envelope: &wire::Envelope) -> Value {
    let signature = |one: &wire::Signature| json!({"sig": STANDARD.encode(&one.sig), "keyid": one.keyid});
    json!({
        "payload": STANDARD.encode(&envelope.payload),
        "payloadType": envelope.payload_type,
        "signatures": envelope.signatures.iter().map(signature).collect::<Value>(),
    })
}
