//! Medians and their spread.

/// The middle of some values, and the middle half of them around it.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub lower: f64,
    pub median: f64,
    pub upper: f64,
}

/// The quartiles of at least one value.
pub fn quartiles(values: impl IntoIterator<Item = f64>) -> Spread {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let at = |quarter: usize| sorted[(sorted.len() - 1) * quarter / 4];
    Spread {
        lower: at(1),
        median: at(2),
        upper: at(3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_do_not_depend_on_the_order() {
        let spread = quartiles([5.0, 1.0, 4.0, 2.0, 3.0]);
        let Spread {
            lower,
            median,
            upper,
        } = spread;
        assert_eq!(
            [lower, median, upper].map(|value| value.to_string()),
            ["2", "3", "4"]
        );
    }
}
