//! What the server stored is compared with what was asked for.

use super::*;

#[test]
fn revokes_key_that_is_not_what_was_asked_for() {
    let no_text = Fault::json("a secret that is no text", |key| {
        key["ApiKey"] = json!({ "HasValue": true });
    });
    let foreign =
        "Cannot create the key: unexpected response: JSON that is not from an Octopus Server.";
    let invalid = "The server returned a key that is empty or contains an invalid character.";
    let purpose =
        "The server stored a different purpose, so the delete step would not find the key.";
    for (fault, error) in [
        (
            Fault::without("Expires"),
            "The server created a key that does not expire.",
        ),
        (Fault::empty_secret(), invalid),
        (Fault::secret_with(' '), invalid),
        (Fault::secret_with('\n'), invalid),
        (Fault::secret_with('\u{7}'), invalid),
        (Fault::secret_with('é'), invalid),
        (Fault::without("ApiKey"), foreign),
        (no_text, foreign),
        (Fault::without("Purpose"), purpose),
        (
            Fault::json("cut purpose", |key| key["Purpose"] = json!("Alice")),
            purpose,
        ),
    ] {
        let octopus = Octopus::start();
        let error = format!("{error} The key was revoked.");
        create_with(&octopus, fault.clone()).expect_error(1, &error);
        assert_eq!(requests(&octopus), [ME, POST, DELETE], "{fault}");
        assert_eq!(active_keys(&octopus), [""; 0], "{fault}");
    }
}

#[test]
fn revokes_key_of_a_wrong_lifetime_and_creates_one_more() {
    for fault in [
        Fault::expires_in(-HOUR),
        Fault::expires_in(SignedDuration::from_secs(-2)),
        Fault::expires_later_by(SignedDuration::from_secs(65)),
        Fault::expires_later_by(SignedDuration::from_secs(-65)),
        Fault::expires_later_by(HOUR * 24 * 180),
    ] {
        let octopus = Octopus::start();
        let run = create_with(&octopus, fault.clone());
        assert!(
            run.error()
                .ends_with("which is not what was asked for. The key was revoked."),
            "{run:#?}"
        );
        let sent = [ME, POST, DELETE, POST, DELETE];
        assert_eq!(requests(&octopus), sent, "{fault}");
        assert_eq!(active_keys(&octopus), [""; 0], "{fault}");

        // Only the first response was wrong.
        let octopus = Octopus::start();
        octopus.fault(fault.clone()).on("POST", "/apikeys");
        create(&octopus).run().expect_code(0);
        assert_eq!(active_keys(&octopus), [PURPOSE], "{fault}");
    }
}

#[test]
fn fails_when_key_of_a_wrong_lifetime_cannot_be_revoked() {
    let octopus = Octopus::start();
    octopus.fault(Fault::Status(403)).on("DELETE", "/apikeys/");
    let run = create_with(&octopus, Fault::expires_later_by(HOUR * 24));
    let key = octopus.keys(RUNBOOK_SVC).pop().unwrap();
    let begin = format!("Cannot revoke API key {} (expires ", key.id);
    assert!(run.error().starts_with(&begin), "{run:#?}");
    assert_eq!(requests(&octopus), [ME, POST, DELETE]);
}

#[test]
fn accepts_expiry_within_a_minute() {
    for seconds in [55, -55] {
        let octopus = Octopus::start();
        let fault = Fault::expires_later_by(SignedDuration::from_secs(seconds));
        octopus.fault(fault).on("POST", "/apikeys");
        create(&octopus).run().expect_code(0);
        assert_eq!(requests(&octopus), [ME, POST]);
    }
}

#[test]
fn computes_expiry_by_the_servers_clock() {
    let proxy = |hours| Some(Fault::date_off_by(HOUR * hours));
    for (hours, date, owner, code) in [
        (26, None, "", 0),
        (-26, None, "", 0),
        (0, proxy(2), "", 0),
        (0, proxy(48), "", 0),
        // The server rejects an expiry in the past; no key was created.
        (0, proxy(-2), "", 1),
        (0, proxy(-48), "", 1),
        (0, Some(Fault::no_date()), "", 0),
        (0, Some(Fault::date("yesterday, or so")), "", 0),
        // The first response is that of the POST.
        (26, None, RUNBOOK_SVC, 0),
        (-26, None, RUNBOOK_SVC, 0),
        (0, proxy(48), RUNBOOK_SVC, 0),
        (0, proxy(-48), RUNBOOK_SVC, 0),
    ] {
        let octopus = server_with(|settings| settings.clock_offset = HOUR * hours);
        if let Some(date) = &date {
            always(&octopus, "GET /", date.clone());
            always(&octopus, "POST /", date.clone());
        }
        let run = create(&octopus).env("RUNKEY_OWNER", owner);
        let run = run.line("--expires-in 30m").run().expect_code(code);
        let keys = octopus.keys(RUNBOOK_SVC).split_off(1);
        assert_eq!(keys.len(), usize::from(code == 0), "{date:?}: {run:#?}");
        for key in keys {
            let lifetime = key.expires.unwrap().duration_since(key.created);
            assert!((lifetime.as_secs() - 1800).abs() <= 60, "{lifetime:?}");
        }
    }
}
