//! The values that options take.

use clap::ValueEnum;
use clap::builder::{StringValueParser, TypedValueParser};
use octopus::Untrusted;

/// What is printed, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// Service messages and log lines for an Octopus step
    Octopus,
    /// One JSON object on standard output, logs on standard error
    Json,
    /// For a person; `create` prints only the key on standard output
    Text,
}

/// `--access`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Access {
    /// Everything that the owner is allowed to do
    Full,
    /// Read only; fails if the server does not enforce it
    ReadOnly,
}

impl From<Access> for octopus::Access {
    fn from(level: Access) -> Self {
        match level {
            Access::Full => Self::Full,
            Access::ReadOnly => Self::ReadOnly,
        }
    }
}

/// `--actor-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ActorType {
    /// A person, or a script for a person
    User,
    /// An AI agent
    AiAgent,
}

impl From<ActorType> for octopus::ActorType {
    fn from(actor: ActorType) -> Self {
        match actor {
            ActorType::User => Self::User,
            ActorType::AiAgent => Self::AiAgent,
        }
    }
}

/// Parses untrusted text.
pub fn untrusted() -> impl TypedValueParser<Value = Untrusted> {
    StringValueParser::new().map(Untrusted::from)
}

/// Reads a switch from a variable; nothing if it is neither on nor off.
pub fn parse_switch(value: &str) -> Option<bool> {
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}
