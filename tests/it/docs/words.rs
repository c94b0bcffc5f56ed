//! The words of comments, help, messages, templates and pages are those of CONTRIBUTING's glossary.

use std::path::Path;

use super::{files, pages, prose, read};

/// Words and phrases that the glossary replaces, between commas.
const REPLACED: &str = "
    live on, lives on, alive, dead, die, died, dies, by itself, stranger, strangers,
    mend, mends, mended, anew, left aside, leave aside, left alone, spare, spared,
    sparing, handed on, hand on, hands on, handed over, hand over, hands over, handover,
    at a desk, word for word, in the open, in the clear, heeded, honored, honoured,
    had by, wins over, crowd, twin, twins, beside, whoever, nobody, somebody, goes on,
    go on, is over, are over, once more, put out, give order, gives order, give an order,
    gives an order, is none, that is no, mint, mints, minted, minting, take away,
    takes away, taken away, the account behind, whose credential, tell of, tells of,
    told of, sweep, sweeps, proof, proofs, prove, proves, proved, proven,
    what stands between, all the same, no word of, without a word, see to it, look at,
    if need be, so many
";

/// Places where such a word is the right one: a file, and a part of the line.
const EXCEPTIONS: &[(&str, &str)] = &[
    // "No longer" is the glossary's own.
    ("", "that is no longer"),
];

#[test]
fn texts_use_the_words_of_the_glossary() {
    let mut found = Vec::new();
    for page in pages() {
        let text = read(&page);
        found.extend(
            prose(&text)
                .into_iter()
                .flat_map(|(at, line)| replaced(&page, at, line)),
        );
    }
    for (folder, endings) in [
        ("src", &[".rs", ".html"][..]),
        ("step-templates", &[".toml", ".sh", ".ps1"]),
    ] {
        for file in endings.iter().flat_map(|ending| files(folder, ending)) {
            let text = read(&file);
            // Unit tests quote what others say.
            let program = text
                .split("\n#[cfg(test)]\nmod tests {")
                .next()
                .unwrap_or_default();
            let lines = program.lines().enumerate();
            found.extend(lines.flat_map(|(at, line)| replaced(&file, at + 1, line)));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn replaced(file: &Path, at: usize, line: &str) -> Vec<String> {
    let is_exception = |(place, part): &(&str, &str)| {
        file.to_string_lossy().contains(place) && line.contains(part)
    };
    if EXCEPTIONS.iter().any(is_exception) {
        return Vec::new();
    }
    let small = line.to_lowercase();
    let words = REPLACED.split(',').map(str::trim);
    let words = words.filter(|word| has_word(&small, word));
    words
        .map(|word| format!("{}:{at}: '{word}' in: {}", file.display(), line.trim()))
        .collect()
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
