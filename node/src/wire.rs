//! What can be said over a wire.

use serde::{Serialize, de::DeserializeOwned};

/// What can be written down in bytes and read again, elsewhere and later.
///
/// What nodes say to each other in the simulator is never written down, so that [`Node`](crate::Node) does not
/// ask for it; what serves a node over sockets does.
pub trait Wire: Serialize + DeserializeOwned {}

impl<T: Serialize + DeserializeOwned> Wire for T {}
