//! The server that is installed to, by the crate `octopus`: only what its reference documents is sent.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, WrapErr as _, bail, eyre};
use octopus::{
    Address, Client, Credential, Error, ErrorKind, Id, Observer, Proxy, Settings, Untrusted,
};
use serde_json::Value;

/// How long one request may take: an upload has megabytes.
const TIMEOUT: Duration = Duration::from_mins(10);
/// How long requests are retried.
const RETRY_FOR: Duration = Duration::from_secs(30);

/// A server, and who talks to it.
pub struct Server {
    client: Client,
}

/// A space of the server.
pub struct Space {
    /// Such as `Spaces-1`.
    pub id: Id,
    /// As people know it.
    pub name: Untrusted,
}

impl Server {
    /// A server at this URL.
    ///
    /// # Errors
    /// When the URL or a proxy is invalid.
    pub fn new(url: &str, credential: Credential) -> Result<Self> {
        let address = Address::parse(url).map_err(|error| eyre!("OCTOPUS_URL {error}."))?;
        if !address.is_secure() && !address.is_loopback() {
            eprintln!(
                "Warning: The connection is not encrypted. Anyone on the network path can read the credential. Use https."
            );
        }
        let proxy = Proxy::from_environment(&address).map_err(|error| eyre!("{error}."))?;
        let client = Client::new(Settings {
            address,
            credential,
            ca_file: None,
            proxy,
            timeout: TIMEOUT,
            retry_for: RETRY_FOR,
            observer: Rc::new(Log::default()),
        });
        let client =
            client.map_err(|error| eyre!("The CA certificates cannot be used: {error}."))?;
        Ok(Self { client })
    }

    /// All spaces that the account may see.
    ///
    /// # Errors
    /// When the server does not give them.
    pub fn spaces(&self) -> Result<Vec<Space>> {
        let spaces = self.client.documents("/api/spaces");
        let spaces = spaces.map_err(|error| explain("Cannot read the spaces", &error))?;
        let space = |space: &Value| {
            let id = space["Id"].as_str().and_then(Id::new);
            Some(Space {
                id: id?,
                name: space["Name"].as_str().unwrap_or_default().into(),
            })
        };
        Ok(spaces.iter().filter_map(space).collect())
    }

    /// All step templates of a space.
    ///
    /// # Errors
    /// When the server does not give them.
    pub fn templates(&self, space: &Space) -> Result<Vec<Value>> {
        let templates = self
            .client
            .documents(&format!("/api/{}/actiontemplates", space.id));
        templates.map_err(|error| explain("Cannot read the step templates of the space", &error))
    }

    /// Makes a step template out of an exported one.
    ///
    /// # Errors
    /// When the server refuses it.
    pub fn import(&self, space: &Space, exported: &Value) -> Result<()> {
        let names = [
            "Name",
            "Description",
            "ActionType",
            "Version",
            "Properties",
            "Parameters",
            "Packages",
            "GitDependencies",
        ];
        let fields = names.map(|name| (name.to_owned(), exported[name].clone()));
        let space_id = ("SpaceId".to_owned(), space.id.as_str().into());
        let template: Value = fields.into_iter().chain([space_id]).collect();
        let path = format!("/api/{}/actiontemplates", space.id);
        let created = self.client.create_document(&path, &template);
        created.map(drop).map_err(|error| {
            let name = exported["Name"].as_str().unwrap_or_default();
            explain(&format!("Cannot import '{name}'"), &error)
        })
    }

    /// Puts a package into the built-in feed of a space; false if that very version is there already.
    ///
    /// # Errors
    /// When the file cannot be read, or the server refuses it.
    pub fn upload(&self, space: &Space, package: &Path) -> Result<bool> {
        let content = std::fs::read(package).wrap_err("Cannot read the package")?;
        let name = package.file_name().unwrap_or_default().to_string_lossy();
        let path = format!("/api/{}/packages/raw", space.id);
        match self.client.upload(&path, &name, &content) {
            Ok(()) => Ok(true),
            Err(error) if error.status() == Some(409) => Ok(false),
            Err(error) => bail!(explain("Cannot upload the package", &error)),
        }
    }
}

/// What happened, what Octopus said, and what to do next.
fn explain(task: &str, error: &Error) -> color_eyre::Report {
    let said = error
        .said()
        .map(|said| format!("\nOctopus said: \"{said}\""));
    eyre!(
        "{task}: {error}.{}\nHelp: {}",
        said.unwrap_or_default(),
        help(error)
    )
}

fn help(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Certificate(_) => {
            "The CA of the server's certificate must be trusted by this system (on Linux, SSL_CERT_FILE can name it)."
        }
        ErrorKind::Dns | ErrorKind::Connect | ErrorKind::ConnectionLost | ErrorKind::Timeout => {
            "Check OCTOPUS_URL and this machine's network. Running the command again is safe."
        }
        ErrorKind::Unauthorized => {
            "Check OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN: it may be another server's, revoked or expired."
        }
        ErrorKind::Forbidden => {
            "The account needs the permissions BuiltInFeedPush, ActionTemplateView, ActionTemplateCreate and ActionTemplateEdit in the space."
        }
        ErrorKind::RateLimited | ErrorKind::ServerError => {
            "Run the command again later; what is there by then is skipped."
        }
        ErrorKind::Rejected => "Correct what the server rejects, and run the command again.",
        ErrorKind::Redirect => {
            "Set OCTOPUS_URL to the server's own URL. The credential is sent nowhere else."
        }
        _ => "Check OCTOPUS_URL: the server's URL with its virtual directory, if any.",
    }
}

/// Logs why nothing happens for a while, each reason once.
#[derive(Debug, Default)]
struct Log(RefCell<HashSet<String>>);

impl Observer for Log {
    fn sent(&self, _request: &str, _outcome: &str, _took: Duration) {}

    fn retrying(&self, error: &Error, _wait: Duration, left: Duration) {
        if self.0.borrow_mut().insert(error.to_string()) {
            eprintln!("Retrying for {}s: {error}.", left.as_secs());
        }
    }

    fn waiting(&self, _left: Duration) {}

    fn notice(&self, _line: &str) {}

    fn blocked(&self, _error: &Error) {}

    fn interrupted_at(&self) -> Option<Instant> {
        None
    }
}
