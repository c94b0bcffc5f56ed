//! How long to keep trying, and how long to wait in between.

use std::time::{Duration, Instant};

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// Who is turned away for coming too often is one of a crowd that shares a limit. Each refusal spreads
/// the crowd over four times as long, from the first of these to the last: found by simulating 500
/// runs at Octopus's own figures, so that each is seldom refused and no time is lost.
const FIRST_SPREAD: Duration = Duration::from_secs(1);
const FIRST_SPREAD_WHEN_ASKED: Duration = Duration::from_secs(4);
const WIDEST_SPREAD: Duration = Duration::from_secs(100);

/// Why the last attempt failed, as far as waiting goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Something broke, or does not answer.
    Trouble,
    /// The limit that many share is used up; the server may have said how long to stay away.
    Crowd(Option<Duration>),
}

/// The time that a step has for trying again, all its requests together.
#[derive(Debug, Clone)]
pub struct Retry {
    time: Duration,
    deadline: Instant,
    /// Whether no request may outlast the deadline either.
    is_strict: bool,
    /// Whether no request is sent a second time.
    is_single: bool,
}

impl Retry {
    /// Trying that ends `time` from now.
    pub fn lasting(time: Duration) -> Self {
        let now = Instant::now();
        // A time too long to add is as good as a year.
        let year = Duration::from_hours(365 * 24);
        Self {
            time,
            deadline: now.checked_add(time).unwrap_or(now + year),
            is_strict: false,
            is_single: false,
        }
    }

    /// No trying again at all: requests that all end within `time`.
    pub fn never(time: Duration) -> Self {
        Self {
            is_strict: true,
            is_single: true,
            ..Self::lasting(time)
        }
    }

    /// The whole time once more, from now on.
    pub fn renewed(&self) -> Self {
        Self {
            deadline: Self::lasting(self.time).deadline,
            ..*self
        }
    }

    /// What is left of this time, but at least `shortest` and at most `longest`; when it ends,
    /// so does the request under way.
    pub fn strictly(&self, shortest: Duration, longest: Duration) -> Self {
        Self {
            is_strict: true,
            ..Self::lasting(self.left().clamp(shortest, longest))
        }
    }

    /// How long a request may take that usually has `timeout`.
    pub fn for_one_request(&self, timeout: Duration) -> Duration {
        if self.is_strict {
            // No time at all would mean no limit to some libraries.
            timeout.min(self.left()).max(Duration::from_millis(1))
        } else {
            timeout
        }
    }

    /// What is left of the time.
    pub fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// How long to wait before the next attempt; nothing when there is no time left. The last
    /// attempt is made when the time ends, never earlier.
    ///
    /// `attempt` counts from 0. What the server asked for is never undercut, and overrun by a time
    /// drawn by lot, so that a crowd told the same does not come back at once.
    pub fn pause(&self, attempt: u32, reason: Reason) -> Option<Duration> {
        let left = self.left();
        if left.is_zero() || self.is_single {
            return None;
        }
        Some(random_pause(attempt, reason).min(left))
    }
}

fn random_pause(attempt: u32, reason: Reason) -> Duration {
    let (at_least, first, factor, longest) = match reason {
        Reason::Trouble => (Duration::ZERO, FIRST_PAUSE, 2_u32, LONGEST_PAUSE),
        Reason::Crowd(None) => (Duration::ZERO, FIRST_SPREAD, 4, WIDEST_SPREAD),
        Reason::Crowd(Some(asked)) => (asked, FIRST_SPREAD_WHEN_ASKED, 4, WIDEST_SPREAD),
    };
    let spread = first.saturating_mul(factor.saturating_pow(attempt));
    let drawn = spread.min(longest).mul_f64(0.5 + fastrand::f64() / 2.0);
    at_least.saturating_add(drawn)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit_and_are_spread() {
        let retry = Retry::lasting(Duration::from_hours(1));
        for (attempt, longest) in [(0, 250), (1, 500), (4, 4000), (9, 15_000), (1000, 15_000)] {
            let longest = Duration::from_millis(longest);
            for _ in 0..50 {
                let pause = retry.pause(attempt, Reason::Trouble).unwrap();
                assert!(
                    pause <= longest && pause >= longest / 2,
                    "{attempt}: {pause:?}"
                );
            }
        }
    }

    #[test]
    fn what_the_server_asks_for_is_never_undercut() {
        let retry = Retry::lasting(Duration::from_hours(1));
        for _ in 0..50 {
            let asked = Reason::Crowd(Some(Duration::from_secs(10)));
            let pause = retry.pause(0, asked).unwrap();
            assert!((12.0..=14.0).contains(&pause.as_secs_f64()), "{pause:?}");
        }
    }

    #[test]
    fn a_strict_limit_holds_for_each_request_too() {
        let (second, minute) = (Duration::from_secs(1), Duration::from_mins(1));
        let loose = Retry::lasting(minute);
        assert_eq!(loose.for_one_request(minute * 2), minute * 2);
        assert!(loose.strictly(second, second * 2).for_one_request(minute) <= second * 2);
        let spent = Retry::lasting(Duration::ZERO).strictly(second, minute);
        assert!(spent.for_one_request(minute) <= second);
    }

    #[test]
    fn no_pause_outlasts_the_time_allowed_and_there_is_none_after_it() {
        let retry = Retry::lasting(Duration::from_millis(100));
        assert!(retry.pause(9, Reason::Trouble).unwrap() <= Duration::from_millis(100));
        assert_eq!(
            Retry::lasting(Duration::ZERO).pause(0, Reason::Trouble),
            None
        );
        assert!(
            Retry::lasting(Duration::MAX)
                .pause(0, Reason::Trouble)
                .is_some()
        );
        assert_eq!(Retry::never(Duration::MAX).pause(0, Reason::Trouble), None);
    }

    #[test]
    fn renewed_time_is_the_whole_of_it() {
        let retry = Retry::lasting(Duration::from_millis(50));
        std::thread::sleep(Duration::from_millis(60));
        assert!(retry.left().is_zero());
        assert!(!retry.renewed().left().is_zero());
    }

    /// 500 runs of six requests each, begun at once, on a server that grants 200 requests at first
    /// and 200 a minute afterwards, as Octopus does by default. The time is simulated.
    #[test]
    fn a_crowd_at_its_rate_limit_is_spread_and_loses_little_time() {
        const RUNS: u64 = 500;
        const REQUESTS: u32 = 6;
        const EARNED_EVERY: u64 = 300_000;
        let told = Reason::Crowd(Some(Duration::from_secs(1)));
        let (mut tokens, mut earned, mut refusals, mut now) = (200, 0, 0, 0);
        let begin = |run| ((0, run), (REQUESTS, 0));
        let mut due: BTreeMap<(u64, u64), (u32, u32)> = (0..RUNS).map(begin).collect();
        while let Some(((time, run), (left, attempt))) = due.pop_first() {
            now = time;
            tokens = (tokens + now / EARNED_EVERY - earned).min(200);
            earned = now / EARNED_EVERY;
            if tokens == 0 {
                refusals += 1;
                let pause = random_pause(attempt, told).as_micros();
                let pause = u64::try_from(pause).unwrap();
                due.insert((now + pause, run), (left, attempt + 1));
            } else {
                tokens -= 1;
                if left > 1 {
                    due.insert((now + 20_000, run), (left - 1, 0));
                }
            }
        }
        let requests = RUNS * u64::from(REQUESTS);
        let needed = (requests - 200) * EARNED_EVERY;
        assert!(refusals <= requests * 3, "{refusals} refusals");
        assert!(now < needed + needed / 10, "{now} µs");
    }
}
