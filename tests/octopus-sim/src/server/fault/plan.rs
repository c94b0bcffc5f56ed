//! Which requests a fault hits.

use std::sync::Mutex;

use serde_json::Value;

use crate::server::World;
use crate::server::fault::Fault;
use crate::server::lock::lock;

/// One fault and the requests it hits.
struct Planned {
    fault: Fault,
    /// Method and path fragment; `None` hits any request.
    only: Option<(String, String)>,
    /// How many matching requests are still to pass before the fault.
    spared: usize,
    /// How many more requests it hits; `None` for all of them.
    left: Option<usize>,
}

/// All faults planned, in the order they were asked for.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Vec<Planned>>);

impl Faults {
    /// What goes wrong with this request, if anything; counts the request for every plan.
    pub(crate) fn strike(&self, method: &str, path: &str) -> Option<Fault> {
        let mut struck = None;
        for planned in lock(&self.0).iter_mut() {
            let matches = planned.only.as_ref().is_none_or(|(only_method, fragment)| {
                only_method.eq_ignore_ascii_case(method) && contains(path, fragment)
            });
            if !matches {
                continue;
            }
            if planned.spared > 0 {
                planned.spared -= 1;
            } else if struck.is_none() {
                struck = planned.take();
            }
        }
        struck
    }

    /// Whether a connection is refused at its start: the next request, whatever it is, is due to.
    pub(crate) fn refuses_connection(&self) -> bool {
        lock(&self.0)
            .iter_mut()
            .filter(|planned| matches!(planned.fault, Fault::RefusedConnection))
            .filter(|planned| planned.only.is_none() && planned.spared == 0)
            .any(|planned| planned.take().is_some())
    }
}

impl World {
    /// Plans a fault: for the next request once, unless the [`FaultPlan`] is told otherwise.
    pub fn fault(&self, fault: Fault) -> FaultPlan<'_> {
        let mut planned = lock(&self.faults.0);
        planned.push(Planned {
            fault,
            only: None,
            spared: 0,
            left: Some(1),
        });
        FaultPlan {
            faults: &self.faults,
            place: planned.len() - 1,
        }
    }

    /// Edits the JSON of every response to requests with this method and this text in their path.
    pub fn rewrite(
        &self,
        method: &str,
        path_fragment: &str,
        edit: impl Fn(&mut Value) + Send + Sync + 'static,
    ) {
        self.fault(Fault::json("rewritten", edit))
            .on(method, path_fragment)
            .forever();
    }
}

impl Planned {
    fn take(&mut self) -> Option<Fault> {
        if let Some(left) = &mut self.left {
            *left = left.checked_sub(1)?;
        }
        Some(self.fault.clone())
    }
}

/// Whether a path has this text in it; paths do not distinguish case.
fn contains(path: &str, fragment: &str) -> bool {
    path.to_lowercase().contains(&fragment.to_lowercase())
}

/// A fault that is planned, and by default hits the next request, whatever it is, once.
///
/// The plan holds from the moment it is asked for; these methods narrow it down:
/// `octopus.fault(Fault::Status(503)).on("POST", "/apikeys").at(2).times(3);`
pub struct FaultPlan<'a> {
    faults: &'a Faults,
    place: usize,
}

impl FaultPlan<'_> {
    /// Only requests with this method, and with this text in their path.
    pub fn on(self, method: &str, path_fragment: &str) -> Self {
        self.change(|planned| planned.only = Some((method.to_owned(), path_fragment.to_owned())))
    }

    /// From the `nth` matching request on, counted from now; 1 is the next.
    pub fn at(self, nth: usize) -> Self {
        self.change(|planned| planned.spared = nth.saturating_sub(1))
    }

    /// This many requests, one after the other.
    pub fn times(self, times: usize) -> Self {
        self.change(|planned| planned.left = Some(times))
    }

    /// Every matching request until the server stops.
    pub fn forever(self) -> Self {
        self.change(|planned| planned.left = None)
    }

    fn change(self, change: impl FnOnce(&mut Planned)) -> Self {
        if let Some(planned) = lock(&self.faults.0).get_mut(self.place) {
            change(planned);
        }
        self
    }
}
