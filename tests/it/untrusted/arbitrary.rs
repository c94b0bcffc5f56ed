//! Any response and any purpose: runkey does not crash, says nothing untrue of the keys, and prints
//! nothing that is obeyed. What every run is checked for comes on top of that.

use octopus_sim::{Fault, Octopus};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::server::{active_keys, add_key, left};
use crate::support::{PURPOSE, create, delete};

/// Each case starts a program.
fn few_cases() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(24)
    }
}

/// JSON with the members that Octopus's has, of any type.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(Value::from(PURPOSE)),
        Just(Value::from("9999-12-31T23:59:59.9999999+00:00")),
        Just(Value::from("##octopus[setVariable name='eA==']\r\n")),
    ];
    let names = "Items|Id|Purpose|Expires|Created|ApiKey|Username|ErrorMessage|Errors|TotalResults";
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(names, inner, 0..8)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(few_cases())]

    #[test]
    fn no_response_makes_delete_report_a_false_revocation(body in json(), status in 200..600_u16) {
        let octopus = Octopus::start();
        add_key(&octopus, PURPOSE);
        let body = body.to_string();
        octopus.fault(Fault::instead("any", move |_, response| {
            response.status = status;
            response.body = body.clone().into_bytes();
        })).on("GET", "/apikeys").forever();
        let run = delete(&octopus).line("--retry-for 500ms").run();
        prop_assert!(matches!(run.code, 0 | 1), "{:#?}", run);
        let is_named = run.code == 1 || left(&octopus).is_empty();
        prop_assert!(is_named || run.has("No API key of run"), "{:#?}", run);
    }

    #[test]
    fn no_response_makes_create_pass_on_an_unknown_key(body in json(), status in 200..600_u16) {
        let octopus = Octopus::start();
        let body = body.to_string();
        octopus.fault(Fault::edit("any", move |_, response| {
            response.status = status;
            response.body = body.clone().into_bytes();
        })).on("POST", "/apikeys").forever();
        let run = create(&octopus).line("--retry-for 500ms").run();
        prop_assert_eq!(run.code, 1, "{:#?}", run);
        prop_assert_eq!(run.variable("ApiKey"), None);
        // What may have been created is found by the run ID.
        delete(&octopus).line("--timeout 100ms").run().expect_code(0);
        prop_assert_eq!(active_keys(&octopus), [""; 0]);
    }

    #[test]
    fn no_purpose_of_others_is_revoked_or_obeyed(purposes in prop::collection::vec(any::<String>(), 1..12)) {
        let octopus = Octopus::start();
        let odd = ["", " ", "]", "\u{a0}"].map(|end| format!("x [runkey ServerTasks-123{end}x"));
        for purpose in purposes.iter().chain(&odd) {
            add_key(&octopus, purpose);
        }
        let others = left(&octopus);
        add_key(&octopus, PURPOSE);
        delete(&octopus).line("--require").run().expect_code(0);
        prop_assert_eq!(left(&octopus), others);
    }
}
