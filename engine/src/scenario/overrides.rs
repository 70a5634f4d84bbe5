//! What if: a value in place of one that the file states, given beside it as `path=value`, and checked like the file.

use std::fmt;

use crate::catalogue::kinds::OrgKind;
use crate::estate::posture::PostureSpec;
use crate::estate::spec::EstateSpec;
use crate::parameters::ParametersSpec;
use crate::scenario::bundled;
use crate::scenario::campaign::{CampaignSpec, EntrySpec, SpreadSpec, entry_names};
use crate::scenario::frequency::Frequency;
use crate::scenario::spec::{ScenarioSpec, StrategyBook};
use crate::source::{Diagnostic, Located, nearest, read, suggest};
use crate::strategy::lever::{Change, Lever};

/// The paths that are no parameter and no control.
const PLAIN: [&str; 8] =
    ["horizon", "starts", "step", "baseline", "frequency", "weights", "estate.population", "estate.seed"];

/// One replaced value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    path: String,
    value: String,
}

impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.path, self.value)
    }
}

impl std::str::FromStr for Override {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (path, value) = text
            .split_once('=')
            .ok_or_else(|| format!("'{text}' is not path=value; write threat.dwell=\"20 days\""))?;
        Ok(Self { path: path.trim().to_owned(), value: value.trim().to_owned() })
    }
}

impl Override {
    /// The value as RON: a number, a distribution and a quoted text as they are, anything else as a text (a shell takes quotes off).
    fn ron(&self) -> String {
        let v = &self.value;
        let call = v.starts_with(char::is_uppercase) && v.contains('(');
        if v.parse::<f64>().is_ok() || call || v.starts_with(['(', '"', '[']) {
            v.clone()
        } else {
            format!("{v:?}")
        }
    }

    /// Whether it is about what happens, and not only about how findings are compared.
    pub fn changes_runs(&self) -> bool {
        !matches!(self.path.as_str(), "baseline" | "frequency")
    }

    /// Whether it asks for another estate.
    pub(super) fn changes_estate(&self) -> bool {
        self.path.starts_with("estate.")
    }

