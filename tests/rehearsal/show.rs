//! How the rehearsal is printed.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use octopus_sim::Event;
use octopus_sim::worker::TaskResult;

/// A heading.
pub fn title(text: &str) {
    println!("\n━━ {text}\n");
}

/// The audit trail as Octopus shows it: when, which account, by which identity, what.
pub fn audit_trail(events: &[Event]) -> String {
    let mut table = table();
    table.set_header(["when", "user", "identity", "what"]);
    for event in events {
        let when = event.occurred.strftime("%H:%M:%S").to_string();
        // The date of a key's birth would make the table wider than a screen.
        let identity = event.identity_established_with.split(" created ").next();
        let identity = identity.unwrap_or_default();
        table.add_row([when.as_str(), &event.username, identity, &event.message]);
    }
    format!("Audit trail\n{table}\n")
}

/// The names of the output variables, and which are sensitive; never a sensitive value.
pub fn output_variables(task: &TaskResult) -> String {
    let mut table = table();
    table.set_header(["step", "name", "value"]);
    for step in &task.steps {
        for (name, variable) in step.result.iter().flat_map(|result| &result.outputs) {
            let value = if variable.sensitive {
                "******** (sensitive)"
            } else {
                &variable.value
            };
            table.add_row([step.name.as_str(), name, value]);
        }
    }
    format!("Output variables\n{table}\n")
}

fn table() -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(120);
    table
}
