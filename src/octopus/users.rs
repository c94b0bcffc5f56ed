//! Accounts.

use std::ops::ControlFlow;

use serde::Deserialize;
use ureq::http::Method;

use super::exchange::Request;
use super::paging::Item;
use super::{Client, Id, Result};
use crate::stranger::Stranger;

/// An account: a person's, or a service account.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct User {
    pub id: Id,
    pub username: Stranger,
    #[serde(default)]
    pub display_name: Option<Stranger>,
    /// Whether it is a service account; not every server says so of everyone.
    #[serde(default)]
    pub is_service: Option<bool>,
}

impl Item for User {
    fn id(&self) -> &str {
        self.id.as_str()
    }
}

impl Client {
    /// The account behind the credential.
    ///
    /// # Errors
    /// As every call: see [`super::Error`].
    pub fn me(&self) -> Result<User> {
        self.send(&Request::new(Method::GET, "/api/users/me"))
    }

    /// The account with this id.
    ///
    /// # Errors
    /// As every call: see [`super::Error`].
    pub fn user(&self, id: &Id) -> Result<User> {
        self.send(&Request::new(Method::GET, &format!("/api/users/{id}")))
    }

    /// The account with this user name, whatever its case. The server searches in names and e-mail
    /// addresses, and for a part of them; here only the user name counts, and all of it.
    ///
    /// # Errors
    /// As every call: see [`super::Error`].
    pub fn user_named(&self, name: &Stranger) -> Result<Option<User>> {
        let mut found = None;
        let query = [("filter", name.as_given())];
        self.walk("/api/users", &query, |user: User| {
            if user.is_named(name) {
                found = Some(user);
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }
}

impl User {
    /// Whether this is the account's user name, whatever its case.
    pub fn is_named(&self, name: &Stranger) -> bool {
        self.username.as_given().to_lowercase() == name.as_given().to_lowercase()
    }
}
