//! Pages of Octopus's portal, only those whose address is written in a public source.
//!
//! The paths of environments, projects and other documents are in none, so they are not linked.

use jiff::{SignedDuration, Timestamp};

/// The log of a run: `<server>/app#/<space>/tasks/<task>`, as the Octopus documentation, page
/// "Notifications", links back to a run. Nothing when either id is another kind of text.
pub fn task(base: &str, space: &str, task: &str) -> Option<String> {
    let both = is_id(space, "Spaces-") && is_id(task, "ServerTasks-");
    both.then(|| format!("{base}/app#/{space}/tasks/{task}"))
}

/// The audit page of a space, narrowed to the second of an event:
/// `<server>/app#/<space>/configuration/audit?from=…&to=…`, as servers write it into the payload of
/// a subscription (`ServerAuditUri`, in published samples). Nothing when the space is no id.
pub fn audit(base: &str, space: &str, occurred: Timestamp) -> Option<String> {
    let from = Timestamp::from_second(occurred.as_second()).ok()?;
    let to = from.checked_add(SignedDuration::from_secs(1)).ok()?;
    let encoded = |moment: Timestamp| moment.strftime("%Y-%m-%dT%H%%3A%M%%3A%S%%2B00%%3A00");
    is_id(space, "Spaces-").then(|| {
        format!(
            "{base}/app#/{space}/configuration/audit?from={}&to={}",
            encoded(from),
            encoded(to)
        )
    })
}

/// Whether this is an id of that kind: `Spaces-` and a number, say.
pub fn is_id(text: &str, prefix: &str) -> bool {
    let number = text.strip_prefix(prefix).unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://octopus.example";

    #[test]
    fn a_run_is_linked_only_by_ids() {
        assert_eq!(
            task(BASE, "Spaces-1", "ServerTasks-2").as_deref(),
            Some("https://octopus.example/app#/Spaces-1/tasks/ServerTasks-2")
        );
        for (space, id) in [
            ("Default", "ServerTasks-2"),
            ("Spaces-1", "nightly"),
            ("Spaces-", "ServerTasks-2"),
            ("Spaces-1", "ServerTasks-2/x"),
        ] {
            assert_eq!(task(BASE, space, id), None, "{space}, {id}");
        }
    }

    #[test]
    fn an_event_is_linked_by_its_second() {
        let occurred = "2026-09-15T09:00:59.25Z".parse().unwrap();
        assert_eq!(
            audit(BASE, "Spaces-1", occurred).as_deref(),
            Some(
                "https://octopus.example/app#/Spaces-1/configuration/audit?from=2026-09-15T09%3A00%3A59%2B00%3A00&to=2026-09-15T09%3A01%3A00%2B00%3A00"
            )
        );
    }
}
