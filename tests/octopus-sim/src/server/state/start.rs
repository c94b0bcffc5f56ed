//! What a space holds when the server starts.

use serde_json::{Value, json};

use crate::server::state::documents::{DEFAULT_SPACE, Documents, slug};
use crate::server::state::kinds::Kind;

impl Documents {
    /// The default space, with two environments and a project.
    pub(crate) fn at_start() -> Self {
        let mut documents = Self::default();
        documents.add_space("Default", true);
        for name in ["Space Manager", "Project Contributor"] {
            documents.add(Kind::named("userroles"), "", json!({ "Name": name }));
        }
        for (kind, fields) in [
            ("environments", json!({ "Name": "Test" })),
            ("environments", json!({ "Name": "Production" })),
            (
                "lifecycles",
                json!({ "Name": "Default Lifecycle", "Phases": [] }),
            ),
            ("projectgroups", json!({ "Name": "Default Project Group" })),
            (
                "projects",
                json!({ "Name": "Web Shop", "LifecycleId": "Lifecycles-1", "ProjectGroupId": "ProjectGroups-1" }),
            ),
            (
                "teams",
                json!({ "Name": "Runbook Runners", "MemberUserIds": [], "CanChangeMembers": true }),
            ),
        ] {
            documents.create(Kind::named(kind), DEFAULT_SPACE, fields);
        }
        documents
    }

    /// Adds a space with its built-in feed and worker pool, and gives its ID.
    pub(crate) fn add_space(&mut self, name: &str, is_default: bool) -> String {
        let fields = json!({
            "Name": name, "Slug": slug(name), "IsDefault": is_default, "TaskQueueStopped": false,
            "SpaceManagersTeams": [], "SpaceManagersTeamMembers": [], "Description": "",
        });
        let id = self.add(Kind::named("spaces"), "", fields).id.clone();
        let feed = json!({ "Name": "Octopus Server (built-in)", "FeedType": "BuiltIn" });
        // Not everywhere is it called the same.
        let suffix = if is_default { "" } else { &format!("-{id}") };
        let feed_id = format!("feeds-builtin{suffix}");
        self.put(Kind::named("feeds"), &id, &feed_id, feed);
        let pool = json!({ "Name": "Default Worker Pool", "IsDefault": true });
        self.add(Kind::named("workerpools"), &id, pool);
        id
    }

    /// Creates a document with what the server itself adds to one of its kind.
    pub(crate) fn create(&mut self, kind: &'static Kind, space: &str, mut fields: Value) -> String {
        let name = fields["Name"].as_str().unwrap_or_default().to_owned();
        if let Some(fields) = fields.as_object_mut() {
            let defaults = match kind.path {
                "projects" => project(&name),
                "runbooks" => json!({ "Slug": slug(&name), "PublishedRunbookSnapshotId": null }),
                "environments" => {
                    json!({ "Slug": slug(&name), "AllowDynamicInfrastructure": false, "UseGuidedFailure": false })
                }
                "accounts" => json!({ "Slug": slug(&name) }),
                "teams" => json!({ "MemberUserIds": [], "CanChangeMembers": true }),
                // An imported template does not keep its version.
                "actiontemplates" => {
                    fields.remove("Version");
                    json!({ "Version": 0, "CommunityActionTemplateId": null })
                }
                _ => json!({}),
            };
            for (name, value) in defaults.as_object().into_iter().flatten() {
                fields.entry(name).or_insert_with(|| value.clone());
            }
        }
        let id = self.add(kind, space, fields).id.clone();
        self.add_parts(kind, space, &id);
        id
    }

    /// Keeps the process of a runbook as it is now, and gives the ID of this copy.
    pub(crate) fn freeze_process(&mut self, space: &str, runbook: &Value) -> Option<String> {
        let kind = Kind::named("runbookprocesses");
        let process = self
            .all(kind, space)
            .find(|process| process.fields["RunbookId"] == *runbook);
        let fields = process?.fields.clone();
        Some(self.add(kind, space, fields).id.clone())
    }

    /// Adds what belongs to a new document, and is a document itself.
    fn add_parts(&mut self, kind: &'static Kind, space: &str, id: &str) {
        let parts: &[(&str, &str)] = match kind.path {
            "projects" => &[
                ("variables", "VariableSetId"),
                ("deploymentprocesses", "DeploymentProcessId"),
            ],
            "runbooks" => &[("runbookprocesses", "RunbookProcessId")],
            _ => &[],
        };
        for (part, field) in parts {
            let part = Kind::named(part);
            let part_id = format!("{}-{id}", part.prefix);
            let fields = match part.path {
                "variables" => json!({ "OwnerId": id, "Version": 0, "Variables": [] }),
                _ => json!({ "OwnerId": id, "RunbookId": id, "Version": 0, "Steps": [] }),
            };
            self.put(part, space, &part_id, fields);
            if let Some(document) = self.get_mut(id) {
                document.fields[*field] = json!(part_id);
            }
        }
    }
}

fn project(name: &str) -> Value {
    json!({
        "Slug": slug(name), "IsDisabled": false, "IsVersionControlled": false,
        "PersistenceSettings": { "Type": "Database" },
        "LifecycleId": "Lifecycles-1", "ProjectGroupId": "ProjectGroups-1",
    })
}
