//! `runkey create --preflight`: will it work on this server?

use octopus_sim::{Fault, OIDC_SUBJECT, Octopus, RUNBOOK_SVC, Settings};

use crate::support::server::requests;
use crate::support::{Outcome, Runkey, bare, transcript};

/// `runkey create --preflight` as the service account.
fn preflight(octopus: &Octopus) -> Runkey<'_> {
    bare(octopus)
        .env("OCTOPUS_API_KEY", octopus.service_key())
        .env("RUNKEY_OUTPUT", "text")
        .line("create --preflight")
}

/// The run, with its random run ID hidden.
fn shown(octopus: &Octopus, run: &Outcome) -> String {
    let text = transcript(octopus, run);
    let mut parts = text.split("preflight-");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| match part.as_bytes().first() {
        Some(byte) if byte.is_ascii_hexdigit() => format!("{text}preflight-DIGITS{}", &part[8..]),
        _ => format!("{text}preflight-{part}"),
    })
}

/// No key is left behind.
fn assert_no_key(octopus: &Octopus, run: &Outcome) {
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1, "{run:#?}");
}

#[test]
fn reads_events_of_the_account_that_created_the_keys() {
    let octopus = Octopus::start();
    let run = preflight(&octopus)
        .env("OCTOPUS_API_KEY", octopus.admin_key())
        .line("--owner runbook-svc")
        .run();
    run.expect_code(0).expect_text("Report: ok");
}

