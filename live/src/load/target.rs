//! What can be loaded.

use node::Operation;
use std::future::Future;

/// A store that clients can be connected to.
pub trait Target {
    /// One of its clients.
    type Client: Client + 'static;

    /// Connects a client; they are numbered from 0.
    ///
    /// # Errors
    ///
    /// Why it cannot be had, in one sentence.
    fn connect(&self, client: usize) -> impl Future<Output = Result<Self::Client, String>>;
}

/// Who asks for one operation at a time.
pub trait Client {
    /// Carries an operation out.
    ///
    /// # Errors
    ///
    /// Why no answer says that it was done: it may have been, or may yet be.
    fn carry_out(&mut self, operation: &Operation) -> impl Future<Output = Result<(), String>>;
}
