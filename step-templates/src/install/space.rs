//! The space that is installed to: what is looked up, created and changed in it, and what is said
//! about that.

use std::cell::RefCell;

use color_eyre::Report;
use color_eyre::eyre::Result;
use octopus::{Client, Query, RetryPolicy, Untrusted};
use serde_json::{Value, json};

use super::kind::{Kind, SPACE};
use super::server::{OPERATION, explain, refusal};

/// How often a document is read and changed, when others change it meanwhile.
const MAX_CHANGES: u32 = 4;
/// The ID of what a dry run would create; no server gives it.
const NEW: &str = "(new)";

/// Looks for a document that may have been created.
pub type Find<'a> = &'a dyn Fn() -> octopus::Result<Option<Value>>;

/// A space, and whether anything is created in it.
pub struct Space {
    /// Whether what would be done is only said.
    pub dry_run: bool,
    /// The space as the server shows it.
    pub document: Value,
    client: Client,
    undo: RefCell<Vec<String>>,
}

impl Space {
    /// Finds the space that has this name, slug or ID.
    pub fn open(client: Client, wanted: &str, dry_run: bool) -> Result<Self> {
        let mut space = Self {
            dry_run,
            document: Value::Null,
            client,
            undo: RefCell::default(),
        };
        space.document = space.choose(&SPACE, "/api/spaces", wanted)?;
        let name = Untrusted::from(field(&space.document, "Name")?);
        let id = Untrusted::from(field(&space.document, "Id")?);
        println!("Space {name} ({id})\n");
        Ok(space)
    }

    /// Returns the client for one operation, whose time does not count for the others.
    pub fn client(&self) -> Client {
        self.client.with_policy(RetryPolicy::within(OPERATION))
    }

    /// Returns the path of a resource in the space.
    pub fn path(&self, resource: &str) -> String {
        let id = self.document["Id"].as_str().unwrap_or_default();
        format!("/api/{id}/{resource}")
    }

    /// Reads a document; an empty one of what a dry run would create.
    pub fn read(&self, kind: &Kind, path: &str, query: Query<'_>) -> Result<Value> {
        if path.contains(NEW) {
            return Ok(json!({}));
        }
        let document = self.client().document(path, query);
        let task = || format!("Cannot read the {}", kind.name);
        document.map_err(|error| explain(&task(), &kind.to_view(), &error))
    }

    /// Reads a whole list.
    pub fn list(&self, kind: &Kind, path: &str) -> Result<Vec<Value>> {
        let list = self.client().documents(path);
        list.map_err(|error| cannot_list(kind, &error))
    }

    /// Returns the document of a list that has this name, slug or ID.
    pub fn named(&self, path: &str, name: &str) -> octopus::Result<Option<Value>> {
        Ok(named(&self.client().documents(path)?, name).cloned())
    }

    /// Returns the document of a list that has this name, slug or ID. Where none has, the error names
    /// those that there are.
    pub fn choose(&self, kind: &Kind, path: &str, name: &str) -> Result<Value> {
        let list = self.list(kind, path)?;
        let found = named(&list, name).cloned();
        found.ok_or_else(|| {
            let names = list.iter().filter_map(|document| document["Name"].as_str());
            let names: Vec<_> = names.map(|it| Untrusted::from(it).to_string()).collect();
            let help = match &names.join(", ")[..] {
                "" => format!("Create one, or give the account {}.", kind.to_view()),
                names => format!("Choose one of: {names}."),
            };
            refusal(format!("Cannot find the {} '{name}'.", kind.name), help)
        })
    }

    /// Returns the document that `find` finds, else creates it.
    pub fn ensure(
        &self,
        kind: &Kind,
        name: &str,
        path: &str,
        document: &Value,
        find: Find<'_>,
    ) -> Result<Value> {
        // Below what a dry run would create there is nothing.
        let found = if path.contains(NEW) { Ok(None) } else { find() };
        match found.map_err(|error| cannot_list(kind, &error))? {
            Some(found) => {
                kind.say(name, &format!("kept{}", shown_id(&found)));
                Ok(found)
            }
            None => self.create(kind, name, path, document, find),
        }
    }

    /// Creates a document, and says so and how to undo it. A dry run only says so.
    pub fn create(
        &self,
        kind: &Kind,
        name: &str,
        path: &str,
        document: &Value,
        find: Find<'_>,
    ) -> Result<Value> {
        if self.dry_run {
            kind.say(name, "would be created");
            let mut planned = document.clone();
            for field in ["Id", "Slug", "RunbookProcessId"] {
                planned[field] = NEW.into();
            }
            return Ok(planned);
        }
        let created = self.client().create_document(path, document, find);
        let task = || format!("Cannot create the {} '{name}'", kind.name);
        let created = created.map_err(|error| explain(&task(), &kind.to_edit(), &error))?;
        let id = shown_id(&created);
        kind.say(name, &format!("created{id}"));
        self.add_undo(format!("Delete the {} '{name}'{id}.", kind.name));
        Ok(created)
    }

    /// Changes a document by `edit`, which returns what it did, or nothing where nothing is to do.
    /// Says so, and how to `undo` it.
    ///
    /// The document goes back whole. When it is refused because others changed it meanwhile, it is
    /// read and changed again.
    pub fn change(
        &self,
        kind: &Kind,
        name: &str,
        path: &str,
        undo: Option<String>,
        edit: &dyn Fn(&mut Value) -> Result<Option<String>>,
    ) -> Result<()> {
        let mut done = None;
        for attempt in 1.. {
            let mut document = self.read(kind, path, &[])?;
            let Some(change) = edit(&mut document)? else {
                // An attempt that was refused may only have repeated one whose response was lost.
                break;
            };
            done = Some(change);
            if self.dry_run {
                break;
            }
            let Err(error) = self.client().replace_document(path, &document) else {
                break;
            };
            if attempt == MAX_CHANGES || !matches!(error.status, Some(400 | 409)) {
                let task = format!("Cannot change the {} '{name}'", kind.name);
                return Err(explain(&task, &kind.to_edit(), &error));
            }
        }
        match done {
            None => kind.say(name, "kept"),
            Some(done) if self.dry_run => kind.say(name, &format!("would be {done}")),
            Some(done) => {
                kind.say(name, &done);
                self.undo.borrow_mut().extend(undo);
            }
        }
        Ok(())
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

fn cannot_list(kind: &Kind, error: &octopus::Error) -> Report {
    let task = format!("Cannot list the {}s", kind.name);
    explain(&task, &kind.to_view(), error)
}

/// Returns the document that has this name, or else this slug or ID, without regard to case.
pub fn named<'a>(list: &'a [Value], name: &str) -> Option<&'a Value> {
    ["Name", "Slug", "Id"].iter().find_map(|field| {
        let has_name = |text: &str| text.eq_ignore_ascii_case(name);
        let mut list = list.iter();
        list.find(|document| document[field].as_str().is_some_and(has_name))
    })
}

/// Returns the ID of a document for the end of a line.
fn shown_id(document: &Value) -> String {
    let id = document["Id"].as_str();
    id.map_or_else(String::new, |id| format!(" ({})", Untrusted::from(id)))
}

/// Returns a text of a document.
pub fn field<'a>(document: &'a Value, name: &str) -> Result<&'a str> {
    let text = document[name].as_str().filter(|text| !text.is_empty());
    text.ok_or_else(|| {
        refusal(
            format!("The server's response has no {name}."),
            "The server may be too old: docs/reference.md lists the versions.",
        )
    })
}

/// Returns the elements of a list in a document.
pub fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}
