//! The rate limit: token buckets.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Instant;

use crate::server::settings::RateLimit;

/// Whose bucket it is.
#[derive(PartialEq, Eq, Hash)]
pub(crate) enum Owner {
    /// What an account does, or, if so, what AI agents do in its name.
    Account(String, bool),
    /// Requests without a credential.
    Address(IpAddr),
}

/// The buckets of all who made a request.
#[derive(Default)]
pub(crate) struct Buckets(HashMap<Owner, Bucket>);

struct Bucket {
    tokens: f64,
    filled: Instant,
}

/// What a request left in its bucket.
#[derive(Clone, Copy)]
pub(crate) struct Left {
    pub(crate) is_allowed: bool,
    /// Requests that are left.
    pub(crate) requests: u64,
    /// Seconds until the bucket is full.
    pub(crate) full_in: u64,
    /// Seconds until there is a request again.
    pub(crate) next_in: u64,
}

impl Buckets {
    /// Takes a token out of a bucket, if there is one.
    pub(crate) fn take(&mut self, owner: Owner, limit: &RateLimit) -> Left {
        let now = Instant::now();
        let burst = f64::from(limit.burst);
        let per_second = f64::from(limit.requests) / limit.per.as_secs_f64();
        let bucket = self.0.entry(owner).or_insert(Bucket {
            tokens: burst,
            filled: now,
        });
        let gained = (now - bucket.filled).as_secs_f64() * per_second;
        bucket.tokens = (bucket.tokens + gained).min(burst);
        bucket.filled = now;
        let is_allowed = bucket.tokens >= 1.0;
        if is_allowed {
            bucket.tokens -= 1.0;
        }
        Left {
            is_allowed,
            requests: whole(bucket.tokens.floor()),
            full_in: whole(((burst - bucket.tokens) / per_second).ceil()),
            next_in: whole(((1.0 - bucket.tokens) / per_second).ceil()),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole and small number; what is below zero becomes zero"
)]
fn whole(number: f64) -> u64 {
    number as u64
}
