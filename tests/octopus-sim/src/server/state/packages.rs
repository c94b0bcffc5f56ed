//! The packages of each space's built-in feed.

/// One package.
#[derive(Clone)]
pub(crate) struct Package {
    pub(crate) space: String,
    pub(crate) file_name: String,
    pub(crate) bytes: Vec<u8>,
}

impl Package {
    /// Reads `runkey.0.1.0.zip`: the version begins at the first part that is a number.
    pub(crate) fn id_and_version(&self) -> Option<(&str, &str)> {
        let name = self.file_name.strip_suffix(".zip")?;
        let begins_with_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        let mut dots = name.match_indices('.');
        let (dot, _) = dots.find(|(dot, _)| begins_with_digit(&name[dot + 1..]))?;
        Some((&name[..dot], &name[dot + 1..]))
    }
}

/// All packages, in the order they were uploaded.
#[derive(Default)]
pub(crate) struct Packages(Vec<Package>);

impl Packages {
    /// Keeps a package, instead of one with that name.
    pub(crate) fn put(&mut self, package: Package) {
        self.0.retain(|known| !is_same(known, &package));
        self.0.push(package);
    }

    pub(crate) fn has(&self, package: &Package) -> bool {
        self.0.iter().any(|known| is_same(known, package))
    }

    pub(crate) fn of(&self, space: &str) -> impl DoubleEndedIterator<Item = &Package> {
        self.0.iter().filter(move |package| package.space == space)
    }
}

fn is_same(one: &Package, other: &Package) -> bool {
    one.space == other.space && one.file_name.eq_ignore_ascii_case(&other.file_name)
}
