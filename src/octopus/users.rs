//! Accounts.

use std::ops::ControlFlow;

use serde::Deserialize;

use crate::error::Result;
use crate::wire::Request;
use crate::{Client, Id, Untrusted};

/// An account: a person's, or a service account.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct User {
    /// Such as `Users-21`.
    pub id: Id,
    /// The name to log in with.
    pub username: Untrusted,
    /// The name to show.
    #[serde(default)]
    pub display_name: Option<Untrusted>,
    /// Whether it is a service account; not every server says so of everyone.
    #[serde(default)]
    pub is_service: Option<bool>,
    /// `Standard`, or `Agent` for accounts that have agent keys only; newer servers say so.
    #[serde(default)]
    pub service_account_type: Option<Untrusted>,
}

impl User {
    /// Whether the account has keys of AI agents only.
    #[must_use]
    pub fn is_agent(&self) -> bool {
        let kind = self.service_account_type.as_ref();
        kind.is_some_and(|kind| kind.raw() == "Agent")
    }
}

impl Client {
    /// The credential's account.
    ///
    /// # Errors
    /// When there is no usable response.
    pub fn me(&self) -> Result<User> {
        self.fetch(&Request::get("/api/users/me"))
    }

    /// An account. That needs `UserView`.
    ///
    /// # Errors
    /// When there is no usable response.
    pub fn user(&self, id: &Id) -> Result<User> {
        self.fetch(&Request::get(format!("/api/users/{id}")))
    }

    /// The accounts whose username is `name`: exactly, or else without regard to the case of ASCII
    /// letters. The server searches for a part of usernames, display names and e-mail addresses.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn users_named(&self, name: &str) -> Result<Vec<User>> {
        let list = Request::get("/api/users").query("filter", name);
        let mut found: Vec<User> = Vec::new();
        self.walk(&list, &mut |user: User| {
            let is_named = user.username.raw().eq_ignore_ascii_case(name);
            if is_named && found.iter().all(|known| known.id != user.id) {
                found.push(user);
            }
            ControlFlow::Continue(())
        })?;
        match found.iter().position(|user| user.username.raw() == name) {
            Some(exact) => Ok(vec![found.swap_remove(exact)]),
            None => Ok(found),
        }
    }
}
