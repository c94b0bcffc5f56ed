//! Each link of the pages leads to a file, and to a heading in it.

use std::path::{Component, Path, PathBuf};

use super::{pages, prose, read, root};

#[test]
fn links_of_docs_lead_to_files_and_headings() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = read(&page);
        for (line, target) in links(&text) {
            if let Some(reason) = problem(&page, target) {
                wrong.push(format!("{}:{line}: {target}: {reason}", page.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn links(page: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in prose(page) {
        for rest in line.split("](").skip(1) {
            let target = rest.split(')').next().unwrap_or_default();
            if !target.starts_with("http") {
                found.push((number, target));
            }
        }
    }
    found
}

fn problem(page: &Path, target: &str) -> Option<&'static str> {
    let (path, heading) = target.split_once('#').unwrap_or((target, ""));
    let file = if path.is_empty() {
        page.to_owned()
    } else {
        normalized(&page.parent().unwrap().join(path))
    };
    if !root().join(&file).exists() {
        return Some("there is no such file");
    }
    let is_known = heading.is_empty() || has_heading(&read(&file), heading);
    (!is_known).then_some("there is no such heading")
}

fn has_heading(page: &str, heading: &str) -> bool {
    let lines = prose(page);
    lines
        .iter()
        .any(|(_, line)| anchor(line).as_deref() == Some(heading))
}

fn normalized(path: &Path) -> PathBuf {
    let mut normalized = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                normalized.pop();
            }
            component => normalized.push(component),
        }
    }
    normalized
}

/// The name that GitHub gives a heading.
fn anchor(line: &str) -> Option<String> {
    let heading = line
        .starts_with('#')
        .then(|| line.trim_start_matches('#').trim())?;
    let kept = heading
        .chars()
        .filter(|character| character.is_alphanumeric() || " -_".contains(*character));
    Some(kept.collect::<String>().to_lowercase().replace(' ', "-"))
}
