//! A client for these tests.

#![allow(
    dead_code,
    reason = "each test file is a program of its own and uses a part of this"
)]

use std::time::Duration;

use octopus_sim::Octopus;
use serde_json::{Value, json};
use ureq::http::{Request, Response};
use ureq::{Agent, Body};

/// A status and a body of JSON.
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

/// One account's connection to a server.
pub struct Client {
    pub agent: Agent,
    url: String,
    header: (&'static str, String),
}

impl Client {
    pub fn service(octopus: &Octopus) -> Self {
        Self::with_key(octopus.url(), octopus.service_key())
    }

    pub fn with_key(url: &str, key: &str) -> Self {
        Self::new(url, ("X-Octopus-ApiKey", key.to_owned()))
    }

    pub fn anonymous(url: &str) -> Self {
        Self::new(url, ("Accept", "application/json".to_owned()))
    }

    fn new(url: &str, header: (&'static str, String)) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .proxy(None)
            .user_agent("a test");
        Self {
            agent: config.build().into(),
            url: url.to_owned(),
            header,
        }
    }

    /// Sends a request with further headers; an error is one of the connection or of the protocol.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Response<Body>, ureq::Error> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header(self.header.0, &self.header.1);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .body(body.to_owned())
            .expect("the test names a valid path");
        self.agent.run(request)
    }

    fn answer(&self, method: &str, path: &str, body: &str) -> Answer {
        let mut response = self.send(method, path, &[], body).expect("an answer");
        let text = response.body_mut().read_to_string().expect("a body");
        Answer {
            status: response.status().as_u16(),
            body: serde_json::from_str(&text).expect("a body of JSON"),
        }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.answer("GET", path, "")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.answer("POST", path, &body.to_string())
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.answer("PUT", path, &body.to_string())
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.answer("DELETE", path, "")
    }

    /// Publishes a runbook with one step in Bash, and gives the path of its process.
    pub fn publish(&self, name: &str, script: &str) -> String {
        let space = "/api/Spaces-1";
        let runbook = json!({ "Name": name, "ProjectId": "Projects-1" });
        let runbook = self.post(&format!("{space}/runbooks"), &runbook).body;
        let process = runbook["RunbookProcessId"].as_str().expect("an ID");
        let process = format!("{space}/runbookProcesses/{process}");
        self.change_script(&process, script);
        let snapshot =
            json!({ "Name": "1", "ProjectId": "Projects-1", "RunbookId": runbook["Id"] });
        let published = self.post(&format!("{space}/runbookSnapshots?publish=true"), &snapshot);
        assert_eq!(published.status, 201);
        process
    }

    /// Makes this script the only step of a process.
    pub fn change_script(&self, process: &str, script: &str) {
        let mut changed = self.get(process).body;
        let properties = json!({
            "Octopus.Action.Script.Syntax": "Bash", "Octopus.Action.Script.ScriptBody": script,
        });
        let action =
            json!({ "Name": "Work", "ActionType": "Octopus.Script", "Properties": properties });
        changed["Steps"] = json!([{ "Name": "Work", "Actions": [action] }]);
        assert_eq!(self.put(process, &changed).status, 200);
    }
}

impl Answer {
    /// This field of all items of a page.
    pub fn each(&self, field: &str) -> Vec<&Value> {
        let items = self.body["Items"].as_array().expect("a page");
        items.iter().map(|item| &item[field]).collect()
    }
}
