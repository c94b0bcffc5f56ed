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
fn a_name_may_hold_quotes_and_brackets() {
    let text = "#{Octopus.Action[My \"Step\"].Output.Key}";
    assert_eq!(substitute(text, &variables()), "from a step");
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

#[test]
fn json_escape_escapes_after_the_value_is_evaluated() {
    let mut variables = variables();
    variables.set("Inner", "a\"b\\c\r\n\td\u{b}", false);
    variables.set("Outer", "<#{Inner}>", false);
    let text = substitute("\"#{Outer | JsonEscape}\"", &variables);
    assert_eq!(text, "\"<a\\\"b\\\\c\\r\\n\\td\u{b}>\"");
    for unknown in [
        "#{Missing | JsonEscape}",
        "#{Name | Unheard}",
        "#{ | NowDate}",
    ] {
        assert_eq!(substitute(unknown, &variables), unknown);
    }
}

#[test]
fn an_index_may_be_an_expression() {
    let mut variables = Variables::default();
    variables.set("Step", "Create [\"x\"] } $(y)", false);
    variables.set("Blank", " Create", false);
    variables.set(
        "Octopus.Action[Create [\"x\"] } $(y)].Output.Id",
        "7\"",
        false,
    );
    variables.set("Octopus.Action[ Create].Output.Id", "8", false);
    let id = |step: &str| format!("#{{Octopus.Action[#{{{step}}}].Output.Id | JsonEscape}}");
    assert_eq!(substitute(&id("Step"), &variables), "7\\\"");
    for unknown in [id("Blank"), id("Missing")] {
        assert_eq!(substitute(&unknown, &variables), unknown);
    }
}
