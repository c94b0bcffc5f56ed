//! Whether a text that is printed can be taken for more than text.

use super::OPENING;
use super::reader::Reader;

/// What this text does to a log that it is printed in, where that is more than to be read: it gives
/// an order, loses a line, or leaves a parser waiting. `None` when it does none of it, whatever the
/// parser and its culture.
///
/// The text is judged by itself, as the value of one name: it may have many lines, and the last one
/// may go on behind it.
pub fn harm(text: &str) -> Option<String> {
    Reader::every().find_map(|reader| {
        let name = format!("{:?} in {:?}", reader.dialect, reader.culture);
        Some(format!("{name}: {}", harm_to(reader, text)?))
    })
}

fn harm_to(reader: Reader, text: &str) -> Option<String> {
    let reading = reader.read(text);
    if let Some(message) = reading.messages.first() {
        return Some(format!("it gives the order '{}'", message.name));
    }
    if reading.is_waiting {
        return Some(format!("it leaves '{OPENING}' begun"));
    }
    // The filter shows neither empty lines nor carriage returns.
    let lines = |text: &str| -> Vec<String> {
        let lines = text.split('\n').map(|line| line.replace('\r', ""));
        lines.filter(|line| !line.is_empty()).collect()
    };
    let shown = lines(&reading.lines.join("\n"));
    let lost = lines(text) != shown;
    lost.then(|| format!("it is shown as {shown:?}"))
}
