//! The accounts, and what they may do.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::server::Settings;

/// The administrator.
pub const ADMIN: &str = "Users-1";
/// Alice King (`alice`).
pub const ALICE: &str = "Users-2";
/// Bob Ng (`bob`).
pub const BOB: &str = "Users-3";
/// `runbook-svc`, the service account that the runbooks use.
pub const RUNBOOK_SVC: &str = "Users-21";
/// `runbook-alice`, a service account of Alice's own.
pub const RUNBOOK_ALICE: &str = "Users-22";
/// The account of runs that no account started: schedules, webhooks.
pub const SYSTEM: &str = "users-system";

/// Where the numbers of added accounts start.
const FIRST_ADDED: usize = 101;

/// What a service account other than [`RUNBOOK_SVC`] may not do.
const NOT_OF_SERVICES: [&str; 3] = ["UserEdit", "EventView", "TaskView"];

/// One account.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) username: String,
    pub(crate) display_name: String,
    pub(crate) email_address: String,
    pub(crate) is_service: bool,
    /// `Standard` or `Agent`; `None` for a person.
    pub(crate) service_account_type: Option<String>,
    /// The permissions that it lacks. It has all others.
    pub(crate) lacks: HashSet<&'static str>,
    pub(crate) identities: Vec<Identity>,
}

/// An OIDC identity of a service account, with the names of the REST API.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Identity {
    #[serde(skip_deserializing, default = "Identity::new_id")]
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) subject: String,
    /// `None` is the service account ID.
    pub(crate) audience: Option<String>,
}

impl Identity {
    pub(crate) fn new_id() -> String {
        format!("OidcIdentities-{:x}", fastrand::u32(..))
    }
}

impl Person {
    pub(crate) fn new(id: &str, username: &str, display_name: &str, is_service: bool) -> Self {
        let lacks: &[&'static str] = if is_service {
            &NOT_OF_SERVICES
        } else {
            &["UserEdit"]
        };
        Self {
            id: id.to_owned(),
            username: username.to_owned(),
            display_name: display_name.to_owned(),
            email_address: if is_service {
                String::new()
            } else {
                format!("{username}@example.com")
            },
            is_service,
            service_account_type: is_service.then(|| "Standard".to_owned()),
            lacks: lacks.iter().copied().collect(),
            identities: Vec::new(),
        }
    }

    /// Whether `text`, in lower case, stands in the username, display name or e-mail address.
    pub(crate) fn answers_to(&self, text: &str) -> bool {
        [&self.username, &self.display_name, &self.email_address]
            .iter()
            .any(|name| name.to_lowercase().contains(text))
    }

    /// The service account ID, a GUID made of the number in its ID.
    pub(crate) fn external_id(&self) -> String {
        let number: String = self.id.chars().filter(char::is_ascii_digit).collect();
        format!("b7d6f5e4-1c2b-4a39-8d70-{number:0>12}")
    }

    /// The audience of an identity.
    pub(crate) fn audience(&self, identity: &Identity) -> String {
        let own = identity.audience.clone();
        own.unwrap_or_else(|| self.external_id())
    }

    /// As the REST API shows it.
    pub(crate) fn shown(&self) -> Value {
        let mut shown = json!({
            "Id": self.id,
            "Username": self.username,
            "DisplayName": self.display_name,
            "EmailAddress": self.email_address,
            "IsActive": true,
            "IsService": self.is_service,
        });
        if let Some(kind) = &self.service_account_type {
            shown["ServiceAccountType"] = json!(kind);
        }
        shown
    }
}

/// All accounts, in the order they were created.
pub(crate) struct People(Vec<Person>);

impl People {
    /// Those that are always there.
    pub(crate) fn of(settings: &Settings) -> Self {
        let admin = Person::new(ADMIN, "admin", "Octopus Administrator", false);
        let svc = Person::new(RUNBOOK_SVC, "runbook-svc", "Runbook Service", true);
        Self(vec![
            Person {
                lacks: HashSet::new(),
                ..admin
            },
            Person::new(ALICE, "alice", "Alice King", false),
            Person::new(BOB, "bob", "Bob Ng", false),
            Person {
                lacks: settings.service_account_lacks.iter().copied().collect(),
                service_account_type: Some(settings.service_account_type.to_owned()),
                ..svc
            },
            Person::new(RUNBOOK_ALICE, "runbook-alice", "Runbooks of Alice", true),
        ])
    }

    pub(crate) fn add(&mut self, username: &str, display_name: &str, is_service: bool) -> String {
        let id = format!("Users-{}", FIRST_ADDED + self.0.len());
        self.0
            .push(Person::new(&id, username, display_name, is_service));
        id
    }

    pub(crate) fn all(&self) -> impl ExactSizeIterator<Item = &Person> {
        self.0.iter()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Person> {
        self.0
            .iter()
            .find(|person| person.id.eq_ignore_ascii_case(id))
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Person> {
        let mut all = self.0.iter_mut();
        all.find(|person| person.id.eq_ignore_ascii_case(id))
    }

    /// What the server calls an account: its username, also of the system's.
    pub(crate) fn username(&self, id: &str) -> String {
        let person = self.get(id);
        person.map_or_else(|| "system".to_owned(), |person| person.username.clone())
    }

    /// The display name of an account, also of the system's.
    pub(crate) fn display_name(&self, id: &str) -> String {
        let person = self.get(id);
        person.map_or_else(|| "System".to_owned(), |person| person.display_name.clone())
    }
}
