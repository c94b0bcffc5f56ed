//! The audit report: who started the run as the server knows it, and what was done with the run key.

use octopus_sim::{ADMIN, ALICE, BOB, Event, Fault, Octopus, RUNBOOK_SVC, SYSTEM, Settings};
use serde_json::{Value, json};

use crate::support::server::{server_with, start_run};
use crate::support::{Outcome, delete};

const NAME: &str = "Alice King (alice)";

/// A run in progress, with a run key that `NAME` is in the purpose of.
struct Run {
    octopus: Octopus,
    task: String,
    key: String,
}

impl Run {
    fn start() -> Self {
        Self::start_with(|_| {})
    }

    fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let octopus = server_with(change);
        let (task, key) = start_run(&octopus);
        Self { octopus, task, key }
    }

    /// An event of the run key's.
    fn event(&self, category: &str, message: &str, documents: &[&str]) -> Event {
        Event {
            category: category.to_owned(),
            user_id: RUNBOOK_SVC.to_owned(),
            username: "runbook-svc".to_owned(),
            is_service: true,
            identity_established_with: format!(
                "API key '{NAME} [runkey {}]' created Fri, 22 Jul 2022 17:46:35 GMT",
                self.task
            ),
            message: message.to_owned(),
            related_document_ids: documents.iter().map(|id| (*id).to_owned()).collect(),
            space_id: Some("Spaces-1".to_owned()),
            api_key_id: Some(self.key.clone()),
            ..Event::default()
        }
    }

    fn modify(&self, count: usize) {
        for number in 1..=count {
            let project = format!("Projects-{number}");
            let message = format!("Project Shop {number} was changed");
            let event = self.event("Modified", &message, &[&project]);
            self.octopus.add_event(event);
        }
    }

    /// Revokes the key, and writes the report into this file.
    #[track_caller]
    fn delete(&self, file: &str) -> Outcome {
        let run = delete(&self.octopus)
            .args(["--run-id", &self.task, "--report", file])
            .line("--space Spaces-1 --timeout 3s")
            .file("mine.html", "mine")
            .run();
        assert!(!self.octopus.is_active(&self.key), "{run:#?}");
        run.expect_code(0)
    }

    /// Revokes the key, and returns the report and the log.
    fn report(&self) -> (Value, String) {
        let run = self.delete("report.json");
        let text = run.file("report.json");
        assert!(!text.contains('#'));
        let report: Value = serde_json::from_str(&text).unwrap();
        let schema = include_str!("../../docs/report.schema.json");
        let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
        let errors = validator.iter_errors(&report);
        let errors: Vec<_> = errors.map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        (report, run.stdout)
    }
}

/// Who the server says started the run, what the service account may not read, and what is said.
#[test]
fn says_who_started_the_run_as_the_server_knows_it() {
    for (account, lacks, verdict, username, line) in [
        (
            ALICE,
            None,
            "Same",
            "alice",
            "Octopus confirms that 'alice' started the run.",
        ),
        (
            BOB,
            None,
            "Different",
            "bob",
            "Different starter: the purpose names \"Alice King (alice)\"",
        ),
        (
            RUNBOOK_SVC,
            None,
            "ServiceAccountOrSystem",
            "runbook-svc",
            "",
        ),
        (SYSTEM, None, "ServiceAccountOrSystem", "system", ""),
        (ALICE, Some("TaskView"), "NotReadable", "", ""),
        (ALICE, Some("RunbookRunView"), "NotReadable", "", ""),
    ] {
        let run = Run::start_with(|settings| settings.service_account_lacks.extend(lacks));
        run.octopus.tasks().started_by(&run.task, account);
        run.modify(3);
        let (report, log) = run.report();
        let by = &report["StartedBy"];
        assert_eq!(by["Verdict"], verdict, "{account}, {lacks:?}: {log}");
        if !username.is_empty() {
            assert_eq!(by["Username"], username, "{account}: {log}");
        }
        assert_eq!(by["Permission"].as_str(), lacks, "{log}");
        assert!(log.contains(line), "{account}: {log}");
        assert_eq!(report["Outcome"], "Revoked");
        assert_eq!(report["Sum"]["Modified"], 3);
    }
}

#[test]
fn names_deployments_in_progress() {
    let run = Run::start();
    let child = run.octopus.tasks().queue_deployment(RUNBOOK_SVC);
    let deployment = run.octopus.documents("Spaces-1", "deployments")[0]["Id"].clone();
    let documents = [deployment.as_str().unwrap(), "Projects-1"];
    let event = run.event("DeploymentQueued", "Deploy was queued", &documents);
    run.octopus.add_event(event);
    let (report, log) = run.report();
    assert_eq!(report["InProgress"][0]["TaskId"], child.as_str());
    assert_eq!(report["InProgress"].as_array().unwrap().len(), 1);
    assert!(log.contains("still in progress"), "{log}");
}

