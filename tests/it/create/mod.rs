//! `runkey create`: what it sends, how the key is passed on, and what it does with a key that is not
//! what was asked for.

mod indeterminate;
#[cfg(unix)]
mod undelivered;
mod verification;

use jiff::SignedDuration;
use octopus_sim::{Fault, Octopus, RUNBOOK_ALICE, RUNBOOK_SVC, Settings, Wording};
use serde_json::json;

use crate::support::server::{DELETE, HOUR, ME, POST, active_keys, requests};
use crate::support::{ALICE, Outcome, PURPOSE, RUN, create, delete, transcript, use_key};

/// Runs `create` against a server that answers its POST so; nothing may be passed on.
#[track_caller]
fn create_with(octopus: &Octopus, fault: Fault) -> Outcome {
    octopus.fault(fault).on("POST", "/apikeys").forever();
    let run = create(octopus).run().expect_code(1);
    assert_eq!(run.variable("ApiKey"), None, "{run:#?}");
    assert!(run.result_message().is_some(), "{run:#?}");
    run
}

#[test]
fn creates_key_and_passes_it_on() {
    let octopus = Octopus::start();
    let run = create(&octopus).run();
    insta::assert_snapshot!(transcript(&octopus, &run), @r##"
    exit code 0
    --- stdout
    [stdout-verbose]
    GET /api/users/me: 200 (N ms)
    [stdout-default]
    [setVariable name='ApiKeyRunId' value='ServerTasks-123']
    [setVariable name='ApiKeyPurpose' value='Alice King (alice) [runkey ServerTasks-123]']
    [setVariable name='ApiKeyOwnerId' value='Users-21']
    [stdout-verbose]
    POST /api/users/Users-21/apikeys: 200 (N ms)
    [stdout-default]
    [mask value='API-SECRET']
    [setVariable name='ApiKey' sensitive='True' value='API-SECRET']
    [setVariable name='ApiKeyId' value='apikeys-N']
    [setVariable name='ApiKeyExpires' value='TIME']
    [stdout-highlight]
    Created API key apikeys-N for "Alice King (alice)", run ServerTasks-123. Expires in 1h, at TIME.
    [stdout-default]
    --- stderr
    [mask value='API-SECRET']
    --- requests
    GET /api/users/me
    POST /api/users/Users-21/apikeys
    "##);
    let created = octopus.keys(RUNBOOK_SVC).pop().unwrap();
    assert_eq!(created.purpose, PURPOSE);
    assert_eq!(run.variable("ApiKeyId"), Some(created.id));
    let expires: jiff::Timestamp = run.variable("ApiKeyExpires").unwrap().parse().unwrap();
    assert_eq!(Some(expires), created.expires);
    assert!(
        octopus
            .every_secret()
            .contains(&run.variable("ApiKey").unwrap())
    );
    assert_eq!(octopus.connections(), 1);
}

#[test]
fn announces_run_before_the_post_is_sent() {
    let octopus = Octopus::start();
    octopus.fault(Fault::Status(403)).on("POST", "/apikeys");
    let run = create(&octopus).run();
    insta::assert_snapshot!(transcript(&octopus, &run), @r##"
    exit code 1
    --- stdout
    [stdout-verbose]
    GET /api/users/me: 200 (N ms)
    [stdout-default]
    [setVariable name='ApiKeyRunId' value='ServerTasks-123']
    [setVariable name='ApiKeyPurpose' value='Alice King (alice) [runkey ServerTasks-123]']
    [setVariable name='ApiKeyOwnerId' value='Users-21']
    [stdout-verbose]
    POST /api/users/Users-21/apikeys: 403 (N ms)
    [stdout-default]
    [resultMessage message='Cannot create the key: permission denied (403 Forbidden). Octopus said: "The server is in trouble."']
    --- stderr
    Error: Cannot create the key: permission denied (403 Forbidden).
    Octopus said: "The server is in trouble."
    Help: Check that the credential is not a read-only key. For keys of another account (--owner), the credential's account needs the UserEdit permission.
    --- requests
    GET /api/users/me
    POST /api/users/Users-21/apikeys
    "##);
}

#[test]
fn prints_key_alone_as_text() {
    let octopus = Octopus::start();
    let run = create(&octopus).line("--output text").run();
    insta::assert_snapshot!(transcript(&octopus, &run), @r##"
    exit code 0
    --- stdout
    API-SECRET
    --- stderr
    Created API key apikeys-N for "Alice King (alice)", run ServerTasks-123. Expires in 1h, at TIME.
    --- requests
    GET /api/users/me
    POST /api/users/Users-21/apikeys
    "##);
}

#[test]
fn prints_one_object_as_json() {
    let octopus = Octopus::start();
    let run = create(&octopus).line("--output json -v").run();
    insta::assert_snapshot!(transcript(&octopus, &run), @r##"
    exit code 0
    --- stdout
    {"ApiKey":"API-SECRET","ApiKeyRunId":"ServerTasks-123","ApiKeyPurpose":"Alice King (alice) [runkey ServerTasks-123]","ApiKeyOwnerId":"Users-21","ApiKeyId":"apikeys-N","ApiKeyExpires":"TIME"}
    --- stderr
    GET /api/users/me: 200 (N ms)
    POST /api/users/Users-21/apikeys: 200 (N ms)
    Created API key apikeys-N for "Alice King (alice)", run ServerTasks-123. Expires in 1h, at TIME.
    --- requests
    GET /api/users/me
    POST /api/users/Users-21/apikeys
    "##);
    let created = octopus.keys(RUNBOOK_SVC).pop().unwrap();
    assert_eq!(run.json()["ApiKeyId"], created.id.as_str());
    assert_eq!(run.json()["ApiKeyPurpose"], PURPOSE);
}

#[test]
fn sends_only_what_every_server_knows() {
    let octopus = Octopus::start();
    create(&octopus).run().expect_code(0);
    let post = octopus.requests().pop().unwrap();
    let body: serde_json::Value = serde_json::from_str(&post.body).unwrap();
    let fields: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["Expires", "Purpose", "UserId"]);
    assert_eq!(body["UserId"], RUNBOOK_SVC);
    assert_eq!(post.header("content-type"), Some("application/json"));
    let agent = concat!("runkey/", env!("CARGO_PKG_VERSION"));
    assert_eq!(post.header("user-agent"), Some(agent));
}

#[test]
fn finds_owner_by_id_or_username() {
    let octopus = Settings {
        largest_page: Some(30),
        ..Settings::default()
    }
    .start();
    for number in 0..40 {
        octopus.add_user(&format!("RUNBOOK-ALICE-{number}"), "A near miss", true);
    }
    let late = octopus.add_user("Last-runbook-alice", "Found late", true);
    for name in ["dup", "Dup", "DUP"] {
        octopus.add_user(name, "One of three", true);
    }
    let exact = octopus.add_user("dUP", "Exactly this", true);
    for (owner, id) in [
        (RUNBOOK_SVC, RUNBOOK_SVC),
        ("Runbook-Alice", RUNBOOK_ALICE),
        (" last-RUNBOOK-alice ", late.as_str()),
        ("dUP", exact.as_str()),
    ] {
        octopus.forget_requests();
        let run = create(&octopus).args(["--owner", owner]).run();
        assert_eq!(
            run.variable("ApiKeyOwnerId").as_deref(),
            Some(id),
            "{run:#?}"
        );
        let sent = requests(&octopus);
        assert_eq!(sent.len() == 1, owner == id, "{sent:#?}");
    }
    for (owner, error) in [
        (
            "duP",
            "Cannot find the account 'duP': several usernames differ from it only in case.",
        ),
        (
            "nobody",
            "Cannot find the account 'nobody': no account has this username.",
        ),
    ] {
        let run = create(&octopus).args(["--owner", owner]).run();
        run.expect_error(1, error);
    }
}

#[test]
fn creates_keys_of_ai_agents_and_explains_agent_accounts() {
    let octopus = Octopus::start();
    create(&octopus)
        .line("--actor-type ai-agent")
        .run()
        .expect_code(0);
    let created = octopus.keys(RUNBOOK_SVC).pop().unwrap();
    assert_eq!(created.actor_type, "AiAgent");

    let octopus = Settings {
        service_account_type: "Agent",
        ..Settings::default()
    }
    .start();
    let run = create(&octopus).run().expect_code(1);
    run.expect_text("use --actor-type ai-agent");
}

#[test]
fn verifies_read_only_on_the_stored_key() {
    let octopus = Octopus::start();
    let run = create(&octopus).line("--access read-only").run();
    run.expect_code(0);
    let created = octopus.keys(RUNBOOK_SVC).pop().unwrap();
    assert_eq!(created.access_level, "ReadOnly");
    let record = "GET /api/users/Users-21/apikeys/ID";
    assert_eq!(requests(&octopus), [ME, POST, record]);
}

#[test]
fn revokes_key_that_an_old_server_made_otherwise() {
    let no_level = Settings {
        knows_access_level: false,
        ..Settings::default()
    };
    let ignored_level = Settings {
        honors_access_level: false,
        ..Settings::default()
    };
    let no_actors = Settings {
        knows_actor_type: false,
        ..Settings::default()
    };
    for (settings, arguments, error) in [
        (
            Settings::old_server(),
            "",
            "The server created a key that does not expire.",
        ),
        (
            no_level,
            "--access read-only",
            "The server created a key with the access level 'unknown' instead of read-only.",
        ),
        (
            ignored_level,
            "--access read-only",
            "The server created a key with the access level 'FullAccess' instead of read-only.",
        ),
        (
            no_actors,
            "--actor-type ai-agent",
            "The server created a key of the actor type 'User' instead of 'AiAgent'.",
        ),
    ] {
        let octopus = settings.start();
        let run = create(&octopus).line(arguments).run();
        let run = run.expect_error(1, &format!("{error} The key was revoked."));
        assert_eq!(run.variable("ApiKey"), None);
        assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
    }
}

#[test]
fn explains_a_rejected_expiry_whatever_its_wording() {
    for wording in [Wording::Usual, Wording::Other] {
        let octopus = Settings {
            wording,
            ..Settings::default()
        }
        .start();
        let soon = octopus.now() + SignedDuration::from_mins(5);
        let short = octopus.add_key(RUNBOOK_SVC, "A short lifetime", Some(soon));
        let run = create(&octopus)
            .env("OCTOPUS_API_KEY", &short.secret)
            .run()
            .expect_code(1)
            .expect_text("--expires-in (RUNKEY_EXPIRES_IN)");
        assert!(
            run.error().starts_with("Cannot create the key: "),
            "{run:#?}"
        );
        assert!(run.stderr.contains("Octopus said: \""), "{run:#?}");
    }
}

#[test]
fn refuses_key_for_another_person_with_the_servers_words() {
    let octopus = Octopus::start();
    let run = create(&octopus).line("--owner alice").run();
    insta::assert_snapshot!(transcript(&octopus, &run), @r##"
    exit code 1
    --- stdout
    [stdout-verbose]
    GET /api/users: 200 (N ms)
    [stdout-default]
    [setVariable name='ApiKeyRunId' value='ServerTasks-123']
    [setVariable name='ApiKeyPurpose' value='Alice King (alice) [runkey ServerTasks-123]']
    [setVariable name='ApiKeyOwnerId' value='Users-2']
    [stdout-verbose]
    POST /api/users/Users-2/apikeys: 403 (N ms)
    [stdout-default]
    [resultMessage message='Cannot create a key for account Users-2: permission denied (403 Forbidden). Octopus said: "You do not have permission to perform this action."']
    --- stderr
    Error: Cannot create a key for account Users-2: permission denied (403 Forbidden).
    Octopus said: "You do not have permission to perform this action."
    Help: Check that the credential is not a read-only key. For keys of another account (--owner), the credential's account needs the UserEdit permission. Keys can be created for oneself and for service accounts only.
    --- requests
    GET /api/users?filter=alice&skip=0&take=1000
    POST /api/users/Users-2/apikeys
    "##);
}

#[test]
fn passes_names_with_quotes_brackets_and_emoji() {
    for (name, stored) in [
        (
            "O'Brien \"Bob\" (bob)",
            "O\u{2019}Brien \u{201D}Bob\u{201D} (bob)",
        ),
        ("a ] b [ c <d> & e", "a ] b [ c <d> & e"),
        ("Zoë Ångström 🦀", "Zoë Ångström 🦀"),
        ("##octopus[mask value=QQ==]", "##octopus[mask value=QQ==]"),
        ("$(touch x) `id`", "$(touch x) `id`"),
        ("100% _ ^ \\", "100% _ ^ \\"),
        ("  Alice \u{202e}\t King\u{7}  ", "Alice King"),
    ] {
        let octopus = Octopus::start();
        let run = create(&octopus).env("RUNKEY_RUN_BY", name).run();
        let purpose = format!("{stored} [runkey {RUN}]");
        assert_eq!(run.variable("ApiKeyPurpose"), Some(purpose.clone()));
        assert_eq!(active_keys(&octopus), [purpose]);
        assert_eq!(run.messages().len(), 7, "{run:#?}");
        delete(&octopus).line("--require").run().expect_code(0);
        assert_eq!(active_keys(&octopus), [""; 0]);
    }
}

#[test]
fn creates_key_with_a_verbatim_purpose() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .without("RUNKEY_RUN_BY")
        .without("RUNKEY_RUN_ID")
        .args(["--purpose", "nightly cleanup"])
        .run()
        .expect_code(0);
    assert_eq!(active_keys(&octopus), ["nightly cleanup"]);
    assert_eq!(run.variable("ApiKeyRunId"), None);
}

#[test]
fn refuses_a_purpose_beside_a_run() {
    let octopus = Octopus::start();
    for run in [
        create(&octopus).without("RUNKEY_RUN_ID"),
        create(&octopus).without("RUNKEY_RUN_BY"),
        delete(&octopus),
        use_key(&octopus, octopus.service_key()),
    ] {
        let run = run.args(["--purpose", "x"]).run();
        assert!(matches!(run.code, 2 | 125), "{run:#?}");
        let error = "--purpose (RUNKEY_PURPOSE) cannot be used with --run-";
        assert!(run.error().starts_with(error), "{run:#?}");
    }
    assert_eq!(requests(&octopus), [""; 0]);
}

#[test]
fn states_lifetime_in_the_highlight() {
    let octopus = Octopus::start();
    let run = create(&octopus).args(["--expires-in", "2h 30m"]).run();
    let key = octopus.keys(RUNBOOK_SVC).pop().unwrap();
    let expires = key.expires.unwrap();
    assert_eq!(
        run.at_level("highlight"),
        [format!(
            "Created API key {} for \"{ALICE}\", run ServerTasks-123. Expires in 2h 30m, at {expires:.0}.",
            key.id
        )]
    );
}

#[test]
fn warns_when_the_owner_started_the_run() {
    let octopus = Octopus::start();
    let run = create(&octopus)
        .env("RUNKEY_RUN_BY", "Runbooks (runbook-svc)")
        .run();
    let warnings = run.at_level("warning");
    assert!(
        warnings[0].starts_with("The account that owns the key started this run"),
        "{run:#?}"
    );
    run.expect_code(0);
}
