//! What others write: names, a server's words, a secret that is quoted back. Each row names where the
//! attack comes from.

mod arbitrary;
mod service_messages;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use octopus_sim::{Fault, Octopus, RUNBOOK_SVC};
use serde_json::json;

use crate::support::server::add_key;
use crate::support::{Outcome, PURPOSE, RUN, Runkey, bare, create, delete, runkey, use_key};

/// A person as the variables of a step name them: display name, username, trigger.
fn step<'a>(octopus: &'a Octopus, [display, username, trigger]: [&str; 3]) -> Runkey<'a> {
    let context = json!({
        "Octopus.Task.Id": RUN,
        "ServerUrl": octopus.url(),
        "Octopus.Deployment.CreatedBy.Id": "Users-2",
        "Octopus.Deployment.CreatedBy.DisplayName": display,
        "Octopus.Deployment.CreatedBy.Username": username,
        "Octopus.Deployment.Trigger.Name": trigger,
    });
    bare(octopus)
        .args(["create"])
        .env("OCTOPUS_API_KEY", octopus.service_key())
        .env("RUNKEY_STEP_CONTEXT", context.to_string())
}

/// Whatever the name: the purpose and every line end it with the username, in quotes.
#[test]
fn no_name_hides_or_imitates_a_username() {
    let blanks = "\u{2800}\u{3164}\u{A0} ".repeat(80);
    let long = "Alice King (alice) ".repeat(40);
    for (source, [display, username, trigger], name) in [
        (
            "blank letters push the username out of sight",
            [&format!("Alice King (alice){blanks}"), "mallory", ""],
            "Alice King (alice) (mallory)",
        ),
        (
            "length pushes the username out of sight",
            [&long, "mallory", ""],
            "… (mallory)",
        ),
        (
            "direction turned (CVE-2021-42574)",
            ["Alice \u{202E}gniK\u{202C}\u{2066}", "mallory", ""],
            "Alice gniK (mallory)",
        ),
        (
            "invisible letters and tags (CWE-1007)",
            [
                "A\u{200B}li\u{AD}ce\u{E0041}\u{FE0F}",
                "mal\u{2060}lory",
                "",
            ],
            "Alice (mal-lory)",
        ),
        (
            "quotes end a string of a script or of the audit message (CWE-116)",
            ["Alice' OR '1'=\"1", "mallory", ""],
            "Alice’ OR ’1’=”1 (mallory)",
        ),
        (
            "parentheses in a username imitate another person",
            ["Mallory", "x) (alice", ""],
            "Mallory (x- -alice)",
        ),
        (
            "parentheses in a trigger imitate a person",
            ["System", "system", "Nightly (alice)"],
            "Nightly -alice-, trigger (system)",
        ),
        (
            "line breaks forge log lines (CWE-117)",
            ["Alice\r\nRevoked API key\u{2028}1\u{85}", "mallory", ""],
            "Alice Revoked API key 1 (mallory)",
        ),
    ] {
        let octopus = Octopus::start();
        let run = step(&octopus, [display, username, trigger]).run();
        let run = run.expect_code(0);
        let purpose = run.variable("ApiKeyPurpose").unwrap();
        let stored = octopus.keys(RUNBOOK_SVC).pop().unwrap().purpose;
        assert_eq!(purpose, stored, "{source}");
        assert!(!stored.contains(['\'', '"', '\n']), "{source}: {stored}");
        let ended = name.trim_start_matches('…');
        assert!(
            stored.ends_with(&format!("{ended} [runkey {RUN}]")),
            "{source}: {stored}"
        );
        assert!(stored.chars().count() < 400, "{source}: {stored}");
        let deleted = delete(&octopus).run().expect_code(0);
        for line in [
            &run.at_level("highlight")[0],
            &lines_with(&deleted, "Revoked API key ")[0],
        ] {
            assert_eq!(line.matches('"').count(), 2, "{source}: {line}");
            let shown = line.split('"').nth(1).unwrap();
            assert!(shown.ends_with(ended), "{source}: {line}");
            assert!(line.chars().count() < 250, "{source}: {line}");
        }
    }
}

