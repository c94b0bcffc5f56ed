//! Shows the matrix: a row for each fault, a column for each request.

use std::collections::{BTreeMap, BTreeSet};

use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;

use crate::plan::Case;

/// One case and how its step ended: with an exit code, or breaking a claim.
type Done<'a> = (&'a Case, Result<i32, String>);

/// The exit codes that a fault at a request led to, over all servers and credentials.
pub fn of(results: &[Done<'_>]) -> String {
    let mut cells: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let mut columns = Vec::new();
    let mut rows = Vec::new();
    for (case, result) in results {
        let (row, column) = (row(case), column(case));
        remember(&mut rows, &row);
        remember(&mut columns, &column);
        let shown = match result {
            Ok(code) => code.to_string(),
            Err(_) => "BROKEN".to_owned(),
        };
        cells.entry((row, column)).or_default().insert(shown);
    }
    rows.sort();
    columns.sort();
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header(["fault".to_owned()].iter().chain(&columns));
    for row in rows {
        let codes = |column: &String| {
            let codes = cells.get(&(row.clone(), column.clone()));
            codes.map_or_else(String::new, |codes| {
                codes
                    .iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(" or ")
            })
        };
        let codes: Vec<_> = columns.iter().map(codes).collect();
        table.add_row([row.clone()].iter().chain(&codes));
    }
    format!("Exit codes by fault and request, over all servers and credentials\n{table}")
}

fn row(case: &Case) -> String {
    format!("{} x {}", case.fault, case.times)
}

fn column(case: &Case) -> String {
    let (method, path) = case.request.split_once(' ').unwrap_or_default();
    let resource = path.rsplit('/').next().unwrap_or_default();
    format!("{}\n{}. {method} {resource}", case.scenario.step, case.nth)
}

fn remember(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}
