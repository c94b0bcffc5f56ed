//! Every test that docs/security.md names exists, so that no promise stands there unheld.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

use std::fs;
use std::path::Path;

#[test]
fn every_promise_of_the_security_page_names_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/security.md")).unwrap();
    let sources = sources_below(&root.join("src")) + &sources_below(&root.join("tests"));
    let promises: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with('|'))
        .filter_map(|line| line.trim_end_matches([' ', '|']).rsplit_once('|'))
        .flat_map(|(_, tests)| tests.split('`').skip(1).step_by(2))
        .filter(|name| name.matches('_').count() > 2)
        .collect();
    assert!(
        promises.len() > 30,
        "the page's tables are read: {promises:?}"
    );
    let missing: Vec<_> = promises
        .into_iter()
        .filter(|name| !sources.contains(&format!("fn {name}(")))
        .collect();
    assert!(missing.is_empty(), "no such tests: {missing:#?}");
}

/// All Rust code in this folder and those in it.
fn sources_below(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &sources_below(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text += &fs::read_to_string(path).unwrap();
        }
    }
    text
}
