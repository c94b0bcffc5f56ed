# shellcheck shell=bash
# The work of the middle step, with Octopus's own command line: it reads the server, the key and the
# space that the step is given.
set -e
octopus environment create --name Green --no-prompt
octopus environment delete Green --confirm --no-prompt
octopus environment list --output-format basic
