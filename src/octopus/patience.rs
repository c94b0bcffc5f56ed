//! How long to keep trying, and how long to wait in between.

use std::time::{Duration, Instant};

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// The time that a step has for trying again, all its requests together.
#[derive(Debug)]
pub struct Patience {
    deadline: Instant,
}

impl Patience {
    /// Patience that ends `time` from now.
    pub fn lasting(time: Duration) -> Self {
        let now = Instant::now();
        // A time too long to add is as good as a year.
        let year = Duration::from_hours(365 * 24);
        Self {
            deadline: now.checked_add(time).unwrap_or(now + year),
        }
    }

    /// How long to wait before the next attempt; nothing when there is no time left. The last
    /// attempt is made when the time ends, never earlier.
    ///
    /// `attempt` counts from 0. `asked` is what the server asked for in `Retry-After`; it is never
    /// undercut, and overrun by up to half, so that a crowd told the same does not come back at once.
    pub fn pause(&self, attempt: u32, asked: Option<Duration>) -> Option<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        let pause = match asked {
            Some(asked) => asked + FIRST_PAUSE.max(asked / 2).mul_f64(fastrand::f64()),
            None => exponential(attempt).mul_f64(0.5 + fastrand::f64() / 2.0),
        };
        Some(pause.min(left))
    }
}

fn exponential(attempt: u32) -> Duration {
    FIRST_PAUSE
        .saturating_mul(2_u32.saturating_pow(attempt))
        .min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit_and_are_spread() {
        let patience = Patience::lasting(Duration::from_hours(1));
        for (attempt, longest) in [(0, 250), (1, 500), (4, 4000), (9, 15_000), (1000, 15_000)] {
            let longest = Duration::from_millis(longest);
            for _ in 0..50 {
                let pause = patience.pause(attempt, None).unwrap();
                assert!(
                    pause <= longest && pause >= longest / 2,
                    "{attempt}: {pause:?}"
                );
            }
        }
    }

    #[test]
    fn what_the_server_asks_for_is_never_undercut() {
        let patience = Patience::lasting(Duration::from_hours(1));
        for _ in 0..50 {
            let pause = patience.pause(0, Some(Duration::from_secs(10))).unwrap();
            assert!((10.0..=15.0).contains(&pause.as_secs_f64()), "{pause:?}");
        }
    }

    #[test]
    fn no_pause_outlasts_the_time_allowed_and_there_is_none_after_it() {
        let patience = Patience::lasting(Duration::from_millis(100));
        assert!(patience.pause(9, None).unwrap() <= Duration::from_millis(100));
        assert_eq!(Patience::lasting(Duration::ZERO).pause(0, None), None);
        assert!(Patience::lasting(Duration::MAX).pause(0, None).is_some());
    }
}
