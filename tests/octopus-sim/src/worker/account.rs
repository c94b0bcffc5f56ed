//! Generic OIDC accounts, which give each step an ID token of its own.

use std::fmt;
use std::sync::Arc;

use super::step::Step;
use super::variables::Variables;
use crate::IdToken;

/// What the variable of an account, or a parameter that names it, has as its own value.
const ACCOUNT_ID: &str = "Accounts-1";

/// A project variable that is a Generic OIDC account.
#[derive(Clone)]
pub(super) struct OidcAccount {
    variable: String,
    issue: Arc<dyn Fn() -> IdToken + Send + Sync>,
}

impl OidcAccount {
    pub fn new(variable: &str, issue: impl Fn() -> IdToken + Send + Sync + 'static) -> Self {
        Self {
            variable: variable.to_owned(),
            issue: Arc::new(issue),
        }
    }

    /// Sets the account's variables for a step, by its own name and by that of each parameter that
    /// names it.
    pub fn give_to(&self, step: &Step, variables: &mut Variables) {
        let token = (self.issue)();
        let expression = format!("#{{{}}}", self.variable);
        let parameters = step.parameters.keys().filter(|parameter| {
            let value = step.variables.raw(parameter);
            value.is_some_and(|given| [&self.variable, &expression].contains(&&given.value))
        });
        let names: Vec<_> = parameters.cloned().chain([self.variable.clone()]).collect();
        for name in names {
            variables.set(format!("{name}.OpenIdConnect.Jwt"), &token.jwt, true);
            variables.set(format!("{name}.Audience"), &token.audience, false);
            variables.set(name, ACCOUNT_ID, false);
        }
    }
}

impl fmt::Debug for OidcAccount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "OidcAccount({})", self.variable)
    }
}
