//! Audit trails to be reported: nothing, a little, a lot, and a lot by somebody who means harm.

use jiff::{SignedDuration, Timestamp};
use octopus_sim::{AddedKey, Event, Octopus, RUNBOOK_SVC, Settings};

use crate::common::report::report;
use crate::common::{PURPOSE, add_live_key};

/// Texts that strangers may put into names and messages.
pub const HOSTILE: [&str; 8] = [
    "<script>document.title = 'mine'</script>",
    "</bdi></td></table><h1>Nothing happened",
    "\" onmouseover=\"document.title=1\" x='",
    "<img src=x onerror=document.title=1>&lt;b&gt;",
    "\u{202E}exe.txt\u{2066} שרה כהן \u{200F}",
    "##octopus[setVariable name='QQ==' value='QQ==']",
    "﷽﷽﷽﷽﷽﷽ 𒐫𒐫𒐫 ꧅꧅",
    "{{ 7 * 7 }}{% include \"x\" %}",
];

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trail {
    Nothing,
    Three,
    Many,
    Hostile,
}

impl Trail {
    pub const ALL: [Self; 4] = [Self::Nothing, Self::Three, Self::Many, Self::Hostile];

    /// The report of a run that left this trail: written by the real program, as a page.
    pub fn page(self) -> String {
        let octopus = Settings {
            hints: octopus_sim::Hints::BULLETS,
            ..Settings::default()
        }
        .start();
        let purpose = self.purpose();
        let key = add_live_key(&octopus, &purpose);
        let start = octopus.now();
        octopus.advance_clock(SignedDuration::from_secs(self.seconds()));
        for number in 0..self.changes() {
            octopus.add_event(self.event(number, start, &octopus, &key));
        }
        let (run, page) = report(&octopus, "report.html", |run| {
            run.env("RUNKEY_PURPOSE", &purpose)
                .env("RUNKEY_PROOF_KEY", &key.secret)
                .args(["--space", "Spaces-1"])
        });
        run.expect_code(0);
        page
    }

    fn purpose(self) -> String {
        match self {
            Self::Hostile => format!(
                "{} {} [runkey ServerTasks-123]",
                HOSTILE.concat(),
                marks(200)
            ),
            _ => PURPOSE.to_owned(),
        }
    }

    fn changes(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Three => 3,
            Self::Many | Self::Hostile => 500,
        }
    }

    /// How long the run took.
    fn seconds(self) -> i64 {
        match self {
            Self::Nothing => 42,
            Self::Three => 95,
            Self::Many => 740,
            Self::Hostile => 50 * 3600,
        }
    }

    fn event(self, number: usize, start: Timestamp, octopus: &Octopus, key: &AddedKey) -> Event {
        let key_event = Event {
            user_id: RUNBOOK_SVC.into(),
            username: "runbook-svc".into(),
            is_service: true,
            identity_established_with: format!("API key '{PURPOSE}' created then"),
            api_key_id: Some(key.id.clone()),
            user_agent: "octopus/2.24 (Linux; x86_64)".into(),
            ip_address: "10.20.0.7".into(),
            space_id: Some("Spaces-1".into()),
            ..Event::default()
        };
        let share = i64::try_from(number).unwrap() * self.seconds();
        let share = share / (i64::try_from(self.changes()).unwrap() + 1);
        let occurred = start + SignedDuration::from_secs(share);
        let (category, what, id) = match self {
            Self::Hostile => return hostile(number, occurred.min(octopus.now()), key_event),
            Self::Three | Self::Nothing => few(number),
            Self::Many => many(number),
        };
        let done = match category {
            "Created" => "was created",
            "Deleted" => "was deleted",
            _ => "was changed",
        };
        Event {
            occurred,
            category: category.into(),
            message: format!("{what} {done}"),
            related_document_ids: vec![id.clone(), "Projects-3".into()],
            space_id: Some(
                if number > 430 {
                    "Spaces-12"
                } else {
                    "Spaces-1"
                }
                .into(),
            ),
            ..key_event
        }
    }
}

fn few(number: usize) -> (&'static str, String, String) {
    let (category, what, id) = [
        ("Created", "Environment Blue", "Environments-21"),
        ("Modified", "Project Web Shop", "Projects-3"),
        ("Deleted", "Environment Green", "Environments-20"),
    ][number];
    (category, what.into(), id.into())
}

/// 312 made, 118 changed, some of them again and again, 70 deleted.
fn many(number: usize) -> (&'static str, String, String) {
    match number {
        0..312 => {
            let kind = ["Environment", "Tenant", "Channel", "Release"][number % 4];
            let what = format!("{kind} Team {} / Region {}", number % 40, number % 7);
            ("Created", what, format!("{kind}s-{}", 100 + number))
        }
        312..430 => {
            let what = format!(
                "Variable set of Web Shop {}, shared by all teams",
                number % 25
            );
            (
                "Modified",
                what,
                format!("variableset-Projects-{}", number % 25),
            )
        }
        _ => {
            let what = format!("Environment review-app-{number} of a branch long merged");
            ("Deleted", what, format!("Environments-{number}"))
        }
    }
}

fn hostile(number: usize, occurred: Timestamp, event: Event) -> Event {
    let text = HOSTILE[number % HOSTILE.len()];
    let name = match number % 5 {
        0 => text.to_owned(),
        1 => marks(200),
        2 => format!("a-name-without-a-blank-{}", "x".repeat(300)),
        3 => text.repeat(20),
        _ => format!("\u{1F926}\u{1F3FC}\u{200D}\u{2642}\u{FE0F} Zoë {text}"),
    };
    Event {
        occurred,
        category: [
            "Created",
            "Deleted",
            "Modified",
            "<b>Nothing</b>",
            &marks(40),
        ][number % 5]
            .into(),
        message: name.clone(),
        related_document_ids: vec![format!("{name}-{number}"), format!("Projects-{number}")],
        space_id: Some(format!("Spaces-{}{text}", number % 60))
            .filter(|_| !number.is_multiple_of(7)),
        user_agent: format!("{name}/{}", number % 90),
        ip_address: "2001:0db8:85a3:0000:0000:8a2e:0370:7334".into(),
        ..event
    }
}

/// A letter with so many marks on it.
fn marks(count: usize) -> String {
    format!(
        "Zalgo{}",
        "\u{0301}\u{0316}\u{0489}\u{0300}"
            .chars()
            .cycle()
            .take(count)
            .collect::<String>()
    )
}
