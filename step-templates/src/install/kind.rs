//! The kinds of documents that are installed, and the permissions that each needs.
//!
//! The permissions are Octopus's own names; where no documentation pairs one with a kind, the name
//! follows the others.

use octopus::Untrusted;

/// A kind of document.
pub struct Kind {
    /// As people call it.
    pub name: &'static str,
    noun: &'static str,
    edit: &'static str,
}

impl Kind {
    const fn new(name: &'static str, noun: &'static str, edit: &'static str) -> Self {
        Self { name, noun, edit }
    }

    /// Says what happened to one of this kind.
    pub fn say(&self, name: &str, happened: &str) {
        let what = format!("{} '{}'", self.name, Untrusted::from(name));
        println!("{what:56} {happened}");
    }

    /// Returns the permission that reading it needs.
    pub fn to_view(&self) -> String {
        format!("{}View", self.noun)
    }

    /// Returns the permission that creating or changing it needs.
    pub fn to_edit(&self) -> String {
        format!("{}{}", self.noun, self.edit)
    }
}

pub const SPACE: Kind = Kind::new("space", "Space", "Edit");
pub const FEED: Kind = Kind::new("built-in feed", "Feed", "Edit");
pub const PACKAGE: Kind = Kind::new("package", "BuiltInFeed", "Push");
pub const TEMPLATE: Kind = Kind::new("step template", "ActionTemplate", "Create");
pub const USER: Kind = Kind::new("service account", "User", "Edit");
pub const IDENTITY: Kind = Kind::new("OIDC identity", "User", "Edit");
pub const ACCOUNT: Kind = Kind::new("Generic OIDC account", "Account", "Create");
pub const PROJECT: Kind = Kind::new("project", "Project", "Edit");
pub const VARIABLE: Kind = Kind::new("variable", "Variable", "Edit");
pub const RUNBOOK: Kind = Kind::new("runbook", "Runbook", "Edit");
pub const PROCESS: Kind = Kind::new("process of the runbook", "Process", "Edit");
pub const SNAPSHOT: Kind = Kind::new("snapshot of the runbook", "RunbookSnapshot", "Create");
pub const WORKER_POOL: Kind = Kind::new("worker pool", "WorkerPool", "Edit");
