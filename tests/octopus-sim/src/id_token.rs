//! What the server issues and the worker gives to a step.

/// An ID token of a Generic OIDC account.
#[derive(Clone, Debug)]
pub struct IdToken {
    /// The token.
    pub jwt: String,
    /// Its audience.
    pub audience: String,
}
