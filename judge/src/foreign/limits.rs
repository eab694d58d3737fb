//! How much of a file is looked at before it is refused.

/// What a history may hold at most, so that no file can take all memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole text.
    pub bytes: u64,
    /// Operations of clients.
    pub operations: usize,
    /// Bytes of one line of a text log or of JSON lines. EDN has no limit of this kind.
    pub line_bytes: usize,
    /// Bytes of the texts in one operation.
    pub operation_bytes: usize,
    /// Bytes of the values and keys of all operations, where each counts as it stands there.
    pub value_bytes: usize,
    /// How deeply vectors, maps and sets may stand in one another.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 2 << 30,
            operations: 1_000_000,
            line_bytes: 1 << 20,
            operation_bytes: 1 << 20,
            value_bytes: 256 << 20,
            depth: 64,
        }
    }
}

/// A number of bytes in words.
pub(super) fn bytes(count: u64) -> String {
    match count {
        0..1024 => format!("{count} bytes"),
        1024..1_048_576 => format!("{} KiB", count >> 10),
        1_048_576..1_073_741_824 => format!("{} MiB", count >> 20),
        _ => format!("{} GiB", count >> 30),
    }
}