    /// Puts the value into `spec`, or a control into `posture`; what is wrong comes back.
    pub(super) fn apply(
        &self,
        spec: &mut ScenarioSpec,
        posture: &mut Vec<(OrgKind, PostureSpec)>,
    ) -> Vec<Diagnostic> {
        let parts: Vec<&str> = self.path.split('.').collect();
        let ron = self.ron();

        match parts[..] {
            ["horizon"] => self.put(&ron, &mut spec.horizon),
            ["starts"] => self.put(&ron, &mut spec.starts),
            ["baseline"] => self.put(&ron, &mut spec.baseline),
            ["frequency"] => {
                // A number alone is taken as known.
                let known =
                    self.value.parse::<f64>().ok().map(|f| Frequency::known(f, "stated beside the file"));
                let into = spec.frequency.get_or_insert(Located { value: None, at: 0..0 });
                into.at = 0..0;
                match known {
                    Some(known) => into.value = Some(known),
                    None => return self.put(&ron, into),
                }
                vec![]
            }
            ["step"] => self.put(&ron, spec.step.get_or_insert(Located { value: None, at: 0..0 })),
            ["estate", "population" | "seed"] => match &mut spec.estate.value {
                Some(EstateSpec::Generate(g)) if parts[1] == "population" => {
                    g.only.clear();
                    self.put(&ron, g.population.get_or_insert(Located { value: None, at: 0..0 }))
                }
                Some(EstateSpec::Generate(g)) => {
                    let mut seed = g.seed.into();
                    let diagnostics = self.put(&ron, &mut seed);
                    g.seed = seed.value.unwrap_or(g.seed);
                    diagnostics
                }
                Some(EstateSpec::Inline(_) | EstateSpec::File(_)) | None => {
                    vec![self.wrong("the scenario's estate is not generated", None)]
                }
            },
            ["weights"] => {
                let names = bundled::WEIGHTINGS.iter().map(|w| w.0);
                let Some((.., text)) = bundled::WEIGHTINGS.iter().find(|w| w.0 == self.value) else {
                    let help = suggest(&self.value, "there are: ", names);
                    return vec![self.wrong(&format!("no weights '{}'", self.value), Some(help))];
                };
                let (value, diagnostics) = read::<ParametersSpec>(text);
                if let Some(value) = value {
                    spec.parameters = value.with_fallback(&spec.parameters);
                }
                self.theirs(diagnostics)
            }
            ["campaigns", id, field] => self.campaign(spec, id, field, &ron),
            ["campaigns", id, entry, field] => self.entry(spec, id, (entry, field), &ron),
            ["levers", id, field] => self.lever(spec, id, field, &ron),
            ["posture", kind, control] => {
                if let Some(kind) = OrgKind::ALL.iter().find(|k| k.path_name() == kind || k.name() == kind) {
                    let (value, diagnostics) = read::<PostureSpec>(&format!("({control}: {ron})"));
                    posture.extend(value.map(|v| (*kind, v)));
                    return self.theirs(diagnostics);
                }
                let names: Vec<String> = OrgKind::ALL.iter().map(|k| k.path_name()).collect();
                let known = nearest(kind, names.iter().map(String::as_str)).map_or_else(
                    || format!("kinds are: {}", names.join(", ")),
                    |n| format!("did you mean 'posture.{n}.{control}'?"),
                );
                vec![self.wrong(&format!("no kind of organisation '{kind}'"), Some(known))]
            }
            [group, parameter] => {
                let (value, diagnostics) =
                    read::<ParametersSpec>(&format!("({group}: ({parameter}: {ron}))"));
                if let Some(value) = value {
                    spec.parameters = value.with_fallback(&spec.parameters);
                }
                self.theirs(diagnostics)
            }
            _ => {
                let help = suggest(
                    &self.path,
                    "write group.parameter, posture.kind.control, campaigns.id.begins, levers.id.cost, or one of ",
                    PLAIN,
                );
                vec![self.wrong("there is no such path", Some(help))]
            }
        }
    }

    /// When a campaign begins, or how long what it waits for takes.
    fn campaign(&self, spec: &mut ScenarioSpec, id: &str, field: &str, ron: &str) -> Vec<Diagnostic> {
        let ids: Vec<String> = spec.campaigns.iter().filter_map(|c| c.get()?.id.get()).cloned().collect();
        let named = |c: &&mut CampaignSpec| c.id.get().is_some_and(|i| i == id);
        let Some(campaign) = spec.campaigns.iter_mut().filter_map(|c| c.value.as_mut()).find(named) else {
            let help = suggest(id, "there are: ", ids.iter().map(String::as_str));
            return vec![self.wrong(&format!("no campaign '{id}'"), Some(help))];
        };
        let into = match (field, &mut campaign.spread) {
            ("begins", _) => &mut campaign.begins,
            ("kill_switch", SpreadSpec::Worm(worm)) => &mut worm.kill_switch,
            ("sleeps", SpreadSpec::Operator(crew)) => &mut crew.sleeps,
            _ => {
                let help = "a campaign has `begins` and its ways in, as in `campaigns.crew.phishing.per_day`; a worm has `kill_switch`, a crew `sleeps`";
                return vec![self.wrong(&format!("campaign '{id}' has no '{field}'"), Some(help.into()))];
            }
        };
        let (value, diagnostics) = read(ron);
        if value.is_some() {
            *into = value;
        }
        self.theirs(diagnostics)
    }

