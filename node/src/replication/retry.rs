//! When a node asks another again.

use std::time::Duration;

/// How often a message that wants an answer is sent, and when.
///
/// The client's half, [`client::Retry`](crate::client::Retry), also chooses where
/// the next attempt goes; a node asks the same peer again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts in all; `None`: as many as it takes.
    attempts: Option<u32>,
    /// How long an attempt may take.
    timeout: Duration,
    /// The pause before the second attempt; each later one is twice as long.
    backoff: Duration,
}

impl RetryPolicy {
    /// One attempt.
    pub const fn once(timeout: Duration) -> Self {
        Self::limited(1, timeout, Duration::ZERO)
    }

    /// At most `attempts` attempts, at least 1. The pause before the second is
    /// `backoff`, and each later one is twice as long as the one before.
    pub const fn limited(attempts: u32, timeout: Duration, backoff: Duration) -> Self {
        Self { attempts: Some(attempts), timeout, backoff }
    }

    /// Attempts without end, each as soon as the one before has timed out.
    pub const fn until_answered(timeout: Duration) -> Self {
        Self { attempts: None, timeout, backoff: Duration::ZERO }
    }

    /// How long an attempt may take.
    pub const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The pause after attempt number `made` (counted from 1) has timed out;
    /// `None`: that was the last.
    pub fn pause_after(&self, made: u32) -> Option<Duration> {
        let another = self.attempts.is_none_or(|attempts| made < attempts);
        let doublings = made.saturating_sub(1).min(31);
        another.then(|| self.backoff.saturating_mul(1 << doublings))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn three_attempts_pause_for_one_and_two_seconds() {
        let policy = RetryPolicy::limited(3, 3 * SECOND, SECOND);
        assert_eq!(policy.timeout(), 3 * SECOND);
        assert_eq!(policy.pause_after(1), Some(SECOND));
        assert_eq!(policy.pause_after(2), Some(2 * SECOND));
        assert_eq!(policy.pause_after(3), None);
    }

    #[test]
    fn once_is_once_and_until_answered_never_ends() {
        assert_eq!(RetryPolicy::once(SECOND).pause_after(1), None);
        let policy = RetryPolicy::until_answered(SECOND);
        assert_eq!(policy.pause_after(u32::MAX), Some(Duration::ZERO));
    }
}
