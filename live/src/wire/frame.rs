//! Frames: a length, and as much as that.

use node::Wire;
use serde::Serialize;
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The longest content that is taken, in bytes: a snapshot of a whole store fits.
pub const MAX_FRAME: usize = 64 << 20;

/// What went wrong with a frame.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The connection ended between two frames.
    #[error("the connection has ended")]
    Ended,
    /// The connection broke, or ended in the middle of a frame.
    #[error("the connection broke: {0}")]
    Broke(#[from] io::Error),
    /// It says that it is longer than what is taken.
    #[error("a frame of {length} bytes, where {most} are taken at most")]
    TooLong {
        /// How long it says it is, in bytes.
        length: usize,
        /// How many are taken.
        most: usize,
    },
    /// Its content is no value of the type that is due, or something follows it.
    #[error("a frame of {length} bytes that says nothing that is due here")]
    Foreign {
        /// How long it is, in bytes.
        length: usize,
    },
}

/// A frame in bytes, its length before its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame(pub Vec<u8>);

impl Frame {
    /// The frame of a value.
    ///
    /// # Errors
    ///
    /// [`FrameError::TooLong`] if nobody would take it.
    ///
    /// # Panics
    ///
    /// Panics if the type's `Serialize` gives up; what nodes say must not.
    pub fn of(value: &impl Serialize) -> Result<Self, FrameError> {
        let mut bytes =
            postcard::to_extend(value, vec![0; 4]).expect("what nodes say can be written down");
        let length = bytes.len() - 4;
        if length > MAX_FRAME {
            return Err(FrameError::TooLong { length, most: MAX_FRAME });
        }
        let told = u32::try_from(length).expect("a frame is shorter than 4 GiB");
        bytes[..4].copy_from_slice(&told.to_le_bytes());
        Ok(Self(bytes))
    }

    /// The value of a frame's content.
    ///
    /// # Errors
    ///
    /// [`FrameError::Foreign`] if it is none, or more than one.
    pub fn value<T: Wire>(content: &[u8]) -> Result<T, FrameError> {
        match postcard::take_from_bytes(content) {
            Ok((value, [])) => Ok(value),
            _ => Err(FrameError::Foreign { length: content.len() }),
        }
    }
}

/// Reads one value. No room is made for what has not come: a length that promises much costs little.
///
/// # Errors
///
/// [`FrameError`].
pub async fn read_frame<T: Wire>(
    from: &mut (impl AsyncRead + Unpin),
    most: usize,
) -> Result<T, FrameError> {
    Frame::value(&read_content(from, most).await?)
}

/// Reads the content of a frame, whatever it says, as [`read_frame`] does.
///
/// # Errors
///
/// [`FrameError`], but no [`FrameError::Foreign`].
pub(crate) async fn read_content(
    from: &mut (impl AsyncRead + Unpin),
    most: usize,
) -> Result<Vec<u8>, FrameError> {
    let mut length = [0; 4];
    match from.read(&mut length[..1]).await? {
        0 => return Err(FrameError::Ended),
        _ => from.read_exact(&mut length[1..]).await?,
    };
    let length = u32::from_le_bytes(length) as usize;
    if length > most {
        return Err(FrameError::TooLong { length, most });
    }
    let mut content = Vec::with_capacity(length.min(64 << 10));
    from.take(length as u64).read_to_end(&mut content).await?;
    if content.len() < length {
        return Err(FrameError::Broke(io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(content)
}

/// Writes one value and sends it off.
///
/// # Errors
///
/// [`FrameError::TooLong`], [`FrameError::Broke`].
pub async fn write_frame(
    to: &mut (impl AsyncWrite + Unpin),
    value: &impl Serialize,
) -> Result<(), FrameError> {
    to.write_all(&Frame::of(value)?.0).await?;
    Ok(to.flush().await?)
}
