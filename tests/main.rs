//! The tests across the workspace, in one binary: one module a file.
//! Those of one file: `cargo test --workspace --test main golden::`.

mod accessibility;
mod aftermath;
mod architecture;
mod book;
mod broken_files;
mod commands;
mod contributing;
mod estates;
mod evidence;
mod exercise;
mod generated;
mod golden;
mod harm;
mod invariants;
mod json_reference;
mod levers;
mod networks;
mod order;
mod parameters;
mod planners;
mod playbooks;
mod validity;
