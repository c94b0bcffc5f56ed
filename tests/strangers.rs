//! Whatever strangers send: answers of any shape, files of any content, purposes of any letters.
//! No step breaks down over them, shows a secret, or ends in any other way than it says it can.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::io::Write;

use common::wire::listen;
use common::{Outcome, PURPOSE, Runkey, create, delete, runkey, use_key};
use octopus_sim::{Octopus, RUNBOOK_SVC, Settings};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use serde_json::{Map, Value};

/// Each case starts processes, so there are few. Those that failed once are played first.
fn few(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/strangers.regressions.txt"
        )))),
        ..ProptestConfig::default()
    }
}

/// Secrets, panics and places in the source are looked for in every run.
fn assert_sound(outcome: &Outcome, codes: &[i32]) {
    let code = outcome.code.expect("no signal ended it");
    assert!(codes.contains(&code), "{outcome:#?}");
    let is_odd = |c: char| c.is_control() && c != '\n';
    assert!(!outcome.stderr.contains(is_odd), "{outcome:#?}");
}

/// A value that Octopus might have written, or nobody.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec![
            PURPOSE,
            "apikeys-1",
            "Users-21",
            "../../api/users",
            "API-ABCDEFGHIJKLMNOPQRSTUVWXYZ012345",
            "2038-01-19T03:14:07.000+00:00",
            "-009999-01-01T00:00:00Z",
            "9999-12-31T23:59:59.9999999+14:00",
            "ReadOnly",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        let name = prop::sample::select(vec![
            "Id",
            "UserId",
            "Username",
            "ApiKey",
            "Hint",
            "Purpose",
            "Expires",
            "AccessLevel",
            "Items",
            "TotalResults",
            "ErrorMessage",
            "Errors",
            "Other",
        ]);
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((name, inner), 0..10).prop_map(|fields| {
                let fields = fields
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value));
                Value::Object(fields.collect::<Map<_, _>>())
            }),
        ]
    })
}

/// A whole answer on the wire: HTTP with any headers and any body, or any bytes.
fn answer() -> impl Strategy<Value = Vec<u8>> {
    let status = prop_oneof![
        3 => Just(200_u16),
        1 => prop::sample::select(vec![100, 201, 204, 302, 400, 401, 403, 404, 429, 500, 503]),
        1 => 0..1000_u16,
    ];
    let name = prop_oneof![
        prop::sample::select(vec!["Date", "Retry-After", "Location", "Content-Encoding"])
            .prop_map(ToOwned::to_owned),
        "[A-Za-z-]{1,12}",
    ];
    let header = prop_oneof![
        (name.clone(), "[ -~]{0,30}"),
        (name, any::<u64>().prop_map(|number| number.to_string())),
    ];
    let body = prop_oneof![
        4 => value().prop_map(|value| value.to_string().into_bytes()),
        1 => vec(any::<u8>(), 0..200),
    ];
    let http = (status, vec(header, 0..5), body).prop_map(|(status, headers, body)| {
        let line = |(name, value): (String, String)| format!("{name}: {value}\r\n");
        let headers: String = headers.into_iter().map(line).collect();
        let head = format!("HTTP/1.1 {status} X\r\n{headers}\r\n");
        [head.as_bytes(), &body].concat()
    });
    prop_oneof![9 => http, 1 => vec(any::<u8>(), 0..300)]
}

/// The step with `answers` instead of a server; the last of them is given for ever.
fn with_answers<'a>(run: Runkey<'a>, answers: &[Vec<u8>]) -> Runkey<'a> {
    let answers = answers.to_vec();
    let mut given = 0;
    let wire = listen(move |mut stream, _| {
        let answer = &answers[given.min(answers.len() - 1)];
        given += 1;
        let _ = stream.write_all(answer);
    });
    run.env("OCTOPUS_URL", format!("http://{}", wire.address))
        .args(["-v", "--retry-for", "1ms", "--timeout", "2s"])
}

proptest! {
    #![proptest_config(few(150))]

    #[test]
    fn no_answer_of_any_shape_breaks_a_step(answers in vec(answer(), 1..4)) {
        let octopus = Octopus::start();
        let own_key = octopus.service_key();
        for (step, codes) in [
            (create(&octopus).args(["--access", "read-only"]), [0, 1]),
            (use_key(&octopus, own_key).args(["--owner", "Users-21", "--key-id", "x"]), [0, 125]),
            (delete(&octopus).args(["--owner", "runbook-svc"]), [0, 1]),
        ] {
            assert_sound(&with_answers(step, &answers).run(), &codes);
        }
    }
}

proptest! {
    #![proptest_config(few(60))]

    #[test]
    fn a_key_of_any_purpose_is_made_and_revoked_or_refused_before_anything_is_sent(
        purpose in prop_oneof!["[^\0]{1,60}", "\\PC{1,60}", "[ -~]{1,200}"],
    ) {
        let octopus = Octopus::start();
        let others = octopus.keys(RUNBOOK_SVC).len();
        let step = |name| runkey(&octopus, name).env("RUNKEY_PURPOSE", &purpose);
        let created = step("create").run();
        assert_sound(&created, &[0, 2]);
        if created.code == Some(2) {
            prop_assert!(octopus.requests().is_empty());
            return Ok(());
        }
        prop_assert_eq!(created.variable("ApiKeyPurpose"), Some(purpose.clone()));
        prop_assert_eq!(&octopus.keys(RUNBOOK_SVC).pop().unwrap().purpose, &purpose);
        step("delete").args(["--require"]).run().expect_code(0);
        prop_assert_eq!(octopus.keys(RUNBOOK_SVC).len(), others);
    }

    #[test]
    fn no_env_file_of_any_content_breaks_a_step_or_is_quoted(
        lines in vec(prop_oneof!["\\PC{0,40}", "[A-Z_]{1,8}=['\"]?[ -~]{0,20}", "KEY\n"], 0..6),
    ) {
        let octopus = Octopus::start();
        // Wherever the file is wrong, its secrets stay in it.
        let key = octopus.service_key();
        let content = lines.join("\n").replace("KEY", &format!("OCTOPUS_API_KEY='{key} '{key}"));
        let step = use_key(&octopus, key).file(".env", &content).args(["--no-check"]);
        assert_sound(&step.run(), &[0, 125]);
    }

    #[test]
    fn no_file_of_certificates_breaks_a_step(
        at in any::<prop::sample::Index>(),
        put in vec(any::<u8>(), 0..20),
        rest in any::<bool>(),
    ) {
        let octopus = Settings { tls: true, ..Settings::default() }.start();
        let pem = std::fs::read(octopus.ca_file()).unwrap();
        let (before, after) = pem.split_at(at.index(pem.len()));
        let after = if rest { after } else { &[] };
        let damaged = [before, &put, after].concat();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, damaged).unwrap();
        let step = create(&octopus).env("RUNKEY_CA_FILE", file.path());
        let run = step.args(["--retry-for", "1ms"]).run();
        // What was put in may be white space.
        assert_sound(&run, &[0, 1, 2]);
        prop_assert!(run.code == Some(0) || octopus.requests().is_empty());
    }
}
