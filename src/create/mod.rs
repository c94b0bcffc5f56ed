//! `runkey create`: makes the run's key and hands it to the steps that follow.

mod handover;
mod trial;

use std::cell::Cell;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::cli::Create;
use crate::duration;
use crate::key::{self, Purpose, owner};
use crate::octopus::{self, Access, Client, Id, MadeKey, NewKey};
use crate::output::Failure;
use crate::output::console;
use crate::session::{Session, explain};
use crate::signals::{self, Signals};
use crate::stranger::Stranger;
pub use handover::{Key, mask};

/// How long to keep trying unless told otherwise.
pub const RETRY_FOR: Duration = Duration::from_mins(2);
/// How long a key lives unless told otherwise.
const EXPIRES_IN: Duration = Duration::from_hours(1);
/// A clock that is this far off is worth a word.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// A key that is later than asked by no more than this is what was asked for.
const EXPIRY_TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// What the key is to be, and where.
pub struct Wanted<'a> {
    client: &'a Client,
    owner: &'a Id,
    purpose: &'a Purpose,
    create: &'a Create,
    signals: &'a Signals,
    /// Whether a key of this purpose may live beside the one that was made, if one was.
    may_have_left_one: Cell<bool>,
}

/// A key as the server made it, and when it was to expire.
struct Made {
    key: MadeKey,
    asked: Timestamp,
}

/// Makes the key, checks it, and hands it over; a key that fails a check is revoked at once.
///
/// # Errors
/// When there is no key, or it could not be handed over.
pub fn run(create: &Create, session: &Session<'_>) -> Result<(), Failure> {
    if create.trial {
        return trial::run(create, session);
    }
    let secrets = session.every_secret();
    let purpose = key::purpose(&create.key, &secrets)?;
    owner::check_given(create.key.owner.as_ref(), &secrets)?;
    check_that_someone_listens()?;
    let client = session.open(RETRY_FOR)?.giving_names_up();

    let owner = owner::find(&client, create.key.owner.as_ref())?;
    let step = session.environment.step();
    if let Some(warning) = step.and_then(|step| step.warning_about_owner(owner.as_str())) {
        session.console.warning(warning);
    }
    let wanted = Wanted::new(create, &client, &owner, &purpose, session.signals);
    let key = wanted.key()?;
    handover::hand_over(&key, session.console)
        .map_err(|failure| wanted.revoke(&key.made.id, wanted.heeding_signals(failure)))?;
    if wanted.may_have_left_one() {
        session.console.warning("An earlier attempt may have made a key that was never received. It has the same purpose, so the delete step revokes it too.");
    }
    session.console.highlight(&outcome(&key, &client));
    Ok(())
}

fn check_that_someone_listens() -> Result<(), Failure> {
    if console::nobody_listens() {
        return Err(Failure::usage(
            "Standard output is closed or leads to nowhere, so nobody would receive the key; none was made.",
            "Let standard output reach the Octopus worker, a pipe or a file that only you can read.",
        ));
    }
    Ok(())
}

impl<'a> Wanted<'a> {
    /// What these options ask for.
    pub fn new(
        create: &'a Create,
        client: &'a Client,
        owner: &'a Id,
        purpose: &'a Purpose,
        signals: &'a Signals,
    ) -> Self {
        Self {
            client,
            owner,
            purpose,
            create,
            signals,
            may_have_left_one: Cell::new(false),
        }
    }

