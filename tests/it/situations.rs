//! What an operator reads when something goes wrong: every situation with its server, command line,
//! exit code and output, in situations.snap. To write that file again after a change of a text:
//! `INSTA_UPDATE=always cargo test -p runkey --test it situations`

use std::thread;

use octopus_sim::{AddedKey, Certificate, Fault, Octopus, Settings, TaskState};

use crate::support::running::{in_shell, start_command};
use crate::support::server::{add_key, finished_run};
use crate::support::{PURPOSE, address, assert_no_secret, create, transcript};

/// Topics, and the situations of each: a title, what the server is or does, and a command line for
/// a shell, where Alice's run and the service account key are set.
const SITUATIONS: &str = r#"
# Settings

Nothing is set
$ OCTOPUS_URL= OCTOPUS_API_KEY= RUNKEY_RUN_BY= RUNKEY_RUN_ID= runkey create

The run is named in part
$ RUNKEY_RUN_ID= runkey create

The run is not named, in delete
$ RUNKEY_RUN_ID= runkey delete

Two credentials are set
$ OCTOPUS_ACCESS_TOKEN=token runkey create

No credential is set
$ OCTOPUS_API_KEY= runkey delete

An option is misspelled
$ runkey create --expire-in 1h

A key is on the command line
$ runkey create --api-key "$OCTOPUS_API_KEY"

The command has no -- before it
$ runkey use octopus project list

A duration has no unit, in a variable
$ RUNKEY_EXPIRES_IN=90 runkey create

A duration has no unit, in an env file
$ echo 'RUNKEY_EXPIRES_IN=90' > my.env; runkey create --env-file my.env

A duration is negative
$ runkey create --expires-in=-5m

A duration is zero
$ runkey create --expires-in 0s

A duration is a word
$ RUNKEY_EXPIRES_IN=soon runkey create

A duration is too long
$ runkey create --expires-in 9999999d

An Octopus variable is unresolved, in a duration
$ RUNKEY_EXPIRES_IN='#{Lifetime}' runkey create

An Octopus variable is unresolved, in a choice
$ RUNKEY_ACCESS='#{Access}' runkey create

An Octopus variable is unresolved, in a switch
$ RUNKEY_DRY_RUN='#{Project.DryRun}' runkey delete

An Octopus variable is unresolved, in a name
$ RUNKEY_RUN_BY='#{Who}' runkey create

A switch is not a boolean
$ RUNKEY_DRY_RUN=maybe runkey delete

A name contains a secret
$ RUNKEY_RUN_BY="Eve $OCTOPUS_API_KEY" runkey create

The CA file is missing
$ runkey create --ca-file /nope.pem

An env file contains $
$ echo 'OCTOPUS_URL=https://$HOST' > my.env; runkey create --env-file my.env

Standard output is closed
$ runkey create >&-

# Connection

The connection is refused
$ OCTOPUS_URL=http://127.0.0.1:9 runkey create --retry-for 1ms

The host name does not resolve
$ OCTOPUS_URL=https://octopus.invalid runkey create --retry-for 1ms

A request is retried (fails once)
$ runkey create

The URL has the wrong virtual directory
$ OCTOPUS_URL="$OCTOPUS_URL/octopus" runkey create

The URL begins with https, and the server speaks http
$ OCTOPUS_URL="https://$HOST" runkey create

The URL begins with http, and the server speaks https (https)
$ OCTOPUS_URL="http://$HOST" runkey create

The certificate is from an unknown CA (https)
$ RUNKEY_CA_FILE= runkey create

The certificate is for another host (https; certificate of another host)
$ runkey create

The certificate has expired (https; expired certificate)
$ runkey create

The certificate is a CA's own (https; self-signed certificate)
$ runkey create

The server closes the connection (closes connections)
$ runkey create --retry-for 1ms

The server redirects (redirects)
$ runkey create

A web page answers in the server's place (is a web page)
$ runkey create

