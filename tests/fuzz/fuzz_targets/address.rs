//! No text breaks the reader of URLs, and none that is accepted hides a password or a query.
#![no_main]

use libfuzzer_sys::fuzz_target;
use octopus::Address;

fuzz_target!(|text: &str| {
    let Ok(address) = Address::parse(text) else {
        return;
    };
    assert!(!address.as_str().contains(['?', '#']));
    let authority = address.as_str().split('/').nth(2);
    assert!(authority.is_some_and(|authority| !authority.contains('@')));
    assert!(!address.as_str().ends_with('/') && !address.host().is_empty());
    let again = Address::parse(address.as_str()).expect("it was accepted before");
    assert_eq!(
        (again.host(), again.is_loopback()),
        (address.host(), address.is_loopback())
    );
});
