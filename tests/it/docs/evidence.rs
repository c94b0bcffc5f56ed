//! The tests that docs/dev/evidence.md names exist.

use std::path::Path;

use super::{files, read};

#[test]
fn tests_named_as_evidence_exist() {
    let sources: Vec<_> = ["src", "tests", "step-templates"]
        .iter()
        .flat_map(|folder| files(folder, ".rs"))
        .map(|file| read(&file))
        .collect();
    let page = read(Path::new("docs/dev/evidence.md"));
    let named: Vec<_> = page
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.contains('_'))
        .collect();
    assert!(named.len() > 40, "only {} tests are named", named.len());
    let exists = |name: &str| {
        let function = format!("fn {name}(");
        sources.iter().any(|source| source.contains(&function))
    };
    let missing: Vec<_> = named.into_iter().filter(|name| !exists(name)).collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
