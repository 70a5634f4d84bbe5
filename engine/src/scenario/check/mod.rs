//! Checks what a person wrote against itself and turns it into a [`Scenario`]; all mistakes come together.

mod estate;
mod evidence;
mod exercise;
mod strategy;

use std::path::Path;
use std::sync::Arc;

use crate::catalogue::kinds::OrgKind;
use crate::estate::build_stated;
use crate::estate::posture::PostureSpec;
use crate::estate::spec::{InlineSpec, TemplateSpec};
use crate::parameters::ParametersSpec;
use crate::random::Resolver;
use crate::scenario::campaign::Campaign;
use crate::scenario::frequency::Frequency;
use crate::scenario::spec::{ScenarioSpec, StrategyBook};
use crate::scenario::{Override, Scenario, bundled};
use crate::source::{Diagnostic, Diagnostics, LARGEST_ESTATE, Located, read, read_within};
use crate::strategy::lever::Lever;
use crate::strategy::playbook::Playbook;
use crate::streams::{Streams, text_id};
use crate::units::{Calendar, DAY, Date};
pub use estate::england;

/// Minutes of a step, where a scenario says nothing; `tests/invariants.rs` holds it against steps of a minute.
const STEP: u32 = 5;
/// The most campaigns and strategies of a scenario.
const MOST: usize = 64;

/// Reads and checks a scenario. `folder` is where a file that it names is looked for; without one, none is read.
///
/// # Errors
/// All that is wrong with it, each with its place.
pub fn load(text: &str, folder: Option<&Path>) -> Result<Scenario, Diagnostics> {
    load_with(text, folder, &[])
}

/// The same, with some of what the file states replaced; that is checked like the file.
///
/// # Errors
/// All that is wrong with it, each with its place; what is wrong with a replaced value names it instead.
pub fn load_with(text: &str, folder: Option<&Path>, overrides: &[Override]) -> Result<Scenario, Diagnostics> {
    load_over(text, folder, overrides, &ParametersSpec::default())
}

/// The same on parameters that differ from the default set; what the file itself states still counts.
///
/// # Errors
/// As of [`load_with`].
pub fn load_over(
    text: &str,
    folder: Option<&Path>,
    overrides: &[Override],
    parameters: &ParametersSpec,
) -> Result<Scenario, Diagnostics> {
    let (mut spec, mut diagnostics) = read::<ScenarioSpec>(text);
    let mut posture = vec![];
    if let Some(spec) = &mut spec {
        // An exercise names organisations of the estate that the file states; another one has others.
        if overrides.iter().any(Override::changes_estate) {
            spec.exercise = None;
        }
        diagnostics.extend(overrides.iter().flat_map(|w| w.apply(spec, &mut posture)));
    }
    let mut check = Check {
        diagnostics: Diagnostics { list: diagnostics },
        posture,
        base: parameters.with_fallback(&own(bundled::PARAMETERS)),
    };
    let scenario = spec.and_then(|spec| check.scenario(&spec, folder)).map(|mut scenario| {
        scenario.overrides = overrides.iter().map(ToString::to_string).collect();
        scenario.hash = text_id(&[&[text.to_owned()], &scenario.overrides[..]].concat().join("\n"));
        scenario
    });
    let mut diagnostics = check.diagnostics;
    diagnostics.list.sort_by_key(|m| m.at.start);
    match scenario {
        Some(scenario) if diagnostics.may_pass() => Ok(Scenario { warnings: diagnostics.list, ..scenario }),
        Some(_) | None => Err(diagnostics),
    }
}

/// Checks a file that is not a scenario but what scenarios are made of: templates, parameters, strategies or an estate.
/// Says which it is, with its mistakes; `None` when it looks like a scenario.
pub fn check_part(text: &str) -> Option<(&'static str, Vec<Diagnostic>)> {
    let has = |field: &str| text.lines().any(|l| l.trim_start().starts_with(field));
    if has("horizon:") || has("campaigns:") {
        return None;
    }
    if has("kinds:") || has("based_on:") {
        Some(("templates", read::<TemplateSpec>(text).1))
    } else if has("playbooks:") {
        Some(("strategies", read::<StrategyBook>(text).1))
    } else if has("organisations:") {
        let (inline, mut diagnostics) = read_within::<InlineSpec>(text, LARGEST_ESTATE);
        if diagnostics.is_empty() {
            let built = inline.map(|inline| build_stated(&inline, &england(), &[]));
            diagnostics.extend(built.and_then(Result::err).unwrap_or_default().list);
        }
        Some(("an estate", diagnostics))
    } else if has("threat:") || has("care:") || has("harm: (") {
        let (parameters, mut diagnostics) = read::<ParametersSpec>(text);
        diagnostics
            .extend(parameters.into_iter().flat_map(|p| p.validate()).map(|f| Diagnostic::new(0..0, f)));
        Some(("parameters", diagnostics))
    } else {
        None
    }
}

/// Reads a bundled file, which a test has shown to be whole.
pub(super) fn own<T: serde::de::DeserializeOwned>(text: &str) -> T {
    let (value, diagnostics) = read(text);
    assert!(diagnostics.is_empty(), "bundled file: {diagnostics:?}");
    value.expect("a bundled file is whole")
}

struct Check {
    diagnostics: Diagnostics,
    /// Controls asked for beside the file.
    posture: Vec<(OrgKind, PostureSpec)>,
    /// The parameters that hold where the file states none.
    base: ParametersSpec,
}

