//! `runkey delete` for a run: exit 0 means that a list read afterwards contains no key of it.

mod failures;
mod indeterminate;
mod lists;

use octopus_sim::{Fault, Hints, MadeUp, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, Settings, Total};
use serde_json::json;

use crate::support::server::{
    DELETE, HOUR, LIST, ME, POST, WHOLE_LIST, active_keys, add_key, always, left, requests,
    server_with,
};
use crate::support::{PURPOSE, RUN, create, delete};

#[test]
fn revokes_on_the_owner_only() {
    let octopus = Octopus::start();
    add_key(&octopus, PURPOSE);
    let owner = "--owner runbook-alice";
    create(&octopus).line(owner).run().expect_code(0);
    delete(&octopus)
        .line(owner)
        .line("--require")
        .run()
        .expect_code(0);
    assert!(octopus.keys(RUNBOOK_ALICE).is_empty());
    assert_eq!(active_keys(&octopus), [PURPOSE]);
}

#[test]
fn revokes_every_key_of_the_run_and_no_other() {
    for settings in [
        Settings::default(),
        Settings {
            filters_by_purpose: false,
            ..Settings::default()
        },
    ] {
        let octopus = settings.start();
        let others = [
            "Alice King (alice) [runkey ServerTasks-12]",
            "Alice King (alice) [runkey ServerTasks-1234]",
            "Alice King (alice) [runkey servertasks-123]",
            "Alice King (alice) [RUNKEY ServerTasks-123]",
            "Alice King (alice) [runkey ServerTasks-123] ",
            "Alice King (alice) [runkey ServerTasks-123]]",
            "Alice King (alice) [runkey  ServerTasks-123]",
            "Alice King (alice) [runkey ServerTasks-123] x",
            "Alice King (alice) [runkey ServerTasks-123] [runkey ServerTasks-9]",
            "Alice King (alice) [runkey ServerTasks-123~0a1b2c3d]",
            "Alice King (alice) [runkey ServerTasks-123.Machines-x]",
            "Alice King (alice) [runkey ServerTasks-1234.Machines-7]",
            "Alice King (alice)",
            "[runkey ServerTasks-123]",
            RUN,
        ];
        let kept = others.map(|purpose| add_key(&octopus, purpose).id);
        for purpose in [
            PURPOSE,
            PURPOSE,
            // The run ID is the identity, the name is for the reader.
            "Bob Ng (bob) [runkey ServerTasks-123]",
            " [runkey ServerTasks-123]",
            "Alice King (alice) [runkey ServerTasks-123.Machines-7]",
            "Alice King (alice) [runkey ServerTasks-123.Machines-88]",
        ] {
            add_key(&octopus, purpose);
        }
        octopus.add_key(RUNBOOK_SVC, PURPOSE, None);
        octopus.add_key(RUNBOOK_SVC, PURPOSE, Some(octopus.now()));
        let run = delete(&octopus).run();
        assert_eq!(left(&octopus), kept, "{run:#?}");
        run.expect_code(0)
            .expect_text("Revoked 8 API keys of run ServerTasks-123");
    }
}

#[test]
fn revokes_only_its_own_target() {
    let octopus = Octopus::start();
    let [seven, eight] =
        ["Machines-7", "Machines-8"].map(|target| format!("Alice [runkey {RUN}.{target}]"));
    add_key(&octopus, &seven);
    add_key(&octopus, &eight);
    delete(&octopus)
        .args(["--run-id", "ServerTasks-123.Machines-7"])
        .run()
        .expect_code(0);
    assert_eq!(active_keys(&octopus), [eight]);
}

#[test]
fn revokes_key_of_a_verbatim_purpose_by_an_exact_match() {
    let octopus = Octopus::start();
    let others = ["nightly", "Nightly cleanup", "nightly cleanup 2", PURPOSE];
    for purpose in others {
        add_key(&octopus, purpose);
    }
    // What a database takes for a pattern is not asked of the server.
    for purpose in [
        "nightly cleanup",
        "100% of [all] keys_here",
        "%",
        "[a-z]",
        "\\ ^",
    ] {
        add_key(&octopus, purpose);
        octopus.forget_requests();
        let run = delete(&octopus).without("RUNKEY_RUN_ID");
        run.args(["--purpose", purpose, "--require"])
            .run()
            .expect_code(0);
        assert_eq!(active_keys(&octopus), others, "{purpose}");
        for request in octopus.requests() {
            for pattern in ["%25", "%5B", "%5D", "_", "%5C", "%5E", "^"] {
                assert!(!request.query.contains(pattern), "{}", request.query);
            }
        }
    }
    let run = delete(&octopus).without("RUNKEY_RUN_ID");
    run.args(["--purpose", PURPOSE, "--require"])
        .run()
        .expect_code(0);
    assert_eq!(active_keys(&octopus), others[..3]);
}

#[test]
fn skips_the_key_that_it_authenticates_with() {
    for hints in [
        Hints::Bare,
        Hints::BULLETS,
        Hints::Masked('\u{2022}', 1),
        Hints::Masked('*', 24),
        Hints::Masked('.', 3),
        Hints::Masked('…', 1),
    ] {
        let octopus = server_with(|settings| settings.hints = hints);
        add_key(&octopus, "Runbooks");
        let run = delete(&octopus).without("RUNKEY_RUN_ID");
        let run = run.args(["--purpose", "Runbooks"]).run();
        let own = octopus.keys(RUNBOOK_SVC).remove(0);
        let error = format!(
            "API key {} (expiry unknown) is still active: runkey authenticates with it.",
            own.id
        );
        assert_eq!(
            (run.code, run.error()),
            (1, error.as_str()),
            "{hints:?}: {run:#?}"
        );
        assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1, "{hints:?}");
    }
}

#[test]
fn skips_own_key_by_a_hint_of_five_characters() {
    for (length, is_skipped) in [(5, true), (4, false)] {
        let octopus = Octopus::start();
        octopus.rewrite("GET", "/apikeys", move |page| {
            for key in page["Items"].as_array_mut().into_iter().flatten() {
                let hint = key["ApiKey"]["Hint"].as_str().unwrap_or_default();
                key["ApiKey"]["Hint"] = format!("{}••••", &hint[..length]).into();
            }
        });
        let run = delete(&octopus).without("RUNKEY_RUN_ID");
        run.args(["--purpose", "Runbooks", "--retry-for", "1s"])
            .run();
        assert_eq!(octopus.keys(RUNBOOK_SVC).len(), usize::from(is_skipped));
    }
}

/// The keys whose DELETE was sent.
fn deletions(octopus: &Octopus) -> Vec<String> {
    let requests = octopus.requests().into_iter();
    let deletions = requests.filter(|request| request.method == "DELETE");
    deletions
        .filter_map(|request| Some(request.path.rsplit_once('/')?.1.to_owned()))
        .collect()
}

#[test]
fn revokes_run_key_that_authenticates_last() {
    for fault in [None, Some(Fault::ResetAfterProcessing)] {
        let octopus = Octopus::start();
        let [first, own, last] = [(); 3].map(|()| add_key(&octopus, PURPOSE));
        if let Some(fault) = fault {
            octopus.fault(fault).on("DELETE", &own.id);
        }
        let run = delete(&octopus).env("OCTOPUS_API_KEY", &own.secret).run();
        // Octopus lists the newest key first.
        assert_eq!(
            deletions(&octopus)[..3],
            [last.id, first.id, own.id],
            "{run:#?}"
        );
        assert_eq!(left(&octopus), [""; 0]);
        run.expect_code(0)
            .expect_text("not verified, since no credential is left to list keys with");
    }
}