#[test]
fn reports_a_current_server() {
    let octopus = Octopus::start();
    let _ = octopus.tasks().queue();
    let run = preflight(&octopus).run();
    insta::assert_snapshot!(shown(&octopus, &run), @r##"
    exit code 0
    --- stderr
    Server: ok - 'Octopus Deploy' 2026.3.11151 at http://octopus.test
    Credential: ok - API key of the service account 'runbook-svc' (Users-21)
    Create a key: ok - apikeys-N, valid for as long as asked
    Find keys by purpose: ok - by the server
    Use the key: ok - accepted; it may read its own record
    Read-only keys: ok - supported and enforced
    Keys of AI agents: ok - supported
    Revoke the keys: ok - 3 revoked, verified by the list
    Report: ok - the audit trail is readable
    Cleanup: ok - tasks are readable
    Create, use and delete will work on this server.
    --- requests
    GET /api
    GET /api/users/me
    POST /api/users/Users-21/apikeys
    GET /api/users/Users-21/apikeys?partialPurpose=preflight-DIGITS&skip=0&take=1000
    GET /api/users/Users-21/apikeys/ID
    POST /api/users/Users-21/apikeys
    GET /api/users/Users-21/apikeys/ID
    POST /api/users/Users-21/apikeys
    GET /api/users/Users-21/apikeys?partialPurpose=preflight-DIGITS&skip=0&take=1000
    DELETE /api/users/Users-21/apikeys/ID
    DELETE /api/users/Users-21/apikeys/ID
    DELETE /api/users/Users-21/apikeys/ID
    GET /api/users/Users-21/apikeys?partialPurpose=preflight-DIGITS&skip=0&take=1000
    GET /api/events?users=Users-21&from=TIME&spaces=all&includeSystem=true&excludeDifference=true&skip=0&take=1000
    GET /api/tasks?take=1&spaces=all&includeSystem=true
    "##);
    assert_no_key(&octopus, &run);
}

#[test]
fn reports_an_old_server() {
    let octopus = Settings::old_server().start();
    let run = preflight(&octopus).run();
    insta::assert_snapshot!(shown(&octopus, &run), @r##"
    exit code 1
    --- stderr
    Server: ok - 'Octopus Deploy' 2020.5.0 at http://octopus.test
    Credential: ok - API key of the service account 'runbook-svc' (Users-21)
    Warning: Create a key: FAILED - The server created a key that does not expire. The key was revoked. Upgrade Octopus Server to 2020.6 or later, the first version with expiring keys.
    Report: ok - the audit trail is readable
    Warning: Cleanup: not available - no task is readable: the server has none yet, or the TaskView permission is missing
    Error: The preflight check failed: Create a key.
    Help: See the failed checks above, or --output json for a bug report.
    --- requests
    GET /api
    GET /api/users/me
    POST /api/users/Users-21/apikeys
    DELETE /api/users/Users-21/apikeys/ID
    GET /api/events?users=Users-21&from=TIME&spaces=all&includeSystem=true&excludeDifference=true&skip=0&take=1000
    GET /api/tasks?take=1&spaces=all&includeSystem=true
    "##);
    assert_no_key(&octopus, &run);
}

#[test]
fn reports_missing_permissions() {
    let octopus = Settings {
        service_account_lacks: vec!["EventView", "TaskView"],
        knows_actor_type: false,
        honors_access_level: false,
        shows_a_key_its_record: false,
        filters_by_purpose: false,
        ..Settings::default()
    }
    .start();
    let run = preflight(&octopus).run();
    insta::assert_snapshot!(shown(&octopus, &run), @r##"
    exit code 0
    --- stderr
    Server: ok - 'Octopus Deploy' 2026.3.11151 at http://octopus.test
    Credential: ok - API key of the service account 'runbook-svc' (Users-21)
    Create a key: ok - apikeys-N, valid for as long as asked
    Find keys by purpose: ok - the server gives all keys
    Use the key: ok - accepted; it may not read its own record, so `use` checks its owner only
    Warning: Read-only keys: not available - The server created a key with the access level 'FullAccess' instead of read-only. The key was revoked.
    Warning: Keys of AI agents: not available - The server created a key of the actor type 'User' instead of 'AiAgent'. The key was revoked.
    Revoke the keys: ok - 1 revoked, verified by the list
    Warning: Report: not available - permission denied (403 Forbidden). Octopus said: "You do not have permission to perform this action. Please contact your Octopus administrator. Missing permission: EventView". It needs the EventView permission.
    Warning: Cleanup: not available - permission denied (403 Forbidden). Octopus said: "You do not have permission to perform this action. Please contact your Octopus administrator. Missing permission: TaskView". It needs the TaskView permission.
    Create, use and delete will work on this server. Not available: read-only keys, keys of AI agents, report, cleanup.
    --- requests
    GET /api
    GET /api/users/me
    POST /api/users/Users-21/apikeys
    GET /api/users/Users-21/apikeys?partialPurpose=preflight-DIGITS&skip=0&take=1000
    GET /api/users/Users-21/apikeys/ID
    POST /api/users/Users-21/apikeys
    GET /api/users/Users-21/apikeys/ID
    DELETE /api/users/Users-21/apikeys/ID
    POST /api/users/Users-21/apikeys
    DELETE /api/users/Users-21/apikeys/ID
    GET /api/users/Users-21/apikeys?partialPurpose=preflight-DIGITS&skip=0&take=1000
    DELETE /api/users/Users-21/apikeys/ID
    GET /api/users/Users-21/apikeys?partialPurpose=preflight-DIGITS&skip=0&take=1000
    GET /api/events?users=Users-21&from=TIME&spaces=all&includeSystem=true&excludeDifference=true&skip=0&take=1000
    GET /api/tasks?take=1&spaces=all&includeSystem=true
    "##);
    assert_no_key(&octopus, &run);
}

#[test]
fn reports_an_id_token() {
    let octopus = Settings {
        key_may_outlive_token: false,
        ..Settings::default()
    }
    .start();
    let account = octopus.service_account_id(RUNBOOK_SVC);
    let run = preflight(&octopus)
        .without("OCTOPUS_API_KEY")
        .env(
            "OCTOPUS_ID_TOKEN",
            octopus.issue_id_token("", OIDC_SUBJECT, &account),
        )
        .env("OCTOPUS_SERVICE_ACCOUNT_ID", account)
        .run();
    insta::assert_snapshot!(shown(&octopus, &run), @r##"
    exit code 0
    --- stderr
    Server: ok - 'Octopus Deploy' 2026.3.11151 at http://octopus.test
    Credential: ok - ID token, exchanged for an access token, of the service account 'runbook-svc' (Users-21)
    Create a key: ok - apikeys-N, valid for as long as asked
    Find keys by purpose: ok - by the server
    Use the key: ok - accepted; it may read its own record
    Read-only keys: ok - supported and enforced
    Keys of AI agents: ok - supported
    Warning: Keys that outlive the access token: not available - Cannot create the key: the server rejected the request (400 Bad Request). Keep --expires-in (RUNKEY_EXPIRES_IN) within an hour.
    Revoke the keys: ok - 3 revoked, verified by the list
    Report: ok - the audit trail is readable
    Warning: Cleanup: not available - no task is readable: the server has none yet, or the TaskView permission is missing
    Create, use and delete will work on this server. Not available: keys that outlive the access token, cleanup.
    --- requests
    GET /api
    GET /.well-known/openid-configuration
    POST /token/v1
    GET /api/users/me
    POST /api/users/Users-21/apikeys
    GET /api/users/Users-21/apikeys?partialPurpose=preflight-DIGITS&skip=0&take=1000
    GET /api/users/Users-21/apikeys/ID
    POST /api/users/Users-21/apikeys
    GET /api/users/Users-21/apikeys/ID
    POST /api/users/Users-21/apikeys
    POST /api/users/Users-21/apikeys
    GET /api/users/Users-21/apikeys?partialPurpose=preflight-DIGITS&skip=0&take=1000
    DELETE /api/users/Users-21/apikeys/ID
    DELETE /api/users/Users-21/apikeys/ID
    DELETE /api/users/Users-21/apikeys/ID
    GET /api/users/Users-21/apikeys?partialPurpose=preflight-DIGITS&skip=0&take=1000
    GET /api/events?users=Users-21&from=TIME&spaces=all&includeSystem=true&excludeDifference=true&skip=0&take=1000
    GET /api/tasks?take=1&spaces=all&includeSystem=true
    "##);
    assert_no_key(&octopus, &run);
}

#[test]
fn reports_as_json_without_secrets() {
    let octopus = Octopus::start();
    let run = preflight(&octopus).line("--output json").run();
    insta::assert_snapshot!(shown(&octopus, &run), @r##"
    exit code 0
    --- stdout
    {"Checks":[{"Check":"Server","Detail":"'Octopus Deploy' 2026.3.11151 at http://octopus.test","Status":"Passed"},{"Check":"Credential","Detail":"API key of the service account 'runbook-svc' (Users-21)","Status":"Passed"},{"Check":"Create a key","Detail":"apikeys-N, valid for as long as asked","Status":"Passed"},{"Check":"Find keys by purpose","Detail":"by the server","Status":"Passed"},{"Check":"Use the key","Detail":"accepted; it may read its own record","Status":"Passed"},{"Check":"Read-only keys","Detail":"supported and enforced","Status":"Passed"},{"Check":"Keys of AI agents","Detail":"supported","Status":"Passed"},{"Check":"Revoke the keys","Detail":"3 revoked, verified by the list","Status":"Passed"},{"Check":"Report","Detail":"the audit trail is readable","Status":"Passed"},{"Check":"Cleanup","Detail":"no task is readable: the server has none yet, or the TaskView permission is missing","Status":"NotAvailable"}],"Format":"runkey-preflight-DIGITSeyVersion":"0.2.0"}
    --- stderr
    Server: ok - 'Octopus Deploy' 2026.3.11151 at http://octopus.test
    Credential: ok - API key of the service account 'runbook-svc' (Users-21)
    Create a key: ok - apikeys-N, valid for as long as asked
    Find keys by purpose: ok - by the server
    Use the key: ok - accepted; it may read its own record
    Read-only keys: ok - supported and enforced
    Keys of AI agents: ok - supported
    Revoke the keys: ok - 3 revoked, verified by the list
    Report: ok - the audit trail is readable
    Warning: Cleanup: not available - no task is readable: the server has none yet, or the TaskView permission is missing
    Create, use and delete will work on this server. Not available: cleanup.
    --- requests
    GET /api
    GET /api/users/me
    POST /api/users/Users-21/apikeys
    GET /api/users/Users-21/apikeys?partialPurpose=preflight-DIGITS&skip=0&take=1000
    GET /api/users/Users-21/apikeys/ID
    POST /api/users/Users-21/apikeys
    GET /api/users/Users-21/apikeys/ID
    POST /api/users/Users-21/apikeys
    GET /api/users/Users-21/apikeys?partialPurpose=preflight-DIGITS&skip=0&take=1000
    DELETE /api/users/Users-21/apikeys/ID
    DELETE /api/users/Users-21/apikeys/ID
    DELETE /api/users/Users-21/apikeys/ID
    GET /api/users/Users-21/apikeys?partialPurpose=preflight-DIGITS&skip=0&take=1000
    GET /api/events?users=Users-21&from=TIME&spaces=all&includeSystem=true&excludeDifference=true&skip=0&take=1000
    GET /api/tasks?take=1&spaces=all&includeSystem=true
    "##);
    assert_no_key(&octopus, &run);
}

#[test]
fn reports_a_credential_that_is_refused() {
    let octopus = Octopus::start();
    let run = preflight(&octopus)
        .env("OCTOPUS_API_KEY", "API-ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        .run();
    insta::assert_snapshot!(shown(&octopus, &run), @r##"
    exit code 1
    --- stderr
    Server: ok - 'Octopus Deploy' 2026.3.11151 at http://octopus.test
    Warning: Credential: FAILED - the credential was rejected (401 Unauthorized). Octopus said: "You must be logged in to request this resource or provide a valid API key. Your account may have been disabled, please contact your Octopus administrator." Check that the credential belongs to this server and is not expired or revoked, and that its account is enabled. An API key begins with API-.
    Error: The preflight check failed: Credential.
    Help: See the failed checks above, or --output json for a bug report.
    --- requests
    GET /api
    GET /api/users/me
    "##);
}

#[test]
fn checks_keys_of_another_owner() {
    let octopus = Octopus::start();
    preflight(&octopus)
        .line("--owner runbook-alice")
        .run()
        .expect_code(0);
    let run = preflight(&octopus).line("--owner alice").run();
    run.expect_code(1).expect_text("Create a key: FAILED");
}

#[test]
fn reports_an_agent_account() {
    let octopus = Settings {
        service_account_type: "Agent",
        ..Settings::default()
    }
    .start();
    let run = preflight(&octopus).run().expect_code(0);
    assert_no_key(&octopus, &run);
    run.expect_text("Keys of AI agents: ok");
}

#[test]
fn fails_when_a_key_of_the_check_may_be_active() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::Status(403))
        .on("DELETE", "/apikeys")
        .forever();
    let run = preflight(&octopus).run().expect_code(1);
    for key in &octopus.keys(RUNBOOK_SVC)[1..] {
        assert!(
            run.error().contains(&format!("{} (expires ", key.id)),
            "{run:#?}"
        );
    }
}

#[test]
fn refuses_options_of_a_run() {
    let octopus = Octopus::start();
    for arguments in [
        "--run-id R",
        "--run-by A",
        "--expires-in 1h",
        "--access full",
        "-- true",
    ] {
        let run = preflight(&octopus).line(arguments).run();
        assert!([2, 125].contains(&run.code), "{arguments}: {run:#?}");
    }
    assert_eq!(requests(&octopus), [""; 0]);
}
