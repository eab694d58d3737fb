//! A run written as lines.

use super::{End, Header, Judged, VERSION};
use crate::Run;
use serde::Serialize;
use std::io::{self, Write};

/// Writes a run as lines of JSON.
///
/// # Errors
///
/// What writing gives.
pub fn write(run: &Run, out: impl Write) -> io::Result<()> {
    let mut out = Lines { out, written: 0 };
    out.header(&Header {
        seedbed: "record".to_owned(),
        version: VERSION,
        system: run.system.name.to_owned(),
        seed: run.seed,
        stage: run.stage,
        run_ended: run.run_ended.as_nanos(),
        ended: run.ended.as_nanos(),
        detail: run.trace.is_some(),
    })?;
    out.line("scenario", &run.scenario.to_toml())?;
    out.line("plan", &run.plan().to_toml())?;
    out.each("operation", &run.history.operations)?;
    out.each("fault", &run.faults)?;
    out.each("fact", &run.facts)?;
    out.each("event", run.trace.iter().flat_map(|trace| &trace.events))?;
    out.each("probe", &run.probes)?;
    out.each("replica", &run.replicas)?;
    out.each("waits", &run.waits)?;
    out.each("defect", &run.defects)?;
    out.line("counters", &run.counters)?;
    for judgement in &run.judgements {
        out.line(
            "verdict",
            &Judged {
                property: judgement.property.name().to_owned(),
                verdict: judgement.verdict.clone(),
                expected: judgement.expected,
            },
        )?;
    }
    let lines = out.written;
    out.line("end", &End { lines, digest: run.digest.to_string() })?;
    out.out.flush()
}

/// Writes one line after the other, and counts them.
struct Lines<W> {
    out: W,
    written: u64,
}

impl<W: Write> Lines<W> {
    fn header(&mut self, header: &Header) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, header)?;
        self.written += 1;
        self.out.write_all(b"\n")
    }

    fn line<T: Serialize + ?Sized>(&mut self, word: &str, value: &T) -> io::Result<()> {
        write!(self.out, "{{\"{word}\":")?;
        serde_json::to_writer(&mut self.out, value)?;
        self.written += 1;
        self.out.write_all(b"}\n")
    }

    fn each<T: Serialize>(
        &mut self,
        word: &str,
        values: impl IntoIterator<Item = T>,
    ) -> io::Result<()> {
        values.into_iter().try_for_each(|value| self.line(word, &value))
    }
}
