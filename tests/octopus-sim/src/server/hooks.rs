//! Callbacks that a test puts before requests.

use std::sync::{Arc, Mutex};

use crate::server::lock::lock;
use crate::server::{Request, World};

type Callback = dyn FnMut(&World, usize, &Request) + Send;

struct Hook {
    method: String,
    path_fragment: String,
    calls: usize,
    callback: Box<Callback>,
}

/// All callbacks, in the order they were given.
#[derive(Default)]
pub(crate) struct Hooks(Mutex<Vec<Arc<Mutex<Hook>>>>);

impl Hooks {
    /// Calls back for this request. The list is not locked meanwhile: a callback may add others.
    pub(crate) fn call(&self, world: &World, request: &Request) {
        let hooks = lock(&self.0).clone();
        for hook in hooks {
            let mut hook = lock(&hook);
            if hook.method == request.method && request.path.contains(&hook.path_fragment) {
                hook.calls += 1;
                let calls = hook.calls;
                (hook.callback)(world, calls, request);
            }
        }
    }
}

impl World {
    /// Calls back before each request with this method and this text in its path is processed,
    /// with the number of such requests so far (from 1). The callback may change the world.
    pub fn before_request(
        &self,
        method: &str,
        path_fragment: &str,
        callback: impl FnMut(&World, usize, &Request) + Send + 'static,
    ) {
        lock(&self.hooks.0).push(Arc::new(Mutex::new(Hook {
            method: method.to_owned(),
            path_fragment: path_fragment.to_owned(),
            calls: 0,
            callback: Box::new(callback),
        })));
    }
}
