//! What kind of server to simulate.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::Value;

use crate::server::{Hints, Octopus, Wording};

/// The server to simulate. The default is a current server that everything is allowed on.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a feature that a real server has or has not, independent of the others"
)]
#[derive(Clone, Debug)]
pub struct Settings {
    /// Serve HTTPS, with a leaf certificate signed by a CA made at the start.
    pub tls: bool,
    /// With `tls`: what certificate the server has.
    pub certificate: Certificate,
    /// The port on 127.0.0.1; 0 lets the system choose.
    pub port: u16,
    /// Where the server lives below its host, such as `/octopus`; empty for the root.
    pub virtual_directory: String,
    /// The list of keys honors `partialPurpose`; an older server ignores it.
    pub filters_by_purpose: bool,
    /// Keys have an `AccessLevel`; else it is ignored and absent.
    pub knows_access_level: bool,
    /// With `knows_access_level`: a new key gets the level that was asked for; else every key
    /// has full access, and its record says so.
    pub honors_access_level: bool,
    /// Keys have an `ActorType`; else it is ignored and absent.
    pub knows_actor_type: bool,
    /// A key may read its own record; else that is answered 403.
    pub shows_a_key_its_record: bool,
    /// How the REST API shows hints.
    pub hints: Hints,
    /// Keys expire. Servers before 2020.6 ignore `Expires` and do not show it.
    pub knows_expiry: bool,
    /// How the server puts what no source says exactly.
    pub wording: Wording,
    /// The most items that one page holds, whatever `take` says.
    pub largest_page: Option<usize>,
    /// How many requests each account may make, its AI agents beside it, and each address without
    /// a credential; `None` for any number.
    pub rate_limit: Option<RateLimit>,
    /// How far the server's clock is ahead of this machine's.
    pub clock_offset: SignedDuration,
    /// The permissions that [`RUNBOOK_SVC`](crate::server::RUNBOOK_SVC) lacks, such as `EventView`.
    pub service_account_lacks: Vec<&'static str>,
    /// What [`RUNBOOK_SVC`](crate::server::RUNBOOK_SVC) is: `Standard`, or `Agent`, which takes
    /// keys of AI agents only.
    pub service_account_type: &'static str,
    /// The server knows OIDC; else its well-known document and token endpoint are answered 404.
    pub openid_connect: bool,
    /// What the well-known document has for `token_endpoint`; `None` for the server's own URL.
    pub token_endpoint: Option<Value>,
    /// A key that is created with an access token may expire after it.
    pub key_may_outlive_token: bool,
}

/// A token bucket for each user.
#[derive(Clone, Copy, Debug)]
pub struct RateLimit {
    /// How many requests come back into the bucket in each `per`.
    pub requests: u32,
    /// A minute on a real server; less for a quick test.
    pub per: Duration,
    /// How many requests a full bucket holds.
    pub burst: u32,
    /// Whether the refusal says in `Retry-After` how many seconds to wait.
    pub retry_after: bool,
}

/// The certificate of a server with TLS, for `127.0.0.1` and `localhost` unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// Signed by a CA made at the start.
    Own,
    /// So, and it expired on 2 January 2020.
    Expired,
    /// So, and it is for `octopus.example` alone.
    OfAnotherHost,
    /// Its own CA (`CA:TRUE`, self-signed), as `openssl req -x509` makes it.
    SelfSigned,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tls: false,
            certificate: Certificate::Own,
            port: 0,
            virtual_directory: String::new(),
            filters_by_purpose: true,
            knows_access_level: true,
            honors_access_level: true,
            knows_actor_type: true,
            shows_a_key_its_record: true,
            hints: Hints::Bare,
            knows_expiry: true,
            wording: Wording::Usual,
            largest_page: None,
            rate_limit: None,
            clock_offset: SignedDuration::ZERO,
            service_account_lacks: Vec::new(),
            service_account_type: "Standard",
            openid_connect: true,
            token_endpoint: None,
            key_may_outlive_token: true,
        }
    }
}

impl Settings {
    /// A server of before 2020.6: no expiry, no access level, no kinds of actors, no filter of
    /// keys.
    pub fn old_server() -> Self {
        Self {
            filters_by_purpose: false,
            knows_access_level: false,
            knows_actor_type: false,
            knows_expiry: false,
            ..Self::default()
        }
    }

    /// Starts this server.
    pub fn start(self) -> Octopus {
        Octopus::with(self)
    }
}
