//! The OEM code page: in it a Windows worker reads what a step prints (OctopusDeploy/Calamari,
//! `SilentProcessRunner`).

use std::borrow::Cow;
use std::sync::LazyLock;

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, SHIFT_JIS};
use oem_cp::code_table::ENCODING_TABLE_CP_MAP;
use oem_cp::encode_string_lossy;
use windows_registry::LOCAL_MACHINE;

/// The page's number, such as 437; nothing if the system does not say.
static NUMBER: LazyLock<Option<u16>> = LazyLock::new(|| {
    let pages = LOCAL_MACHINE.open(r"SYSTEM\CurrentControlSet\Control\Nls\CodePage");
    pages.ok()?.get_string("OEMCP").ok()?.parse().ok()
});

/// The text as the worker reads it. What the page has not is `?`, and never what looks like it: a
/// `＃` must not become a `#`.
pub fn encode(text: &str) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        return Cow::Borrowed(text.as_bytes());
    }
    match *NUMBER {
        Some(932) => Cow::Owned(in_many_bytes(SHIFT_JIS, text)),
        Some(936) => Cow::Owned(in_many_bytes(GBK, text)),
        Some(949) => Cow::Owned(in_many_bytes(EUC_KR, text)),
        Some(950) => Cow::Owned(in_many_bytes(BIG5, text)),
        number => match number.and_then(|number| ENCODING_TABLE_CP_MAP.get(&number)) {
            Some(table) => Cow::Owned(encode_string_lossy(text, table)),
            // UTF-8 or unknown: write UTF-8.
            None => Cow::Borrowed(text.as_bytes()),
        },
    }
}

fn in_many_bytes(page: &'static Encoding, text: &str) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(text.len());
    let mut buffer = [0; 4];
    for c in text.chars() {
        match page.encode(c.encode_utf8(&mut buffer)) {
            (bytes, _, false) => encoded.extend_from_slice(&bytes),
            _ => encoded.push(b'?'),
        }
    }
    encoded
}
