//! `#{…}` is replaced in scripts and values before a step sees them. What is expected here is what
//! Octostache itself (OctopusDeploy/Octostache, of 2026-08-14) made of the same texts and variables.

use octopus_sim::worker::{Variables, substitute};

fn variables() -> Variables {
    Variables::default()
        .with("Name", "Zoë")
        .with("Greeting", "Hello #{Name}")
        .with("Odd", "#{Nope} and #{Name}")
        .with("Open", "a #{if")
        .with("Empty", "")
        .with("Zero", "0")
        .with("No", "No")
        .with("Off", "off")
        .with("Quote", "It's a\r\n\t\"b\\c\u{1}")
        .with("Escaped", "##{Name}")
        .with("Step", "Create [x] key")
        .with("Blank", " Create [x] key")
        .with("Octopus.Action[Create [x] key].Output.Id", "id-1")
}

#[test]
fn text_is_replaced_as_octostache_replaces_it() {
    for (text, replaced) in [
        (
            "# for #{Name}\necho '#{ Name }#{NAME}'",
            "# for Zoë\necho 'ZoëZoë'",
        ),
        ("#{Greeting}!", "Hello Zoë!"),
        ("##{Name} ###{Name} ## #", "#{Name} #Zoë ## #"),
        ("#{Escaped}", "#{Name}"),
        ("#{Open}", "a #{if"),
        // An unknown name stays, in one form.
        ("#{ Unknown }#{Odd}", "#{Unknown}#{Nope} and Zoë"),
        ("#{Name|Nope}", "#{Name | Nope}"),
        // One part that cannot be read, and nothing is replaced.
        ("#{Name} #{", "#{Name} #{"),
        ("#{Name} #{}", "#{Name} #{}"),
        ("#{Name} #{Na'me}", "#{Name} #{Na'me}"),
        ("#{Name} #{/if}", "#{Name} #{/if}"),
        // Names of steps.
        ("#{Octopus.Action[Create [x] key].Output.Id}", "id-1"),
        ("#{Octopus.Action[#{Step}].Output.Id | JsonEscape}", "id-1"),
        (
            "#{Octopus.Action[#{Blank}].Output.Id|JsonEscape}",
            "#{Octopus.Action[#{Blank}].Output.Id | JsonEscape}",
        ),
        ("#{Quote | jsonescape}", "It's a\\r\\n\\t\\\"b\\\\c\u{1}"),
        ("#{Unknown | JsonEscape}", "#{Unknown | JsonEscape}"),
        // Conditions.
        ("#{if Name}a#{else}b#{/if}#{if Off}a#{/if}", "aa"),
        ("#{if Empty}a#{else}b#{/if}#{if Unknown}a#{/if}", "b"),
        (
            "#{if Zero}a#{/if}#{if No}a#{/if}#{unless No}c#{/unless}",
            "c",
        ),
        ("#{if Name == \"Zoë\"}#{if \"x\" != Name}a#{/if}#{/if}", "a"),
        ("#{if Greeting == Name}a#{else}#{Name}#{/if}", "Zoë"),
        ("#{if Name}", "#{if Name}"),
    ] {
        assert_eq!(substitute(text, &variables()), replaced, "{text}");
    }
}

/// Octostache refuses such a variable, so that no step runs.
#[test]
fn a_value_that_leads_back_to_itself_is_known() {
    let variables = variables()
        .with("Here", "#{There}")
        .with("There", "#{Here}");
    assert_eq!(variables.get("Here").as_deref(), Some("#{Here}"));
    assert!(variables.leading_to_itself().is_some());
}

#[test]
fn a_variable_is_set_whatever_the_case_of_its_name() {
    let mut variables = variables();
    variables.set("NAME", "Ada", false);
    assert_eq!(substitute("#{Name}", &variables), "Ada");
}