fn lines_with<'a>(run: &'a Outcome, text: &str) -> Vec<&'a str> {
    let lines = run.stdout.lines().chain(run.stderr.lines());
    lines.filter(|line| line.contains(text)).collect()
}

fn percent(text: &str) -> String {
    let encoded: Vec<_> = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    encoded.concat()
}

/// A writing of a secret.
type Writing = (&'static str, fn(&str) -> String);

const WRITINGS: [Writing; 9] = [
    ("as it is", str::to_owned),
    ("small letters", str::to_lowercase),
    ("without prefix", |key| key.replace("API-", "")),
    ("percent-encoded", percent),
    ("percent-encoded twice", |key| {
        percent(key).replace('%', "%25")
    }),
    ("base64", |key| BASE64_STANDARD.encode(key)),
    ("base64 of a sentence", |key| {
        BASE64_STANDARD.encode(format!("key={key};"))
    }),
    ("in halves", |key| key[..key.len() / 2 + 2].to_owned()),
    ("small, percent", |key| percent(&key.to_lowercase())),
];

/// A server, a gateway or a log collector in front of it quotes the credential (CWE-209, CWE-532).
#[test]
fn withholds_secret_in_any_writing() {
    for (writing, write) in WRITINGS {
        let octopus = Octopus::start();
        let written = write(octopus.service_key());
        for status in [400, 401, 403, 404, 503] {
            for format in ["octopus", "json", "text"] {
                for step in ["create", "delete", "use"] {
                    octopus.fault(Fault::HostileError {
                        status,
                        text: format!("The key '{written}' is bad."),
                    });
                    let run = runkey(&octopus, step)
                        .args(["-v", "--retry-for", "1ms", "--output", format])
                        .run();
                    let sources = decoded(&run);
                    assert!(
                        !sources.contains(&written),
                        "{writing} {step} {format}: {run:#?}"
                    );
                }
            }
        }
        octopus.rewrite("GET", "/users/me", {
            let written = written.clone();
            move |user| user["Username"] = json!(format!("x {written}"))
        });
        for line in ["--preflight --output json", "--preflight", "--output json"] {
            let run = create(&octopus).line(line).run();
            assert!(
                !decoded(&run).contains(&written),
                "{writing} {line}: {run:#?}"
            );
        }
    }
}

/// Everything that a run shows, values of service messages included, but for those that pass a key.
fn decoded(run: &Outcome) -> String {
    let messages = run.messages().into_iter();
    let messages = messages.filter(|message| message.name == "resultMessage");
    let values: Vec<_> = messages
        .flat_map(|message| message.attributes)
        .map(|(_, value)| value)
        .collect();
    format!("{}\n{}\n{}", run.stdout, run.stderr, values.join("\n"))
}

/// A credential that Octopus puts into a name, by a variable with a filter, would stay in the audit
/// trail; an argument of the command is in the list of processes (CWE-214).
#[test]
fn refuses_secret_in_names_and_arguments_at_once() {
    for (writing, write) in WRITINGS.into_iter().take(6) {
        let octopus = Octopus::start();
        let written = write(octopus.service_key());
        let name = format!("Eve {written}");
        let argument = format!("--key={written}");
        let refused = "contains something that looks like a credential (not shown)";
        for run in [
            create(&octopus).env("RUNKEY_RUN_BY", &name),
            create(&octopus).env("RUNKEY_RUN_BY", &name).line("-- true"),
        ] {
            let run = run.run();
            assert!(matches!(run.code, 2 | 125), "{writing}: {run:#?}");
            assert!(run.error().contains(refused), "{writing}: {run:#?}");
        }
        for run in [create(&octopus), use_key(&octopus, octopus.service_key())] {
            let run = run.args(["--", "echo", &argument]).run();
            let error = "Argument 1 of the command contains a credential (not shown).";
            assert_eq!((run.code, run.error()), (125, error), "{writing}: {run:#?}");
        }
        assert_eq!(octopus.connections(), 0, "{writing}");
    }
}
