//! From a file to a checked [`Scenario`]: what a person writes, the mistakes in it, and what the engine runs.

pub mod bundled;
pub mod campaign;
mod check;
pub mod evidence;
pub mod exercise;
pub mod frequency;
pub mod naive;
mod overrides;
pub mod portfolio;
pub mod schema;
pub mod spec;

use std::sync::Arc;

pub use check::{check_part, england, load, load_over, load_with};
pub use overrides::Override;

use crate::estate::Estate;
use crate::parameters::{ParametersSpec, Row};
use crate::random::Resolve as _;
use crate::scenario::exercise::Exercise;
use crate::scenario::frequency::Frequency;
use crate::source::Diagnostic;
use crate::strategy::Strategy;
use crate::strategy::lever::Lever;
use crate::strategy::playbook::Playbook;
use crate::units::Calendar;
use crate::units::SimTime;
use campaign::Campaign;

/// A scenario has no strategy of this id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the scenario has no strategy '{0}'")]
pub struct NoSuchStrategy(pub String);

/// A scenario that is known to hold together; shared by all threads.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Title.
    pub title: String,
    /// What it is about.
    pub about: String,
    /// What to discuss.
    pub discuss: Vec<String>,
    /// How often such an incident comes, where that is stated.
    pub frequency: Option<Frequency>,
    /// Start, local time, and bank holidays.
    pub calendar: Calendar,
    /// Minutes that it runs.
    pub horizon: SimTime,
    /// Minutes of a step; divides 60.
    pub step: u32,
    /// Who and what there is.
    pub estate: Arc<Estate>,
    /// What happens.
    pub campaigns: Vec<Campaign>,
    /// The complete parameters.
    pub parameters: ParametersSpec,
    /// Strategies, in the file's order.
    pub strategies: Vec<Arc<Strategy>>,
    /// Index of the baseline in `strategies`.
    pub baseline: usize,
    /// What really happened, where the scenario is about a real incident.
    pub evidence: Vec<evidence::FigureSpec>,
    /// A tabletop exercise on it.
    pub exercise: Option<Arc<Exercise>>,
    /// All levers that a strategy may pull, the scenario's own first.
    pub levers: Vec<Lever>,
    /// All playbooks, by id, the scenario's own first.
    pub playbooks: Vec<(String, Playbook)>,
    /// What was asked for beside the file, as `path=value`.
    pub overrides: Vec<String>,
    /// What in the file has no effect, or hardly the one that was meant.
    pub warnings: Vec<Diagnostic>,
    /// Hash of the scenario's text and of what was asked for beside it, to name it in reports.
    pub hash: u64,
}

impl Scenario {
    /// The levers that its ids mean: one of each id, the scenario's own before a bundled one.
    pub fn own_levers(&self) -> impl Iterator<Item = &Lever> {
        let earlier = |n: usize, l: &Lever| self.levers[..n].iter().any(|e| e.id.get() == l.id.get());
        self.levers.iter().enumerate().filter(move |(n, l)| !earlier(*n, l)).map(|(_, l)| l)
    }
    /// This one with a bundled strategy beside its own, its levers and playbook being the scenario's own where there are such; itself where
    /// it has that strategy.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn with_bundled(&self, id: &str) -> Result<Self, NoSuchStrategy> {
        if self.strategies_named([id]).is_ok() {
            return Ok(self.clone());
        }
        let none = || NoSuchStrategy(id.to_owned());
        let book: spec::StrategyBook = check::own(bundled::STRATEGIES);
        let mut all = book.strategies.iter().filter_map(crate::source::Located::get);
        let spec = all.find(|s| s.id.get().is_some_and(|i| i == id)).ok_or_else(none)?;
        let lever = |id: &str| self.own_levers().find(|l| l.text_id() == id);
        let pulled: Option<Vec<(&Lever, f64)>> =
            spec.levers.iter().map(|(id, uptake)| Some((lever(id.get()?)?, uptake.get()))).collect();
        let playbook = spec.playbook.get().and_then(|id| self.playbook(id)).ok_or_else(none)?;
        let strategy = Strategy::new(spec, &pulled.ok_or_else(none)?, playbook.clone(), &self.estate);
        let mut out = self.clone();
        out.strategies.push(Arc::new(strategy));
        Ok(out)
    }
    /// Positions of strategies by their ids, in the order asked for.
    ///
    /// # Errors
    /// The first id that is none.
    pub fn strategies_named<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<usize>, NoSuchStrategy> {
        let position = |id: &str| {
            self.strategies.iter().position(|s| s.id == id).ok_or_else(|| NoSuchStrategy(id.to_owned()))
        };
        ids.into_iter().map(position).collect()
    }
    /// Every value that can be set and may state a range, with its path: the parameters of the model, how often a way in is tried, and what
    /// levers change and cost that a strategy pulls.
    pub fn rows(&self) -> Vec<Row> {
        let mut out = self.parameters.rows();
        for c in &self.campaigns {
            for (name, entry) in c.entry_names().iter().zip(&c.entries) {
                out.push(Row {
                    path: format!("campaigns.{}.{name}.per_day", c.id),
                    about: format!("Tries a day of {} by {}, at an organisation.", entry.via.label(), c.name),
                    description: entry.per_day.describe(),
                });
            }
        }
        let pulled = |l: &&Lever| self.strategies.iter().any(|s| s.pulls(l.text_id()));
        out.extend(self.own_levers().filter(pulled).flat_map(Lever::rows));
        out
    }
    /// This one with another value at a path of [`rows`](Self::rows), in the engine's numbers; a path that is none changes nothing.
    #[must_use]
    pub fn with_value(&self, path: &str, value: f64) -> Self {
        let mut out = Self { parameters: self.parameters.with(path, value), ..self.clone() };
        match path.split('.').collect::<Vec<_>>()[..] {
            ["campaigns", id, entry, "per_day"] => {
                for c in out.campaigns.iter_mut().filter(|c| c.id == id) {
                    let names = c.entry_names();
                    let named = names.iter().zip(&mut c.entries).find(|(name, _)| *name == entry);
                    if let Some((_, entry)) = named {
                        entry.per_day.set_value(value);
                    }
                }
            }
            ["levers", id, what] => {
                let named = |levers: &[Lever], id: &str| levers.iter().position(|l| l.text_id() == id);
                let Some(n) = named(&out.levers, id) else { return out };
                if !out.levers[n].set_value(what, value) {
                    return out;
                }
                let of = |s: &Arc<Strategy>| {
                    if !s.pulls(id) {
                        return s.clone();
                    }
                    let before = |id: &str| named(&self.levers, id).map(|n| &self.levers[n]);
                    let after = |id: &str| named(&out.levers, id).map(|n| &out.levers[n]);
                    Arc::new(s.with_other_levers(before, after, &self.estate))
                };
                out.strategies = self.strategies.iter().map(of).collect();
            }
            _ => {}
        }
        out
    }
    /// A playbook by its id.
    pub fn playbook(&self, id: &str) -> Option<&Playbook> {
        self.playbooks.iter().find(|(i, _)| i == id).map(|(_, p)| p)
    }
}
