//! A page in headless Chromium.

use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// The page forbids scripts; the copy that is looked into allows them.
const FORBIDS_SCRIPTS: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">";

/// By day or by night, as Chromium counts them.
#[derive(Debug, Clone, Copy)]
pub enum Scheme {
    Dark = 0,
    Light = 1,
}

/// What the browser makes of a page.
pub struct Page {
    /// What it wrote to its console about the page as it is.
    pub console: Vec<String>,
    /// What `probe.js` found in it.
    pub probe: Value,
}

impl Page {
    /// Opens the page in a window as narrow as a phone; nothing, and a sentence, without a browser.
    pub fn open(html: &str, scheme: Scheme) -> Option<Self> {
        let Some(browser) = find() else {
            println!("Skipped: there is no Chromium on the PATH.");
            return None;
        };
        let (_, console) = show(&browser, html, scheme);
        assert!(html.contains(FORBIDS_SCRIPTS), "the page forbids scripts");
        let script = include_str!("probe.js");
        let copy = html.replace(FORBIDS_SCRIPTS, "") + &format!("<script>{script}</script>");
        let (dom, _) = show(&browser, &copy, scheme);
        let (_, rest) = dom.split_once("<output>").expect("the probe ran");
        let (found, _) = rest
            .split_once("</output>")
            .expect("the probe came to its end");
        let found = found
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&nbsp;", " ")
            .replace("&amp;", "&");
        Some(Self {
            console,
            probe: serde_json::from_str(&found).expect("the probe writes JSON"),
        })
    }
}

fn find() -> Option<String> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let works = |name: &&str| Command::new(name).arg("--version").output().is_ok();
    names.into_iter().find(works).map(ToOwned::to_owned)
}

/// The page's elements as they are after it was shown, and the lines of the console.
fn show(browser: &str, html: &str, scheme: Scheme) -> (String, Vec<String>) {
    let folder = TempDir::new().expect("there is room for a page");
    let file = folder.path().join("page.html");
    std::fs::write(&file, html).expect("there is room for a page");
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--window-size=500,900",
        ])
        .args(["--dump-dom", "--enable-logging=stderr"])
        .arg(format!(
            "--blink-settings=preferredColorScheme={}",
            scheme as u8
        ))
        .arg(format!(
            "--user-data-dir={}",
            folder.path().join("profile").display()
        ))
        .arg(format!("file://{}", file.display()))
        .output()
        .expect("the browser starts");
    let log = String::from_utf8_lossy(&output.stderr);
    let console = log.lines().filter(|line| line.contains("CONSOLE"));
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        console.map(ToOwned::to_owned).collect(),
    )
}
