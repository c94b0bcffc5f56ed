//! Service messages: the orders by which a script speaks to Octopus.
//!
//! A message begins at `##octopus` and ends at the next `]`; what is between them is read as an XML
//! element, whose attribute values are base64 of UTF-8 text. Two parsers of Octopus's are known, and
//! they differ: a [`Reader`] reads a log as either of them does, in any [`Culture`]. What a program
//! prints should mean the same to all of them, and what a stranger made it print should mean nothing
//! to any: [`harm()`] tells.
//!
//! ```
//! use octopus_sim::worker::service_message::{Dialect, Reader, harm};
//!
//! let reading = Reader::new(Dialect::Common).read("50 % ##octopus[stdout-verbose]\ndetails\n");
//! assert_eq!(reading.messages[0].name, "stdout-verbose");
//! assert_eq!(reading.lines, ["50 % ", "details"]);
//! assert!(!reading.is_waiting);
//!
//! assert_eq!(harm("The C# team"), None);
//! assert!(harm("a name that ends in #").is_some());
//! ```

mod culture;
mod element;
mod harm;
mod progress;
mod reader;
mod reading;

use std::collections::BTreeMap;

pub use culture::Culture;
pub use harm::harm;
pub use reader::Reader;
pub use reading::{Dialect, Piece, Reading};

/// What a message begins with. The `[` behind it may be left out.
const OPENING: &str = "##octopus";

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
    pub fn get(&self, attribute: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        attributes
            .find(|(name, _)| name.eq_ignore_ascii_case(attribute))
            .map(|(_, value)| value.as_str())
    }
}

/// The first service message in a line of output that stands by itself, or `None` where there is
/// none that [`Dialect::Common`] would heed.
pub fn parse(line: &str) -> Option<ServiceMessage> {
    let reading = Reader::new(Dialect::Common).read(line);
    reading.messages.into_iter().next()
}
