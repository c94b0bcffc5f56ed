//! How long to retry, and how long to wait in between.

use std::time::{Duration, Instant};

use crate::{Error, ErrorKind};

/// The first wait if the server asks for none; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// The longest such wait.
const MAX_WAIT: Duration = Duration::from_secs(8);
/// What is left for the last attempt before the deadline.
const LAST_ATTEMPT: Duration = Duration::from_secs(2);
/// With less time left than this, an attempt would only time out, and hide why the ones before failed.
const MIN_ATTEMPT: Duration = Duration::from_millis(100);
/// A deadline that is too far away for the clock is as good as a year.
const YEAR: Duration = Duration::from_hours(365 * 24);

/// What a signal does to a request or a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnInterrupt {
    /// It ends at once.
    Stop,
    /// No wait from now on, and requests end this long after the signal.
    Finish(Duration),
    /// Nothing.
    Ignore,
}

/// Until when requests are retried, and what a signal does to them.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    deadline: Instant,
    retries: bool,
    /// Whether a first attempt has all its time, however short the time for retries is.
    is_patient: bool,
    on_interrupt: OnInterrupt,
}

impl RetryPolicy {
    /// Retries for `time` from now.
    #[must_use]
    pub fn lasting(time: Duration) -> Self {
        let now = Instant::now();
        Self {
            deadline: now.checked_add(time).unwrap_or(now + YEAR),
            retries: true,
            is_patient: true,
            on_interrupt: OnInterrupt::Stop,
        }
    }

    /// Retries within `time` from now, by the end of which every attempt ends.
    #[must_use]
    pub fn within(time: Duration) -> Self {
        Self {
            is_patient: false,
            ..Self::lasting(time)
        }
    }

    /// Sends each request once, all of them within `time` from now.
    #[must_use]
    pub fn once(time: Duration) -> Self {
        Self {
            retries: false,
            ..Self::within(time)
        }
    }

    /// This policy, sending each request once.
    #[must_use]
    pub fn without_retries(self) -> Self {
        Self {
            retries: false,
            ..self
        }
    }

    /// This policy, with this effect of a signal.
    #[must_use]
    pub fn on_interrupt(self, on_interrupt: OnInterrupt) -> Self {
        Self {
            on_interrupt,
            ..self
        }
    }

    /// What is left of the time.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// When an attempt that begins now must end.
    pub(crate) fn attempt_deadline(&self, timeout: Duration, is_first: bool) -> Instant {
        let now = Instant::now();
        let own = now.checked_add(timeout).unwrap_or(now + YEAR);
        if is_first && self.is_patient {
            return own;
        }
        own.min(self.deadline.max(now))
    }

    /// Whether a signal that came at `interrupted_at` ends a request that is under way.
    pub(crate) fn is_stopped(&self, interrupted_at: Option<Instant>) -> bool {
        interrupted_at.is_some_and(|at| match self.on_interrupt {
            OnInterrupt::Stop => true,
            OnInterrupt::Finish(time) => at.elapsed() >= time,
            OnInterrupt::Ignore => false,
        })
    }

    /// Whether a signal that came at `interrupted_at` ends a wait.
    pub(crate) fn ends_waits(&self, interrupted_at: Option<Instant>) -> bool {
        interrupted_at.is_some() && self.on_interrupt != OnInterrupt::Ignore
    }

    /// How long to wait before attempt `attempt` + 1, counted from 0; nothing if no attempt follows.
    ///
    /// The wait is the server's own word, else it doubles; spread, so that many runs that were told
    /// the same do not come back at once; and never longer than leaves one more attempt before the
    /// deadline.
    #[must_use]
    pub fn wait(&self, attempt: u32, error: &Error) -> Option<Duration> {
        if !self.retries || !error.is_transient() {
            return None;
        }
        self.backoff(attempt, Some(error))
    }

    /// As [`RetryPolicy::wait`], for a series of requests that is repeated as a whole whatever failed.
    #[must_use]
    pub fn backoff(&self, attempt: u32, error: Option<&Error>) -> Option<Duration> {
        let left = self.left();
        if left < MIN_ATTEMPT {
            return None;
        }
        let doubled = FIRST_WAIT
            .saturating_mul(2_u32.saturating_pow(attempt))
            .min(MAX_WAIT);
        let asked = error.and_then(|error| error.retry_after);
        let wait = match asked {
            Some(asked) => asked.saturating_add(
                doubled
                    .max(asked / 2)
                    .min(MAX_WAIT)
                    .mul_f64(fastrand::f64()),
            ),
            None if error.is_some_and(|error| error.kind == ErrorKind::RateLimited) => {
                doubled.mul_f64(1.0 + fastrand::f64())
            }
            None => doubled.mul_f64(0.5 + fastrand::f64() / 2.0),
        };
        Some(wait.min(left.saturating_sub(LAST_ATTEMPT.min(left / 2))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(status: u16, retry_after: Option<u64>) -> Error {
        Error {
            status: Some(status),
            retry_after: retry_after.map(Duration::from_secs),
            ..Error::new(ErrorKind::ServerError, "")
        }
    }

    #[test]
    fn waits_double_up_to_a_limit_and_are_spread() {
        let policy = RetryPolicy::lasting(Duration::from_hours(1));
        for (attempt, most) in [(0, 200), (1, 400), (5, 6400), (9, 8000), (1000, 8000)] {
            let most = Duration::from_millis(most);
            for _ in 0..50 {
                let wait = policy.wait(attempt, &failed(503, None)).unwrap();
                assert!(wait >= most / 2 && wait <= most, "{attempt}: {wait:?}");
            }
        }
    }

    #[test]
    fn leaves_time_for_one_more_attempt() {
        let policy = RetryPolicy::lasting(Duration::from_secs(10));
        let wait = policy.wait(0, &failed(503, Some(3600))).unwrap();
        assert!((7.9..=8.0).contains(&wait.as_secs_f64()), "{wait:?}");
        assert_eq!(
            RetryPolicy::lasting(Duration::ZERO).wait(0, &failed(503, None)),
            None
        );
        assert_eq!(policy.without_retries().wait(0, &failed(503, None)), None);
        assert!(
            RetryPolicy::lasting(Duration::MAX)
                .wait(0, &failed(503, None))
                .is_some()
        );
    }

    #[test]
    fn limits_retries_to_the_deadline_but_not_the_first_attempt() {
        let minute = Duration::from_mins(1);
        let policy = RetryPolicy::lasting(Duration::from_secs(1));
        let left = |is_first| {
            policy
                .attempt_deadline(minute, is_first)
                .duration_since(Instant::now())
        };
        assert!(left(true) > Duration::from_secs(50));
        assert!(left(false) <= Duration::from_secs(1));
        let second = Duration::from_secs(1);
        for bounded in [RetryPolicy::once(second), RetryPolicy::within(second)] {
            assert!(bounded.attempt_deadline(minute, true) <= Instant::now() + second);
        }
    }
}
