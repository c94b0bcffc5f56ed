//! Revocations that fail, and what a response to a DELETE is worth.

use super::*;

#[test]
fn fails_when_revocation_has_no_effect() {
    for fault in [
        Fault::success_with_error(),
        Fault::accepted(),
        Fault::instead("a proxy's 404", |_, response| {
            response.make_page(404, "Not Found");
        }),
        Fault::instead("a proxy's 410", |_, response| {
            response.make_page(410, "Gone");
        }),
        Fault::instead("a proxy's 200", |_, response| {
            response.make_page(200, "Sign in");
        }),
        Fault::Status(404),
    ] {
        let octopus = Octopus::start();
        let key = add_key(&octopus, PURPOSE);
        always(&octopus, "DELETE /apikeys", fault.clone());
        always(&octopus, "POST /apikeys/", fault.clone());
        let run = delete(&octopus).line("--retry-for 1s").run().expect_code(1);
        let expires = octopus.keys(RUNBOOK_SVC)[1].expires.unwrap();
        let named = format!("Cannot revoke API key {} (expires {expires:.0}): ", key.id);
        assert!(run.error().starts_with(&named), "{fault}: {run:#?}");
        assert!(run.at_level("highlight").is_empty(), "{fault}: {run:#?}");
        assert_eq!(active_keys(&octopus), [PURPOSE], "{fault}");
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
    let json = run.json();
    let listed = json["Keys"].as_array().unwrap().iter();
    let outcomes: Vec<_> = listed.map(|key| key["Outcome"].as_str().unwrap()).collect();
    let expected = ["MayBeActive", "MayBeActive", "Revoked", "MayBeActive"];
    assert_eq!(outcomes, expected, "newest first: {run:#?}");
    assert_eq!(active_keys(&octopus).len(), 3);
    for key in [&keys[0], &keys[2], &endless] {
        assert!(run.error().contains(&key.id), "{run:#?}");
    }
    assert!(!run.error().contains(&keys[1].id), "{run:#?}");
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
        always(&octopus, "DELETE /apikeys", blocked(status));
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
