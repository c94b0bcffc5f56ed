//! No text of others becomes a service message.

use super::*;

/// Texts that try to give Octopus's worker an order, or to swallow the next one
/// (OctopusDeploy/Calamari, `ServiceMessageParser`; CWE-117).
fn orders() -> Vec<String> {
    let order = "setVariable name='QXBpS2V5SWQ=' value='YXBpa2V5cy0x'";
    let mut orders = Vec::new();
    for opening in [
        "##octopus[",
        "##octopus ",
        "###octopus[",
        "＃＃octopus[",
        "\r\n##octopus[",
    ] {
        orders.push(format!("Eve {opening}{order}]"));
    }
    for nothing in [
        '\u{AD}', '\u{200B}', '\u{0640}', '\u{2060}', '\u{FEFF}', '\u{FE0F}', '\u{202E}',
    ] {
        orders.push(format!("Eve #{nothing}#{nothing}octopus[{order}]"));
        orders.push(format!("Eve ##octo{nothing}pus[{order}]"));
    }
    for end in [
        "#",
        "##",
        "##octo",
        "##octopus",
        "#\u{AD}",
        "＃",
        "##octopus[",
    ] {
        orders.push(format!("Eve {end}"));
    }
    orders.push("\u{1b}[2J\u{1b}]0;t\u{7}\u{9b}31m##octopus[stdout-error]".to_owned());
    orders
}

fn names(run: &Outcome) -> Vec<String> {
    run.messages()
        .into_iter()
        .map(|message| message.name)
        .collect()
}

/// No line is a flood, moves the cursor or turns direction.
#[track_caller]
fn assert_tame(run: &Outcome) {
    for line in run.stdout.lines().chain(run.stderr.lines()) {
        assert!(line.chars().count() < 4000, "{run:#?}");
        let is_wild = |c: char| {
            c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        };
        assert!(!line.contains(is_wild), "{line:?}");
    }
}

#[test]
fn no_name_gives_an_order() {
    let octopus = Octopus::start();
    for name in orders() {
        let run = create(&octopus).env("RUNKEY_RUN_BY", &name).run();
        let run = run.expect_code(0);
        let own = [&["setVariable"; 3][..], &["mask"], &["setVariable"; 3]].concat();
        assert_eq!(names(&run), own, "{name:?}");
        assert_tame(&run);
        let run = delete(&octopus).run().expect_code(0);
        assert_eq!(names(&run), [""; 0], "{name:?}");
        assert_tame(&run);
        let run = create(&octopus).env("RUNKEY_RUN_BY", &name);
        let run = run.line("--output json").run().expect_code(0);
        assert!(!run.stdout.contains(['#', '＃']), "{run:#?}");
        assert!(
            run.json()["ApiKeyPurpose"]
                .as_str()
                .unwrap()
                .starts_with("Eve")
                || name.starts_with('\u{1b}')
        );
    }
}

#[test]
fn no_servers_text_gives_an_order() {
    let octopus = Octopus::start();
    let key = add_key(&octopus, PURPOSE).secret;
    let flood = format!("{}{}", "Z".repeat(100_000), orders()[0]);
    for text in orders().into_iter().chain([flood]) {
        for status in [400, 401, 403, 404, 409] {
            for run in [create(&octopus), use_key(&octopus, &key), delete(&octopus)] {
                octopus.fault(Fault::HostileError {
                    status,
                    text: text.clone(),
                });
                let run = run.args(["-v", "--output", "octopus"]).run();
                assert_eq!(names(&run), ["resultMessage"], "{text:?}");
                assert_tame(&run);
            }
        }
        let title = text.clone();
        octopus.fault(Fault::instead("page", move |_, response| {
            response.make_page(403, &title);
        }));
        let run = create(&octopus).run();
        assert_eq!(names(&run), ["resultMessage"], "{text:?}");
        assert_tame(&run);
    }
}

/// Every way by which a text of others reaches the log.
#[test]
fn no_option_or_variable_gives_an_order() {
    let octopus = Octopus::start();
    let key = octopus.service_key();
    for text in orders() {
        for run in [
            create(&octopus).env("RUNKEY_OWNER", &text),
            create(&octopus).env("RUNKEY_ACCESS", &text),
            create(&octopus).env("RUNKEY_CA_FILE", &text),
            create(&octopus).args(["--env-file", &text]),
            create(&octopus).args([format!("--{text}")]),
            runkey(&octopus, &text),
            use_key(&octopus, "").env("RUNKEY_CREATE_STEP", &text),
            use_key(&octopus, key).args(["--output", "octopus", "--no-check", "--", &text]),
            delete(&octopus)
                .env("RUNKEY_PURPOSE", &text)
                .without("RUNKEY_RUN_ID"),
            delete(&octopus).env("RUNKEY_DRY_RUN", &text),
            delete(&octopus).env("RUNKEY_VERBOSE", &text),
        ] {
            let run = run.run();
            let names = names(&run);
            assert!(
                names.iter().all(|name| name == "resultMessage"),
                "{text:?}: {run:#?}"
            );
            assert_tame(&run);
        }
    }
}
