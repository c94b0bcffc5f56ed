//! The service account, and the trust by which a runbook becomes it: nothing is stored.

use std::collections::BTreeSet;

use color_eyre::eyre::Result;
use octopus::User;
use serde_json::{Value, json};

use super::kind::{ACCOUNT, IDENTITY, USER};
use super::project::Project;
use super::server::{explain, refusal};
use super::space::{Space, field, items};

/// What the subject of an ID token is made of: with these, only the named runbook can become the
/// service account, and neither another one nor a deployment of the project.
const SUBJECT_KEYS: [&str; 4] = ["space", "project", "runbook", "type"];

/// Refuses a name that is a person's, or that of several accounts.
pub fn check(space: &Space, name: &str) -> Result<()> {
    let users = space.client().users_named(name);
    let users = users.map_err(|error| explain("Cannot list the users", &USER.to_view(), &error))?;
    let happened = match &users[..] {
        [] => return Ok(()),
        [user] if user.is_service == Some(true) => return Ok(()),
        [_] => format!("'{name}' is the account of a person, not a service account."),
        _ => format!("More than one account has the name '{name}'."),
    };
    Err(refusal(
        happened,
        "Choose another name for --service-account.",
    ))
}

/// Returns the service account (`OctopusClients`, `UserRepository`).
pub fn service_account(space: &Space, name: &str) -> Result<Value> {
    let user =
        json!({ "Username": name, "DisplayName": name, "IsActive": true, "IsService": true });
    let shown = |user: &User| json!({ "Id": user.id.as_str(), "Username": name });
    let find = || Ok(space.client().users_named(name)?.first().map(shown));
    space.ensure(&USER, name, "/api/users", &user, &find)
}

/// Has the service account trust the runbooks, each by an OIDC identity (go-octopusdeploy,
/// `serviceaccounts/oidc_identities.go`). Returns the ID of the Generic OIDC account that their steps
/// get ID tokens by.
pub fn trust(space: &Space, account: &Value, project: &Project) -> Result<String> {
    let (user, username) = (field(account, "Id")?, field(account, "Username")?);
    let path = format!("/api/serviceaccounts/{user}/oidcidentities");
    let (list, create) = (format!("{path}/v1"), format!("{path}/create/v1"));
    let all = [("skip", "0"), ("take", "1000")];
    let service_account = space.read(&IDENTITY, &list, &all)?;
    for runbook in &project.runbooks {
        let subject = format!(
            "space:{}:project:{}:runbook:{}:type:runbook",
            field(&space.document, "Slug")?,
            field(&project.document, "Slug")?,
            field(runbook, "Slug")?
        );
        let name = format!("Runbook {}", field(runbook, "Name")?);
        let identity = json!({
            "ServiceAccountId": user, "Name": name,
            "Issuer": service_account["ServerUrl"], "Subject": subject,
        });
        let find = || {
            let known = space.client().document(&list, &all)?;
            Ok(identity_of(&known, &subject).cloned())
        };
        space.ensure(&IDENTITY, &name, &create, &identity, &find)?;
    }
    let name = format!("runkey {username}");
    generic_oidc_account(space, &name, &service_account["ExternalId"])
}

/// Returns the identity by which the server's own tokens with this subject are accepted.
fn identity_of<'a>(known: &'a Value, subject: &str) -> Option<&'a Value> {
    items(&known["OidcIdentities"]).find(|identity| {
        let audience = identity["Audience"].as_str().unwrap_or_default();
        identity["Issuer"] == known["ServerUrl"]
            && identity["Subject"] == subject
            && (audience.is_empty() || known["ExternalId"] == audience)
    })
}

/// Returns the ID of the Generic OIDC account (go-octopusdeploy, `accounts/generic_oidc_account.go`;
/// the CLI, `account/generic-oidc/create`).
fn generic_oidc_account(space: &Space, name: &str, audience: &Value) -> Result<String> {
    let path = space.path("accounts");
    let wanted = json!({
        "AccountType": "GenericOidcAccount", "Name": name, "SpaceId": space.document["Id"],
        "Description": "Lets runbooks become the service account for runkey, by ID tokens.",
        "Audience": audience, "DeploymentSubjectKeys": SUBJECT_KEYS,
        "TenantedDeploymentParticipation": "Untenanted",
        "EnvironmentIds": [], "TenantIds": [], "TenantTags": [],
    });
    let find = || space.named(&path, name);
    let account = space.ensure(&ACCOUNT, name, &path, &wanted, &find)?;
    let keys = |account: &Value| -> BTreeSet<String> {
        let keys = items(&account["DeploymentSubjectKeys"]);
        keys.map(Value::to_string).collect()
    };
    let has_same = |field: &str| account[field] == wanted[field];
    if !has_same("AccountType") || !has_same("Audience") || keys(&account) != keys(&wanted) {
        return Err(refusal(
            format!("The account '{name}' has another audience or other subject keys."),
            "Rename it in the portal, and run this again.",
        ));
    }
    Ok(field(&account, "Id")?.to_owned())
}
