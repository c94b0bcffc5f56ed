//! Requests whose response was lost.

use super::*;

const MAY_BE_ACTIVE: &str = "; a key of run ServerTasks-123 may be active.";

/// Something before the server keeps the response back, and gives one of its own.
fn held_back(status: u16) -> Fault {
    Fault::edit(&format!("held back: {status}"), move |_, response| {
        response.make_page(status, "Blocked");
    })
}

#[test]
fn names_possible_duplicate_when_no_key_can_be_named() {
    for fault in [
        Fault::not_json(),
        Fault::cut_json(),
        Fault::without("Id"),
        Fault::wrong_types(),
        held_back(400),
        held_back(403),
        held_back(404),
        held_back(413),
    ] {
        let octopus = Octopus::start();
        let run = create_with(&octopus, fault.clone());
        assert!(run.error().ends_with(MAY_BE_ACTIVE), "{fault}: {run:#?}");
        assert!(
            run.variable("ApiKeyIndeterminate").is_some(),
            "{fault}: {run:#?}"
        );
        assert_eq!(requests(&octopus), [ME, POST], "{fault}");
    }
}

#[test]
fn repeats_lost_post_and_passes_on_its_time() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::ResetAfterProcessing)
        .on("POST", "/apikeys");
    let before = jiff::Timestamp::now();
    let run = create(&octopus).run().expect_code(0);
    assert_eq!(active_keys(&octopus), [PURPOSE, PURPOSE]);
    let lost: jiff::Timestamp = run
        .variable("ApiKeyIndeterminate")
        .unwrap()
        .parse()
        .unwrap();
    assert!((lost - before).get_seconds().abs() < 60, "{lost}");
    assert_eq!(
        run.at_level("warning"),
        [
            "The response to an earlier request was lost: it may have created a second key (possible duplicate), which is revoked with this one."
        ]
    );
    assert_eq!(
        run.variable("ApiKeyId"),
        octopus.keys(RUNBOOK_SVC).pop().map(|key| key.id)
    );
}

#[test]
fn sends_at_most_three_posts_whose_response_is_lost() {
    let octopus = Octopus::start();
    let run = create_with(&octopus, Fault::ResetAfterProcessing);
    assert_eq!(requests(&octopus), [ME, POST, POST, POST]);
    assert!(run.variable("ApiKeyIndeterminate").is_some());
    assert!(run.error().ends_with(MAY_BE_ACTIVE), "{run:#?}");
    run.expect_text("Revoke with: runkey delete --run-id ServerTasks-123 --owner Users-21\n");
    delete(&octopus).run().expect_code(0);
    assert_eq!(active_keys(&octopus), [""; 0]);
}

#[test]
fn tells_possible_duplicate_when_a_later_post_is_refused() {
    let octopus = Octopus::start();
    octopus
        .fault(Fault::ResetAfterProcessing)
        .on("POST", "/apikeys");
    let run = create_with(&octopus, Fault::Status(403));
    assert!(run.variable("ApiKeyIndeterminate").is_some());
    assert!(run.error().ends_with(MAY_BE_ACTIVE), "{run:#?}");
}

#[test]
fn names_key_that_could_not_be_revoked() {
    let octopus = Octopus::start();
    octopus.fault(Fault::Status(403)).on("DELETE", "/apikeys/");
    let run = create_with(&octopus, Fault::empty_secret());
    let key = octopus.keys(RUNBOOK_SVC).pop().unwrap();
    let named = format!(
        "API key {} (expires {:.0}) may be active",
        key.id,
        key.expires.unwrap()
    );
    assert!(run.error().contains(&named), "{run:#?}");
}
