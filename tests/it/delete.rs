//! `runkey delete` for a run: exit 0 means that a list read afterwards contains no key of it.

use octopus_sim::{Fault, Hints, MadeUp, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, Settings, Total};
use serde_json::json;

use crate::support::server::{
    DELETE, HOUR, LIST, ME, POST, WHOLE_LIST, active_keys, add_key, left, requests,
};
use crate::support::{PURPOSE, RUN, create, delete, transcript};

#[test]
fn revokes_key_and_verifies_it_by_a_list() {
    let octopus = Octopus::start();
    add_key(&octopus, PURPOSE);
    let run = delete(&octopus).run();
    insta::assert_snapshot!(transcript(&octopus, &run), @r##"
    exit code 0
    --- stdout
    [stdout-verbose]
    GET /api/users/me: 200 (N ms)
    [stdout-default]
    [stdout-verbose]
    GET /api/users/Users-21/apikeys: 200 (N ms)
    [stdout-default]
    [stdout-verbose]
    DELETE /api/users/Users-21/apikeys/apikeys-N: 200 (N ms)
    [stdout-default]
    [stdout-verbose]
    GET /api/users/Users-21/apikeys: 200 (N ms)
    [stdout-default]
    Revoked API key apikeys-N of "Alice King (alice)".
    [stdout-highlight]
    Revoked 1 API key of run ServerTasks-123.
    [stdout-default]
    --- requests
    GET /api/users/me
    GET /api/users/Users-21/apikeys?partialPurpose=ServerTasks-123&skip=0&take=1000
    DELETE /api/users/Users-21/apikeys/ID
    GET /api/users/Users-21/apikeys?partialPurpose=ServerTasks-123&skip=0&take=1000
    "##);
    assert_eq!(octopus.connections(), 1);
}

#[test]
fn prints_result_as_json() {
    let octopus = Octopus::start();
    add_key(&octopus, PURPOSE);
    let run = delete(&octopus)
        .line("--output json --owner Users-21")
        .run();
    insta::assert_snapshot!(transcript(&octopus, &run), @r##"
    exit code 0
    --- stdout
    {"ApiKeyOwnerId":"Users-21","Keys":[{"Created":"TIME","Expires":"TIME","Id":"apikeys-N","Outcome":"Revoked","Purpose":"Alice King (alice) [runkey ServerTasks-123]"}],"Unreadable":0}
    --- stderr
    Revoked API key apikeys-N of "Alice King (alice)".
    Revoked 1 API key of run ServerTasks-123.
    --- requests
    GET /api/users/Users-21/apikeys?partialPurpose=ServerTasks-123&skip=0&take=1000
    DELETE /api/users/Users-21/apikeys/ID
    GET /api/users/Users-21/apikeys?partialPurpose=ServerTasks-123&skip=0&take=1000
    "##);
}

#[test]
fn warns_when_no_key_is_found() {
    let octopus = Octopus::start();
    let run = delete(&octopus).run();
    insta::assert_snapshot!(transcript(&octopus, &run), @r##"
    exit code 0
    --- stdout
    [stdout-verbose]
    GET /api/users/me: 200 (N ms)
    [stdout-default]
    [stdout-verbose]
    GET /api/users/Users-21/apikeys: 200 (N ms)
    [stdout-default]
    [stdout-verbose]
    GET /api/users/Users-21/apikeys: 200 (N ms)
    [stdout-default]
    [stdout-warning]
    No API key of run ServerTasks-123 was found on account Users-21. It was revoked before, never created, or belongs to another account.
    [stdout-default]
    --- requests
    GET /api/users/me
    GET /api/users/Users-21/apikeys?partialPurpose=ServerTasks-123&skip=0&take=1000
    GET /api/users/Users-21/apikeys?skip=0&take=1000
    "##);
}

#[test]
fn fails_when_no_key_is_found_and_one_is_required() {
    let octopus = Octopus::start();
    let run = delete(&octopus).line("--require").run();
    insta::assert_snapshot!(transcript(&octopus, &run), @r##"
    exit code 1
    --- stdout
    [stdout-verbose]
    GET /api/users/me: 200 (N ms)
    [stdout-default]
    [stdout-verbose]
    GET /api/users/Users-21/apikeys: 200 (N ms)
    [stdout-default]
    [stdout-verbose]
    GET /api/users/Users-21/apikeys: 200 (N ms)
    [stdout-default]
    [resultMessage message='No API key of run ServerTasks-123 was found on account Users-21.']
    --- stderr
    Error: No API key of run ServerTasks-123 was found on account Users-21.
    Help: The create step did not run, was skipped, or has a different name. Check --run-id (RUNKEY_RUN_ID) and --owner (RUNKEY_OWNER).
    --- requests
    GET /api/users/me
    GET /api/users/Users-21/apikeys?partialPurpose=ServerTasks-123&skip=0&take=1000
    GET /api/users/Users-21/apikeys?skip=0&take=1000
    "##);
}

#[test]
fn lists_what_a_dry_run_would_revoke() {
    let octopus = Octopus::start();
    add_key(&octopus, PURPOSE);
    let run = delete(&octopus).line("--dry-run").run();
    insta::assert_snapshot!(transcript(&octopus, &run), @r##"
    exit code 0
    --- stdout
    [stdout-verbose]
    GET /api/users/me: 200 (N ms)
    [stdout-default]
    [stdout-verbose]
    GET /api/users/Users-21/apikeys: 200 (N ms)
    [stdout-default]
    Would revoke API key apikeys-N of "Alice King (alice)".
    [stdout-highlight]
    Would revoke 1 API key of run ServerTasks-123 (dry run).
    [stdout-default]
    --- requests
    GET /api/users/me
    GET /api/users/Users-21/apikeys?partialPurpose=ServerTasks-123&skip=0&take=1000
    "##);
    let run = delete(&octopus).line("--dry-run --output json").run();
    assert_eq!(run.json()["DryRun"], true);
    assert_eq!(run.json()["Keys"][0]["Outcome"], "WouldRevoke");
    assert_eq!(active_keys(&octopus), [PURPOSE]);
}

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
        let octopus = Settings {
            hints,
            ..Settings::default()
        }
        .start();
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

#[test]
fn fails_when_revocation_has_no_effect() {
    for fault in [
        Fault::success_with_error(),
        Fault::accepted(),
        Fault::instead("a proxy's 404", |_, response| {
            response.make_page(404, "Not Found");
        }),
        Fault::instead("a proxy's 200", |_, response| {
            response.make_page(200, "Sign in");
        }),
        Fault::Status(404),
    ] {
        let octopus = Octopus::start();
        let key = add_key(&octopus, PURPOSE);
        octopus
            .fault(fault.clone())
            .on("DELETE", "/apikeys")
            .forever();
        octopus
            .fault(fault.clone())
            .on("POST", "/apikeys/")
            .forever();
        let run = delete(&octopus).line("--retry-for 1s").run().expect_code(1);
        let expires = octopus.keys(RUNBOOK_SVC)[1].expires.unwrap();
        let named = format!("Cannot revoke API key {} (expires {expires:.0}): ", key.id);
        assert!(run.error().starts_with(&named), "{fault}: {run:#?}");
        assert!(run.at_level("highlight").is_empty(), "{fault}: {run:#?}");
    }
}

#[test]
fn revokes_again_what_is_still_listed() {
    let octopus = Octopus::start();
    add_key(&octopus, PURPOSE);
    octopus
        .fault(Fault::accepted())
        .on("DELETE", "/apikeys")
        .times(2);
    delete(&octopus).run().expect_code(0);
    let sent = [ME, LIST, DELETE, LIST, DELETE, LIST, DELETE, LIST];
    assert_eq!(requests(&octopus), sent);
}

#[test]
fn accepts_key_that_another_step_revoked() {
    let octopus = Octopus::start();
    let id = add_key(&octopus, PURPOSE).id;
    octopus.before_request("DELETE", "/apikeys", move |octopus, _, _| {
        octopus.revoke(&id);
    });
    delete(&octopus).line("--require").run().expect_code(0);
    assert_eq!(requests(&octopus), [ME, LIST, DELETE, LIST]);
}

#[test]
fn names_every_key_that_may_be_active() {
    let octopus = Octopus::start();
    let keys = [(); 3].map(|()| add_key(&octopus, PURPOSE));
    let endless = octopus.add_key(RUNBOOK_SVC, PURPOSE, None);
    octopus
        .fault(Fault::Status(403))
        .on("DELETE", &keys[0].id)
        .forever();
    octopus
        .fault(Fault::Status(403))
        .on("DELETE", &keys[2].id)
        .forever();
    octopus
        .fault(Fault::Status(403))
        .on("DELETE", &endless.id)
        .forever();
    let run = delete(&octopus).line("--output json").run();
    insta::assert_snapshot!(transcript(&octopus, &run), @r##"
    exit code 1
    --- stdout
    {"ApiKeyOwnerId":"Users-21","Error":{"Help":"Give the credential's account the UserEdit permission if the keys are another account's, or omit --owner (RUNKEY_OWNER). To revoke it: runkey delete --run-id ServerTasks-123 --owner Users-21","Message":"Cannot revoke API keys apikeys-N (expiry unknown), apikeys-N (expires TIME), apikeys-N (expires TIME): permission denied (403 Forbidden).","OctopusSaid":"The server is in trouble."},"Keys":[{"Created":"TIME","Expires":null,"Id":"apikeys-N","Outcome":"MayBeActive","Purpose":"Alice King (alice) [runkey ServerTasks-123]"},{"Created":"TIME","Expires":"TIME","Id":"apikeys-N","Outcome":"MayBeActive","Purpose":"Alice King (alice) [runkey ServerTasks-123]"},{"Created":"TIME","Expires":"TIME","Id":"apikeys-N","Outcome":"Revoked","Purpose":"Alice King (alice) [runkey ServerTasks-123]"},{"Created":"TIME","Expires":"TIME","Id":"apikeys-N","Outcome":"MayBeActive","Purpose":"Alice King (alice) [runkey ServerTasks-123]"}],"Unreadable":0}
    --- stderr
    Revoked API key apikeys-N of "Alice King (alice)".
    Revoked 1 API key of run ServerTasks-123.
    Error: Cannot revoke API keys apikeys-N (expiry unknown), apikeys-N (expires TIME), apikeys-N (expires TIME): permission denied (403 Forbidden).
    Octopus said: "The server is in trouble."
    Help: Give the credential's account the UserEdit permission if the keys are another account's, or omit --owner (RUNKEY_OWNER). To revoke it: runkey delete --run-id ServerTasks-123 --owner Users-21
    --- requests
    GET /api/users/me
    GET /api/users/Users-21/apikeys?partialPurpose=ServerTasks-123&skip=0&take=1000
    DELETE /api/users/Users-21/apikeys/ID
    DELETE /api/users/Users-21/apikeys/ID
    DELETE /api/users/Users-21/apikeys/ID
    DELETE /api/users/Users-21/apikeys/ID
    GET /api/users/Users-21/apikeys?partialPurpose=ServerTasks-123&skip=0&take=1000
    "##);
    assert_eq!(active_keys(&octopus).len(), 3);
    for key in [&keys[0], &keys[2], &endless] {
        assert!(run.error().contains(&key.id), "{run:#?}");
    }
    assert!(!run.error().contains(&keys[1].id), "{run:#?}");
}

#[test]
fn ends_at_once_when_octopus_refuses() {
    for (status, cause) in [
        (400, "the server rejected the request (400 Bad Request)"),
        (401, "the credential was rejected (401 Unauthorized)"),
        (403, "permission denied (403 Forbidden)"),
    ] {
        let octopus = Octopus::start();
        let key = add_key(&octopus, PURPOSE);
        octopus
            .fault(Fault::Status(status))
            .on("DELETE", "/apikeys")
            .forever();
        let run = delete(&octopus).run().expect_code(1);
        assert_eq!(requests(&octopus), [ME, LIST, DELETE, LIST], "{status}");
        let expires = octopus.keys(RUNBOOK_SVC)[1].expires.unwrap();
        let error = format!(
            "Cannot revoke API key {} (expires {expires:.0}): {cause}.",
            key.id
        );
        run.expect_error(1, &error);
    }
}

#[test]
fn fails_after_the_time_for_retries() {
    let octopus = Octopus::start();
    add_key(&octopus, PURPOSE);
    octopus
        .fault(Fault::Status(503))
        .on("DELETE", "/apikeys")
        .forever();
    let run = delete(&octopus).line("--retry-for 1s").run().expect_code(1);
    assert!(run.error().contains("503"), "{run:#?}");
    assert_eq!(active_keys(&octopus), [PURPOSE]);
}

#[test]
fn sends_delete_as_post_where_a_gateway_blocks_it() {
    let blocked = |status| {
        Fault::instead(&format!("blocked: {status}"), move |_, response| {
            response.make_page(status, "Method not allowed");
        })
    };
    for status in [405, 501, 403] {
        let octopus = Octopus::start();
        add_key(&octopus, PURPOSE);
        octopus
            .fault(blocked(status))
            .on("DELETE", "/apikeys")
            .forever();
        let run = delete(&octopus).run().expect_code(0);
        let post = "POST /api/users/Users-21/apikeys/ID";
        assert_eq!(
            requests(&octopus),
            [ME, LIST, DELETE, post, LIST],
            "{status}"
        );
        let sent = &octopus.requests()[3];
        assert_eq!(sent.header("X-HTTP-Method-Override"), Some("DELETE"));
        let warnings = run.at_level("warning");
        assert!(
            warnings[0].starts_with("A proxy or gateway blocks DELETE ("),
            "{run:#?}"
        );
        assert_eq!(active_keys(&octopus), [""; 0]);
    }
}

#[test]
fn reads_every_page_of_a_long_list() {
    for settings in [
        Settings::default(),
        Settings {
            filters_by_purpose: false,
            ..Settings::default()
        },
        Settings {
            largest_page: Some(30),
            ..Settings::default()
        },
        Settings {
            filters_by_purpose: false,
            largest_page: Some(30),
            ..Settings::default()
        },
    ] {
        let octopus = settings.start();
        for _ in 0..45 {
            add_key(&octopus, PURPOSE);
        }
        octopus.add_keys(RUNBOOK_SVC, 1_500);
        add_key(&octopus, PURPOSE);
        let run = delete(&octopus).run().expect_code(0);
        run.expect_text("Revoked 46 API keys of run ServerTasks-123");
        assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1 + 1_500);
    }
}

#[test]
fn trusts_no_total() {
    for largest_page in [None, Some(30), Some(31)] {
        for total in [
            Total::Zero,
            Total::ThisPage,
            Total::Half,
            Total::TooMany,
            Total::Absent,
        ] {
            for others in [0, 29, 30, 31] {
                let octopus = Settings {
                    filters_by_purpose: false,
                    largest_page,
                    ..Settings::default()
                }
                .start();
                add_key(&octopus, PURPOSE);
                octopus.add_keys(RUNBOOK_SVC, others);
                octopus
                    .fault(Fault::total(total))
                    .on("GET", "/apikeys")
                    .forever();
                let run = delete(&octopus).line("--owner Users-21").run();
                let case =
                    format!("{total:?}, {others} others, pages of {largest_page:?}: {run:#?}");
                assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1 + others, "{case}");
                assert_eq!(run.code, 0, "{case}");
            }
        }
    }
}

#[test]
fn finds_key_that_the_servers_filter_hides() {
    let octopus = Octopus::start();
    add_key(&octopus, PURPOSE);
    let hides = Fault::edit("a filter that finds nothing", |request, response| {
        if request.query.contains("partialPurpose") {
            response.edit_json(|page| page["Items"] = json!([]));
        }
    });
    octopus.fault(hides).on("GET", "/apikeys").forever();
    delete(&octopus).line("--require").run().expect_code(0);
    assert_eq!(
        requests(&octopus),
        [ME, LIST, WHOLE_LIST, DELETE, WHOLE_LIST]
    );
}

#[test]
fn gives_up_on_a_list_without_an_end() {
    for made_up in [MadeUp::ChangingIds, MadeUp::RepeatingIds] {
        let octopus = Octopus::start();
        add_key(&octopus, PURPOSE);
        let fault = octopus.fault(Fault::endless_list(made_up));
        fault.on("GET", "/apikeys").forever();
        let run = delete(&octopus).line("--retry-for 1s").run();
        assert!(
            run.error().starts_with("Cannot list the API keys of run "),
            "{made_up:?}: {run:#?}"
        );
        run.expect_code(1);
    }
}

#[test]
fn hides_no_key_while_others_come_and_go() {
    for (vanishing, appearing) in [(1, 0), (7, 0), (29, 0), (0, 5), (3, 3)] {
        let octopus = Settings {
            filters_by_purpose: false,
            largest_page: Some(30),
            ..Settings::default()
        }
        .start();
        for number in 0..200 {
            add_key(&octopus, &format!("Unrelated {number}"));
            if number % 20 == 0 {
                add_key(&octopus, PURPOSE);
            }
        }
        octopus.before_request("GET", "/apikeys", move |octopus, number, _| {
            if number > 40 {
                return;
            }
            octopus.add_keys(RUNBOOK_SVC, appearing);
            let newest_first = octopus.keys(RUNBOOK_SVC).into_iter().rev();
            let unrelated = newest_first.filter(|key| key.purpose.starts_with("Unrelated"));
            for key in unrelated.take(vanishing) {
                octopus.revoke(&key.id);
            }
        });
        let run = delete(&octopus).run();
        let keys = octopus.keys(RUNBOOK_SVC);
        assert!(
            keys.iter().all(|key| key.purpose != PURPOSE),
            "{vanishing}, {appearing}: {run:#?}"
        );
        run.expect_code(0);
    }
}

#[test]
fn looks_at_known_key_when_the_list_cannot_be_read() {
    for (purpose, is_revoked) in [(PURPOSE, true), ("Bob (bob) [runkey ServerTasks-9]", false)] {
        let octopus = Octopus::start();
        let key = add_key(&octopus, purpose);
        octopus
            .fault(Fault::Status(403))
            .on("GET", "/apikeys")
            .times(1);
        let run = delete(&octopus)
            .env("RUNKEY_KEY_ID", &key.id)
            .run()
            .expect_code(1);
        assert!(run.error().contains(&key.id), "{run:#?}");
        assert_eq!(octopus.is_active(&key.id), !is_revoked, "{purpose}");
    }
}

#[test]
fn ignores_key_id_that_is_none() {
    let octopus = Octopus::start();
    add_key(&octopus, PURPOSE);
    let run = delete(&octopus).env("RUNKEY_KEY_ID", "../users").run();
    run.expect_code(0);
    assert_eq!(active_keys(&octopus), [""; 0]);
}

#[test]
fn fails_for_unreadable_items_of_the_run_only() {
    for (purpose, code) in [
        (PURPOSE, 1),
        ("Alice [runkey ServerTasks-123.Machines-7]", 1),
        ("Bob [runkey ServerTasks-9]", 0),
    ] {
        let octopus = Octopus::start();
        add_key(&octopus, purpose);
        let broken = Fault::json("an ID that is no text", |page| {
            for key in page["Items"].as_array_mut().into_iter().flatten() {
                if key["Purpose"] != "Runbooks" {
                    key["Id"] = json!(7);
                }
            }
        });
        octopus.fault(broken).on("GET", "/apikeys").forever();
        let run = delete(&octopus)
            .line("--retry-for 1s")
            .run()
            .expect_code(code);
        if code == 1 {
            let error = "Cannot revoke 1 API key of run ServerTasks-123: the server's records of them cannot be read.";
            run.expect_error(1, error);
        } else {
            run.expect_text("The list contains items that cannot be read: 1.");
        }
    }
}

#[test]
fn accepts_no_cached_list() {
    let octopus = Octopus::start();
    add_key(&octopus, PURPOSE);
    let cached = Fault::edit("cached", |_, response| response.set_header("Age", "60"));
    octopus.fault(cached).on("GET", "/apikeys").forever();
    let run = delete(&octopus).line("--retry-for 1s").run().expect_code(1);
    assert!(run.error().contains("cache"), "{run:#?}");
    let list = &octopus.requests()[1];
    assert_eq!(list.header("Cache-Control"), Some("no-cache"));
}

#[test]
fn waits_for_a_post_whose_response_was_lost() {
    let octopus = Octopus::start();
    octopus.before_request("GET", "/apikeys", |octopus, number, _| {
        // The request arrives after the first two lists, the narrowed one and the whole one.
        if number == 3 {
            octopus.add_key(RUNBOOK_SVC, PURPOSE, Some(octopus.now() + HOUR));
        }
    });
    let now = jiff::Timestamp::now().to_string();
    delete(&octopus)
        .env("RUNKEY_INDETERMINATE", now)
        .line("--timeout 1s")
        .run()
        .expect_code(0);
    assert_eq!(requests(&octopus)[..4], [ME, LIST, WHOLE_LIST, LIST]);
    assert_eq!(active_keys(&octopus), [""; 0]);
}

#[test]
fn revokes_all_that_a_failed_create_left() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::ResetAfterProcessing)
        .on("POST", "/apikeys")
        .forever();
    create(&octopus).run().expect_code(1);
    assert_eq!(active_keys(&octopus).len(), 3);
    octopus.forget_requests();
    delete(&octopus)
        .line("--require --timeout 1s")
        .run()
        .expect_code(0);
    assert!(!requests(&octopus).contains(&POST.to_owned()));
    assert_eq!(active_keys(&octopus), [""; 0]);
}

#[test]
fn run_key_ends_the_run_when_the_id_token_is_refused() {
    let octopus = Octopus::start();
    let [key, other] = [(); 2].map(|()| add_key(&octopus, PURPOSE));
    octopus
        .fault(Fault::Status(400))
        .on("POST", "/token")
        .forever();
    let account = octopus.service_account_id(RUNBOOK_SVC);
    let token = octopus.issue_id_token("", octopus_sim::OIDC_SUBJECT, &account);
    let run = delete(&octopus)
        .without("OCTOPUS_API_KEY")
        .env("OCTOPUS_ID_TOKEN", token)
        .env("OCTOPUS_SERVICE_ACCOUNT_ID", account)
        .env("RUNKEY_KEY", &key.secret)
        .line("--owner Users-21")
        .run();
    insta::assert_snapshot!(transcript(&octopus, &run), @r##"
    exit code 0
    --- stdout
    [stdout-verbose]
    GET /.well-known/openid-configuration: 200 (N ms)
    [stdout-default]
    [stdout-verbose]
    POST /token/v1: 400 (N ms)
    [stdout-default]
    [stdout-verbose]
    GET /api/users/Users-21/apikeys: 200 (N ms)
    [stdout-default]
    [stdout-verbose]
    DELETE /api/users/Users-21/apikeys/apikeys-N: 200 (N ms)
    [stdout-default]
    [stdout-verbose]
    GET /api/users/Users-21/apikeys: 200 (N ms)
    [stdout-default]
    [stdout-verbose]
    DELETE /api/users/Users-21/apikeys/apikeys-N: 200 (N ms)
    [stdout-default]
    Revoked API key apikeys-N of "Alice King (alice)".
    Revoked API key apikeys-N of "Alice King (alice)"; not verified, since no credential is left to list keys with.
    [stdout-highlight]
    Revoked 2 API keys of run ServerTasks-123.
    [stdout-default]
    --- requests
    GET /.well-known/openid-configuration
    POST /token/v1
    GET /api/users/Users-21/apikeys?partialPurpose=ServerTasks-123&skip=0&take=1000
    DELETE /api/users/Users-21/apikeys/ID
    GET /api/users/Users-21/apikeys?partialPurpose=ServerTasks-123&skip=0&take=1000
    DELETE /api/users/Users-21/apikeys/ID
    "##);
    assert_eq!(deletions(&octopus), [other.id, key.id]);
    assert_eq!(left(&octopus), [""; 0]);
}

#[test]
fn fails_when_the_run_key_cannot_end_the_run() {
    let octopus = Octopus::start();
    let created = create(&octopus)
        .line("--access read-only")
        .run()
        .expect_code(0);
    let key = created.variable("ApiKeyId").unwrap();
    octopus.forget_requests();
    octopus
        .fault(Fault::Status(400))
        .on("POST", "/token")
        .forever();
    let account = octopus.service_account_id(RUNBOOK_SVC);
    let token = octopus.issue_id_token("", octopus_sim::OIDC_SUBJECT, &account);
    let run = delete(&octopus)
        .without("OCTOPUS_API_KEY")
        .env("OCTOPUS_ID_TOKEN", token)
        .env("OCTOPUS_SERVICE_ACCOUNT_ID", account)
        .env("RUNKEY_KEY", created.variable("ApiKey").unwrap())
        .env("RUNKEY_KEY_ID", &key)
        .line("--owner Users-21 --retry-for 1s")
        .run();
    assert!(run.error().contains(&key), "{run:#?}");
    assert_eq!(active_keys(&octopus), [PURPOSE]);
    run.expect_code(1);
}
