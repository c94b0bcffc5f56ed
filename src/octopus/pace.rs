//! How fast a long series of requests may follow each other, on a server that limits them.

use std::cell::Cell;
use std::time::Duration;

/// The gap after the first refusal.
const FIRST_GAP: Duration = Duration::from_millis(50);
/// No rate limit makes the requests slower than this.
const LONGEST_GAP: Duration = Duration::from_secs(5);
/// How much shorter the gap becomes with each request that is granted.
const RECOVERY: f64 = 0.99;

/// The gap before each request of a series: none, until the server says that it is too busy. An
/// account's runs share its limit with the series, so it must not take all that is granted.
#[derive(Debug, Default)]
pub struct Pace(Cell<Duration>);

impl Pace {
    /// How long to wait before the next request.
    pub fn gap(&self) -> Duration {
        self.0.get()
    }

    /// A request was granted.
    pub fn granted(&self) {
        self.0.set(self.gap().mul_f64(RECOVERY));
    }

    /// A request was refused, because there are too many.
    pub fn refused(&self) {
        self.0.set((self.gap() * 2).clamp(FIRST_GAP, LONGEST_GAP));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 924 requests of 20 ms each, on a server that grants 200 at first and 200 a minute afterwards, as
    /// Octopus does by default. Who is refused waits four seconds. The time is simulated.
    #[test]
    fn a_long_series_at_octopus_own_limit_is_seldom_refused_and_loses_little_time() {
        let (pace, per_second) = (Pace::default(), 200.0 / 60.0);
        let (mut tokens, mut refusals, mut time, mut left) = (200.0_f64, 0, 0.0, 924);
        while left > 0 {
            let step = 0.02 + pace.gap().as_secs_f64();
            time += step;
            tokens = (tokens + step * per_second).min(200.0);
            if tokens >= 1.0 {
                tokens -= 1.0;
                left -= 1;
                pace.granted();
            } else {
                refusals += 1;
                pace.refused();
                time += 4.0;
                tokens += 4.0 * per_second;
            }
        }
        assert!(refusals <= 25, "{refusals} refusals");
        let needed = (924.0 - 200.0) / per_second;
        assert!(time < needed * 1.5, "{time:.0} s");
    }
}