The server fails (500 to GET /me)
$ runkey create --retry-for 1ms

The rate limit is exceeded (429 to GET /me)
$ runkey create --retry-for 1ms

The server does not respond (is not reached)
$ runkey create --timeout 200ms --retry-for 1ms

# Create

The credential is rejected
$ OCTOPUS_API_KEY=API-WRONG runkey create

The server denies the key (403 to POST /apikeys)
$ runkey create

The server denies the key of another account (403 to POST /apikeys)
$ runkey create --owner Users-30

The key owner's ID is unknown
$ runkey create --owner Users-99

The key owner is given by display name
$ runkey create --owner 'Alice King'

The lifetime is beyond the server's maximum
$ runkey create --expires-in 9000h

The server does not support expiring keys (of 2020)
$ runkey create

The server does not support expiring keys, and denies the revocation (of 2020; 403 to DELETE /apikeys)
$ runkey create

The server changes the purpose (changes purposes)
$ runkey create

The server does not enforce read-only keys (ignores access levels)
$ runkey create --access read-only

The response is lost (closes connections after a POST)
$ runkey create --retry-for 1ms

# Use

The create step passed no key
$ OCTOPUS_API_KEY= runkey use

The run key was revoked
$ key=$(runkey create 2>&-); runkey delete 2>&-; OCTOPUS_API_KEY=$key runkey use

The key is another run's (has a key of the run)
$ RUNKEY_RUN_ID=ServerTasks-9 OCTOPUS_API_KEY=$KEY runkey use --key-id "$KEY_ID" --owner Users-21

The purpose is not checked
$ OCTOPUS_API_KEY=$(runkey create 2>&-) runkey use

The command is not found (has a key of the run)
$ OCTOPUS_API_KEY=$KEY runkey use --key-id "$KEY_ID" --owner Users-21 -- octopuss

# Delete

The run has no key
$ runkey delete

The run has no key, which was required
$ runkey delete --require

The credential is rejected (has a key of the run)
$ OCTOPUS_API_KEY=API-WRONG runkey delete --key-id "$KEY_ID"

The connection is refused (has a key of the run)
$ OCTOPUS_URL=http://127.0.0.1:9 runkey delete --key-id "$KEY_ID" --retry-for 1ms

The server fails to revoke the key (500 to DELETE /apikeys; has a key of the run)
$ runkey delete --retry-for 1ms

The server denies the revocation of two keys (403 to DELETE /apikeys; has a key of the run; has a key of the run)
$ runkey delete

The revocation has no effect, in a step (only confirms revocations; has a key of the run)
$ RUNKEY_OUTPUT=octopus runkey delete --retry-for 1ms

The keys cannot be listed (403 to GET /apikeys; has a key of the run)
$ runkey delete

The keys cannot be listed, and one is known (403 to GET /apikeys; has a key of the run)
$ runkey delete --key-id "$KEY_ID"

The credential is a key of this purpose
$ export RUNKEY_RUN_BY= RUNKEY_RUN_ID=; key=$(runkey create --purpose Mine 2>&-); OCTOPUS_API_KEY=$key runkey delete --purpose Mine

The audit report is not permitted (denies EventView; has a key of the run)
$ runkey delete --report report.html

The cleanup may not read tasks (denies TaskView; has a key of a finished run)
$ RUNKEY_RUN_BY= RUNKEY_RUN_ID= runkey delete --finished

No run has finished
$ RUNKEY_RUN_BY= RUNKEY_RUN_ID= runkey delete --finished

# One command

The run succeeds
$ runkey create -- true

A service account starts the run
$ RUNKEY_RUN_BY= RUNKEY_RUN_ID= runkey create -- true

A purpose is set
$ RUNKEY_RUN_BY= RUNKEY_RUN_ID= runkey create --purpose Mine -- true

The command is not found
$ runkey create -- octopuss

The server denies the revocation after the command (403 to DELETE /apikeys)
$ runkey create -- sh -c 'exit 3'

# Preflight check

