# The create step's name: as the step has it, since capitals matter to get_octopusvariable, or else as it
# was typed.
# shellcheck disable=SC2162
{ read runkey_create_step; read runkey_typed; } << 'RUNKEY_END'
#{Octopus.Action[#{RunKey.Step.CreateStep}].Name | JsonEscape}
#{RunKey.Step.CreateStep | JsonEscape}
RUNKEY_END
case $runkey_create_step in \#\{*) runkey_create_step=$runkey_typed ;; esac
