//! A simulated Octopus Server and worker.
