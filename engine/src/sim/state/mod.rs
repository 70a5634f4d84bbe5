//! What changes in a run and is read by several domains: assets, connections, incidents, intrusions, teams and their jobs.

pub mod assets;
pub mod incident;
pub mod intrusions;
pub mod jobs;
pub mod links;
pub(in crate::sim) mod news;
