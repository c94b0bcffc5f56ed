//! What a text does to a log that it is printed in is found out by every parser.

use octopus_sim::worker::service_message::harm;

#[test]
fn harm_names_the_order_the_loss_and_the_waiting() {
    for (text, what) in [
        ("##octopus mask value='QQ==']", "gives the order 'mask'"),
        ("Eve #", "leaves '##octopus' begun"),
        ("Eve #\u{ad}", "leaves '##octopus' begun"),
        ("#＃", "leaves '##octopus' begun"),
        ("##octopus", "leaves '##octopus' begun"),
        ("a\n##octopus no sense\n]", "it is shown as"),
    ] {
        let harm = harm(text).expect("it does harm");
        assert!(harm.contains(what), "{text}: {harm}");
    }
    for text in [
        "",
        "C# team",
        "#1",
        "♯♯octopus[mask value='QQ==']",
        "two\nlines\r\n\n",
    ] {
        assert_eq!(harm(text), None, "{text:?}");
    }
}

/// A stranger's text as runkey is to print it: `#` stays only before a printable ASCII character
/// other than `#`; any other, and every wide one, becomes `♯`.
fn tamed(text: &str) -> String {
    let next = text.chars().skip(1).map(Some).chain([None]);
    let tame = |(character, next): (char, Option<char>)| match character {
        '＃' => '♯',
        '#' if !next.is_some_and(|c| matches!(c, ' '..='~') && c != '#') => '♯',
        _ => character,
    };
    text.chars().zip(next).map(tame).collect()
}

/// Texts made of what the parsers wait for.
fn hostile(random: &mut fastrand::Rng) -> String {
    const PARTS: [&str; 16] = [
        "#",
        "##",
        "＃",
        "octopus",
        "##octopus",
        "[",
        "]",
        "mask value='QQ=='",
        " ",
        "\u{ad}",
        "\u{200b}",
        "\0",
        "\n",
        "\r\n",
        "C# é",
        "♯",
    ];
    (0..random.usize(1..12))
        .map(|_| PARTS[random.usize(..PARTS.len())])
        .collect()
}

#[test]
fn a_tamed_text_does_no_harm_wherever_it_stands() {
    let mut random = fastrand::Rng::with_seed(10);
    let mut harmful = 0;
    for _ in 0..4_000 {
        let text = hostile(&mut random);
        harmful += usize::from(harm(&text).is_some());
        let tamed = tamed(&text);
        assert_eq!(harm(&tamed), None, "{text:?}");
        let among_our_words = format!("The key of '{tamed}' is gone.\n{tamed}: {tamed}.");
        assert_eq!(harm(&among_our_words), None, "{text:?}");
    }
    assert!(harmful > 1_000, "only {harmful} of the texts were hostile");
}
