//! The inside of a message, read as an XML element.

use std::collections::BTreeMap;

use base64::Engine;
use base64::alphabet;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::ServiceMessage;

/// .NET asks for the padding, and does not mind what the last bits are.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// The message that stands between `##octopus` and `]`; `None` when it is no XML element, or when
/// one value is not base64.
pub(super) fn read(inside: &str) -> Option<ServiceMessage> {
    let inside = inside
        .trim()
        .trim_start_matches('[')
        .replace(['\r', '\n'], "");
    if inside.contains(is_no_xml) {
        return None;
    }
    let element = format!("<{inside}/>");
    let mut reader = Reader::from_str(&element);
    let message = loop {
        match reader.read_event().ok()? {
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) => {}
            Event::Empty(tag) => break decode(&tag)?,
            _ => return None,
        }
    };
    matches!(reader.read_event(), Ok(Event::Eof)).then_some(message)
}

fn decode(tag: &BytesStart<'_>) -> Option<ServiceMessage> {
    let mut attributes = BTreeMap::new();
    for attribute in tag.attributes() {
        let attribute = attribute.ok()?;
        let name = attribute.key.local_name().as_ref().to_owned();
        let known = |known: &String| known.eq_ignore_ascii_case(&name);
        if !is_name(&name) || attributes.keys().any(known) {
            return None;
        }
        attributes.insert(
            name,
            value(&attribute.normalized_value(XmlVersion::Implicit1_0).ok()?)?,
        );
    }
    let name = tag.local_name().as_ref().to_owned();
    is_name(&name).then_some(ServiceMessage { name, attributes })
}

/// Blanks are passed over, as .NET does. What is not UTF-8 becomes replacement characters: a
/// clear-text `True` is base64 too, and decodes to something that is not "True".
fn value(text: &str) -> Option<String> {
    let bytes = BASE64.decode(text.replace([' ', '\t'], "")).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || "-_.".contains(c))
}

fn is_no_xml(character: char) -> bool {
    matches!(character, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}
