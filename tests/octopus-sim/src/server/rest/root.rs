//! `/api` and `/api/{space}`: what a client asks first, to learn which server it has found and
//! where everything is.

use serde_json::{Value, json};

use crate::server::rest::call::{Answer, Call, ok};

/// The server's own links, as URI templates; a client drops parameters that are not in them.
const LINKS: [(&str, &str); 8] = [
    ("CurrentUser", "/users/me"),
    (
        "Events",
        "/events{/id}{?skip,regarding,regardingAny,user,users,projects,projectGroups,environments,eventGroups,eventCategories,eventAgents,tags,tenants,from,to,internal,fromAutoId,toAutoId,documentTypes,asCsv,take,ids,spaces,includeSystem}",
    ),
    ("SpaceHome", "/{spaceId}"),
    ("Spaces", "/spaces{/id}{?name,skip,ids,take,partialName}"),
    (
        "Tasks",
        "/tasks{/id}{?skip,active,environment,tenant,project,name,node,running,states,hasPendingInterruptions,hasWarningsOrErrors,take,ids,partialName,spaces,includeSystem}",
    ),
    (
        "Teams",
        "/teams{/id}{?skip,take,ids,partialName,spaces,includeSystem}",
    ),
    ("UserRoles", "/userroles{/id}{?skip,take,ids,partialName}"),
    ("Users", "/users{/id}{?skip,take,ids,filter}"),
];

/// The links of a space to its lists, with what else they are filtered by.
const LINKS_IN_SPACE: [(&str, &str); 14] = [
    ("Accounts", "accountType"),
    ("ActionTemplates", ""),
    ("Deployments", ""),
    ("Environments", ""),
    ("Feeds", "feedType"),
    ("Interruptions", ""),
    ("Machines", ""),
    ("Projects", ""),
    ("ProjectTriggers", ""),
    ("Releases", ""),
    ("Runbooks", ""),
    ("RunbookRuns", ""),
    ("Tenants", ""),
    ("WorkerPools", ""),
];

/// The server itself. Of the real server's links, those that lead somewhere here.
pub(crate) fn server(call: &Call<'_>) -> Answer {
    let settings = &call.world.settings;
    let mut links = links_in_space(call);
    for (name, template) in LINKS {
        links[name] = call.link(template);
    }
    links["Self"] = call.link("");
    links["Web"] = json!(format!("{}/app", settings.virtual_directory));
    let version = if settings.knows_expiry {
        "2026.3.11151"
    } else {
        "2020.5.0"
    };
    ok(json!({
        "Application": "Octopus Deploy",
        "Version": version,
        "ApiVersion": "3.0.0",
        "InstallationId": "5e0c1f0a-7a3b-4d5e-9f21-6b8c2d4e0a17",
        "HasLongTermSupport": false,
        "IsEarlyAccessProgram": false,
        "Links": links,
    }))
}

/// One space's own root: its links.
pub(crate) fn space(call: &Call<'_>) -> Answer {
    let mut links = links_in_space(call);
    links["Self"] = json!(call.uri.path());
    ok(json!({ "Id": call.space(), "Links": links }))
}

fn links_in_space(call: &Call<'_>) -> Value {
    let space = call.space();
    let mut links = json!({
        "PackageUpload": call.link(&format!("/{space}/packages/raw{{?replace,overwriteMode}}")),
        "Variables": call.link(&format!("/{space}/variables{{/id}}{{?ids}}")),
    });
    for (name, filter) in LINKS_IN_SPACE {
        let path = name.to_lowercase();
        let more = if filter.is_empty() {
            String::new()
        } else {
            format!(",{filter}")
        };
        let filters = format!("{{/id}}{{?name,skip,ids,take,partialName{more}}}");
        links[name] = call.link(&format!("/{space}/{path}{filters}"));
    }
    links
}
