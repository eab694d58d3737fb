//! Secrets of clusters.

/// Whether two secrets are the same, in a time that does not tell how much of them is.
pub(crate) fn same(theirs: Option<&str>, ours: Option<&str>) -> bool {
    let Some(ours) = ours else { return true };
    let theirs = theirs.unwrap_or_default().as_bytes();
    let differ = ours.bytes().enumerate().fold(theirs.len() ^ ours.len(), |differ, (at, byte)| {
        differ | usize::from(byte ^ theirs.get(at).copied().unwrap_or(!byte))
    });
    differ == 0
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn secrets_are_compared_whole() {
        assert!(same(None, None) && same(Some("x"), None) && same(Some("word"), Some("word")));
        for theirs in [None, Some(""), Some("wor"), Some("words"), Some("Word")] {
            assert!(!same(theirs, Some("word")), "{theirs:?}");
        }
    }
}