    /// How a campaign tries a way in.
    fn entry(
        &self,
        spec: &mut ScenarioSpec,
        id: &str,
        (entry, field): (&str, &str),
        ron: &str,
    ) -> Vec<Diagnostic> {
        let named = |c: &&mut CampaignSpec| c.id.get().is_some_and(|i| i == id);
        let Some(campaign) = spec.campaigns.iter_mut().filter_map(|c| c.value.as_mut()).find(named) else {
            let ids: Vec<String> = spec.campaigns.iter().filter_map(|c| c.get()?.id.get()).cloned().collect();
            let help = suggest(id, "there are: ", ids.iter().map(String::as_str));
            return vec![self.wrong(&format!("no campaign '{id}'"), Some(help))];
        };
        let mut entries: Vec<&mut EntrySpec> =
            campaign.entries.iter_mut().filter_map(|e| e.value.as_mut()).collect();
        let names = entry_names(&entries.iter().map(|e| e.via).collect::<Vec<_>>());
        let Some(n) = names.iter().position(|n| n == entry) else {
            let help = suggest(entry, "its ways in: ", names.iter().map(String::as_str));
            return vec![self.wrong(&format!("campaign '{id}' has no way in '{entry}'"), Some(help))];
        };
        let into = &mut *entries[n];
        match field {
            "per_day" => self.set(ron, &mut into.per_day),
            "most" => self.set(ron, &mut into.most),
            "found" => self.set(ron, &mut into.found),
            "lasts" => self.set_some(ron, &mut into.lasts),
            "attempts" => self.set_some(ron, &mut into.attempts),
            "targets" => self.set_some(ron, &mut into.targets),
            _ => {
                let help =
                    suggest(field, "it has ", ["per_day", "most", "found", "lasts", "attempts", "targets"]);
                vec![self.wrong(&format!("a way in has no '{field}'"), Some(help))]
            }
        }
    }

    /// What a lever changes, or what it costs: one of the file's, or a bundled one that becomes the file's own.
    fn lever(&self, spec: &mut ScenarioSpec, id: &str, field: &str, ron: &str) -> Vec<Diagnostic> {
        let named = |l: &Located<Lever>| l.get().is_some_and(|l| l.text_id() == id);
        if !spec.levers.iter().any(named) {
            let book: StrategyBook = super::check::own(super::bundled::STRATEGIES);
            let Some(lever) = book.levers.iter().find(|l| named(l)) else {
                let ids = spec.levers.iter().chain(&book.levers).filter_map(|l| l.get());
                let help = suggest(id, "levers are: ", ids.map(Lever::text_id));
                return vec![self.wrong(&format!("no lever '{id}'"), Some(help))];
            };
            spec.levers.push(lever.clone());
        }
        let Some(lever) = spec.levers.iter_mut().find(|l| named(l)).and_then(|l| l.value.as_mut()) else {
            return vec![];
        };
        if let Some(cost) = lever.costs().into_iter().find(|(name, _)| *name == field) {
            return self.set_some(ron, cost.1);
        }
        if field == "cost" {
            return self.set_some(ron, &mut lever.cost);
        }
        if let Some(change) = lever.changes.iter_mut().find(|c| c.path_name() == field) {
            return match change {
                Change::Raise(_, to) | Change::Lower(_, to) => self.set(ron, to),
                Change::NationalMonitoring(share) | Change::AlertTime(share) => self.set(ron, share),
                Change::Hire(number) | Change::SharedTeams(number) => self.set(ron, number),
                Change::SharedIndicators => vec![self.wrong("it has no value", None)],
            };
        }
        let mut names: Vec<&str> = lever.changes.iter().map(Change::path_name).collect();
        names.push("cost");
        names.extend(lever.costs().into_iter().map(|c| c.0));
        let help = suggest(field, "it has ", names);
        vec![self.wrong(&format!("lever '{id}' has no '{field}'"), Some(help))]
    }

    fn set<T: serde::de::DeserializeOwned>(&self, ron: &str, into: &mut T) -> Vec<Diagnostic> {
        let (value, diagnostics) = read::<T>(ron);
        if let Some(value) = value {
            *into = value;
        }
        self.theirs(diagnostics)
    }

