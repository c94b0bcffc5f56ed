//! Text in columns, as wide as the screen allows, each cell in a style of its own.

use anstyle::Style;
use comfy_table::{
    ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle,
};

/// What stands between two columns.
const BETWEEN: char = '│';

const LINES: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none().junction(BETWEEN))
    .header_separator(LineStyle::none().fill('─').junction('┼'))
    .content_lines(ContentLineStyle::none().junction(BETWEEN));

/// A table; the first column is never broken, and has no empty cell.
pub struct Columns {
    table: Table,
    /// Those of every row, the header's included.
    styles: Vec<Vec<Style>>,
}

impl Columns {
    /// Columns without a row, on a screen of this width.
    pub fn new(width: u16) -> Self {
        let mut table = Table::new();
        table.load_style(LINES);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(width);
        Self {
            table,
            styles: Vec::new(),
        }
    }

    /// Puts names above the columns.
    pub fn header<const N: usize>(mut self, names: [&str; N]) -> Self {
        self.table.set_header(names);
        self.styles.push(vec![Style::new(); N]);
        self
    }

    /// Adds a row of styled texts.
    pub fn row<const N: usize>(&mut self, cells: [(Style, &str); N]) {
        self.table.add_row(cells.map(|(_, text)| text));
        self.styles.push(cells.map(|(style, _)| style).to_vec());
    }

    /// The lines, with colours or without.
    pub fn lines(mut self, coloured: bool) -> Vec<String> {
        if let Some(first) = self.table.column_mut(0) {
            first.set_constraint(ColumnConstraint::ContentWidth);
            first.set_padding((0, 1));
        }
        let lines: Vec<_> = self.table.lines().collect();
        if !coloured {
            let lines = lines.iter().map(|line| line.trim_end().to_owned());
            return lines.collect();
        }
        let mut rows = self.styles.into_iter();
        let mut row = Vec::new();
        let paint = |line: &String| {
            // Where a row goes on in another line, its first cell is blank there.
            let begins = line
                .split(BETWEEN)
                .next()
                .is_some_and(|cell| !cell.trim().is_empty() && line.contains(BETWEEN));
            if begins {
                row = rows.next().unwrap_or_default();
            }
            painted(line, &row)
        };
        lines.iter().map(paint).collect()
    }
}

/// Text in lines of at most this width.
pub fn wrapped(text: &str, width: u16) -> Vec<String> {
    let mut table = Table::new();
    table.load_style(LINES);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width);
    table.add_row([text]);
    if let Some(column) = table.column_mut(0) {
        column.set_padding((0, 0));
    }
    table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// The line, with each of its cells in its style.
fn painted(line: &str, styles: &[Style]) -> String {
    let cells = line.trim_end().splitn(styles.len().max(1), BETWEEN);
    let painted: Vec<_> = cells
        .zip(styles)
        .map(|(cell, style)| format!("{style}{cell}{style:#}"))
        .collect();
    if painted.is_empty() {
        return line.to_owned();
    }
    painted.join(&BETWEEN.to_string())
}
