//! Lists of keys: long ones, wrong ones, and items that cannot be read.

use super::*;

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
        Settings {
            filters_by_purpose: false,
            largest_page: Some(10),
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
                let octopus = server_with(|settings| {
                    settings.filters_by_purpose = false;
                    settings.largest_page = largest_page;
                });
                add_key(&octopus, PURPOSE);
                octopus.add_keys(RUNBOOK_SVC, others);
                always(&octopus, "GET /apikeys", Fault::total(total));
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
    always(&octopus, "GET /apikeys", hides);
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
        always(&octopus, "GET /apikeys", Fault::endless_list(made_up));
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
        let octopus = server_with(|settings| {
            settings.filters_by_purpose = false;
            settings.largest_page = Some(30);
        });
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
        let named = format!("API key {} (expires 2", key.id);
        assert!(run.error().contains(&named), "{run:#?}");
        assert_eq!(octopus.is_active(&key.id), !is_revoked, "{purpose}");
    }
}

#[test]
fn names_expiry_that_the_create_step_passed_on() {
    for path in ["/me", "/apikeys"] {
        let octopus = Octopus::start();
        octopus.fault(Fault::Status(403)).on("GET", path).forever();
        let run = delete(&octopus)
            .env("RUNKEY_KEY_ID", "apikeys-7")
            .env("RUNKEY_KEY_EXPIRES", "2026-11-26T05:00:00Z")
            .run()
            .expect_code(1);
        let named = "API key apikeys-7 (expires 2026-11-26T05:00:00Z)";
        assert!(run.error().contains(named), "{path}: {run:#?}");
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
        always(&octopus, "GET /apikeys", broken);
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
fn purpose_that_is_no_text_is_unreadable() {
    for purpose in [json!([PURPOSE]), json!({ "Value": PURPOSE })] {
        let octopus = Octopus::start();
        add_key(&octopus, PURPOSE);
        octopus.rewrite("GET", "/apikeys", move |page| {
            for key in page["Items"].as_array_mut().into_iter().flatten() {
                key["Purpose"] = purpose.clone();
            }
        });
        let run = delete(&octopus).line("--retry-for 1s").run().expect_code(1);
        run.expect_text("the server's records of them cannot be read");
    }
}

#[test]
fn accepts_no_cached_list() {
    let octopus = Octopus::start();
    add_key(&octopus, PURPOSE);
    let cached = Fault::edit("cached", |_, response| response.set_header("Age", "60"));
    always(&octopus, "GET /apikeys", cached);
    let run = delete(&octopus).line("--retry-for 1s").run().expect_code(1);
    assert!(run.error().contains("cache"), "{run:#?}");
    let list = &octopus.requests()[1];
    assert_eq!(list.header("Cache-Control"), Some("no-cache"));
}
