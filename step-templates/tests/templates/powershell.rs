//! The PowerShell scripts are valid, and hold nothing that Windows PowerShell 5.1 lacks.

use tree_sitter::{Node, Parser, Tree};

use crate::scripts;

/// What came after 5.1 and would still parse: commands' parameters, variables, operators on
/// variables whose names may end in a question mark.
const NEWER_WORDS: [&str; 8] = [
    "-AsHashtable",
    "-Parallel",
    "-SkipCertificateCheck",
    "$IsWindows",
    "$IsLinux",
    "$IsMacOS",
    "$PSStyle",
    "?.",
];

fn parse(script: &str) -> Tree {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_powershell::LANGUAGE.into())
        .expect("the grammar fits the parser");
    parser.parse(script, None).expect("no time limit is set")
}

/// Every node of the tree.
fn nodes<'a>(node: Node<'a>, found: &mut Vec<Node<'a>>) {
    found.push(node);
    for child in node.children(&mut node.walk()) {
        nodes(child, found);
    }
}

/// The one redirection, where nothing is an error.
const WITHOUT_ERRORS: &str = "try { \"$(& $runKeyFile --version 2> $null)\"";

/// What keeps 5.1 from running the script. `?:` and `??` are errors to the grammar, as to 5.1.
fn unsuitable(script: &str) -> Vec<String> {
    let script = &script.replace(WITHOUT_ERRORS, "try { 1");
    let tree = parse(script);
    let mut all = Vec::new();
    nodes(tree.root_node(), &mut all);
    let kinds = ["pipeline_chain_tail", "redirection"];
    let mut reasons: Vec<_> = all
        .iter()
        .filter(|node| node.is_error() || node.is_missing() || kinds.contains(&node.kind()))
        .map(|node| format!("{} in line {}", node.kind(), node.start_position().row + 1))
        .collect();
    let words = NEWER_WORDS.iter().filter(|word| script.contains(**word));
    reasons.extend(words.map(ToString::to_string));
    reasons
}

#[test]
fn the_scripts_run_under_5_1_and_7() {
    for (file, script) in scripts("PowerShell") {
        assert_eq!(unsuitable(&script), Vec::<String>::new(), "{file}");
    }
}

/// With `Stop`, 5.1 turns what a program writes to a redirected standard error into an exception.
#[test]
fn the_check_finds_what_5_1_lacks_or_does_worse() {
    for newer in [
        "$a = $b ? 1 : 2",
        "$a = $b ?? 1",
        "$a ??= 1",
        "runkey use && Write-Host done",
        "runkey use || exit 1",
        "$a?.Length",
        "$a | ConvertFrom-Json -AsHashtable",
        "if ($IsWindows) { exit 1 }",
        "runkey use 2>&1",
        "runkey use 2> $null",
        "if ($a { }",
    ] {
        assert_ne!(unsuitable(newer), Vec::<String>::new(), "{newer}");
    }
}

#[test]
fn the_exit_code_is_checked_right_after_the_program() {
    for (file, script) in scripts("PowerShell") {
        let lines: Vec<_> = script.lines().collect();
        let calls = lines
            .windows(2)
            .filter(|pair| pair[0].contains("Invoke-RunKey "));
        let calls: Vec<_> = calls
            .filter(|pair| !pair[0].starts_with("function"))
            .collect();
        assert!(!calls.is_empty(), "{file}");
        for call in calls {
            assert!(call[1].contains("exit $LASTEXITCODE"), "{file}");
        }
    }
}

/// A profile may have commands that remove something ask first, which nobody could answer.
#[test]
fn nothing_is_asked_before_it_is_removed() {
    for (file, script) in scripts("PowerShell") {
        let removing = script.lines().filter(|line| line.contains("Remove-"));
        for line in removing {
            assert!(line.contains("-Confirm:$false"), "{file}: {line}");
        }
    }
}

/// What comes behind it would drop output that still waits, or could be redefined by it.
#[test]
fn the_user_s_script_is_the_last_that_runs() {
    for (file, script) in scripts("PowerShell") {
        let last = script.lines().last();
        let expected = if file.contains("-use-") {
            ". \"$PSScriptRoot/Use.ps1\""
        } else {
            "exit $LASTEXITCODE"
        };
        assert_eq!(last, Some(expected), "{file}");
    }
}
