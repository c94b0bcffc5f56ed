//! Values of variables that are wrong.

use super::*;

#[test]
fn refuses_wrong_values_of_variables() {
    let octopus = Octopus::start();
    let rows = [
        ("create", "RUNKEY_EXPIRES_IN", "90"),
        ("create", "RUNKEY_EXPIRES_IN", "0s"),
        ("create", "RUNKEY_EXPIRES_IN", "-5m"),
        ("create", "RUNKEY_EXPIRES_IN", "1 month"),
        ("create", "RUNKEY_EXPIRES_IN", "700000w"),
        ("create", "RUNKEY_TIMEOUT", "soon"),
        ("create", "RUNKEY_RETRY_FOR", "#{Project.RetryFor}"),
        ("create", "RUNKEY_ACCESS", "write"),
        ("create", "RUNKEY_OUTPUT", "xml"),
        ("create", "RUNKEY_VERBOSE", "maybe"),
        ("create", "RUNKEY_PREFLIGHT", "$false"),
        ("create", "RUNKEY_RUN_BY", "  "),
        ("create", "RUNKEY_RUN_BY", "\u{2800}\u{200b}"),
        (
            "create",
            "RUNKEY_RUN_BY",
            "#{Octopus.Deployment.CreatedBy.Username}",
        ),
        (
            "create",
            "RUNKEY_RUN_BY",
            "Eve [Runkey ServerTasks-9] (eve)",
        ),
        (
            "create",
            "RUNKEY_RUN_BY",
            "API-ABCDEFGHIJKLMNOPQRSTUVWXYZ (eve)",
        ),
        ("create", "RUNKEY_RUN_ID", " "),
        ("create", "RUNKEY_RUN_ID", "1] [runkey 2"),
        ("create", "RUNKEY_RUN_ID", "1\u{1b}[2J"),
        ("create", "RUNKEY_RUN_ID", "R~0a1b2c3d"),
        ("create", "RUNKEY_RUN_ID", "#{Octopus.Task.Id}"),
        ("create", "RUNKEY_PURPOSE", "O'Brien"),
        ("create", "RUNKEY_PURPOSE", "Alice [runkey R]"),
        ("create", "RUNKEY_PURPOSE", "Alice\nKing"),
        ("create", "RUNKEY_OWNER", "#{Owner}"),
        ("use", "RUNKEY_RUN_ID", "1 2"),
        ("use", "RUNKEY_KEY_ID", "../me"),
        ("delete", "RUNKEY_DRY_RUN", "#{Project.DryRun}"),
        ("delete", "RUNKEY_DRY_RUN", "tru"),
        ("delete", "RUNKEY_REQUIRE", "none"),
        ("delete", "RUNKEY_FINISHED", "0 0"),
        ("delete", "RUNKEY_RUN_ID", "#{Octopus.Task.Id}"),
        ("delete", "RUNKEY_OWNER", "API-ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ]
    .map(|(subcommand, name, value)| {
        let input = format!("{subcommand} {name}={value}");
        let run = match name {
            "RUNKEY_PREFLIGHT" => runkey(&octopus, subcommand)
                .without("RUNKEY_RUN_BY")
                .without("RUNKEY_RUN_ID"),
            "RUNKEY_KEY_ID" => runkey(&octopus, subcommand).env("RUNKEY_OWNER", "Users-21"),
            _ => runkey(&octopus, subcommand),
        };
        (input, run.env(name, value))
    });
    insta::assert_snapshot!(refusals(&octopus, rows), @r##"
    "create RUNKEY_EXPIRES_IN=90" 2
      Error: RUNKEY_EXPIRES_IN: '90' has no unit.
      Help: Use for example 45s, 30m, 2h 30m or 1d.
    "create RUNKEY_EXPIRES_IN=0s" 2
      Error: RUNKEY_EXPIRES_IN: '0s' must be greater than zero.
      Help: Use for example 45s, 30m, 2h 30m or 1d.
    "create RUNKEY_EXPIRES_IN=-5m" 2
      Error: RUNKEY_EXPIRES_IN: '-5m' must not be negative.
      Help: Use for example 45s, 30m, 2h 30m or 1d.
    "create RUNKEY_EXPIRES_IN=1 month" 2
      Error: RUNKEY_EXPIRES_IN: '1 month' contains months or years, which differ in length.
      Help: Use days or weeks, for example 365d or 52w.
    "create RUNKEY_EXPIRES_IN=700000w" 2
      Error: RUNKEY_EXPIRES_IN: '700000w' is too long.
      Help: Use for example 45s, 30m, 2h 30m or 1d.
    "create RUNKEY_TIMEOUT=soon" 2
      Error: RUNKEY_TIMEOUT: 'soon' is not a duration.
      Help: Use for example 45s, 30m, 2h 30m or 1d.
    "create RUNKEY_RETRY_FOR=#{Project.RetryFor}" 2
      Error: RUNKEY_RETRY_FOR contains an unresolved Octopus variable ('#{...}').
      Help: Check the variable's name and scope. Octopus leaves unknown variables unresolved.
    "create RUNKEY_ACCESS=write" 2
      Error: RUNKEY_ACCESS: 'write' is not a valid value.
      Help: Use one of full, read-only.
    "create RUNKEY_OUTPUT=xml" 2
      Error: RUNKEY_OUTPUT: 'xml' is not a valid value.
      Help: Use one of octopus, json, text.
    "create RUNKEY_VERBOSE=maybe" 2
      Error: RUNKEY_VERBOSE: 'maybe' is not a boolean.
      Help: Use true or false.
    "create RUNKEY_PREFLIGHT=$false" 2
      Error: RUNKEY_PREFLIGHT: '$false' is not a boolean.
      Help: Use true or false.
    "create RUNKEY_RUN_BY=  " 2
      Error: --run-by (RUNKEY_RUN_BY) is empty.
      Help: Check the variable that the value comes from: not every kind of run sets it.
    "create RUNKEY_RUN_BY=⠀\u{200b}" 2
      Error: --run-by (RUNKEY_RUN_BY) is empty.
      Help: Check the variable that the value comes from: not every kind of run sets it.
    "create RUNKEY_RUN_BY=#{Octopus.Deployment.CreatedBy.Username}" 2
      Error: RUNKEY_RUN_BY contains an unresolved Octopus variable ('#{...}').
      Help: Check the variable's name and scope. Octopus leaves unknown variables unresolved.
    "create RUNKEY_RUN_BY=Eve [Runkey ServerTasks-9] (eve)" 2
      Error: --run-by (RUNKEY_RUN_BY) contains ' [runkey ', which marks the run ID.
      Help: Remove it from the value.
    "create RUNKEY_RUN_BY=API-ABCDEFGHIJKLMNOPQRSTUVWXYZ (eve)" 2
      Error: --run-by (RUNKEY_RUN_BY) contains something that looks like a credential (not shown). Refusing to put it in the audit trail.
      Help: Octopus expands variables in display names: a user named "Eve #{Project.ApiKey}" would leak that key. Find the source of the value, and revoke the credential if it is real.
    "create RUNKEY_RUN_ID= " 2
      Error: --run-id (RUNKEY_RUN_ID) is empty.
      Help: Set it to a unique ID of the run, such as ServerTasks-123.
    "create RUNKEY_RUN_ID=1] [runkey 2" 2
      Error: --run-id (RUNKEY_RUN_ID) contains ']'.
      Help: Set it to a unique ID of the run, such as ServerTasks-123.
    "create RUNKEY_RUN_ID=1\u{1b}[2J" 2
      Error: --run-id (RUNKEY_RUN_ID) contains the character U+001B.
      Help: Set it to a unique ID of the run, such as ServerTasks-123.
    "create RUNKEY_RUN_ID=R~0a1b2c3d" 2
      Error: --run-id (RUNKEY_RUN_ID) contains '~', which only one-command runs have.
      Help: Remove it from the value.
    "create RUNKEY_RUN_ID=#{Octopus.Task.Id}" 2
      Error: RUNKEY_RUN_ID contains an unresolved Octopus variable ('#{...}').
      Help: Check the variable's name and scope. Octopus leaves unknown variables unresolved.
    "create RUNKEY_PURPOSE=O'Brien" 2
      Error: --purpose (RUNKEY_PURPOSE) contains quotes, or characters that are not visible.
      Help: Remove it from the value.
    "create RUNKEY_PURPOSE=Alice [runkey R]" 2
      Error: --purpose (RUNKEY_PURPOSE) contains ' [runkey ', which marks the run ID.
      Help: Remove it from the value.
    "create RUNKEY_PURPOSE=Alice\nKing" 2
      Error: --purpose (RUNKEY_PURPOSE) contains quotes, or characters that are not visible.
      Help: Remove it from the value.
    "create RUNKEY_OWNER=#{Owner}" 2
      Error: RUNKEY_OWNER contains an unresolved Octopus variable ('#{...}').
      Help: Check the variable's name and scope. Octopus leaves unknown variables unresolved.
    "use RUNKEY_RUN_ID=1 2" 125
      Error: --run-id (RUNKEY_RUN_ID) contains a space.
      Help: Set it to a unique ID of the run, such as ServerTasks-123.
    "use RUNKEY_KEY_ID=../me" 125
      Error: --key-id (RUNKEY_KEY_ID) is not an ID.
      Help: Set it to the create step's output variable ApiKeyId.
    "delete RUNKEY_DRY_RUN=#{Project.DryRun}" 2
      Error: RUNKEY_DRY_RUN contains an unresolved Octopus variable ('#{...}').
      Help: Check the variable's name and scope. Octopus leaves unknown variables unresolved.
    "delete RUNKEY_DRY_RUN=tru" 2
      Error: RUNKEY_DRY_RUN: 'tru' is not a boolean.
      Help: Use true or false.
    "delete RUNKEY_REQUIRE=none" 2
      Error: RUNKEY_REQUIRE: 'none' is not a boolean.
      Help: Use true or false.
    "delete RUNKEY_FINISHED=0 0" 2
      Error: RUNKEY_FINISHED: '0 0' is not a boolean.
      Help: Use true or false.
    "delete RUNKEY_RUN_ID=#{Octopus.Task.Id}" 2
      Error: RUNKEY_RUN_ID contains an unresolved Octopus variable ('#{...}').
      Help: Check the variable's name and scope. Octopus leaves unknown variables unresolved.
    "delete RUNKEY_OWNER=API-ABCDEFGHIJKLMNOPQRSTUVWXYZ" 2
      Error: --owner (RUNKEY_OWNER) contains something that looks like a credential (not shown).
      Help: Set it to a username or an ID such as Users-21.
    "##);
}
