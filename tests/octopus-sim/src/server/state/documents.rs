//! Spaces, environments and projects: something for a runbook to change.

use serde_json::{Map, Value, json};

/// The space that everything happens in unless a request says otherwise.
pub(crate) const DEFAULT_SPACE: &str = "Spaces-1";

/// What kind of document, as the last part of its path names it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Environment,
    Project,
}

impl Kind {
    /// The kind that a part of a path names.
    pub(crate) fn in_path(part: &str) -> Option<Self> {
        match part {
            "environments" => Some(Self::Environment),
            "projects" => Some(Self::Project),
            _ => None,
        }
    }

    /// As a path names it.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Environment => "environments",
            Self::Project => "projects",
        }
    }

    /// As in the audit trail's messages.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Environment => "Environment",
            Self::Project => "Project",
        }
    }
}

/// One environment or project.
#[derive(Clone)]
pub(crate) struct Document {
    pub(crate) id: String,
    pub(crate) space: String,
    pub(crate) kind: Kind,
    /// As the REST API shows it, `Id` and `SpaceId` included.
    pub(crate) shown: Value,
}

impl Document {
    pub(crate) fn name(&self) -> &str {
        self.shown["Name"].as_str().unwrap_or_default()
    }

    /// Takes over these fields; what the server decides stays as it is.
    pub(crate) fn fill(&mut self, fields: Map<String, Value>) {
        let mut shown = Value::Object(fields);
        shown["Id"] = json!(self.id);
        shown["SpaceId"] = json!(self.space);
        self.shown = shown;
    }
}

/// All of them, in the order they were made.
pub(crate) struct Documents {
    all: Vec<Document>,
    made: usize,
}

impl Documents {
    /// Two environments and a project, all in the default space.
    pub(crate) fn at_start() -> Self {
        let mut documents = Self {
            all: Vec::new(),
            made: 0,
        };
        for (kind, name) in [
            (Kind::Environment, "Test"),
            (Kind::Environment, "Production"),
            (Kind::Project, "Web Shop"),
        ] {
            let mut fields = Map::new();
            fields.insert("Name".to_owned(), json!(name));
            if kind == Kind::Project {
                fields.insert("IsDisabled".to_owned(), json!(false));
                // The official CLI refuses a project without these two.
                fields.insert("LifecycleId".to_owned(), json!("Lifecycles-1"));
                fields.insert("ProjectGroupId".to_owned(), json!("ProjectGroups-1"));
            }
            documents.add(kind, DEFAULT_SPACE, fields);
        }
        documents
    }

    pub(crate) fn add(&mut self, kind: Kind, space: &str, fields: Map<String, Value>) -> &Document {
        self.made += 1;
        let mut document = Document {
            id: format!("{}s-{}", kind.noun(), self.made),
            space: space.to_owned(),
            kind,
            shown: Value::Null,
        };
        document.fill(fields);
        self.all.push(document);
        &self.all[self.all.len() - 1]
    }

    pub(crate) fn all(&self, kind: Kind, space: &str) -> impl Iterator<Item = &Document> {
        self.all
            .iter()
            .filter(move |document| document.kind == kind && document.space == space)
    }

    pub(crate) fn get_mut(&mut self, kind: Kind, space: &str, id: &str) -> Option<&mut Document> {
        self.all
            .iter_mut()
            .find(|document| document.kind == kind && document.space == space && document.id == id)
    }

    pub(crate) fn remove(&mut self, id: &str) {
        self.all.retain(|document| document.id != id);
    }
}

/// As the REST API shows the spaces; there is just the default one.
pub(crate) fn spaces() -> Vec<Value> {
    vec![json!({ "Id": DEFAULT_SPACE, "Name": "Default", "IsDefault": true })]
}
