//! What is to be done about each step template, by what the server has under its name.

use color_eyre::eyre::Result;
use serde_json::{Value, json};

use crate::export::build_all;

/// All six templates, and what is to be done.
pub struct Plan {
    /// In the order of the steps.
    pub steps: Vec<Step>,
}

/// One template.
pub struct Step {
    /// Its name in Octopus.
    pub name: String,
    /// Its version here.
    version: u32,
    /// As exported.
    pub exported: Value,
    /// What the server has under that name.
    pub known: Known,
}

/// What a server has under the name of a template.
pub enum Known {
    /// No such template: it is imported.
    Nothing,
    /// The same: it is left alone.
    Same,
    /// Another one: somebody's own work, or another version of ours. It is left alone.
    Foreign,
}

impl Plan {
    /// Compares the exported templates with those that the server shows.
    ///
    /// # Errors
    /// When a source of the templates is damaged.
    pub fn new(shown: &[Value]) -> Result<Self> {
        let mut steps = Vec::new();
        for template in build_all()? {
            let exported: Value = serde_json::from_str(&template.json)?;
            let same_name = shown.iter().find(|shown| shown["Name"] == exported["Name"]);
            let known = match same_name {
                None => Known::Nothing,
                Some(shown) if kept(shown) == kept(&exported) => Known::Same,
                Some(_) => Known::Foreign,
            };
            steps.push(Step {
                name: exported["Name"].as_str().unwrap_or_default().to_owned(),
                version: template.version,
                exported,
                known,
            });
        }
        Ok(Self { steps })
    }

    /// What is left for people to do.
    #[must_use]
    pub fn next(&self, dry_run: bool) -> String {
        if dry_run {
            return "Nothing was done. Without --dry-run it is.".to_owned();
        }
        let mut next = vec![
            "In a runbook, add the step Create first, Use in the middle and Delete last; in all three choose the package 'runkey' of the built-in feed. Delete needs the run condition \"Always run\". docs/getting-started.md shows it.".to_owned(),
        ];
        let foreign = self.named(|known| matches!(known, Known::Foreign));
        if !foreign.is_empty() {
            next.push(format!(
                "These templates are not as they are exported from here: somebody has changed them, or they are of another version. To have ours, rename them in the portal and run this again:{foreign}"
            ));
        }
        let numbered = next.iter().enumerate();
        let lines: Vec<_> = numbered
            .map(|(place, text)| format!("{}. {text}", place + 1))
            .collect();
        format!("What to do next:\n{}", lines.join("\n"))
    }

    /// The names of those, a line each.
    fn named(&self, is_meant: impl Fn(&Known) -> bool) -> String {
        let meant = self.steps.iter().filter(|step| is_meant(&step.known));
        let lines: Vec<_> = meant.map(|step| format!("\n   - {}", step.name)).collect();
        lines.concat()
    }
}

impl Step {
    /// What happened to it, or would.
    #[must_use]
    pub fn said(&self, dry_run: bool) -> String {
        let would = if dry_run { "would be " } else { "" };
        let version = self.version;
        match &self.known {
            Known::Nothing => format!("{would}imported, version {version}"),
            Known::Same => format!("left alone: it is version {version} already"),
            Known::Foreign => "left alone: it is none of ours, or was changed".to_owned(),
        }
    }
}

/// Returns what a server keeps of a template as it was given, be it exported or shown by a server: not
/// its IDs and its version, and an empty value in any of the forms in which a server shows it.
#[must_use]
pub fn kept(template: &Value) -> Value {
    let properties = &template["Properties"];
    let parameters = template["Parameters"].as_array();
    let parameters = parameters.into_iter().flatten().map(|parameter| {
        let display = &parameter["DisplaySettings"];
        json!([
            parameter["Name"],
            given(&parameter["Label"]),
            given(&parameter["HelpText"]),
            given(&parameter["DefaultValue"]),
            display["Octopus.ControlType"],
            given(&display["Octopus.SelectOptions"]),
        ])
    });
    json!([
        properties["Octopus.Action.Script.Syntax"],
        properties["Octopus.Action.Script.ScriptBody"],
        parameters.collect::<Vec<_>>(),
    ])
}

fn given(value: &Value) -> &Value {
    let is_empty = match value {
        Value::String(text) => text.is_empty(),
        // How a sensitive value is shown.
        Value::Object(fields) => fields.get("HasValue") == Some(&Value::Bool(false)),
        _ => false,
    };
    if is_empty { &Value::Null } else { value }
}
