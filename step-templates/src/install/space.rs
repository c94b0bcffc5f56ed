//! The space that is installed to: what is looked up, created and changed in it, and what is said
//! about that.

use std::cell::RefCell;

use color_eyre::eyre::{Result, bail, eyre};
use octopus::{Client, Id, Query, RetryPolicy, Untrusted};
use serde_json::Value;

use super::kind::{Kind, SPACE};
use super::server::{OPERATION, explain};

/// How often a document is read and changed, when others change it meanwhile.
const MAX_CHANGES: u32 = 4;

/// A space, and whether anything is created in it.
pub struct Space {
    /// Whether what would be done is only said.
    pub dry_run: bool,
    client: Client,
    document: Value,
    id: Id,
    undo: RefCell<Vec<String>>,
}

impl Space {
    /// Finds the space that has this name, slug or ID.
    pub fn open(client: Client, wanted: &str, dry_run: bool) -> Result<Self> {
        let spaces = client.documents("/api/spaces");
        let spaces =
            spaces.map_err(|error| explain("Cannot list the spaces", &SPACE.to_view(), &error))?;
        let Some(document) = named(&spaces, wanted) else {
            let known = names(&spaces);
            bail!("The account has no space '{wanted}'. Set --space to one of: {known}.");
        };
        let (document, id) = (document.clone(), id(document)?);
        let name = Untrusted::from(field(&document, "Name")?);
        println!("Space {name} ({id})\n");
        Ok(Self {
            dry_run,
            client,
            document,
            id,
            undo: RefCell::default(),
        })
    }

    /// Returns the client for one operation, whose time does not count for the others.
    pub fn client(&self) -> Client {
        self.client.with_policy(RetryPolicy::within(OPERATION))
    }

    /// Returns the space's ID.
    pub fn id(&self) -> &Id {
        &self.id
    }

    /// Returns the path of a resource in the space.
    pub fn path(&self, resource: &str) -> String {
        format!("/api/{}/{resource}", self.id)
    }

    /// Returns the space's slug.
    pub fn slug(&self) -> Result<&str> {
        field(&self.document, "Slug")
    }

    /// Reads a document.
    pub fn read(&self, kind: &Kind, path: &str, query: Query<'_>) -> Result<Value> {
        let document = self.client().document(path, query);
        let task = || format!("Cannot read the {}", kind.name);
        document.map_err(|error| explain(&task(), &kind.to_view(), &error))
    }

    /// Returns the document of a list that has this name, slug or ID.
    pub fn find(&self, kind: &Kind, path: &str, name: &str) -> Result<Option<Value>> {
        Ok(named(&self.list(kind, path)?, name).cloned())
    }

    /// Returns the document of a list that has this name, slug or ID. Where none has, the error names
    /// those of the `owner` of the list.
    pub fn find_known(&self, kind: &Kind, owner: &str, path: &str, name: &str) -> Result<Value> {
        let list = self.list(kind, path)?;
        let found = named(&list, name).cloned();
        found.ok_or_else(|| {
            let known = match &names(&list)[..] {
                "" => "It has none.".to_owned(),
                known => format!("Choose one of: {known}."),
            };
            eyre!("The {owner} has no {} '{name}'. {known}", kind.name)
        })
    }

    /// Reads a whole list.
    pub fn list(&self, kind: &Kind, path: &str) -> Result<Vec<Value>> {
        let list = self.client().documents(path);
        let task = || format!("Cannot list the {}s", kind.name);
        list.map_err(|error| explain(&task(), &kind.to_view(), &error))
    }