    fn set_some<T: serde::de::DeserializeOwned>(&self, ron: &str, into: &mut Option<T>) -> Vec<Diagnostic> {
        let (value, diagnostics) = read::<T>(ron);
        if value.is_some() {
            *into = value;
        }
        self.theirs(diagnostics)
    }

    fn put<T: serde::de::DeserializeOwned>(&self, ron: &str, into: &mut Located<T>) -> Vec<Diagnostic> {
        let (value, diagnostics) = read::<T>(ron);
        if value.is_some() {
            into.value = value;
        }
        self.theirs(diagnostics)
    }

    /// Places in the value mean nothing in the file: the option is named instead.
    fn theirs(&self, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        diagnostics.into_iter().map(|m| self.wrong(&m.what, m.help)).collect()
    }

    fn wrong(&self, what: &str, help: Option<String>) -> Diagnostic {
        Diagnostic { help, ..Diagnostic::new(0..0, format!("--set {self}: {what}")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Resolve;
    use crate::scenario::load_with;

    fn loaded(sets: &[&str]) -> Result<crate::scenario::Scenario, crate::source::Diagnostics> {
        let small = "estate.population=60000";
        let sets: Vec<Override> = [&small].into_iter().chain(sets).map(|s| s.parse().unwrap()).collect();
        load_with(bundled::SCENARIOS[0].2, None, &sets)
    }

    #[test]
    fn values_are_replaced() {
        let s = loaded(&[
            "threat.dwell=20 days",
            "care.tired=Uncertain(Uniform(low: 0.4, high: 0.8))",
            "posture.acute_trust.patching=0.95",
            "horizon=10 days",
            "campaigns.crew.begins=7h",
            "estate.population=55000",
            "estate.seed=3",
        ]);
        let s = s.unwrap();
        assert_eq!(s.horizon, 14_400);
        let patching =
            |kind| s.estate.organisations.iter().find(|o| o.kind == kind).unwrap().posture.patching;
        assert!((patching(OrgKind::AcuteTrust) - 0.95).abs() < 1e-12);
        assert_eq!(s.campaigns[0].begins.describe().value, "7.0 h");
        let rows = s.parameters.rows();
        let dwell = rows.iter().find(|r| r.path == "threat.dwell").unwrap();
        assert_eq!(dwell.description.value, "20.0 days");
        assert_ne!(s.hash, loaded(&[]).unwrap().hash);
    }

    #[test]
    fn what_is_wrong_names_the_option() {
        for (set, what, help) in [
            ("threat.dwel=20 days", "no field 'dwel'", "did you mean 'dwell'?"),
            ("threat.dwell=20 dayz", "not a duration", ""),
            ("care.tired=1.5", "between 0 and 1", ""),
            ("posture.acute_trst.patching=0.9", "no kind", "did you mean 'posture.acute_trust.patching'?"),
            ("posture.acute_trust.patchin=0.9", "no field 'patchin'", "did you mean 'patching'?"),
            ("horizn=3 days", "no such path", "did you mean 'horizon'?"),
            ("weights=coost", "no weights 'coost'", "did you mean 'cost'?"),
            ("campaigns.crw.begins=3h", "no campaign", "did you mean 'crew'?"),
            ("campaigns.crew.kill_switch=3h", "no 'kill_switch'", "a worm has"),
            ("campaigns.crew.begins=3 hors", "not a duration", ""),
            ("estate.population=-5", "", ""),
            ("care.tired=(((", "", ""),
        ] {
            let l = loaded(&[set]);
            let l = l.unwrap_err();
            assert!(
                l.list.iter().any(|m| m.what.contains(what) && m.what.contains("--set")),
                "{set}: {:?}",
                l.list
            );
            assert!(
                l.list.iter().any(|m| m.help.as_deref().unwrap_or("").contains(help)),
                "{set}: {:?}",
                l.list
            );
        }
    }
}
