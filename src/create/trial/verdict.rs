//! What the three steps will be able to do, in a sentence each.

use super::findings::{Check, Findings, Verdict};

/// A check, and what does not work where it does not hold.
type Lack = (Check, &'static str);

/// What stands in the way of `create`.
const CREATE: [Lack; 3] = [
    (Check::Made, "no key could be made"),
    (
        Check::Purpose,
        "the server keeps another purpose than it is given",
    ),
    (
        Check::Expiry,
        "the server does not keep the expiry that it is given",
    ),
];
/// What stands in the way of `use`.
const USE: [Lack; 3] = [
    (Check::Works, "the key does not work"),
    CREATE[1],
    CREATE[2],
];
/// What stands in the way of `delete`.
const DELETE: [Lack; 3] = [
    (Check::Found, "the run's key is not found by its purpose"),
    (Check::Revoked, "the key could not be revoked"),
    (Check::Gone, "the key was not gone after it was revoked"),
];

/// A sentence for `create`, `use` and `delete`.
pub fn verdicts(findings: &Findings) -> [Verdict; 3] {
    [
        verdict("create", findings, &CREATE, || of_create(findings)),
        verdict("use", findings, &USE, || of_use(findings)),
        verdict("delete", findings, &DELETE, || of_delete(findings)),
    ]
}

fn of_create(findings: &Findings) -> String {
    let read_only = if findings.hold(Check::ReadOnly) {
        "read-only ones too"
    } else {
        "but no read-only ones (--access read-only)"
    };
    format!("it makes keys that carry their run and expire, {read_only}")
}

fn of_use(findings: &Findings) -> String {
    let checked = if findings.hold(Check::OwnRecord) {
        "and its purpose and expiry can be checked"
    } else {
        "but only whose key it is can be checked"
    };
    format!("the key is accepted, {checked}")
}

fn of_delete(findings: &Findings) -> String {
    let able = |check| match (findings.hold(check), findings.lack(check)) {
        (true, _) => "can",
        (false, true) => "cannot",
        (false, false) => "may not be able to",
    };
    let whole_list = if findings.lack(Check::Narrowed) {
        " after reading the whole list of the account's keys"
    } else {
        ""
    };
    format!(
        "it finds and revokes the run's keys{whole_list}, {} write the audit report (permission EventView), and {} ask which runs are over (permission TaskView)",
        able(Check::AuditTrail),
        able(Check::Tasks)
    )
}

fn verdict(
    step: &'static str,
    findings: &Findings,
    lacks: &[Lack],
    able: impl FnOnce() -> String,
) -> Verdict {
    if step != "create" && findings.lack(Check::Made) {
        return Verdict {
            works: false,
            sentence: format!("{step} could not be tried: no key could be made."),
        };
    }
    match lacks.iter().find(|(check, _)| findings.lack(*check)) {
        Some((_, why)) => Verdict {
            works: false,
            sentence: format!("{step} will not work here: {why}."),
        },
        None => Verdict {
            works: true,
            sentence: format!("{step} will work here: {}.", able()),
        },
    }
}
