//! The resources that are stored as JSON documents, all alike.

/// A kind of document.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// As a path names it, in lower case.
    pub(crate) path: &'static str,
    /// What its IDs begin with.
    pub(crate) prefix: &'static str,
    /// As in the audit trail's messages, `ItemType` and permissions.
    pub(crate) noun: &'static str,
    /// Whether it belongs to a space.
    pub(crate) in_space: bool,
    /// Whether a `PUT` with a stale `Version` is refused.
    pub(crate) checks_version: bool,
}

const fn of_space(path: &'static str, prefix: &'static str, noun: &'static str) -> Kind {
    Kind {
        path,
        prefix,
        noun,
        in_space: true,
        checks_version: false,
    }
}

const fn of_system(path: &'static str, prefix: &'static str, noun: &'static str) -> Kind {
    Kind {
        in_space: false,
        ..of_space(path, prefix, noun)
    }
}

const fn versioned(path: &'static str, prefix: &'static str, noun: &'static str) -> Kind {
    Kind {
        checks_version: true,
        ..of_space(path, prefix, noun)
    }
}

/// Every kind; those that no method creates are there to be listed, empty.
static KINDS: [Kind; 31] = [
    of_space("accounts", "Accounts", "Account"),
    of_space("actiontemplates", "ActionTemplates", "ActionTemplate"),
    of_space("artifacts", "Artifacts", "Artifact"),
    of_space("certificates", "Certificates", "Certificate"),
    of_space("channels", "Channels", "Channel"),
    versioned("deploymentprocesses", "deploymentprocess", "Process"),
    of_space("deployments", "Deployments", "Deployment"),
    of_space("environments", "Environments", "Environment"),
    of_system("featuretoggles", "FeatureToggles", "FeatureToggle"),
    of_space("feeds", "Feeds", "Feed"),
    of_space("interruptions", "Interruptions", "Interruption"),
    of_space(
        "libraryvariablesets",
        "LibraryVariableSets",
        "LibraryVariableSet",
    ),
    of_space("lifecycles", "Lifecycles", "Lifecycle"),
    of_space("machines", "Machines", "Machine"),
    of_space("projectgroups", "ProjectGroups", "ProjectGroup"),
    of_space("projects", "Projects", "Project"),
    of_space("projecttriggers", "ProjectTriggers", "Trigger"),
    of_space("releases", "Releases", "Release"),
    versioned("runbookprocesses", "RunbookProcess", "Process"),
    of_space("runbookruns", "RunbookRuns", "RunbookRun"),
    of_space("runbooks", "Runbooks", "Runbook"),
    of_space("runbooksnapshots", "RunbookSnapshots", "RunbookSnapshot"),
    of_system("scopeduserroles", "ScopedUserRoles", "ScopedUserRole"),
    of_system("spaces", "Spaces", "Space"),
    of_space("tagsets", "TagSets", "TagSet"),
    of_space("teams", "Teams", "Team"),
    of_space("tenants", "Tenants", "Tenant"),
    of_system("userroles", "UserRoles", "UserRole"),
    versioned("variables", "variableset", "Variable"),
    of_space("workerpools", "WorkerPools", "WorkerPool"),
    of_space("workers", "Workers", "Worker"),
];

impl Kind {
    /// The kind that a part of a path names, in any case.
    pub(crate) fn in_path(part: &str) -> Option<&'static Self> {
        KINDS
            .iter()
            .find(|kind| kind.path.eq_ignore_ascii_case(part))
    }

    /// A kind that the server's own code names.
    pub(crate) fn named(path: &str) -> &'static Self {
        Self::in_path(path).expect("the table has every kind that the code names")
    }
}