    /// Creates a document and says so. A dry run only says so. `find` looks for the document again
    /// after a response that was lost.
    pub fn create(
        &self,
        kind: &Kind,
        name: &str,
        (path, query): (&str, Query<'_>),
        document: &Value,
        find: &dyn Fn() -> Result<Option<Value>>,
    ) -> Result<Option<Value>> {
        if self.dry_run {
            kind.say(name, "would be created");
            return Ok(None);
        }
        let client = self.client();
        // Each attempt is sent once: the client itself would repeat one that was carried out.
        let once = client.with_policy(client.policy().without_retries());
        let (mut attempt, mut is_lost) = (0, false);
        let created = loop {
            let error = match once.create_document(path, query, document) {
                Ok(created) => break created,
                Err(error) => error,
            };
            is_lost |= error.is_indeterminate();
            if is_lost && let Some(found) = find()? {
                break found;
            }
            let Some(wait) = client.policy().wait(attempt, &error) else {
                let task = format!("Cannot create the {} '{name}'", kind.name);
                return Err(explain(&task, &kind.to_edit(), &error));
            };
            let left = client.policy().left();
            client.observer().retrying(&error, wait, left);
            std::thread::sleep(wait);
            attempt += 1;
        };
        let id = created["Id"].as_str().and_then(Id::new);
        let id = id.map_or_else(String::new, |id| format!(" ({id})"));
        kind.say(name, &format!("created{id}"));
        self.add_undo(format!("Delete the {} '{name}'{id}.", kind.name));
        Ok(Some(created))
    }

    /// Changes a document by `edit`, which returns what it did, or nothing where nothing is to do.
    /// Says so. Returns whether anything was changed.
    ///
    /// The document goes back whole. When it is refused because others changed it meanwhile, it is
    /// read and changed again.
    pub fn change(
        &self,
        kind: &Kind,
        name: &str,
        path: &str,
        edit: &dyn Fn(&mut Value) -> Result<Option<String>>,
    ) -> Result<bool> {
        let mut refused = None;
        for attempt in 1.. {
            let mut document = self.read(kind, path, &[])?;
            let Some(done) = edit(&mut document)? else {
                // An attempt that was refused may only have repeated one whose response was lost.
                let is_changed = refused.is_some();
                kind.say(name, refused.as_deref().unwrap_or("kept"));
                return Ok(is_changed);
            };
            if self.dry_run {
                kind.say(name, &format!("would be {done}"));
                return Ok(false);
            }
            match self.client().replace_document(path, &document) {
                Ok(()) => {
                    kind.say(name, &done);
                    break;
                }
                Err(error) if matches!(error.status, Some(400 | 409)) && attempt < MAX_CHANGES => {
                    refused = Some(done);
                }
                Err(error) => {
                    let task = format!("Cannot change the {} '{name}'", kind.name);
                    return Err(explain(&task, &kind.to_edit(), &error));
                }
            }
        }
        Ok(true)
    }

    /// Remembers how to undo what was done.
    pub fn add_undo(&self, how: String) {
        self.undo.borrow_mut().push(how);
    }

    /// Says how to undo by hand all that was done, the last first.
    pub fn say_undo(&self) {
        let undo = self.undo.borrow();
        if !undo.is_empty() {
            println!("\nTo undo it by hand:");
        }
        for how in undo.iter().rev() {
            println!("- {how}");
        }
    }
}

/// Returns the document that has this name, or else this slug or ID, without regard to case.
fn named<'a>(list: &'a [Value], name: &str) -> Option<&'a Value> {
    let has = |document: &Value, field: &str| {
        let text = document[field].as_str();
        text.is_some_and(|text| text.eq_ignore_ascii_case(name))
    };
    let fields = ["Name", "Slug", "Id"];
    let mut fields = fields.iter();
    fields.find_map(|field| list.iter().find(|document| has(document, field)))
}

/// Returns the names of documents, for a message.
fn names(list: &[Value]) -> String {
    let names = list.iter().filter_map(|document| document["Name"].as_str());
    let names: Vec<_> = names
        .map(|name| Untrusted::from(name).to_string())
        .collect();
    names.join(", ")
}

/// Returns the ID of a document.
pub fn id(document: &Value) -> Result<Id> {
    Id::new(field(document, "Id")?).ok_or_else(|| eyre!("The server's response has an invalid ID."))
}

/// Returns a text of a document.
pub fn field<'a>(document: &'a Value, name: &str) -> Result<&'a str> {
    let text = document[name].as_str().filter(|text| !text.is_empty());
    text.ok_or_else(|| {
        eyre!("The server's response has no {name}. The server may be too old: docs/reference.md lists the versions.")
    })
}

/// Returns the elements of a list in a document.
pub fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;
    use std::time::Duration;

    use octopus::{Address, Credential, Secret, Settings};

    use super::*;
    use crate::install::server::Log;

    #[test]
    fn operation_has_all_its_time_after_long_ones() {
        let client = Client::new(Settings {
            address: Address::parse("http://127.0.0.1:1").unwrap(),
            credential: Credential::ApiKey(Secret::new("API-TEST".to_owned())),
            ca_file: None,
            proxy: None,
            timeout: OPERATION,
            retry_for: Duration::ZERO,
            observer: Rc::new(Log::default()),
        });
        let space = Space {
            dry_run: false,
            client: client.unwrap(),
            document: Value::Null,
            id: Id::new("Spaces-1").unwrap(),
            undo: RefCell::default(),
        };
        assert!(space.client.policy().left().is_zero());
        assert!(space.client().policy().left() > OPERATION / 2);
    }
}
