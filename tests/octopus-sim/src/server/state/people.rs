//! The accounts, and what they may do.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::server::Settings;

/// The administrator.
pub const ADMIN: &str = "Users-1";
/// Alice King (`alice`).
pub const ALICE: &str = "Users-2";
/// Bob Ng (`bob`).
pub const BOB: &str = "Users-3";
/// `runbook-svc`, the service account that holds the long-lived key.
pub const RUNBOOK_SVC: &str = "Users-21";
/// `runbook-alice`, a service account of Alice's own.
pub const RUNBOOK_ALICE: &str = "Users-22";

/// Where the numbers of added accounts start.
const FIRST_ADDED: usize = 101;

/// One account.
#[expect(
    clippy::struct_excessive_bools,
    reason = "what it is and what it may do are independent of each other"
)]
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) username: String,
    pub(crate) display_name: String,
    pub(crate) email_address: String,
    pub(crate) is_service: bool,
    pub(crate) is_active: bool,
    /// The permission `UserEdit`.
    pub(crate) edits_users: bool,
    /// The permission `EventView`.
    pub(crate) views_events: bool,
    pub(crate) task_view: TaskView,
}

/// The permission `TaskView`, which is granted for each space.
#[derive(Clone)]
pub(crate) struct TaskView {
    pub(crate) granted: bool,
    /// Where it is not.
    pub(crate) hidden_spaces: HashSet<String>,
}

impl TaskView {
    fn granted_everywhere(granted: bool) -> Self {
        Self {
            granted,
            hidden_spaces: HashSet::new(),
        }
    }
}

impl Person {
    fn new(id: &str, username: &str, display_name: &str, is_service: bool) -> Self {
        let email_address = if is_service {
            String::new()
        } else {
            format!("{username}@example.com")
        };
        Self {
            id: id.to_owned(),
            username: username.to_owned(),
            display_name: display_name.to_owned(),
            email_address,
            is_service,
            is_active: true,
            edits_users: false,
            views_events: !is_service,
            task_view: TaskView::granted_everywhere(!is_service),
        }
    }

    /// Whether `text`, in lower case, stands in the user name, display name or e-mail address.
    pub(crate) fn answers_to(&self, text: &str) -> bool {
        [&self.username, &self.display_name, &self.email_address]
            .iter()
            .any(|name| name.to_lowercase().contains(text))
    }

    /// As the REST API shows it.
    pub(crate) fn shown(&self) -> Value {
        json!({
            "Id": self.id,
            "Username": self.username,
            "DisplayName": self.display_name,
            "EmailAddress": self.email_address,
            "IsActive": self.is_active,
            "IsService": self.is_service,
        })
    }
}

/// All accounts, in the order they were made.
pub(crate) struct People(Vec<Person>);

impl People {
    /// Those who are always there.
    pub(crate) fn of(settings: &Settings) -> Self {
        Self(vec![
            Person {
                edits_users: true,
                ..Person::new(ADMIN, "admin", "Octopus Administrator", false)
            },
            Person::new(ALICE, "alice", "Alice King", false),
            Person::new(BOB, "bob", "Bob Ng", false),
            Person {
                edits_users: settings.service_account_edits_users,
                views_events: settings.service_account_views_events,
                task_view: TaskView::granted_everywhere(settings.service_account_views_tasks),
                ..Person::new(RUNBOOK_SVC, "runbook-svc", "Runbook Service", true)
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

    pub(crate) fn all(&self) -> impl Iterator<Item = &Person> {
        self.0.iter()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Person> {
        self.0.iter().find(|person| person.id == id)
    }

    pub(crate) fn hide_tasks(&mut self, id: &str, space: &str) {
        if let Some(person) = self.0.iter_mut().find(|person| person.id == id) {
            let hidden = &mut person.task_view.hidden_spaces;
            hidden.insert(space.to_owned());
        }
    }

    pub(crate) fn disable(&mut self, id: &str) {
        if let Some(person) = self.0.iter_mut().find(|person| person.id == id) {
            person.is_active = false;
        }
    }
}
