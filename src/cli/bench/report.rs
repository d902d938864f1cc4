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
    pub(super) raw_during: Option<f64>,
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
    /// How many notices the inbox of the addressee has, and how long each look at its first rows took.
    pub(super) inbox: (u64, Vec<Duration>),
    pub(super) drain: Drain,
}

/// A figure.
struct Line {
    key: String,
    words: String,
    number: f64,
    unit: &'static str,
    decimals: usize,
}

/// Figures in the order in which they are shown.
#[derive(Default)]
struct Lines(Vec<Line>);

impl Lines {
    fn add(
        &mut self,
        key: impl Into<String>,
        words: impl Into<String>,
        number: f64,
        unit: &'static str,
        decimals: usize,
    ) {
        self.0.push(Line { key: key.into(), words: words.into(), number, unit, decimals });
    }
}

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
        let mut lines = Lines::default();
        lines.add("fdatasync_alone", "the disk alone: fdatasync of 4 KiB", self.raw_alone, "/s", 0);
        self.single.add_to(&mut lines);
        self.flows.iter().for_each(|flow| flow.add_to(&mut lines));
        let (notices, times) = &self.inbox;
        for per_cent in [50, 99] {
            let words = format!("the first rows of an inbox of {notices}, p{per_cent}");
            lines.add(format!("inbox_p{per_cent}"), words, percentile(times, per_cent), "ms", 2);
        }
        self.drain.add_to(&mut lines);
        for (key, words, [sender, addressee]) in [("idle", "idle", self.idle), ("after", "at the end", self.after)] {
            for (who, bytes) in [("sender", sender), ("addressee", addressee)] {
                let mib = float(bytes) / (1024.0 * 1024.0);
                lines.add(format!("resident_{key}_{who}"), format!("memory {words}, {who}"), mib, "MiB", 1);
            }
        }
        lines.0
    }

    pub(super) fn markdown(&self) -> String {
        let row = |line: &Line| format!("| {} | {:.*} {} |", line.words, line.decimals, line.number, line.unit);
        let rows: Vec<String> = self.lines().iter().map(row).collect();
        format!("| figure | value |\n|---|---:|\n{}", rows.join("\n"))
    }

    pub(super) fn object(&self) -> Value {
        let pair = |line: Line| (line.key, json!({ "value": line.number, "unit": line.unit }));
        Value::Object(self.lines().into_iter().map(pair).collect::<Map<_, _>>())
    }
}

impl Single {
    fn add_to(&self, lines: &mut Lines) {
        let ways = [
            ("single", "one send, until it is on the sender's disk", &self.answered),
            ("receipt", "one send, until its receipt is held", &self.receipted),
        ];
        for (key, words, times) in ways {
            for per_cent in [50, 99] {
                let key = format!("{key}_p{per_cent}");
                lines.add(key, format!("{words}, p{per_cent}"), percentile(times, per_cent), "ms", 2);
            }
        }
        if let Some(raw) = self.raw_during {
            lines.add("fdatasync_single", "fdatasync of 4 KiB during these", raw, "/s", 0);
        }
    }
}

impl Drain {
    fn add_to(&self, lines: &mut Lines) {
        let rate = f64::from(self.count) / self.drained.as_secs_f64();
        lines.add("drain_rate", format!("{} queued, drained once the link was back", self.count), rate, "notices/s", 0);
        lines.add("drain_seconds", "the same, in all", self.drained.as_secs_f64(), "s", 2);
        lines.add("reconnect_seconds", "until the link was back", self.reconnected.as_secs_f64(), "s", 2);
    }
}

impl Flow {
    fn add_to(&self, lines: &mut Lines) {
        let Self { count, size, used: [sender, addressee], .. } = self;
        let each = |number: u64| float(number) / f64::from(*count);
        let mut add = |key: &str, words: &str, number, unit, decimals| {
            lines.add(format!("{key}_{}", size.key()), format!("{size}: {words}"), number, unit, decimals);
        };
        let rate = f64::from(*count) / self.receipted.as_secs_f64();
        add("rate", "pipelined, until all receipts are held", rate, "notices/s", 0);
        let sent = f64::from(*count) / self.answered.as_secs_f64();
        add("sent_rate", "pipelined, until all are on the sender's disk", sent, "notices/s", 0);
        if let Some(raw) = self.raw_during {
            add("fdatasync_during", "fdatasync of 4 KiB during the run", raw, "/s", 0);
            add("ratio", "notices for each fdatasync", rate / raw, "", 2);
        }
        add("commits", "commits a notice, both offices", each(sender.commits + addressee.commits), "", 2);
        add("cpu", "processor time a notice, both offices", each(sender.cpu_ms + addressee.cpu_ms), "ms", 2);
        if let Some(wire) = self.wire {
            add("wire", "on the wire a notice, both ways", each(wire), "bytes", 0);
        }
        for (who, used) in [("sender", sender), ("addressee", addressee)] {
            let kib = |bytes: u64| each(bytes) / 1024.0;
            add(&format!("disk_{who}"), &format!("store grows a notice, {who}"), kib(used.store), "KiB", 1);
            add(&format!("written_{who}"), &format!("written a notice, {who}"), kib(used.written), "KiB", 1);
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
            single: Single {
                answered: vec![second / 1000; 3],
                receipted: vec![second / 500; 3],
                raw_during: Some(500.0),
            },
            flows: vec![flow(Size::Small), flow(Size::Large)],
            inbox: (200, vec![second / 125; 3]),
            drain: Drain { count: 10, reconnected: second, drained: second / 2 },
        }
    }

    #[test]
    fn figures_are_read_by_people_and_by_programs() {
        let figures = figures();
        let (text, object) = (figures.markdown(), figures.object());
        assert_eq!(text.lines().count(), 2 + object.as_object().unwrap().len(), "no key is there twice");
        assert!(text.contains("| 1 kB: pipelined, until all receipts are held | 50 notices/s |"), "{text}");
        assert_eq!(object["ratio_8kB"], json!({ "value": 2.0, "unit": "" }));
        assert_eq!(object["commits_1kB"]["value"], 1.0);
        assert_eq!(object["single_p50"], json!({ "value": 1.0, "unit": "ms" }));
        assert_eq!(object["drain_rate"]["value"], 20.0);
        assert!(text.contains("| the first rows of an inbox of 200, p50 | 8.00 ms |"), "{text}");
    }
}
