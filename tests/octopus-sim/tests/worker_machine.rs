//! What the worker's machine adds: its proxy, and its code page.

use octopus_sim::worker::{CodePage, Level, Step, StepResult, Syntax, Variables, Worker};

fn run(worker: &Worker, body: &str) -> StepResult {
    let step = Step::script("Script", Syntax::Bash, body);
    worker
        .run(&step, &Variables::default())
        .expect("Bash is here")
}

const PROXIES: &str =
    "echo \"$HTTP_PROXY $http_proxy $HTTPS_PROXY $https_proxy\"; echo \"$NO_PROXY $no_proxy\"";

#[test]
fn a_proxy_of_the_worker_arrives_in_both_cases() {
    let result = run(&Worker::new().proxy("proxy.example:8080"), PROXIES);
    let proxies = ["http://proxy.example:8080"; 4].join(" ");
    let none = ["127.0.0.1,localhost,169.254.169.254"; 2].join(" ");
    assert_eq!(result.lines(Level::Info), [proxies, none]);
}

#[test]
fn a_proxy_in_the_worker_s_environment_arrives_in_both_cases() {
    let worker = Worker::new()
        .env("HTTP_PROXY", "http://a:1")
        .env("no_proxy", "localhost");
    let result = run(&worker, PROXIES);
    let lines = ["http://a:1 http://a:1  ", "localhost localhost"];
    assert_eq!(result.lines(Level::Info), lines);

    let worker = worker.env("http_proxy", "http://b:2");
    let result = run(&worker, PROXIES);
    assert_eq!(result.lines(Level::Info)[0], "http://a:1 http://b:2  ");
}

#[test]
fn a_machine_with_an_oem_code_page_takes_utf8_for_garbage_and_reads_messages_all_the_same() {
    let worker = Worker::new().code_page(CodePage::Oem437);
    let result = run(&worker, "echo 'Zoë'; set_octopusvariable Name 'Zoë'");
    assert_eq!(result.lines(Level::Info), ["Zo├½"]);
    assert_eq!(result.output("Name"), Some("Zoë"));
}
