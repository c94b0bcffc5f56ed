//! The library of each space: its step templates, and the packages of its built-in feed.

use serde_json::{Map, Value, json};

use crate::server::state::documents;

/// A step template, as the REST API shows it.
#[derive(Clone)]
pub(crate) struct ActionTemplate {
    pub(crate) space: String,
    pub(crate) shown: Value,
}

/// What the libraries of all spaces hold.
#[derive(Default)]
pub(crate) struct Library {
    /// Beside the default space; ids follow from the order.
    further_spaces: Vec<String>,
    templates: Vec<ActionTemplate>,
    made: usize,
    /// Space and file name of each package.
    packages: Vec<(String, String)>,
}

impl Library {
    /// Adds a space and gives its id.
    pub(crate) fn add_space(&mut self, name: &str) -> String {
        self.further_spaces.push(name.to_owned());
        space_id(self.further_spaces.len() - 1)
    }

    /// All spaces, as the REST API shows them; the default one is the first.
    pub(crate) fn spaces(&self) -> Vec<Value> {
        let further = self.further_spaces.iter().enumerate().map(
            |(place, name)| json!({ "Id": space_id(place), "Name": name, "IsDefault": false }),
        );
        documents::spaces().into_iter().chain(further).collect()
    }

    pub(crate) fn has_space(&self, id: &str) -> bool {
        self.spaces().iter().any(|space| space["Id"] == id)
    }

    /// The step templates of a space, by name.
    pub(crate) fn templates(&self, space: &str) -> Vec<&ActionTemplate> {
        let of_space = self.templates.iter().filter(|known| known.space == space);
        let mut found: Vec<_> = of_space.collect();
        found.sort_by_key(|template| template.name().to_lowercase());
        found
    }

    pub(crate) fn template(&self, space: &str, id: &str) -> Option<&ActionTemplate> {
        let mut all = self.templates.iter();
        all.find(|known| known.space == space && known.shown["Id"] == id)
    }

    /// Whether another template of the space than `id` has this name.
    pub(crate) fn is_taken(&self, space: &str, name: &str, id: Option<&str>) -> bool {
        self.templates(space)
            .iter()
            .filter(|known| id.is_none_or(|id| known.shown["Id"] != id))
            .any(|known| known.name().eq_ignore_ascii_case(name))
    }

    /// Makes a template out of these fields: it gets an id, and its version starts anew at 0.
    pub(crate) fn add(&mut self, space: &str, fields: Map<String, Value>) -> Value {
        self.made += 1;
        let id = format!("ActionTemplates-{}", self.made);
        let shown = shown(fields, &id, 0);
        self.templates.push(ActionTemplate {
            space: space.to_owned(),
            shown: shown.clone(),
        });
        shown
    }

    /// Replaces a template's fields by these, as its next version.
    pub(crate) fn change(&mut self, space: &str, id: &str, fields: Map<String, Value>) -> Value {
        let mut all = self.templates.iter_mut();
        let Some(template) = all.find(|known| known.space == space && known.shown["Id"] == id)
        else {
            return Value::Null;
        };
        let action_type = template.shown["ActionType"].take();
        let version = template.shown["Version"].as_u64().unwrap_or_default() + 1;
        template.shown = shown(fields, id, version);
        template.shown["ActionType"] = action_type;
        template.shown.clone()
    }

    /// Adds a package; false when the space's feed has it already.
    pub(crate) fn add_package(&mut self, space: &str, file_name: &str) -> bool {
        let package = (space.to_owned(), file_name.to_owned());
        let is_new = !self.packages.contains(&package);
        if is_new {
            self.packages.push(package);
        }
        is_new
    }

    /// The file names of a space's packages.
    pub(crate) fn packages(&self, space: &str) -> Vec<String> {
        let of_space = self.packages.iter().filter(|(known, _)| known == space);
        of_space.map(|(_, file_name)| file_name.clone()).collect()
    }
}

impl ActionTemplate {
    fn name(&self) -> &str {
        self.shown["Name"].as_str().unwrap_or_default()
    }
}

fn shown(fields: Map<String, Value>, id: &str, version: u64) -> Value {
    let mut shown = Value::Object(fields);
    shown["Id"] = json!(id);
    shown["Version"] = json!(version);
    shown
}

fn space_id(place: usize) -> String {
    format!("Spaces-{}", place + 2)
}
