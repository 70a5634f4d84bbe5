//! Quantities that are not one fixed number: parameters that are uncertain (drawn once a replicate) and random quantities (drawn each
//! time the question comes up), with what is known of them.

mod distribution;
mod provenance;
mod quantile;
mod resolver;

pub use distribution::{Dist, Param, Random, Resolve};
pub use provenance::{Confidence, Description};
pub use quantile::Quantile;
pub use resolver::Resolver;
