# shellcheck shell=bash
# Looks for API keys where a step can look: in Octopus's variables, by the names that might contain one,
# in what Octopus puts into a script, in the environment, the shell and the step's folder.
echo '#{Automation.ApiKey} #{RunKey.Create.ApiKey} #{RunKey.Delete.ApiKey}'
for name in Automation.ApiKey RunKey.{Create,Use,Delete}.ApiKey; do
  get_octopusvariable "$name"
  echo
done
env
set
cat ./* 2> /dev/null
echo Searched