#[test]
fn keeps_events_of_other_accounts_and_keys_out() {
    let run = Run::start();
    run.modify(1);
    let event = run.event("Deleted", "x", &[]);
    run.octopus.add_event(Event {
        user_id: ADMIN.to_owned(),
        ..event.clone()
    });
    run.octopus.add_event(Event {
        api_key_id: Some("apikeys-other".to_owned()),
        ..event.clone()
    });
    // The server raises one when a key is near its expiry; category and words are assumed.
    run.octopus.add_event(Event {
        category: "ApiKeyExpiry".to_owned(),
        user_id: SYSTEM.to_owned(),
        message: format!("API key {NAME} expires soon"),
        related_document_ids: vec![run.key.clone(), RUNBOOK_SVC.to_owned()],
        api_key_id: None,
        ..event
    });
    let (report, _) = run.report();
    assert_eq!(report["Changes"].as_array().unwrap().len(), 1);
}

#[test]
fn long_trail_is_cut_off_and_says_where() {
    let run = Run::start();
    run.modify(5001);
    let (report, log) = run.report();
    assert_eq!(report["CutOff"]["After"], 5000);
    assert_eq!(report["Changes"].as_array().unwrap().len(), 5000);
    assert!(log.contains("Cut off after 5000 changes, from 20"), "{log}");
}

#[test]
fn writes_what_was_read_before_an_error() {
    let run = Run::start_with(|settings| settings.largest_page = Some(100));
    run.modify(150);
    run.octopus
        .fault(Fault::Status(403))
        .on("GET", "/events")
        .at(2)
        .forever();
    let (report, _) = run.report();
    // One event of the first page is the revocation itself.
    assert_eq!(report["CutOff"]["After"], 99);
}

#[test]
fn asks_for_smaller_pages_when_one_times_out() {
    let run = Run::start();
    run.modify(150);
    run.octopus.fault(Fault::Timeout).on("GET", "/events");
    let (report, _) = run.report();
    assert_eq!(report["CutOff"], Value::Null);
    assert_eq!(report["Sum"]["Modified"], 150);
    let requests = run.octopus.requests();
    let pages = requests
        .iter()
        .filter(|request| request.path.ends_with("/events"));
    let pages: Vec<_> = pages.map(|page| page.query.as_str()).collect();
    assert!(
        pages[0].contains("take=1000") && pages[1].contains("take=100"),
        "{pages:?}"
    );
}

#[test]
fn report_that_cannot_be_written_is_a_warning() {
    let run = Run::start().delete("report.txt");
    run.expect_text("ends in neither .html nor .json");
    let run = Run::start().delete("mine.html");
    assert_eq!(run.file("mine.html"), "mine");
    run.expect_text("Cannot write the audit report");
}

#[test]
fn odd_events_hide_no_other() {
    const MEMBERS: [&str; 9] = [
        "Occurred",
        "Category",
        "UserId",
        "Username",
        "Message",
        "RelatedDocumentIds",
        "SpaceId",
        "UserAgent",
        "IpAddress",
    ];
    let run = Run::start();
    let odd = [
        json!(null),
        json!(7),
        json!([null, {}]),
        json!({ "x": [] }),
        json!("\u{0}"),
    ];
    let none = [json!(null), json!(7), json!("x")];
    run.modify(3 + MEMBERS.len() * odd.len() + none.len());
    run.octopus.rewrite("GET", "/events", move |page| {
        for event in page["Items"].as_array_mut().unwrap() {
            let message = event["Message"].as_str().unwrap_or_default();
            let number = message
                .split(' ')
                .find_map(|word| word.parse::<usize>().ok());
            let Some(place) = number.and_then(|number| number.checked_sub(4)) else {
                continue;
            };
            match MEMBERS.get(place / odd.len()) {
                Some(member) => event[member] = odd[place % odd.len()].clone(),
                None => *event = none[place - MEMBERS.len() * odd.len()].clone(),
            }
        }
    });
    let (report, log) = run.report();
    assert_eq!(report["Changes"].as_array().unwrap().len(), 48, "{log}");
    assert_eq!(report["Unreadable"], 3, "{log}");
    assert_eq!(report["CutOff"], Value::Null, "{log}");
}

#[test]
fn page_escapes_text_of_others_and_has_no_script() {
    let run = Run::start();
    let message = "<script>alert(1)</script><img src=https://evil.example/x>";
    run.octopus
        .add_event(run.event("Deleted", message, &["\"><i>"]));
    let page = run.delete("report.html").file("report.html");
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'"));
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<i>"));
    assert!(page.contains("alert(1)"));
}

#[test]
fn page_names_the_starter_that_the_server_names() {
    let run = Run::start();
    run.octopus.tasks().started_by(&run.task, BOB);
    let page = run.delete("report.html").file("report.html");
    assert!(page.contains("<h1><bdi>bob</bdi></h1>"));
    let (alert, heading) = (page.find("role=\"alert\""), page.find("<h1>"));
    assert!(alert.is_some() && alert < heading);
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let run = Run::start().delete("report.html");
    let file = std::fs::metadata(run.path("report.html")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
}
