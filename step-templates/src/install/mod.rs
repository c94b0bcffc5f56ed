//! Brings the package and the step templates to a server. What is there and is not ours stays as it is.

mod plan;
mod server;

use std::env;
use std::path::{Path, PathBuf};

use color_eyre::eyre::{Result, bail, ensure};
use octopus::{Credential, Secret};

use crate::package;
pub use plan::kept;
use plan::{Plan, Step};
use server::{Server, Space};

/// Where to, and whether for real. The credential is in `OCTOPUS_API_KEY` or in
/// `OCTOPUS_ACCESS_TOKEN`: it is never an argument.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The server, with its virtual directory if it has one.
    #[arg(long, value_name = "URL", env = "OCTOPUS_URL", hide_env_values = true)]
    url: Option<String>,
    /// The space, by its name or its id.
    #[arg(
        long,
        value_name = "SPACE",
        env = "OCTOPUS_SPACE",
        hide_env_values = true
    )]
    space: Option<String>,
    /// The package, as a release has it or `package` makes it [default: what `package` made last].
    #[arg(long, value_name = "FILE")]
    package: Option<PathBuf>,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Installs into one space.
///
/// # Errors
/// Says what happened, what the server said, and what to do next. What was done before stays, and to
/// run it again is safe.
pub fn run(options: &Options) -> Result<()> {
    let (server, wanted) = connect(options)?;
    let package = options.package.clone().unwrap_or_else(package::path);
    ensure!(
        package.is_file(),
        "There is no package at {}. Make it first: cargo run -p step-templates -- package",
        package.display()
    );
    let systems = package::systems_in(&package)?;
    let space = find_space(&server, &wanted)?;
    let plan = Plan::new(&server.templates(&space)?)?;

    println!("Space {} ({})\n", space.name, space.id);
    let happened = if options.dry_run {
        format!(
            "would be uploaded, with the program for {systems}, unless this version is there already"
        )
    } else {
        upload(&server, &space, &package, &systems)?
    };
    let file_name = package.file_name().unwrap_or_default();
    say(&file_name.to_string_lossy(), &happened);
    for step in &plan.steps {
        if !options.dry_run {
            carry_out(&server, &space, step)?;
        }
        say(&step.name, &step.said(options.dry_run));
    }
    println!("\n{}", plan.next(options.dry_run));
    Ok(())
}

/// All that is missing is said at once.
fn connect(options: &Options) -> Result<(Server, String)> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let (url, space) = (given(&options.url), given(&options.space));
    let credential = credential()?;
    let missing = [
        ("the server's address (OCTOPUS_URL)", url.is_none()),
        ("the space (--space)", space.is_none()),
        (
            "a credential (OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN)",
            credential.is_none(),
        ),
    ];
    let missing = missing.iter().filter(|(_, is_missing)| *is_missing);
    let missing: Vec<_> = missing.map(|(what, _)| *what).collect();
    let (Some(url), Some(space), Some(credential)) = (url, space, credential) else {
        bail!(
            "Missing: {}. Set it, and run this again.",
            missing.join("; ")
        );
    };
    Ok((Server::new(&url, credential)?, space))
}

fn credential() -> Result<Option<Credential>> {
    let set = |name: &str| env::var(name).ok().filter(|text| !text.is_empty());
    match (set("OCTOPUS_API_KEY"), set("OCTOPUS_ACCESS_TOKEN")) {
        (Some(_), Some(_)) => {
            bail!("OCTOPUS_API_KEY and OCTOPUS_ACCESS_TOKEN are both set. Leave one of them out.")
        }
        (Some(key), None) => sendable("OCTOPUS_API_KEY", key, Credential::ApiKey),
        (None, Some(token)) => sendable("OCTOPUS_ACCESS_TOKEN", token, Credential::AccessToken),
        (None, None) => Ok(None),
    }
}

fn sendable(
    name: &str,
    text: String,
    credential: fn(Secret) -> Credential,
) -> Result<Option<Credential>> {
    let secret = Secret::new(text);
    ensure!(
        Credential::can_be_sent(&secret),
        "{name} contains white space or another character that is not valid in a credential."
    );
    Ok(Some(credential(secret)))
}

fn find_space(server: &Server, wanted: &str) -> Result<Space> {
    let mut spaces = server.spaces()?;
    let is_wanted = |space: &Space| {
        space.id.as_str() == wanted || space.name.raw().eq_ignore_ascii_case(wanted)
    };
    if let Some(place) = spaces.iter().position(is_wanted) {
        return Ok(spaces.swap_remove(place));
    }
    let known: Vec<_> = spaces.iter().map(|space| space.name.to_string()).collect();
    bail!(
        "The account has no space '{wanted}'. Set --space to one of: {}.",
        known.join(", ")
    );
}

/// Says what happened.
fn upload(server: &Server, space: &Space, package: &Path, systems: &str) -> Result<String> {
    Ok(if server.upload(space, package)? {
        format!("uploaded, with the program for {systems}")
    } else {
        "skipped: the feed has this version already. If yours is a newer build, delete that one in the portal and run this again".to_owned()
    })
}

fn carry_out(server: &Server, space: &Space, step: &Step) -> Result<()> {
    match &step.known {
        plan::Known::Nothing => server.import(space, &step.exported),
        plan::Known::Same | plan::Known::Foreign => Ok(()),
    }
}

fn say(what: &str, happened: &str) {
    println!("{what:40} {happened}");
}
