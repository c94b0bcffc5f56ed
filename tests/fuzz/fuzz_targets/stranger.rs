//! No text of a stranger gives an order to either of Octopus's parsers once it is shown.
#![no_main]

#[path = "../../../src/output/sanitize.rs"]
mod sanitize;
#[path = "../../../src/secret.rs"]
mod secret;
#[path = "../../../src/stranger.rs"]
mod stranger;

use libfuzzer_sys::fuzz_target;
use octopus_sim::worker::service_message::harm;
use stranger::Stranger;

/// What the parsers look for, so that it is found sooner than by chance.
const PARTS: [&str; 8] = [
    "#", "##octopus", "[", "＃", "\u{AD}", "\u{202E}", "\n", "mask value='YQ==']",
];

fuzz_target!(|bytes: &[u8]| {
    let built: String = bytes
        .iter()
        .map(|byte| PARTS.get(usize::from(*byte)).copied().unwrap_or("x"))
        .collect();
    for text in [String::from_utf8_lossy(bytes).into_owned(), built] {
        let stranger = Stranger::from(text.as_str());
        let line = stranger.to_string();
        assert_eq!(harm(&line), None, "{text:?} is shown as {line:?}");
        assert!(!line.contains(char::is_control));
        assert!(line.chars().count() <= 501);

        let json = serde_json::to_string(&stranger).expect("text is JSON");
        let mut safe = String::new();
        sanitize::harmless_json(&json, &mut safe);
        assert_eq!(harm(&safe), None, "{text:?} is written as {safe:?}");
    }
});
