//! Which protocol a caller speaks, by its first bytes.

use std::io;
use tokio::io::{AsyncRead, AsyncReadExt};

/// What an HTTP/2 connection begins with (RFC 9113, section 3.4).
const HTTP2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// What messages in plain text begin with.
const TEXTS: [&[u8]; 2] = [b"REPLICATE|", b"DELETE|"];

/// A protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// HTTP/1.1 and 1.0, and whatever else there is: the answer to it is an HTTP error.
    Http1,
    /// HTTP/2 without TLS, as gRPC has it.
    Http2,
    /// Messages in plain text, a line each.
    Text,
}

/// Reads until it is clear which protocol it is, unless `first`, which is still in the stream, says so.
/// Answers it, and what was read. A stream that ends before is HTTP/1.
///
/// # Errors
///
/// Those of the stream.
pub(super) async fn sniff(
    stream: &mut (impl AsyncRead + Unpin),
    first: &[u8],
    has_text: bool,
) -> io::Result<(Protocol, Vec<u8>)> {
    if let Some(protocol) = decide(first, has_text) {
        return Ok((protocol, Vec::new()));
    }
    let mut read = Vec::with_capacity(256);
    loop {
        if stream.read_buf(&mut read).await? == 0 {
            return Ok((Protocol::Http1, read));
        }
        if let Some(protocol) = decide(&read, has_text) {
            return Ok((protocol, read));
        }
    }
}

/// The protocol that begins so; `None` if more than one does.
fn decide(read: &[u8], has_text: bool) -> Option<Protocol> {
    let texts = if has_text { &TEXTS[..] } else { &[] };
    if read.starts_with(HTTP2) {
        Some(Protocol::Http2)
    } else if texts.iter().any(|text| read.starts_with(text)) {
        Some(Protocol::Text)
    } else if HTTP2.starts_with(read) || texts.iter().any(|text| text.starts_with(read)) {
        None
    } else {
        Some(Protocol::Http1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_is_known_by_as_few_bytes_as_tell_it() {
        for (read, has_text, expected) in [
            (&b""[..], true, None),
            (b"GET ", true, Some(Protocol::Http1)),
            (b"PRI ", true, None),
            (b"PRI * HTTP/1.1\r\n", true, Some(Protocol::Http1)),
            (HTTP2, true, Some(Protocol::Http2)),
            (b"REPL", true, None),
            (b"REPL", false, Some(Protocol::Http1)),
            (b"REPLICATE|k", true, Some(Protocol::Text)),
            (b"REPORT /", true, Some(Protocol::Http1)),
            (b"DELETE", true, None),
            (b"DELETE /kv/a", true, Some(Protocol::Http1)),
            (b"DELETE|k|1", true, Some(Protocol::Text)),
            (b"DELETE|k|1", false, Some(Protocol::Http1)),
            (b"\x16\x03\x01", true, Some(Protocol::Http1)),
        ] {
            assert_eq!(decide(read, has_text), expected, "{}", read.escape_ascii());
        }
    }

    #[tokio::test]
    async fn bytes_that_come_one_by_one_are_told_too() {
        let mut slow = tokio_test_io(HTTP2);
        let (protocol, read) = sniff(&mut slow, b"PRI ", false).await.unwrap();
        assert_eq!((protocol, &read[..]), (Protocol::Http2, HTTP2));
        let mut cut = tokio_test_io(b"PRI");
        assert_eq!(sniff(&mut cut, b"", false).await.unwrap().0, Protocol::Http1);
    }

    /// A stream that gives one byte at a time.
    fn tokio_test_io(bytes: &'static [u8]) -> impl AsyncRead + Unpin {
        let (mut there, here) = tokio::io::duplex(1);
        tokio::spawn(async move {
            tokio::io::AsyncWriteExt::write_all(&mut there, bytes).await.unwrap();
        });
        here
    }
}
