//! The tables, as CSV with a head line.
//!
//! Moments and lengths of time are milliseconds since the start of the run with
//! six decimals, so they are exact to the nanosecond. A field that does not apply is empty.

mod faults;
mod latency;
mod messages;
mod operations;
mod replicas;

pub(crate) use faults::origin;
pub use faults::{FAULT_COLUMNS, faults};
pub use latency::{LATENCY_COLUMNS, WHOLE_RUN, latency};
pub use messages::{MESSAGE_COLUMNS, messages};
pub use operations::{OPERATION_COLUMNS, operations};
pub use replicas::replicas;

/// Writes rows beneath a head.
pub(crate) struct Table(::csv::Writer<Vec<u8>>);

impl Table {
    pub(crate) fn new<T: AsRef<[u8]>>(columns: impl IntoIterator<Item = T>) -> Self {
        let mut table = Self(::csv::WriterBuilder::new().from_writer(Vec::new()));
        table.row(columns);
        table
    }

    pub(crate) fn row<T: AsRef<[u8]>>(&mut self, fields: impl IntoIterator<Item = T>) {
        self.0
            .write_record(fields)
            .expect("rows are as long as the head, and memory takes them all");
    }

    pub(crate) fn finish(self) -> String {
        let bytes = self.0.into_inner().expect("memory takes every byte");
        String::from_utf8(bytes).expect("every field is UTF-8")
    }
}
