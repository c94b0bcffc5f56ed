//! The service account, and the trust by which a runbook becomes it: nothing is stored.

use color_eyre::eyre::{Result, bail, ensure};
use octopus::User;
use serde_json::json;

use super::kind::{ACCOUNT, IDENTITY, USER};
use super::project::{Project, Runbook};
use super::server::explain;
use super::space::{Space, field, items};

/// What the subject of an ID token is made of: with these, only the named runbook can become the
/// service account, and neither another one nor a deployment of the project.
const SUBJECT_KEYS: [&str; 4] = ["space", "project", "runbook", "type"];

/// Finds the service account, or creates it (`OctopusClients`, `UserRepository`).
pub fn service_account(space: &Space, name: &str) -> Result<Option<User>> {
    let found = space.client.users_named(name);
    let found = found.map_err(|error| explain("Cannot read the users", &USER.to_view(), &error))?;
    match &found[..] {
        [] => {}
        [user] if user.is_service == Some(true) => {
            USER.say(name, &format!("kept ({})", user.id));
            return Ok(Some(user.clone()));
        }
        [_] => bail!(
            "'{name}' is the account of a person, not a service account. Choose another name for --service-account."
        ),
        _ => bail!("'{name}' is ambiguous: more than one account has this name."),
    }
    let user =
        json!({ "Username": name, "DisplayName": name, "IsActive": true, "IsService": true });
    let created = space.create(&USER, name, "/api/users", &[], &user)?;
    created
        .map(serde_json::from_value)
        .transpose()
        .map_err(Into::into)
}

/// Has the service account trust the runbooks. Returns the ID of the Generic OIDC account that their
/// steps get ID tokens by; a dry run has none that would be created.
pub fn trust(
    space: &Space,
    user: Option<&User>,
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
fn trust_runbooks(space: &Space, user: &User, project: &Project) -> Result<String> {
    let path = format!("/api/serviceaccounts/{}/oidcidentities", user.id);
    let all = [("skip", "0"), ("take", "1000")];
    let known = space.read(&IDENTITY, &format!("{path}/v1"), &all)?;
    let (issuer, audience) = (field(&known, "ServerUrl")?, field(&known, "ExternalId")?);
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
        let is_known = items(&known["OidcIdentities"]).any(|identity| {
            let has_own_audience = identity["Audience"]
                .as_str()
                .is_some_and(|own| !own.is_empty());
            identity["Issuer"] == issuer
                && identity["Subject"] == subject.as_str()
                && (!has_own_audience || identity["Audience"] == audience)
        });
        if is_known {
            IDENTITY.say(&name, &format!("kept: {subject}"));
            continue;
        }
        let identity = json!({
            "ServiceAccountId": user.id.as_str(), "Name": name, "Issuer": issuer, "Subject": subject,
        });
        space.create(
            &IDENTITY,
            &name,
            &format!("{path}/create/v1"),
            &[],
            &identity,
        )?;
    }
    Ok(audience.to_owned())
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
        account = space.create(&ACCOUNT, name, &path, &[], &document)?;
    }
    let id = account.as_ref().map(|account| field(account, "Id"));
    Ok(id.transpose()?.map(ToOwned::to_owned))
}
