//! A single service message is read by the rules of a real worker.

use octopus_sim::worker::service_message::parse;

#[test]
fn every_value_is_base64_of_utf8_text() {
    let message = parse("##octopus[setVariable name='TmFtZQ==' value='Wm/DqyDwn5CZ']")
        .expect("it is a message");
    assert_eq!(message.name, "setVariable");
    assert_eq!(message.get("name"), Some("Name"));
    assert_eq!(message.get("value"), Some("Zoë 🐙"));
    assert_eq!(message.get("sensitive"), None);
}

#[test]
fn a_clear_text_true_does_not_decode_to_true() {
    let message = parse("##octopus[setVariable name='QQ==' value='QQ==' sensitive='True']")
        .expect("it is a message");
    assert_ne!(message.get("sensitive"), Some("True"));

    let message = parse("##octopus[setVariable name='QQ==' value='QQ==' sensitive='VHJ1ZQ==']")
        .expect("it is a message");
    assert_eq!(message.get("sensitive"), Some("True"));
}

#[test]
fn one_value_that_is_not_base64_spoils_the_whole_message() {
    for line in [
        "##octopus[setVariable name='My Key' value='QQ==']",
        "##octopus[setVariable name='QQ==' value='QQ']",
        "##octopus[setVariable name='QQ==' value='Zoë']",
    ] {
        assert_eq!(parse(line), None, "{line}");
    }
}

#[test]
fn what_is_no_xml_element_is_no_message() {
    for line in [
        "hello",
        "##octopus",
        "##octopus[",
        "##octopus[]",
        "##octopus[mask value='QQ=='",
        "##octopus[mask value]",
        "##octopus[mask value='QQ==' value='QQ==']",
        "##octopus[mask value='QQ==' Value='QQ==']",
        "##octopus[mask/><mask]",
        "##octopus[mask><mask]",
        "##octopus[1mask]",
        "##octopus[ma\u{7}sk]",
        "##octopus[[ mask]",
        "##octopus[##octopus[mask value='QQ==']",
        "##teamcity[mask value='QQ==']",
    ] {
        assert_eq!(parse(line), None, "{line}");
    }
}