The server denies the key (403 to POST /apikeys)
$ RUNKEY_RUN_BY= RUNKEY_RUN_ID= runkey create --preflight
"#;

#[test]
fn situations_read_well() {
    let texts = thread::scope(|scope| {
        let paragraphs = SITUATIONS.trim().split("\n\n");
        let threads: Vec<_> = paragraphs
            .map(|paragraph| scope.spawn(move || shown(paragraph)))
            .collect();
        let texts = threads.into_iter().map(|thread| thread.join().unwrap());
        texts.collect::<Vec<_>>()
    });
    insta::with_settings!({
        snapshot_path => ".",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!("situations", texts.join("\n\n"));
    });
}

/// The situation with its output.
fn shown(paragraph: &str) -> String {
    let Some((title, line)) = paragraph.split_once("\n$ ") else {
        return paragraph.to_owned();
    };
    let server = title
        .strip_suffix(')')
        .and_then(|title| title.split_once(" ("));
    let (octopus, key) = start(server.map_or("", |(_, words)| words));
    let mut run = create(&octopus)
        .env("RUNKEY_OUTPUT", "text")
        .env("HOST", address(&octopus).to_string());
    if let Some(key) = key {
        run = run.env("KEY_ID", key.id).env("KEY", key.secret);
    }
    let script = format!("PATH=${{1%/*}}:$PATH; {line}");
    let outcome = start_command(in_shell(run, &script)).end();
    let text = transcript(&octopus, &outcome);
    let (text, _) = text.split_once("--- requests").unwrap();
    assert_no_secret(&octopus, text);
    format!("## {paragraph}\n{}", text.trim_end())
}

/// The server that the words describe, and the last of the run's keys on it.
fn start(words: &str) -> (Octopus, Option<AddedKey>) {
    let mut settings = Settings::default();
    let mut others = Vec::new();
    for word in words.split("; ").filter(|word| !word.is_empty()) {
        match word {
            "https" => settings.tls = true,
            "certificate of another host" => settings.certificate = Certificate::OfAnotherHost,
            "expired certificate" => settings.certificate = Certificate::Expired,
            "self-signed certificate" => settings.certificate = Certificate::SelfSigned,
            "of 2020" => settings = Settings::old_server(),
            "ignores access levels" => settings.honors_access_level = false,
            "denies EventView" => settings.service_account_lacks.push("EventView"),
            "denies TaskView" => settings.service_account_lacks.push("TaskView"),
            _ => others.push(word),
        }
    }
    let octopus = settings.start();
    let mut key = None;
    for word in others {
        let (fault, (method, path)) = match word {
            "has a key of the run" => {
                key = Some(add_key(&octopus, PURPOSE));
                continue;
            }
            "has a key of a finished run" => {
                finished_run(&octopus, TaskState::Canceled);
                continue;
            }
            "fails once" => {
                octopus.fault(Fault::Status(503)).on("GET", "/me");
                continue;
            }
            "closes connections" => (Fault::ResetBeforeProcessing, ("GET", "/")),
            "closes connections after a POST" => (Fault::ResetAfterProcessing, ("POST", "/")),
            "is not reached" => (Fault::Timeout, ("GET", "/")),
            "redirects" => {
                let to = "https://login.example.com/sso".to_owned();
                (Fault::Redirect { to }, ("GET", "/"))
            }
            "is a web page" => (Fault::NotJson, ("GET", "/")),
            "changes purposes" => {
                let fault = Fault::json("other purpose", |key| key["Purpose"] = "Other".into());
                (fault, ("POST", "/apikeys"))
            }
            "only confirms revocations" => (Fault::accepted(), ("DELETE", "/apikeys")),
            _ => {
                let (status, request) = word.split_once(" to ").expect(word);
                let fault = Fault::Status(status.parse().unwrap());
                (fault, request.split_once(' ').unwrap())
            }
        };
        octopus.fault(fault).on(method, path).forever();
    }
    (octopus, key)
}
