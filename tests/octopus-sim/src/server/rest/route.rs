//! Which method and path lead where. Paths do not distinguish case.

use axum::http::StatusCode;
use percent_encoding::percent_decode_str;

use crate::server::rest::call::Handler;
use crate::server::rest::{
    Refusal, api_keys, documents, events, oidc, packages, process, root, runs, tasks, users,
};
use crate::server::state::kinds::Kind;

/// The methods that any path may know.
const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];

/// What a path is about.
pub(crate) struct Target {
    /// Behind `/api` and the space; decoded, as sent.
    pub(crate) path: Vec<String>,
    pub(crate) space: Option<String>,
    /// Whether it is below `/api`.
    in_api: bool,
}

impl Target {
    /// Reads a path below the virtual directory; `None` where that is not before it.
    pub(crate) fn read(path: &str, virtual_directory: &str) -> Option<Self> {
        let below = path.strip_prefix(virtual_directory)?;
        let parts = below.split('/').filter(|part| !part.is_empty());
        let decode = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let mut path: Vec<String> = parts.map(decode).collect();
        let is = |part: Option<&String>, word: &str| {
            part.is_some_and(|part| part.eq_ignore_ascii_case(word))
        };
        let in_api = is(path.first(), "api");
        if in_api {
            path.remove(0);
        }
        let first = path.first().filter(|_| in_api);
        let number = first.and_then(|part| {
            part.to_lowercase()
                .strip_prefix("spaces-")
                .map(str::to_owned)
        });
        let space = number.map(|number| {
            path.remove(0);
            format!("Spaces-{number}")
        });
        Some(Self {
            path,
            space,
            in_api,
        })
    }

    /// Whether it is the root of the REST API.
    pub(crate) fn is_root(&self) -> bool {
        self.in_api && self.path.is_empty() && self.space.is_none()
    }

    /// Whether a request needs no credential: for the root, and for OIDC.
    pub(crate) fn is_open_to_all(&self) -> bool {
        let words = self.words();
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        self.is_root() || matches!(words[..], [".well-known", ..] | ["token", "v1"])
    }

    fn words(&self) -> Vec<String> {
        self.path.iter().map(|part| part.to_lowercase()).collect()
    }
}

/// What answers this method on this path; else 404, or 405 where only the method is wrong.
pub(crate) fn find(method: &str, target: &Target) -> Result<Handler, Refusal> {
    let words = target.words();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let handler = |method: &str| match (target.in_api, &words[..]) {
        (_, ["token", "v1"]) => (method == "POST").then_some(oidc::exchange as Handler),
        (true, words) => in_api(method, words, target.space.is_some()),
        (false, [".well-known", "openid-configuration"]) => {
            (method == "GET").then_some(oidc::configuration as Handler)
        }
        (false, _) => None,
    };
    handler(method).ok_or_else(|| {
        if METHODS.iter().any(|other| handler(other).is_some()) {
            let message = "The method is not allowed for this resource.";
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, message)
        } else {
            Refusal::not_found()
        }
    })
}

fn in_api(method: &str, path: &[&str], has_space: bool) -> Option<Handler> {
    Some(match (method, path) {
        ("GET", []) if has_space => root::space,
        ("GET", []) => root::server,
        ("GET", ["users"]) => users::list,
        ("POST", ["users"]) => users::create,
        ("GET", ["users", "all"]) => users::all,
        ("GET", ["users", "me"]) => users::me,
        ("GET", ["users", _]) => users::get,
        ("GET", ["users", _, "spaces"]) => users::spaces,
        ("GET", ["users", _, "apikeys"]) => api_keys::list,
        ("POST", ["users", _, "apikeys"]) => api_keys::create,
        ("GET", ["users", _, "apikeys", _]) => api_keys::get,
        ("DELETE", ["users", _, "apikeys", _]) => api_keys::delete,
        ("GET", ["serviceaccounts", _, "oidcidentities", "v1"]) => oidc::identities,
        ("POST", ["serviceaccounts", _, "oidcidentities", "create", "v1"]) => oidc::create_identity,
        ("GET", ["events"]) => events::list,
        ("GET", ["tasks"]) => tasks::list,
        ("GET", ["tasks", "all"]) => tasks::all,
        ("GET", ["tasks", _]) => tasks::get,
        ("GET", ["tasks", _, "details"]) => tasks::details,
        ("GET", ["packages"]) => packages::list,
        ("GET", ["packages", _]) => packages::get,
        ("POST", ["packages", "raw"]) => packages::upload,
        ("GET", ["feeds", _, "packages", "versions"]) => packages::versions,
        ("GET", ["runbookprocesses", _, "runbooksnapshottemplate"]) => process::snapshot_template,
        ("POST", ["runbook-runs", "create", "v1"]) => runs::run_runbook,
        ("POST", ["releases", "create", "v1"]) => runs::create_release,
        ("POST", ["deployments", "create", "untenanted", "v1"]) => runs::deploy,
        ("GET", ["projects", _, kind]) if Kind::in_path(of_project(kind)).is_some() => {
            documents::of_project
        }
        (_, ["projects", _, kind, ..]) if Kind::in_path(of_project(kind)).is_some() => {
            return of_documents(method, &path[2..]);
        }
        (_, [kind, ..]) if Kind::in_path(kind).is_some() => return of_documents(method, path),
        _ => return None,
    })
}

/// What a project's own path calls its triggers.
pub(crate) fn of_project(kind: &str) -> &str {
    if kind.eq_ignore_ascii_case("triggers") {
        "projecttriggers"
    } else {
        kind
    }
}

fn of_documents(method: &str, path: &[&str]) -> Option<Handler> {
    Some(match (method, path) {
        ("GET", [_]) => documents::list,
        ("POST", [_]) => documents::create,
        ("GET", [_, "all"]) => documents::all,
        ("GET", [_, _]) => documents::get,
        ("PUT", [_, _]) => documents::change,
        ("DELETE", [_, _]) => documents::delete,
        _ => return None,
    })
}
