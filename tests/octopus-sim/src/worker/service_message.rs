//! Service messages: the lines by which a script speaks to Octopus.
//!
//! `##octopus[name attribute='…']` is read as an XML element, and every attribute's value as
//! base64 of UTF-8 text. One value that is not base64 makes the whole message be ignored.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

const OPENING: &str = "##octopus[";

/// One message, with its values decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceMessage {
    /// What it asks for, such as `setVariable`.
    pub name: String,
    /// The decoded values by attribute name.
    pub attributes: BTreeMap<String, String>,
}

impl ServiceMessage {
    /// The decoded value of an attribute, whatever the case of its name.
    #[must_use]
    pub fn get(&self, attribute: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        attributes
            .find(|(name, _)| name.eq_ignore_ascii_case(attribute))
            .map(|(_, value)| value.as_str())
    }
}

/// The service message in a line of output, or `None` where there is none that Octopus would heed.
///
/// Text before and after the message is allowed. The message ends at the first `]`.
#[must_use]
pub fn parse(line: &str) -> Option<ServiceMessage> {
    let start = line.find(OPENING)? + OPENING.len();
    let length = line[start..].find(']')?;
    let element = format!("<{}/>", line[start..start + length].trim());

    let mut reader = Reader::from_str(&element);
    let Ok(Event::Empty(tag)) = reader.read_event() else {
        return None;
    };
    let attributes = decode(&tag)?;
    let name = tag.local_name().as_ref().to_owned();
    matches!(reader.read_event(), Ok(Event::Eof)).then_some(ServiceMessage { name, attributes })
}

fn decode(tag: &BytesStart<'_>) -> Option<BTreeMap<String, String>> {
    tag.attributes()
        .map(|attribute| {
            let attribute = attribute.ok()?;
            let name = attribute.key.local_name().as_ref().to_owned();
            let bytes = STANDARD.decode(attribute.value.as_ref()).ok()?;
            // What is not UTF-8 becomes replacement characters, as it does in Octopus: a clear-text
            // `True` is base64 too, and decodes to something that is not "True".
            Some((name, String::from_utf8_lossy(&bytes).into_owned()))
        })
        .collect()
}
