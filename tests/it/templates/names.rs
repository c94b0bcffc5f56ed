//! Names of people are text: no shell runs them, no parser of Octopus's obeys them.

use octopus_sim::worker::{Syntax, Worker};

use crate::support::assert_read_alike;
use crate::support::steps::{BASH, CREATE, DELETE, POWERSHELL, Shell, Stage, templates};

/// What a person is called, and what the purpose calls them.
const NAMES: [(&str, &str); 8] = [
    (
        "Zo\u{eb} \"Z\" O'Brien $(id) `id` \\ %PATH% !!",
        "Zo\u{eb} \u{201d}Z\u{201d} O\u{2019}Brien $(id) `id` \\ %PATH% !!",
    ),
    (
        "Eve\nRUNKEY_END\ntouch hacked\n",
        "Eve RUNKEY_END touch hacked",
    ),
    (
        "Eve\r\n'@\r\nNew-Item hacked",
        "Eve \u{2019}@ New-Item hacked",
    ),
    (
        "\u{2018}; id; \u{201c}$(id)\u{201d}; \u{201b}",
        "\u{2018}; id; \u{201c}$(id)\u{201d}; \u{201b}",
    ),
    (
        "Eve\", \"RunId\": \"other",
        "Eve\u{201d}, \u{201d}RunId\u{201d}: \u{201d}other",
    ),
    ("Eve \u{1b}[31m\u{7} red", "Eve [31m red"),
    (
        "##octopus[setVariable name='QXBpS2V5' value='QXBpS2V5']",
        "##octopus[setVariable name=\u{2019}QXBpS2V5\u{2019} value=\u{2019}QXBpS2V5\u{2019}]",
    ),
    (
        "#\u{ad}#octopus[mask \u{ff03}\u{ff03}octopus[stdout-error] #\u{ad}",
        "",
    ),
];

#[track_caller]
fn assert_is_text(shell: Shell, name: &str, cleaned: &str) {
    let stage = Stage::new();
    let ran = stage.run_by(&templates(shell).around("exit 0"), name);
    ran.expect_success();
    let purpose = ran.step(CREATE).output("ApiKeyPurpose").unwrap();
    let end = format!(" (alice) [runkey {}]", ran.id);
    assert!(purpose.ends_with(&end), "{purpose}");
    if !cleaned.is_empty() {
        assert_eq!(purpose, format!("{cleaned}{end}"));
    }
    let outputs: Vec<_> = ran.step(CREATE).outputs.keys().collect();
    let expected = [
        "ApiKey",
        "ApiKeyExpires",
        "ApiKeyId",
        "ApiKeyOwnerId",
        "ApiKeyPurpose",
        "ApiKeyRunId",
    ];
    assert_eq!(outputs, expected);
    assert_eq!(ran.step(DELETE).outputs.len(), 0);
    for step in [CREATE, DELETE].map(|name| ran.step(name)) {
        assert_read_alike(&step.raw_stdout);
        assert_read_alike(&step.raw_stderr);
    }
    assert!(!ran.task.render(false).contains("uid="));
    assert_eq!(stage.keys(), [""; 0]);
}

#[test]
fn names_are_text_in_bash() {
    for (name, cleaned) in NAMES {
        assert_is_text(BASH, name, cleaned);
    }
}

#[test]
fn names_are_text_in_powershell() {
    if !Worker::has(Syntax::PowerShell) {
        return;
    }
    // All that ends a string or a here-string, at once.
    let names: Vec<_> = NAMES[..4].iter().map(|(name, _)| *name).collect();
    assert_is_text(POWERSHELL, &names.join("\n"), "");
}

#[test]
fn name_that_octopus_replaces_with_a_secret_is_refused() {
    let stage = Stage::new();
    for name in [
        "Eve #{Automation.OpenIdConnect.Jwt}",
        "#{Automation.ApiKey}",
    ] {
        let ran = stage.run_by(&templates(BASH).around("exit 0"), name);
        ran.expect_code(CREATE, 2);
        assert_eq!(stage.keys(), [""; 0]);
    }
}
