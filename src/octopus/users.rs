//! Accounts.

use std::ops::ControlFlow;

use serde::Deserialize;

use super::exchange::{Method, Request};
use super::paging::{self, Page};
use super::{Client, Id, Result};

/// An account: a person's, or a service account.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct User {
    pub id: Id,
    pub username: String,
}

impl Client {
    /// The account behind the credential.
    ///
    /// # Errors
    /// As every call: see [`super::Error`].
    pub fn me(&self) -> Result<User> {
        self.send(&Request::new(Method::Get, "/api/users/me"))
    }

    /// The account with this user name, whatever its case. The server searches in names and e-mail
    /// addresses, and for a part of them; here only the user name counts, and all of it.
    ///
    /// # Errors
    /// As every call: see [`super::Error`].
    pub fn user_named(&self, name: &str) -> Result<Option<User>> {
        let mut found = None;
        let wanted = name.to_lowercase();
        paging::walk(
            |skip| self.users(name, skip),
            |user| user.id.as_str(),
            |user| {
                if user.username.to_lowercase() == wanted {
                    found = Some(user);
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            },
        )?;
        Ok(found)
    }

    fn users(&self, filter: &str, skip: usize) -> Result<Page<User>> {
        let query = [
            ("filter", filter),
            ("skip", &skip.to_string()),
            ("take", &paging::TAKE.to_string()),
        ];
        self.send(&Request {
            query: &query,
            ..Request::new(Method::Get, "/api/users")
        })
    }
}
