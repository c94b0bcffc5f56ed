//! When the changes fell: a strip of bars, deletions below the line and all else above.

use std::fmt::Write;
use std::time::Duration;

use jiff::Timestamp;

use super::facts::Change;
use super::kind::Kind;

/// How many bars the strip has.
const BARS: u8 = 60;
/// How wide a bar's place is, and the bar in it.
const PLACE: usize = 10;
const WIDTH: usize = 8;
/// How high the highest bars above and below the line are together.
const ROOM: usize = 100;
/// How high a bar is at least: every change shows, be it one beside thousands.
const LEAST: usize = 5;

/// The bars of a run.
#[derive(Debug)]
pub struct Strip {
    pub from: Timestamp,
    pub to: Timestamp,
    counts: Vec<[usize; 4]>,
}

impl Strip {
    /// Counts the changes between two moments; nothing when there are none, or no time passed.
    pub fn of(changes: &[Change], from: Timestamp, to: Timestamp) -> Option<Self> {
        let (first, last) = (changes.first()?.occurred, changes.last()?.occurred);
        let (from, to) = (from.min(first), to.max(last));
        let length = between(from, to).as_millis();
        if length < 1000 {
            return None;
        }
        let mut counts = vec![[0; 4]; usize::from(BARS)];
        for change in changes {
            let place = between(from, change.occurred).as_millis() * u128::from(BARS) / length;
            let place = usize::try_from(place)
                .unwrap_or_default()
                .min(counts.len() - 1);
            counts[place][change.kind() as usize] += 1;
        }
        Some(Self { from, to, counts })
    }

    /// The strip's size, as an SVG's `viewBox`.
    pub fn view_box(&self) -> String {
        let width = self.counts.len() * PLACE;
        format!("0 0 {width} {}", self.rise() + self.depth())
    }

    /// The line that the bars stand on.
    pub fn line(&self) -> String {
        format!("M0 {}H{}", self.rise(), self.counts.len() * PLACE)
    }

    /// The bars of one kind, as an SVG's path.
    pub fn bars(&self, kind: Kind) -> String {
        let mut path = String::new();
        for (place, counts) in self.counts.iter().enumerate() {
            let count = counts[kind as usize];
            if count == 0 {
                continue;
            }
            let under = match kind {
                Kind::Deleted | Kind::Created => 0,
                Kind::Changed => self.height(counts[Kind::Created as usize]),
                Kind::Other => {
                    self.height(counts[Kind::Created as usize])
                        + self.height(counts[Kind::Changed as usize])
                }
            };
            let (x, height) = (place * PLACE + 1, self.height(count));
            // A string takes every text.
            let _ = match kind {
                Kind::Deleted => {
                    write!(path, "M{x} {}h{WIDTH}v{height}h-{WIDTH}z", self.rise() + 1)
                }
                _ => write!(
                    path,
                    "M{x} {}h{WIDTH}v-{height}h-{WIDTH}z",
                    self.rise() - under
                ),
            };
        }
        path
    }

    /// When the most changes fell, and how many those were.
    pub fn peak(&self) -> (Timestamp, usize) {
        let total = |counts: &[usize; 4]| counts.iter().sum::<usize>();
        let highest = self.counts.iter().map(total).max().unwrap_or_default();
        let place = self
            .counts
            .iter()
            .position(|counts| total(counts) == highest);
        let share = u32::try_from(place.unwrap_or_default()).unwrap_or_default();
        let offset = between(self.from, self.to) * share / u32::from(BARS);
        (self.from.checked_add(offset).unwrap_or(self.from), highest)
    }

    /// How much room there is above the line; bars of the least height may stand on each other.
    fn rise(&self) -> usize {
        match self.most(above) {
            0 => 1,
            most => self.height(most) + 2 * LEAST,
        }
    }

    /// How much room there is below the line.
    fn depth(&self) -> usize {
        self.height(self.most(below)) + 1
    }

    fn most(&self, side: fn(&[usize; 4]) -> usize) -> usize {
        self.counts.iter().map(side).max().unwrap_or_default()
    }

    /// How high so many changes are, above the line and below.
    fn height(&self, count: usize) -> usize {
        let highest = self.most(above) + self.most(below);
        match count {
            0 => 0,
            count => (count * ROOM / highest).max(LEAST),
        }
    }
}

fn above(counts: &[usize; 4]) -> usize {
    counts.iter().sum::<usize>() - below(counts)
}

fn below(counts: &[usize; 4]) -> usize {
    counts[Kind::Deleted as usize]
}

fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}
