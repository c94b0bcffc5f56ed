//! The audit report: who started the run as the server knows it, and what was done with the run key.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use octopus_sim::{ADMIN, BOB, Event, Fault, Octopus, RUNBOOK_SVC, SYSTEM, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;

const NAME: &str = "Alice King (alice)";

/// A run in progress, with a run key that `NAME` is in the purpose of.
struct Run {
    octopus: Octopus,
    task: String,
    key: String,
    folder: TempDir,
}

impl Run {
    fn start(settings: Settings) -> Self {
        let octopus = settings.start();
        let task = octopus.tasks().queue();
        octopus.tasks().start(&task);
        let purpose = format!("{NAME} [runkey {task}]");
        let expires = Some(octopus.now() + jiff::SignedDuration::from_hours(1));
        let key = octopus.add_key(RUNBOOK_SVC, &purpose, expires).id;
        let folder = tempfile::tempdir().unwrap();
        Self {
            octopus,
            task,
            key,
            folder,
        }
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
            let documents = [format!("Projects-{number}")];
            let documents = [documents[0].as_str()];
            let message = format!("Project Shop {number} was changed");
            self.octopus
                .add_event(self.event("Modified", &message, &documents));
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn delete(&self, file: &Path) -> Output {
        Command::new(env!("CARGO_BIN_EXE_runkey"))
            .args([
                "delete", "--run-id", &self.task, "--space", "Spaces-1", "--report",
            ])
            .arg(file)
            .env_clear()
            .env("RUNKEY_TIMEOUT", "3s")
            .env("OCTOPUS_URL", self.octopus.url())
            .env("OCTOPUS_API_KEY", self.octopus.service_key())
            .current_dir(self.folder.path())
            .output()
            .unwrap()
    }

    /// Revokes the key, and returns the report and the log.
    fn report(&self) -> (Value, String) {
        let file = self.file("report.json");
        let output = self.delete(&file);
        let log = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{log}");
        assert!(!self.octopus.is_active(&self.key));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{error}\n{log}"));
        assert!(!text.contains('#'));
        let report: Value = serde_json::from_str(&text).unwrap();
        let schema = include_str!("../../docs/report.schema.json");
        let schema: Value = serde_json::from_str(schema).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&report)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
        (report, log)
    }
}

#[test]
fn confirms_who_started_the_run() {
    let run = Run::start(Settings::default());
    run.modify(3);
    let (report, log) = run.report();
    assert_eq!(report["StartedBy"]["Verdict"], "Same");
    assert_eq!(report["StartedBy"]["Username"], "alice");
    assert_eq!(report["Outcome"], "Revoked");
    assert_eq!(report["Sum"]["Modified"], 3);
    assert!(
        log.contains("Octopus confirms that 'alice' started the run."),
        "{log}"
    );
}

#[test]
fn calls_a_forged_starter_different() {
    let run = Run::start(Settings::default());
    run.octopus.tasks().started_by(&run.task, BOB);
    let (report, log) = run.report();
    assert_eq!(report["StartedBy"]["Verdict"], "Different");
    assert_eq!(report["StartedBy"]["Username"], "bob");
    assert!(
        log.contains("Different starter: the purpose names \"Alice King (alice)\""),
        "{log}"
    );
}

#[test]
fn name_of_service_or_system_is_runbooks_statement() {
    for account in [RUNBOOK_SVC, SYSTEM] {
        let run = Run::start(Settings::default());
        run.octopus.tasks().started_by(&run.task, account);
        let (report, _) = run.report();
        assert_eq!(
            report["StartedBy"]["Verdict"], "ServiceAccountOrSystem",
            "{account}"
        );
    }
}

#[test]
fn names_the_permission_that_hides_the_starter() {
    for permission in ["TaskView", "RunbookRunView"] {
        let service_account_lacks = vec![permission];
        let run = Run::start(Settings {
            service_account_lacks,
            ..Settings::default()
        });
        let (report, _) = run.report();
        assert_eq!(report["StartedBy"]["Verdict"], "NotReadable");
        assert_eq!(report["StartedBy"]["Permission"], permission);
    }
}

#[test]
fn names_deployments_in_progress() {
    let run = Run::start(Settings::default());
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
    let run = Run::start(Settings::default());
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
    let run = Run::start(Settings::default());
    run.modify(5001);
    let (report, log) = run.report();
    assert_eq!(report["CutOff"]["After"], 5000);
    assert_eq!(report["Changes"].as_array().unwrap().len(), 5000);
    assert!(log.contains("Cut off after 5000 changes, from 20"), "{log}");
}

#[test]
fn writes_what_was_read_before_an_error() {
    let run = Run::start(Settings {
        largest_page: Some(100),
        ..Settings::default()
    });
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
    let run = Run::start(Settings::default());
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
fn other_ending_prevents_no_revocation() {
    let run = Run::start(Settings::default());
    let output = run.delete(&run.file("report.txt"));
    let log = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && !run.octopus.is_active(&run.key),
        "{log}"
    );
    assert!(log.contains("ends in neither .html nor .json"), "{log}");
}

#[test]
fn other_ending_is_refused_before_a_command_runs() {
    let octopus = Octopus::start();
    let output = Command::new(env!("CARGO_BIN_EXE_runkey"))
        .args([
            "create",
            "--run-by",
            NAME,
            "--report",
            "report.txt",
            "--",
            "env",
        ])
        .env_clear()
        .env("OCTOPUS_URL", octopus.url())
        .env("OCTOPUS_API_KEY", octopus.service_key())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(125));
    assert!(octopus.requests().is_empty());
}

#[test]
fn failed_report_is_a_warning() {
    let run = Run::start(Settings::default());
    let file = run.file("report.html");
    std::fs::write(&file, "mine").unwrap();
    let output = run.delete(&file);
    let log = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && !run.octopus.is_active(&run.key),
        "{log}"
    );
    assert!(log.contains("Cannot write the audit report"), "{log}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
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
    let run = Run::start(Settings::default());
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
    let run = Run::start(Settings::default());
    let message = "<script>alert(1)</script><img src=https://evil.example/x>";
    run.octopus
        .add_event(run.event("Deleted", message, &["\"><i>"]));
    let file = run.file("report.html");
    let output = run.delete(&file);
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(output.status.success());
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'"));
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<i>"));
    assert!(page.contains("alert(1)"));
}

#[test]
fn page_names_the_starter_that_the_server_names() {
    let run = Run::start(Settings::default());
    run.octopus.tasks().started_by(&run.task, BOB);
    let file = run.file("report.html");
    run.delete(&file);
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(page.contains("<h1><bdi>bob</bdi></h1>"));
    let (alert, heading) = (page.find("role=\"alert\""), page.find("<h1>"));
    assert!(alert.is_some() && alert < heading);
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let run = Run::start(Settings::default());
    let file = run.file("report.html");
    run.delete(&file);
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
}
