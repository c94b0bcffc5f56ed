//! What the rehearsal claims, and whether it was so.

use std::process::ExitCode;

use crate::stage::Stage;

/// Claims, each with whether it was seen to be so.
#[derive(Default)]
pub struct Proof {
    claims: Vec<(String, bool)>,
}

impl Proof {
    /// Claims this, which was so or not.
    pub fn claim(&mut self, claim: impl Into<String>, holds: bool) {
        self.claims.push((claim.into(), holds));
    }

    /// Shows every claim, and gives the exit code: success only if all of them hold.
    pub fn conclude(self, stage: &Stage<'_>) -> ExitCode {
        let screen = stage.screen;
        screen.title("What was proven");
        screen.say(match stage.package {
            Some(_) => {
                "The step templates took runkey from the package, unpacked as a worker does."
            }
            None => "The step templates took runkey from the PATH.",
        });
        screen.claims(&self.claims);
        let count = self.claims.len();
        let broken = self.claims.iter().filter(|(_, holds)| !holds).count();
        if broken > 0 {
            screen.say(&format!("{broken} of {count} claims did not hold."));
            return ExitCode::FAILURE;
        }
        screen.say(&format!(
            "All {count} claims hold: the trail names the person, and no key outlives its run."
        ));
        ExitCode::SUCCESS
    }
}
