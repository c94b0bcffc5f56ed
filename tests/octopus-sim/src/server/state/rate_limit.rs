//! The rate limit: a token bucket for each user.

use std::collections::HashMap;
use std::time::Instant;

use crate::server::rest::Refusal;
use crate::server::settings::RateLimit;

/// The buckets of all users who made a request: one for all that they do, and one for what AI
/// agents do in their name.
#[derive(Default)]
pub(crate) struct Buckets(HashMap<(String, bool), Bucket>);

struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Buckets {
    /// Takes a token out of the user's bucket, or out of that for agents; refuses when it is
    /// empty.
    pub(crate) fn take(
        &mut self,
        user: &str,
        is_agent: bool,
        limit: &RateLimit,
    ) -> Result<(), Refusal> {
        let now = Instant::now();
        let burst = f64::from(limit.burst);
        let per_second = f64::from(limit.requests) / limit.per.as_secs_f64();
        let bucket = self.0.entry((user.to_owned(), is_agent)).or_insert(Bucket {
            tokens: burst,
            filled: now,
        });
        let gained = (now - bucket.filled).as_secs_f64() * per_second;
        bucket.tokens = (bucket.tokens + gained).min(burst);
        bucket.filled = now;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        let wait = ((1.0 - bucket.tokens) / per_second).ceil();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole, positive and small number of seconds"
        )]
        let wait = wait as u64;
        Err(Refusal::too_many_requests(
            limit.retry_after.then_some(wait),
        ))
    }
}
