use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use proptest::prelude::*;

use super::*;
use crate::Secret;

/// The writings that the contract names, made in another way than they are found.
fn writings(secret: &str, seed: u8) -> Vec<String> {
    let percent = |is_encoded: fn(usize, u8) -> bool, lower: bool| -> String {
        let bytes = secret.bytes().enumerate();
        bytes
            .map(|(at, byte)| match (is_encoded(at, byte), lower) {
                (false, _) => char::from(byte).to_string(),
                (true, false) => format!("%{byte:02X}"),
                (true, true) => format!("%{byte:02x}"),
            })
            .collect()
    };
    let spaced = |between: &str| {
        let chars: Vec<String> = secret.chars().map(String::from).collect();
        chars.join(between)
    };
    let each = |write: &dyn Fn(u8) -> String| secret.bytes().map(write).collect::<String>();
    let utf16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_be_bytes).collect() };
    let everything = percent(|_, _| true, false);
    let prefixed = format!("{}{secret}", "x".repeat(usize::from(seed % 3)));
    vec![
        secret.to_owned(),
        secret.to_lowercase(),
        secret.to_uppercase(),
        percent(|_, byte| !byte.is_ascii_alphanumeric(), false),
        percent(|at, _| at % 2 == 0, true),
        everything.replace('%', "%25"),
        everything.replace('%', "%2525"),
        everything,
        BASE64_STANDARD.encode(&prefixed),
        BASE64_URL_SAFE.encode(format!("{prefixed}?{prefixed}")),
        BASE64_STANDARD_NO_PAD.encode(format!("{prefixed}{seed}")),
        BASE64_STANDARD.encode(utf16(&prefixed)),
        each(&|byte| format!("{byte:02x}")),
        each(&|byte| format!("{byte:02X} ")),
        each(&|byte| format!("\\u{byte:04X}")),
        each(&|byte| format!("\\x{byte:02x}")),
        each(&|byte| format!("&#{byte};")),
        each(&|byte| format!("&#000{byte};")),
        each(&|byte| format!("&#x{byte:x};")),
        each(&|byte| format!("&#x00{byte:x};")),
        secret.replace('-', ""),
        secret.trim_start_matches("API-").to_owned(),
        secret.chars().rev().collect(),
        spaced(" "),
        spaced("\u{200B}"),
        spaced("-\n"),
    ]
}

#[test]
fn every_writing_of_known_secret_is_withheld() {
    let secret = "API-Q7ZK2MNB4XWPL9RTVCYHJD3SFG";
    let _known = Secret::new(secret.into());
    for writing in (0..3).flat_map(|seed| writings(secret, seed)) {
        let shown = withhold_secrets(&writing).into_owned();
        assert!(contains_secret(&writing), "{writing}");
        assert!(
            !shown.contains("2MNB") && shown.len() < 32,
            "{writing} as {shown}"
        );
    }
}

#[test]
fn half_of_known_secret_is_withheld_and_less_is_not() {
    let secret = "API-HALF0123456789ABCDEFGHIJKLM";
    let key = Secret::new(secret.into());
    for text in ["x 0123456789AB y", "API-HALF01234", "lf0123456789"] {
        assert!(withhold_secrets(text).contains(WITHHELD), "{text}");
        assert!(key.is_in(text), "{text}");
    }
    for text in ["x 0123456789A y", "API-HALF", "Alice", ""] {
        assert_eq!(withhold_secrets(text), text);
        assert!(!key.is_in(text), "{text}");
    }
}

#[test]
fn parts_on_both_sides_of_secret_do_not_remain() {
    let secret = "API-SIDES0123456789ABCDEFGHIJ";
    let _known = Secret::new(secret.into());
    let text = format!("SIDES01234 {secret} 56789ABCD");
    assert_eq!(withhold_secrets(&text), WITHHELD);
}

#[test]
fn short_secret_is_withheld_whole() {
    let _known = Secret::new("API-ZQ7W4XKV".into());
    for text in ["a API-ZQ7W4XKV b", "a zq7w4xkv b", "a API ZQ7W4XKV b"] {
        assert!(withhold_secrets(text).starts_with("a ***"), "{text}");
    }
    let _odd = Secret::new("-_.~-_.~=".into());
    assert_eq!(withhold_secrets("a -_.~-_.~= b"), "a ******** b");
}

#[test]
fn shapes_of_keys_and_tokens_are_found_and_names_are_not() {
    for text in [
        "API-ABCDEFGHIJKLMNOPQRST",
        "Eve api-0123456789abcdefghijk x",
        "API%2DABCDEFGHIJKLMNOPQRST",
        "eyJhbGciOiJSUzI1NiJ9.e30",
    ] {
        assert!(contains_secret(text), "{text}");
    }
    for text in [
        "API-gateway-of-the-shop",
        "API-ABCDEFGHIJKLMNO",
        "eyJ-fan",
        "100%",
        "",
    ] {
        assert!(!contains_secret(text), "{text}");
    }
}

#[test]
fn long_text_without_secret_is_searched_quickly() {
    let _token = Secret::new("QUICK.0123456789abcdefghijk".repeat(60));
    let text = "Nothing to find in 100% of this text. ".repeat(10_000);
    let start = Instant::now();
    assert_eq!(withhold_secrets(&text), text);
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
}

proptest! {
    #[test]
    fn nothing_of_secret_remains_in_any_text(
        secret in prop_oneof!["API-[A-Z0-9]{20,32}", "eyJ[A-Za-z0-9_-]{20,60}\\.[A-Za-z0-9_-]{20,60}", "[a-z0-9]{16,40}-[a-z]{12}"],
        before in any::<String>(),
        after in any::<String>(),
        seed in any::<u8>(),
    ) {
        let key = Secret::new(secret.clone());
        for writing in writings(&secret, seed) {
            let shown = withhold_secrets(&format!("{before}{writing}{after}")).into_owned();
            prop_assert!(!key.is_in(&shown), "{} as {}", writing, shown);
            let windows: Vec<char> = writing.chars().collect();
            // 12 characters are 15 or more in every writing but the first ones.
            for part in windows.windows(15) {
                let part: String = part.iter().collect();
                let is_noise = part.chars().filter(char::is_ascii_alphanumeric).count() < 12;
                prop_assert!(is_noise || !shown.contains(&part), "{} in {}", part, shown);
            }
        }
    }
}
