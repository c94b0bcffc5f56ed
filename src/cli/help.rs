//! What stands below the options in the help: credentials, exit codes, examples.

/// Below `runkey --help`.
pub const OVERVIEW: &str = "\
Credentials of create and delete, exactly one, from the environment only:
  OCTOPUS_ID_TOKEN      OIDC ID token, with --service-account-id
  OCTOPUS_API_KEY       API key of a service account
  OCTOPUS_ACCESS_TOKEN  access token

Examples:
  runkey create --preflight --output text
  runkey create -- octopus environment list
  runkey delete --run-id ServerTasks-123";

/// Below `runkey create --help`.
pub const CREATE: &str = "\
Required: --url, a credential ('runkey --help' lists them), and --run-by and
--run-id or --purpose. With a command, --run-id defaults to the host's name, and
--run-by to the credential's account if that is not a service account.

Exit codes: 0 done, 1 failed, 2 wrong usage. With a command: the command's;
125 runkey failed or the key may be active, 126 not executable, 127 not found.

Examples:
  runkey create --run-by 'Alice King (alice)' --run-id ServerTasks-123
  runkey create --space Default -- octopus environment list
  runkey create --preflight --output text";

/// Below `runkey use --help`.
pub const USE: &str = "\
Required: --url, and the run key in OCTOPUS_API_KEY. The command receives the
server's URL, the key and the space under every name that Octopus's tools read,
and no other Octopus credential.

Exit codes: the command's; 125 runkey failed, 126 not executable, 127 not found.

Example:
  runkey use --space Spaces-1 -- octopus environment list";

/// Below `runkey delete --help`.
pub const DELETE: &str = "\
Required: --url, a credential ('runkey --help' lists them), and --run-id,
--purpose, --finished or --all. Keys match by the run ID at the end of their
purpose.

Exit codes: 0 done, 1 failed or a key may be active, 2 wrong usage.

Examples:
  runkey delete --run-id ServerTasks-123 --report report.html
  runkey delete --dry-run --all --owner runbook-svc
  runkey delete --finished --owner runbook-svc";
