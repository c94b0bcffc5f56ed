//! The service account, and the trust by which a runbook becomes it: nothing is stored.

use color_eyre::eyre::{Result, bail, ensure};
use octopus::{Id, Untrusted, User};
use serde_json::{Value, json};

use super::kind::{ACCOUNT, IDENTITY, USER};
use super::project::{Project, Runbook};
use super::server::explain;
use super::space::{Space, field, id, items};

/// What the subject of an ID token is made of: with these, only the named runbook can become the
/// service account, and neither another one nor a deployment of the project.
const SUBJECT_KEYS: [&str; 4] = ["space", "project", "runbook", "type"];

/// Finds the service account, or creates it (`OctopusClients`, `UserRepository`). Returns its ID.
pub fn service_account(space: &Space, name: &str) -> Result<Option<Id>> {
    match &users(space, name)?[..] {
        [] => {}
        [user] if user.is_service == Some(true) => {
            USER.say(name, &format!("kept ({})", user.id));
            return Ok(Some(user.id.clone()));
        }
        [_] => bail!(
            "'{name}' is the account of a person, not a service account. Choose another name for --service-account."
        ),
        _ => bail!("'{name}' is ambiguous: more than one account has this name."),
    }
    let user =
        json!({ "Username": name, "DisplayName": name, "IsActive": true, "IsService": true });
    let find = || {
        let found = users(space, name)?;
        Ok(found.first().map(|user| json!({ "Id": user.id.as_str() })))
    };
    let created = space.create(&USER, name, ("/api/users", &[]), &user, &find)?;
    created.as_ref().map(id).transpose()
}

fn users(space: &Space, name: &str) -> Result<Vec<User>> {
    let found = space.client().users_named(name);
    found.map_err(|error| explain("Cannot list the users", &USER.to_view(), &error))
}

/// Has the service account trust the runbooks. Returns the ID of the Generic OIDC account that their
/// steps get ID tokens by; a dry run has none that would be created.
pub fn trust(
    space: &Space,
    user: Option<&Id>,
    name: &str,
    project: &Project,
) -> Result<Option<String>> {
    let account_name = format!("runkey {name}");
    let Some(user) = user else {
        for runbook in &project.runbooks {
            IDENTITY.say(&identity_name(runbook), "would be created");
        }
        ACCOUNT.say(&account_name, "would be created");
        return Ok(None);
    };
    let audience = trust_runbooks(space, user, project)?;
    account(space, &account_name, &audience)
}

/// Adds an OIDC identity for each runbook, and returns the service account ID (go-octopusdeploy,
/// `serviceaccounts/oidc_identities.go`).
fn trust_runbooks(space: &Space, user: &Id, project: &Project) -> Result<String> {
    let path = format!("/api/serviceaccounts/{user}/oidcidentities");
    let read = || {
        let all = [("skip", "0"), ("take", "1000")];
        space.read(&IDENTITY, &format!("{path}/v1"), &all)
    };
    let known = read()?;
    for runbook in &project.runbooks {
        let name = identity_name(runbook);
        let Some(document) = &runbook.document else {
            IDENTITY.say(&name, "would be created");
            continue;
        };
        let subject = format!(
            "space:{}:project:{}:runbook:{}:type:runbook",
            space.slug()?,
            field(&project.document, "Slug")?,
            field(document, "Slug")?
        );
        if identity(&known, &subject).is_some() {
            IDENTITY.say(&name, &format!("kept: {}", Untrusted::from(&*subject)));
            continue;
        }
        let document = json!({
            "ServiceAccountId": user.as_str(), "Name": name,
            "Issuer": field(&known, "ServerUrl")?, "Subject": subject,
        });
        let path = format!("{path}/create/v1");
        let find = || Ok(identity(&read()?, &subject).cloned());
        space.create(&IDENTITY, &name, (&path, &[]), &document, &find)?;
    }
    Ok(field(&known, "ExternalId")?.to_owned())
}

/// Returns the identity by which the server's own tokens with this subject are accepted.
fn identity<'a>(known: &'a Value, subject: &str) -> Option<&'a Value> {
    items(&known["OidcIdentities"]).find(|identity| {
        let own = identity["Audience"].as_str().unwrap_or_default();
        identity["Issuer"] == known["ServerUrl"]
            && identity["Subject"] == subject
            && (own.is_empty() || known["ExternalId"] == own)
    })
}

fn identity_name(runbook: &Runbook) -> String {
    format!("Runbook {}", runbook.name)
}

/// Finds the Generic OIDC account, or creates it (go-octopusdeploy, `accounts/generic_oidc_account.go`;
/// the CLI, `account/generic-oidc/create`).
fn account(space: &Space, name: &str, audience: &str) -> Result<Option<String>> {
    let path = space.path("accounts");
    let mut account = space.find(&ACCOUNT, &path, name)?;
    if let Some(known) = &account {
        let keys: Vec<_> = items(&known["DeploymentSubjectKeys"]).collect();
        let has_keys = SUBJECT_KEYS
            .iter()
            .all(|key| keys.iter().any(|known| known == key));
        ensure!(
            known["AccountType"] == "GenericOidcAccount"
                && known["Audience"] == audience
                && has_keys
                && keys.len() == SUBJECT_KEYS.len(),
            "The account '{name}' has another audience or other subject keys. Rename it in the portal, and run this again."
        );
        ACCOUNT.say(name, "kept");
    } else {
        let document = json!({
            "AccountType": "GenericOidcAccount", "Name": name, "SpaceId": space.id().as_str(),
            "Description": "Lets runbooks become the service account for runkey, by ID tokens.",
            "Audience": audience, "DeploymentSubjectKeys": SUBJECT_KEYS,
            "TenantedDeploymentParticipation": "Untenanted",
            "EnvironmentIds": [], "TenantIds": [], "TenantTags": [],
        });
        let find = || space.find(&ACCOUNT, &path, name);
        account = space.create(&ACCOUNT, name, (&path, &[]), &document, &find)?;
    }
    let id = account.as_ref().map(|account| field(account, "Id"));
    Ok(id.transpose()?.map(ToOwned::to_owned))
}