impl Check {
    fn scenario(&mut self, spec: &ScenarioSpec, folder: Option<&Path>) -> Option<Scenario> {
        if let Some(v) = spec.format.get().filter(|v| **v != 1) {
            self.diagnostics
                .wrong(&spec.format.at, format!("format {v} is not known to this version"))
                .help = Some("use `format: 1`".into());
        }
        let horizon = spec.horizon.get().map_or(60 * DAY, |h| h.get());
        if !(DAY..=731 * DAY).contains(&horizon) {
            self.diagnostics.wrong(&spec.horizon.at, "the horizon lies between 1 day and 2 years");
        }
        if spec.starts.get().is_some_and(|s| s.skipped()) {
            self.diagnostics
                .wrong(&spec.starts.at, "clocks jump over this hour: they go from 01:00 to 02:00")
                .help = Some("start at 02:00".into());
        }
        let step = spec.step.as_ref().and_then(Located::get).map_or(STEP, |s| s.get());
        let at = spec.step.as_ref().map_or(0..0, |s| s.at.clone());
        if !(1..=60).contains(&step) || 60 % step != 0 {
            self.diagnostics.wrong(&at, "the step is 1 to 60 minutes and divides an hour").help =
                Some(format!("use \"{STEP} min\""));
        } else if step > STEP {
            self.diagnostics
                .warn(&at, format!("a step of {step} minutes lets attackers win: what answers them waits for the next step"))
                .help = Some(format!("leave it out: at {STEP} minutes results are those of steps of a minute, within 3 %"));
        }
        if spec.campaigns.len() > MOST
            || spec.strategies.len() > MOST
            || spec.levers.len() > MOST
            || spec.playbooks.len() > MOST
            || spec.bank_holidays.len() > MOST
        {
            self.diagnostics.wrong(
                &(0..0),
                format!("at most {MOST} campaigns, strategies, levers, playbooks and bank holidays each"),
            );
            return None;
        }
        if let Some(frequency) = &spec.frequency {
            Frequency::check(frequency, &mut self.diagnostics);
        }
        let parameters = self.parameters(&spec.parameters);
        let on = Date(spec.starts.get().map_or(0, |s| s.day()));
        let estate = self.estate(&spec.estate, on, folder);
        let book: StrategyBook = own(bundled::STRATEGIES);
        let mut estate = estate?;
        // A run has weights of its own where they are uncertain.
        let usual = parameters.resolve(&mut Resolver::new(Streams::new(0, 0)));
        estate.weigh(&usual.harm.weights());
        let campaigns: Vec<Campaign> = spec
            .campaigns
            .iter()
            .filter_map(Located::get)
            .filter_map(|c| c.resolve(&estate, horizon, &mut self.diagnostics))
            .collect();
        for lever in &spec.levers {
            if let Some(flaw) = lever.get().and_then(Lever::validate) {
                self.diagnostics.wrong(&lever.at, flaw);
            }
        }
        let strategies = self.strategies(spec, &book, &estate);
        let baseline = strategies.iter().position(|s| Some(&s.id) == spec.baseline.get());
        if baseline.is_none() && !strategies.is_empty() {
            self.diagnostics.unknown(&spec.baseline, "strategy", strategies.iter().map(|s| s.id.as_str()));
        }
        let evidence = self.evidence(&spec.evidence, &estate, horizon);
        let exercise = match &spec.exercise {
            Some(e) => Some(Arc::new(self.exercise(e, &estate, horizon)?)),
            None => None,
        };
        Some(Scenario {
            evidence,
            exercise,
            title: spec.title.clone(),
            about: spec.about.clone(),
            discuss: spec.discuss.clone(),
            frequency: spec.frequency.as_ref().and_then(|f| f.get().cloned()),
            calendar: Calendar::new(*spec.starts.get()?, spec.bank_holidays.iter().copied()),
            horizon,
            step,
            estate: Arc::new(estate),
            campaigns,
            parameters,
            strategies,
            baseline: baseline?,
            levers: spec.levers.iter().chain(&book.levers).filter_map(Located::get).cloned().collect(),
            playbooks: spec
                .playbooks
                .iter()
                .chain(&book.playbooks)
                .filter_map(Located::get)
                .map(|p| (p.id.get().cloned().unwrap_or_default(), Playbook::new(p)))
                .collect(),
            overrides: vec![],
            warnings: vec![],
            hash: 0,
        })
    }

    fn parameters(&mut self, over: &ParametersSpec) -> ParametersSpec {
        for flaw in over.validate() {
            self.diagnostics.wrong(&(0..0), format!("parameters: {flaw}"));
        }
        over.with_fallback(&self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Confidence;

    #[test]
    fn bundled_files_are_whole() {
        let parameters: ParametersSpec = own(bundled::PARAMETERS);
        assert_eq!(parameters.missing(), Vec::<String>::new());
        assert_eq!(parameters.validate(), Vec::<String>::new());
        for row in parameters.rows() {
            let told = &row.description;
            let whole = told.unit.is_some() && told.sure.is_some() && told.source.is_some();
            // What is published, or a scenario's own matter, has no range.
            assert!(whole && (told.range.is_some() || told.sure == Some(Confidence::High)), "{}", row.path);
        }
        let _: StrategyBook = own(bundled::STRATEGIES);
        for (family, _) in bundled::FAMILIES {
            let template = estate::template(family).expect("it is bundled");
            assert!(template.platform.is_some() && template.joins.is_some(), "{family}");
        }
    }

    #[test]
    fn bundled_scenarios_load() {
        for (name, _, text) in bundled::SCENARIOS {
            let loaded = load(text, None);
            assert!(loaded.is_ok(), "{name}: {loaded:?}");
        }
        assert!(load(bundled::STARTER, None).is_ok());
    }
}
