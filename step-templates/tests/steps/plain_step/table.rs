//! The tables of scripts.

/// One script of a table.
pub struct Script {
    pub name: String,
    pub text: String,
}

/// The scripts of a table, and those whose line ends matter once more with others.
pub fn scripts(table: &str) -> Vec<Script> {
    let parts = format!("\n{table}").replace("\n+### ", "\n# ");
    let mut scripts: Vec<_> = parts
        .split("\n#### ")
        .skip(1)
        .map(|part| {
            let (name, text) = part.split_once('\n').unwrap_or((part, ""));
            Script {
                name: name.to_owned(),
                text: match text {
                    "" => String::new(),
                    text => format!("{text}\n"),
                },
            }
        })
        .collect();
    let mut others = Vec::new();
    for Script { name, text } in &scripts {
        let has_lines = name.ends_with("with its line") && !table.contains("+###");
        if has_lines || name.contains("here-") {
            others.push(Script {
                name: format!("{name}, with the line ends of Windows"),
                text: text.replace('\n', "\r\n"),
            });
            others.push(Script {
                name: format!("{name}, its last line not ended"),
                text: text.trim_end().to_owned(),
            });
        }
    }
    scripts.append(&mut others);
    scripts
}

/// How many scripts a table has, those that share a start included.
pub fn count(table: &str) -> usize {
    let begins = |line: &&str| line.starts_with("#### ") || line.starts_with("+### ");
    table.lines().filter(begins).count()
}
