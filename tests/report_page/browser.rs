//! Headless Chromium, asked over a pipe by the `DevTools` protocol: the pages are looked at as they
//! are, scripts forbidden and all.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The protocol is spoken on the descriptors 3 and 4; everything else that Chromium says is dropped.
const START: &str =
    "exec \"$0\" \"$@\" --remote-debugging-pipe 3<&0 4>&1 </dev/null >/dev/null 2>&1";
/// Nothing of it leaves this machine.
const SWITCHES: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

/// How a page is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    pub width: u32,
    pub height: u32,
    /// By night.
    pub dark: bool,
}

/// A browser with one page open. It ends with this.
pub struct Browser {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// The page, once there is one.
    session: Option<String>,
    sent: u64,
    console: Vec<String>,
    folder: TempDir,
}

impl Browser {
    /// Starts it; nothing, and a sentence, where there is none.
    pub fn start() -> Option<Self> {
        let names = ["chromium", "chromium-browser", "google-chrome"];
        let answers = |name: &&str| {
            let version = Command::new(name).arg("--version").output();
            cfg!(unix) && version.is_ok_and(|output| output.status.success())
        };
        let Some(name) = names.into_iter().find(answers) else {
            println!("Skipped: there is no Chromium on the PATH, so nobody looked at the pages.");
            return None;
        };
        let folder = TempDir::new().unwrap();
        let profile = folder.path().join("profile");
        let mut process = Command::new("sh")
            .args(["-c", START, name])
            .args(SWITCHES)
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let requests = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        let mut browser = Self {
            process,
            requests,
            answers,
            session: None,
            sent: 0,
            console: Vec::new(),
            folder,
        };
        let target = browser.ask("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.ask("Target.attachToTarget", &attach);
        browser.session = attached["sessionId"].as_str().map(ToOwned::to_owned);
        for domain in ["Page", "Log", "Runtime"] {
            browser.ask(&format!("{domain}.enable"), &json!({}));
        }
        Some(browser)
    }

    /// Shows a page; gives what the browser complained of.
    pub fn open(&mut self, html: &str, view: View) -> Vec<String> {
        let file = self.folder.path().join("page.html");
        std::fs::write(&file, html).unwrap();
        self.console.clear();
        self.look(view);
        self.ask(
            "Page.navigate",
            &json!({ "url": format!("file://{}", file.display()) }),
        );
        while self.read()["method"] != "Page.loadEventFired" {}
        self.console.clone()
    }

    /// Looks at the page in another way.
    fn look(&mut self, view: View) {
        let scheme = if view.dark { "dark" } else { "light" };
        let size = json!({ "width": view.width, "height": view.height, "deviceScaleFactor": 1, "mobile": false });
        self.ask("Emulation.setDeviceMetricsOverride", &size);
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.ask(
            "Emulation.setEmulatedMedia",
            &json!({ "features": [feature] }),
        );
    }

    /// What a script finds in the page. The page's own policy does not bind it.
    pub fn evaluate(&mut self, script: &str) -> Value {
        let answer = self.ask(
            "Runtime.evaluate",
            &json!({ "expression": script, "returnByValue": true }),
        );
        assert!(answer["exceptionDetails"].is_null(), "{answer:#}");
        answer["result"]["value"].clone()
    }

    /// Writes what is in the window as a picture.
    pub fn picture(&mut self, file: &Path) {
        let answer = self.ask("Page.captureScreenshot", &json!({ "format": "png" }));
        std::fs::write(file, decoded(&answer)).unwrap();
    }

    /// Lays the page out as for print, for scripts to look at.
    pub fn emulate_print(&mut self) {
        self.ask("Emulation.setEmulatedMedia", &json!({ "media": "print" }));
    }

    /// The page in print.
    pub fn print(&mut self) -> Vec<u8> {
        let paper = json!({ "landscape": true, "preferCSSPageSize": true, "printBackground": false,
            "paperWidth": 8.27, "paperHeight": 11.69 });
        decoded(&self.ask("Page.printToPDF", &paper))
    }

    fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.sent += 1;
        let mut request = json!({ "id": self.sent, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            request["sessionId"] = json!(session);
        }
        self.requests
            .write_all(format!("{request}\0").as_bytes())
            .unwrap();
        loop {
            let answer = self.read();
            if answer["id"] == self.sent {
                assert!(answer["error"].is_null(), "{method}: {answer:#}");
                return answer["result"].clone();
            }
        }
    }

    fn read(&mut self) -> Value {
        let mut message = Vec::new();
        self.answers.read_until(0, &mut message).unwrap();
        assert_eq!(message.pop(), Some(0), "the browser has gone away");
        let message: Value = serde_json::from_slice(&message).unwrap();
        if let Some("Log.entryAdded" | "Runtime.consoleAPICalled" | "Runtime.exceptionThrown") =
            message["method"].as_str()
        {
            self.console.push(message["params"].to_string());
        }
        message
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn decoded(answer: &Value) -> Vec<u8> {
    BASE64_STANDARD
        .decode(answer["data"].as_str().unwrap())
        .unwrap()
}

/// How many pages a PDF of Chromium's has.
pub fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    text.matches("/Type /Page\n").count()
}
