//! One-command runs with tokens.

use super::*;

#[test]
fn run_key_revokes_itself_when_the_token_has_expired() {
    let octopus = Octopus::start();
    let (running, _) = start_until_line(
        run_script(
            &octopus,
            "trap 'exit 6' TERM; echo ready; sleep 60 >/dev/null 2>&1 & wait",
        )
        .without("OCTOPUS_API_KEY")
        .env("OCTOPUS_ACCESS_TOKEN", octopus.access_token())
        .env("RUNKEY_EXPIRES_IN", "3h"),
    );
    octopus.advance_clock(HOUR * 2);
    octopus.forget_requests();
    running.signal(rustix::process::Signal::TERM);
    let run = running.end();
    assert_eq!(active_keys(&octopus), [""; 0], "{run:#?}");
    let sent = requests(&octopus);
    assert_eq!(sent.last().map(String::as_str), Some(DELETE), "{sent:#?}");
    run.expect_code(6).expect_text("not verified");
}

#[test]
fn works_with_an_id_token() {
    let octopus = Octopus::start();
    let account = octopus.service_account_id(RUNBOOK_SVC);
    let token = octopus.issue_id_token("", OIDC_SUBJECT, &account);
    let run = run_script(&octopus, "env > environment")
        .without("OCTOPUS_API_KEY")
        .env("OCTOPUS_ID_TOKEN", &token)
        .env("OCTOPUS_SERVICE_ACCOUNT_ID", account)
        .run()
        .expect_code(0);
    assert!(run.file("environment").contains("OCTOPUS_ID_TOKEN=\n"));
    assert!(!run.file("environment").contains(&token));
    assert_eq!(active_keys(&octopus), [""; 0]);
}
