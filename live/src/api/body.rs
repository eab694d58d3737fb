//! Reading what comes with a request, so much and no more.

use super::outcome::Trouble;
use axum::body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::time::Duration;
use tokio::time::timeout;

/// How long a body may take to come.
pub(super) const TIME: Duration = Duration::from_secs(30);
/// The longest JSON, in bytes: a key and a value of the greatest length, with room for escapes.
pub(super) const MAX_JSON: usize = 4 << 20;

/// The bytes of a body, `most` at most.
///
/// # Errors
///
/// [`Trouble::TooLong`], [`Trouble::TooSlow`], or [`Trouble::Invalid`] if it breaks off.
pub(super) async fn bytes(body: Body, most: usize) -> Result<Vec<u8>, Trouble> {
    match timeout(TIME, Limited::new(body, most).collect()).await {
        Err(_late) => Err(Trouble::TooSlow),
        Ok(Ok(collected)) => Ok(collected.to_bytes().into()),
        Ok(Err(why)) if why.is::<LengthLimitError>() => {
            Err(Trouble::TooLong(format!("a body has at most {most} bytes here").into()))
        }
        Ok(Err(_broke)) => Err(Trouble::Invalid("the body breaks off".into())),
    }
}

/// The text of a body, `most` bytes at most.
///
/// # Errors
///
/// As [`bytes`], and [`Trouble::Invalid`] of what is not UTF-8.
pub(super) async fn text(body: Body, most: usize) -> Result<String, Trouble> {
    let not_text = |_| Trouble::Invalid("the body is not UTF-8: values are text".into());
    String::from_utf8(bytes(body, most).await?).map_err(not_text)
}
