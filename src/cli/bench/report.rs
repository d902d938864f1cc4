//! The figures, as Markdown for people and as JSON with stable keys for programs.

use std::time::Duration;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::cli::bench::load::Size;
use crate::cli::bench::office::Usage;

/// Notices sent one at a time.
pub(super) struct Single {
    pub(super) answered: Vec<Duration>,
    pub(super) receipted: Vec<Duration>,
}

/// Pipelined notices.
pub(super) struct Flow {
    pub(super) count: u32,
    pub(super) size: Size,
    pub(super) answered: Duration,
    pub(super) receipted: Duration,
    pub(super) raw_during: Option<f64>,
    pub(super) wire: Option<u64>,
    /// Sender and addressee.
    pub(super) used: [Usage; 2],
}

/// A queue that waited for a peer.
pub(super) struct Drain {
    pub(super) count: u32,
    pub(super) reconnected: Duration,
    pub(super) drained: Duration,
}

/// Everything that was measured; bytes of memory for sender and addressee.
pub(super) struct Figures {
    pub(super) idle: [u64; 2],
    pub(super) after: [u64; 2],
    pub(super) raw_alone: f64,
    pub(super) single: Single,
    pub(super) flows: Vec<Flow>,
    pub(super) drain: Drain,
}

/// One figure: key, words, number, unit, decimals.
struct Line(String, String, f64, &'static str, usize);

#[expect(clippy::cast_precision_loss, reason = "figures to read")]
const fn float(number: u64) -> f64 {
    number as f64
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn percentile(durations: &[Duration], per_cent: usize) -> f64 {
    let mut sorted = durations.to_vec();
    sorted.sort_unstable();
    let place = sorted.len().saturating_sub(1) * per_cent / 100;
    sorted.get(place).copied().map(ms).unwrap_or_default()
}

impl Figures {
    fn lines(&self) -> Vec<Line> {
        let mut lines = vec![];
        let mut line = |key: &str, words: &str, number, unit, decimals| {
            lines.push(Line(key.to_owned(), words.to_owned(), number, unit, decimals));
        };
        line("fdatasync_alone", "the disk alone: fdatasync of 4 KiB", self.raw_alone, "/s", 0);
        let Single { answered, receipted } = &self.single;
        line("single_p50", "one send, until it is on the sender's disk, p50", percentile(answered, 50), "ms", 2);
        line("single_p99", "the same, p99", percentile(answered, 99), "ms", 2);
        line("receipt_p50", "one send, until its receipt is held, p50", percentile(receipted, 50), "ms", 2);
        line("receipt_p99", "the same, p99", percentile(receipted, 99), "ms", 2);
        for flow in &self.flows {
            flow.lines(&mut lines);
        }
        let mut line = |key: &str, words: &str, number, unit, decimals| {
            lines.push(Line(key.to_owned(), words.to_owned(), number, unit, decimals));
        };
        let rate = f64::from(self.drain.count) / self.drain.drained.as_secs_f64();
        let words = format!("{} queued, drained once the link was back", self.drain.count);
        line("drain_rate", &words, rate, "notices/s", 0);
        line("drain_seconds", "the same, in all", self.drain.drained.as_secs_f64(), "s", 2);
        line("reconnect_seconds", "until the link was back", self.drain.reconnected.as_secs_f64(), "s", 2);
        for (key, words, [sender, addressee]) in [("idle", "idle", self.idle), ("after", "at the end", self.after)] {
            let mib = |bytes: u64| float(bytes) / (1024.0 * 1024.0);
            line(&format!("resident_{key}_sender"), &format!("memory {words}, sender"), mib(sender), "MiB", 1);
            line(&format!("resident_{key}_addressee"), &format!("memory {words}, addressee"), mib(addressee), "MiB", 1);
        }
        lines
    }

    pub(super) fn markdown(&self) -> String {
        let row = |Line(_, words, number, unit, decimals): &Line| format!("| {words} | {number:.decimals$} {unit} |");
        let rows: Vec<String> = self.lines().iter().map(row).collect();
        format!("| figure | value |\n|---|---:|\n{}", rows.join("\n"))
    }

    pub(super) fn object(&self) -> Value {
        let pair = |Line(key, _, number, unit, _): Line| (key, json!({ "value": number, "unit": unit }));
        Value::Object(self.lines().into_iter().map(pair).collect::<Map<_, _>>())
    }
}

impl Flow {
    fn lines(&self, lines: &mut Vec<Line>) {
        let Self { count, size, used: [sender, addressee], .. } = self;
        let each = |number: u64| float(number) / f64::from(*count);
        let mut line = |key: &str, words: String, number, unit, decimals| {
            lines.push(Line(format!("{key}_{}", size.key()), words, number, unit, decimals));
        };
        let rate = f64::from(*count) / self.receipted.as_secs_f64();
        line("rate", format!("**{size}, pipelined, until all receipts are held**"), rate, "notices/s", 0);
        let sent = f64::from(*count) / self.answered.as_secs_f64();
        line("sent_rate", format!("{size}, until all are on the sender's disk"), sent, "notices/s", 0);
        if let Some(raw) = self.raw_during {
            line("fdatasync_during", format!("{size}: fdatasync of 4 KiB during the run"), raw, "/s", 0);
            line("ratio", format!("{size}: notices for each fdatasync"), rate / raw, "", 2);
        }
        let commits = sender.commits + addressee.commits;
        line("commits", format!("{size}: commits a notice, both offices"), each(commits), "", 2);
        line("cpu", format!("{size}: processor time a notice, both"), each(sender.cpu_ms + addressee.cpu_ms), "ms", 2);
        if let Some(wire) = self.wire {
            line("wire", format!("{size}: on the wire a notice, both ways"), each(wire), "bytes", 0);
        }
        for (who, used) in [("sender", sender), ("addressee", addressee)] {
            let kib = |bytes: u64| each(bytes) / 1024.0;
            line(&format!("disk_{who}"), format!("{size}: store grows a notice, {who}"), kib(used.store), "KiB", 1);
            line(&format!("written_{who}"), format!("{size}: written a notice, {who}"), kib(used.written), "KiB", 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Figures {
        let used = Usage { cpu_ms: 100, store: 1024, written: 2048, commits: 50 };
        let second = Duration::from_secs(1);
        let flow = |size| Flow {
            count: 100,
            size,
            answered: second,
            receipted: second * 2,
            raw_during: Some(25.0),
            wire: Some(300),
            used: [used; 2],
        };
        Figures {
            idle: [1024 * 1024; 2],
            after: [2 * 1024 * 1024; 2],
            raw_alone: 1000.0,
            single: Single { answered: vec![second / 1000; 3], receipted: vec![second / 500; 3] },
            flows: vec![flow(Size::Small), flow(Size::Large)],
            drain: Drain { count: 10, reconnected: second, drained: second / 2 },
        }
    }

    #[test]
    fn figures_are_read_by_people_and_by_programs() {
        let figures = figures();
        let (text, object) = (figures.markdown(), figures.object());
        assert_eq!(text.lines().count(), 2 + object.as_object().unwrap().len(), "no key is there twice");
        assert!(text.contains("| **1 kB, pipelined, until all receipts are held** | 50 notices/s |"), "{text}");
        assert_eq!(object["ratio_8kB"], json!({ "value": 2.0, "unit": "" }));
        assert_eq!(object["commits_1kB"]["value"], 1.0);
        assert_eq!(object["single_p50"], json!({ "value": 1.0, "unit": "ms" }));
        assert_eq!(object["drain_rate"]["value"], 20.0);
    }
}