    /// Makes the key and checks it; one that fails a check is revoked at once, and so is one that is
    /// made when a signal asks the program to end. From here on such signals are noted only.
    ///
    /// # Errors
    /// When there is no key that is good to be handed over.
    pub fn key(&self) -> Result<Key<'a>, Failure> {
        self.signals.note().map_err(|error| {
            let what = format!(
                "It cannot be noted when runkey is asked to end, so no key was made: {error}."
            );
            Failure::new(what, "Look at this system's limits for open files.")
        })?;
        let made = self
            .make()
            .map_err(|failure| self.heeding_signals(failure))?;
        let id = made.key.id.clone();
        let checked = match self.checked(made) {
            Ok(key) => self.unless_asked_to_end().map(|()| key),
            Err(failure) => Err(self.heeding_signals(failure)),
        };
        checked.map_err(|failure| self.revoke(&id, failure))
    }

    /// Whether a key of this purpose may live beside the one that was made, if one was: an answer was
    /// lost, or a key that was no good could not be revoked.
    pub fn may_have_left_one(&self) -> bool {
        self.may_have_left_one.get()
    }

    /// Goes on unless a signal has come.
    ///
    /// # Errors
    /// When one has; it is the reason, and its exit code the program's.
    pub fn unless_asked_to_end(&self) -> Result<(), Failure> {
        let Some(signal) = self.signals.take() else {
            return Ok(());
        };
        let what = format!("{} asked runkey to end.", signals::name(signal));
        Err(Failure::new(what, "Run the step again.").by_signal(signal))
    }

    /// What went wrong because a signal came, or when one had come, ends the program as that signal does.
    fn heeding_signals(&self, failure: Failure) -> Failure {
        match self.signals.take() {
            Some(signal) => {
                let asked = format!("{} asked runkey to end.", signals::name(signal));
                failure.advise(&asked).by_signal(signal)
            }
            None => failure,
        }
    }

    /// Makes the key, a second time when the first answer shows that this machine's clock is wrong:
    /// with an id for --owner nothing was heard of the server's clock before.
    fn make(&self) -> Result<Made, Failure> {
        let was_guessed = self.client.clock_ahead().is_none();
        let mut made = self.make_once()?;
        if was_guessed && clock_is_off(self.client) {
            match made {
                Ok(made) => self.revoke_of_wrong_expiry(&made.key.id)?,
                Err(error) if error.is_objection() => {}
                Err(error) => return Err(self.not_made(&error)),
            }
            made = self.make_once()?;
        }
        made.map_err(|error| self.not_made(&error))
    }

    fn make_once(&self) -> Result<octopus::Result<Made>, Failure> {
        // Whole seconds: how many digits of a fraction the server reads is not documented.
        let now = Timestamp::from_second(self.client.now().as_second()).ok();
        let expires_in = self.create.expires_in.unwrap_or(EXPIRES_IN);
        let expires_in = SignedDuration::try_from(expires_in).ok();
        let asked = now
            .zip(expires_in)
            .and_then(|(now, expires_in)| now.checked_add(expires_in).ok());
        let Some(asked) = asked else {
            return Err(Failure::usage(
                "The life of the key (--expires-in, RUNKEY_EXPIRES_IN) is beyond every calendar.",
                "Give a time such as 1h.",
            ));
        };
        let new = NewKey {
            purpose: self.purpose.as_str(),
            expires: asked,
            access: self.create.access,
            actor_type: self.create.actor_type,
        };
        let made = self.client.create_key(self.owner, &new);
        if made.as_ref().is_ok_and(|key| key.may_have_twin) {
            self.may_have_left_one.set(true);
        }
        Ok(made.map(|key| Made { key, asked }))
    }

    fn revoke_of_wrong_expiry(&self, id: &Id) -> Result<(), Failure> {
        let deleted = self.client.delete_key(self.owner, id);
        deleted.map(drop).map_err(|error| {
            self.may_have_left_one.set(true);
            let task = format!("This machine's clock is wrong, and so is the expiry of the key {id}, which could not be revoked");
            explain(&task, &error)
        })
    }

    fn not_made(&self, error: &octopus::Error) -> Failure {
        let failure = explain("Cannot create the key", error);
        match error {
            octopus::Error::Unreadable { id: Some(id), .. } => self.revoke(id, failure),
            error if error.is_not_allowed() && self.create.key.owner.is_some() => failure.advise(
                "For another person no account may make keys: give a service account as --owner (RUNKEY_OWNER).",
            ),
            error if error.is_unknown() && self.create.key.owner.is_some() => failure.advise(
                "Perhaps there is no account with the id given as --owner (RUNKEY_OWNER).",
            ),
            // Octopus takes no expiry in the past, past its own limit, or past that of the credential.
            error if error.is_objection() => failure.advise(
                "If that is the expiry: give a shorter --expires-in (RUNKEY_EXPIRES_IN), or a credential that lives longer.",
            ),
            error if error.may_have_been_done() || error.follows_lost_answer() => {
                self.may_have_left_one.set(true);
                failure.advise(
                    "A key may have been made all the same; it expires by itself, and the delete step removes it.",
                )
            }
            _ => failure,
        }
    }

    /// Checks that the server did what it was asked to: a key that can be sent, the purpose by which
    /// it will be found, the expiry, the access. Old servers ignore what they do not know.
    fn checked(&self, made: Made) -> Result<Key<'a>, Failure> {
        let Made { key: made, asked } = made;
        if !octopus::Credential::can_be_sent(&made.secret) {
            return Err(Failure::new(
                "The server gave a key that cannot be one: it is empty, or holds a character that no key has.",
                "Look at what stands between this worker and the server.",
            ));
        }
        let stored = made.purpose.as_ref().map(Stranger::as_given);
        if stored != Some(self.purpose.as_str()) {
            return Err(Failure::new(
                "The server stored another purpose than it was given, so the delete step would not find the key.",
                "Shorten or simplify the purpose (--run-by, --run-id or --purpose).",
            ));
        }
        let Some(expires) = made.expires else {
            return Err(Failure::new(
                "The server made a key that never expires.",
                "Octopus Server knows expiry from version 2020.6 on: upgrade it.",
            ));
        };
        if !is_as_asked(expires, asked, self.client) {
            return Err(Failure::new(
                format!(
                    "The server made a key that expires at {expires:.0}, not at {asked:.0} as it was asked to."
                ),
                "Look at the server's clock, and at its longest life of a key.",
            ));
        }
        if self.create.access == Access::ReadOnly {
            self.check_read_only(&made.id)?;
        }
        Ok(Key {
            owner: self.owner,
            purpose: self.purpose,
            made,
            expires,
        })
    }

    fn check_read_only(&self, id: &Id) -> Result<(), Failure> {
        let stored = self
            .client
            .key(self.owner, id)
            .map_err(|error| explain("Cannot verify that the key is read-only", &error))?;
        if stored.is_read_only() {
            return Ok(());
        }
        let level = stored.access_level.unwrap_or_else(|| "unknown".into());
        Err(Failure::new(
            format!("The server made a key that is not read-only (its access level: {level})."),
            "This server does not take the access level with the request: use --access full, with an owner that may do little.",
        ))
    }

    /// A key that cannot be used must not live on.
    pub fn revoke(&self, key: &Id, failure: Failure) -> Failure {
        match self.client.delete_key(self.owner, key) {
            Ok(_) => failure.advise("The key that was made has been revoked."),
            Err(error) => {
                self.may_have_left_one.set(true);
                failure.advise(&format!(
                    "The key that was made, {key}, could not be revoked ({error}): delete it in Octopus."
                ))
            }
        }
    }
}

/// Whether a key's expiry is what was asked for: still to come, and not much later.
fn is_as_asked(expires: Timestamp, asked: Timestamp, client: &Client) -> bool {
    expires > client.now() && expires.duration_since(asked) <= EXPIRY_TOLERANCE
}

fn clock_is_off(client: &Client) -> bool {
    let ahead = client.clock_ahead();
    ahead.is_some_and(|ahead| ahead.abs() > CLOCK_TOLERANCE)
}

/// Whose key was made, and until when it lives.
pub fn outcome(key: &Key<'_>, client: &Client) -> String {
    let lives = Duration::try_from(key.expires.duration_since(client.now())).unwrap_or_default();
    let whose = key.purpose.in_words();
    let clock = if clock_is_off(client) {
        ", by the server's clock, which differs from this machine's"
    } else {
        ""
    };
    let rounded = Duration::from_secs((lives.as_secs() + 30) / 60 * 60);
    let lives = duration::describe(if rounded.is_zero() { lives } else { rounded });
    format!(
        "Made a key for {whose}. It expires in {lives}, at {:.0}{clock}.",
        key.expires
    )
}
