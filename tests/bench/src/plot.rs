//! Draws how the cost grows.

use std::path::Path;

use color_eyre::eyre::{Result, eyre};
use plotters::prelude::*;

/// Sizes and the milliseconds that each takes.
pub struct Line {
    pub name: &'static str,
    pub points: Vec<(u32, f64)>,
}

/// The colours tell the lines apart for those who see no red or no green, too.
const COLOURS: [RGBColor; 4] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
];

/// Draws lines on logarithmic axes into an SVG file.
///
/// # Errors
/// When the file cannot be written.
pub fn draw(file: &Path, lines: &[Line]) -> Result<()> {
    render(file, lines).map_err(|error| eyre!("Cannot draw '{}': {error}", file.display()))
}

fn render(file: &Path, lines: &[Line]) -> Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::new(file, (820, 480)).into_drawing_area();
    area.fill(&WHITE)?;
    let slowest = lines.iter().flat_map(|line| &line.points);
    let slowest = slowest.fold(1.0_f64, |most, (_, time)| most.max(*time));
    let mut chart = ChartBuilder::on(&area)
        .margin(16)
        .margin_right(40)
        .x_label_area_size(44)
        .y_label_area_size(72)
        .build_cartesian_2d(
            (1_u32..100_000).log_scale(),
            (1.0..slowest * 2.0).log_scale(),
        )?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc("keys, events or runs")
        .y_desc("time, ms")
        .y_label_formatter(&|time| format!("{time:.0}"))
        .draw()?;
    for (line, colour) in lines.iter().zip(COLOURS) {
        chart
            .draw_series(
                LineSeries::new(line.points.iter().copied(), colour.stroke_width(2)).point_size(3),
            )?
            .label(line.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .draw()?;
    area.present()?;
    Ok(())
}
