//! Keys of requests whose response was lost, and runs that end without their credential.

use super::*;

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
fn time_of_a_lost_request_can_be_any() {
    for time in ["9999-12-30T22:00:00Z", "-009999-01-02T01:59:59Z"] {
        let octopus = Octopus::start();
        add_key(&octopus, PURPOSE);
        let run = delete(&octopus).env("RUNKEY_INDETERMINATE", time);
        run.line("--timeout 500ms").run().expect_code(0);
        assert_eq!(active_keys(&octopus), [""; 0]);
    }
}

#[test]
fn revokes_all_that_a_failed_create_left() {
    let octopus = Octopus::start();
    always(&octopus, "POST /apikeys", Fault::ResetAfterProcessing);
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
    always(&octopus, "POST /token", Fault::Status(400));
    let account = octopus.service_account_id(RUNBOOK_SVC);
    let token = octopus.issue_id_token("", octopus_sim::OIDC_SUBJECT, &account);
    let run = delete(&octopus)
        .without("OCTOPUS_API_KEY")
        .env("OCTOPUS_ID_TOKEN", token)
        .env("OCTOPUS_SERVICE_ACCOUNT_ID", account)
        .env("RUNKEY_KEY", &key.secret)
        .line("--owner Users-21")
        .run();
    run.expect_code(0);
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
    always(&octopus, "POST /token", Fault::Status(400));
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
