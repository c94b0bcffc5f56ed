//! `#{…}` is replaced in scripts and values before a step sees them.

use octopus_sim::worker::{Variables, substitute};

fn variables() -> Variables {
    Variables::default()
        .with("Name", "Zoë")
        .with("Greeting", "Hello #{Name}")
        .with("Octopus.Action[My \"Step\"].Output.Key", "from a step")
        .with("Here", "#{There}")
        .with("There", "#{Here}")
        .with("Escaped", "##{Name}")
}

#[test]
fn names_are_replaced_everywhere_comments_included() {
    let script = "# for #{Name}\necho '#{ Name }#{Name}'";
    assert_eq!(substitute(script, &variables()), "# for Zoë\necho 'ZoëZoë'");
}

#[test]
fn a_value_is_itself_searched() {
    assert_eq!(substitute("#{Greeting}!", &variables()), "Hello Zoë!");
    assert_eq!(variables().get("Greeting").as_deref(), Some("Hello Zoë"));
}

#[test]
fn an_unknown_name_stays_as_it_stands() {
    for text in ["#{Unknown}", "#{Name", "#{}", "${Name#}", "é#{"] {
        assert_eq!(substitute(text, &variables()), text);
    }
    assert_eq!(variables().get("Unknown"), None);
}

#[test]
fn two_signs_stand_for_one_and_are_not_replaced() {
    assert_eq!(substitute("##{Name} #{Name}", &variables()), "#{Name} Zoë");
    assert_eq!(variables().get("Escaped").as_deref(), Some("#{Name}"));
}

#[test]
fn a_value_that_leads_back_to_itself_ends() {
    assert_eq!(substitute("#{Here}", &variables()), "#{Here}");
    assert_eq!(variables().get("Here").as_deref(), Some("#{Here}"));
}

#[test]
fn names_are_the_same_in_upper_and_lower_case() {
    assert_eq!(substitute("#{NAME} #{name}", &variables()), "Zoë Zoë");
    let mut variables = variables();
    variables.set("NAME", "Ada", false);
    assert_eq!(substitute("#{Name}", &variables), "Ada");
}
