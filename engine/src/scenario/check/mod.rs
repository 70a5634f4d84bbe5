//! Checks what a person wrote against itself and turns it into a [`Scenario`]; all mistakes come together.

mod exercise;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::catalogue::kinds::OrgKind;
use crate::catalogue::outcome::Outcome;
use crate::catalogue::technique::Payload;
use crate::estate::posture::PostureSpec;
use crate::estate::selector::Selector;
use crate::estate::spec::{EstateSpec, InlineSpec, KindSpec, TemplateSpec};
use crate::estate::{Estate, OrgId, build, generate, nation};
use crate::parameters::ParametersSpec;
use crate::random::{Random, Resolve};
use crate::scenario::campaign::{Campaign, CampaignKind, Entry, HostImpact, Payloads};
use crate::scenario::evidence;
use crate::scenario::evidence::{ActivityMeasure, FigureSpec, MOST_FIGURES, Measure, WaitMeasure};
use crate::scenario::spec::{CampaignSpec, ScenarioSpec, SpreadSpec, StrategyBook, StrategyEntry};
use crate::scenario::{Override, Scenario, bundled};
use crate::source::{Diagnostic, Diagnostics, LARGEST_ESTATE, Located, nearest, read, read_within};
use crate::strategy::lever::Lever;
use crate::strategy::playbook::{MOST_RULES, Playbook, PlaybookSpec};
use crate::strategy::{Strategy, StrategySpec};
use crate::streams::text_id;
use crate::units::Calendar;
use crate::units::{DAY, SimDuration};

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
pub fn load_with(text: &str, folder: Option<&Path>, what_if: &[Override]) -> Result<Scenario, Diagnostics> {
    load_over(text, folder, what_if, &ParametersSpec::default())
}

/// The same on parameters that differ from the default set; what the file itself states still counts.
///
/// # Errors
/// As of [`load_with`].
pub fn load_over(
    text: &str,
    folder: Option<&Path>,
    what_if: &[Override],
    parameters: &ParametersSpec,
) -> Result<Scenario, Diagnostics> {
    let (mut spec, mut diagnostics) = read::<ScenarioSpec>(text);
    let mut posture = vec![];
    if let Some(spec) = &mut spec {
        // An exercise names organisations of the estate that the file states; another one has others.
        if what_if.iter().any(Override::changes_estate) {
            spec.exercise = None;
        }
        diagnostics.extend(what_if.iter().flat_map(|w| w.apply(spec, &mut posture)));
    }
    let mut check = Check { diagnostics, posture, base: parameters.with_fallback(&own(bundled::PARAMETERS)) };
    let scenario = spec.and_then(|spec| check.scenario(&spec, folder)).map(|mut scenario| {
        scenario.what_if = what_if.iter().map(ToString::to_string).collect();
        scenario.hash = text_id(&[&[text.to_owned()], &scenario.what_if[..]].concat().join("\n"));
        scenario
    });
    check.diagnostics.sort_by_key(|m| m.at.start);
    let diagnostics = Diagnostics { list: check.diagnostics };
    scenario.filter(|_| diagnostics.list.is_empty()).ok_or(diagnostics)
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
            diagnostics.extend(
                inline.and_then(|inline| build(&inline, &england(), &[], &[], 0).err()).unwrap_or_default(),
            );
        }
        Some(("an estate", diagnostics))
    } else if has("threat:") || has("care:") {
        let (parameters, mut diagnostics) = read::<ParametersSpec>(text);
        diagnostics
            .extend(parameters.into_iter().flat_map(|p| p.validate()).map(|f| Diagnostic::new(0..0, f)));
        Some(("parameters", diagnostics))
    } else {
        None
    }
}

/// Reads a bundled file, which a test has shown to be whole.
fn own<T: serde::de::DeserializeOwned>(text: &str) -> T {
    let (value, diagnostics) = read(text);
    assert!(diagnostics.is_empty(), "bundled file: {diagnostics:?}");
    value.expect("a bundled file is whole")
}

/// A bundled family of templates, with what it takes from the one that it is based on.
fn template(family: &str) -> Option<TemplateSpec> {
    let mut own: TemplateSpec = own(bundled::template(family)?);
    let Some(base) = own.based_on.take().and_then(|b| template(b.get()?)) else { return Some(own) };
    let taken =
        |k: &Located<KindSpec>| own.kinds.iter().any(|o| o.get().map(|o| o.kind) == k.get().map(|k| k.kind));
    let kinds: Vec<_> = base.kinds.into_iter().filter(|k| !taken(k)).collect();
    own.kinds.extend(kinds);
    own.profiles.extend(base.profiles);
    own.suppliers.extend(base.suppliers);
    if own.names.first.is_empty() {
        own.names = base.names;
    }
    Some(own)
}

/// The templates that authored estates lean on.
pub fn england() -> TemplateSpec {
    template("england").expect("the bundled family")
}

struct Check {
    diagnostics: Vec<Diagnostic>,
    /// Controls asked for beside the file.
    posture: Vec<(OrgKind, PostureSpec)>,
    /// The parameters that hold where the file states none.
    base: ParametersSpec,
}

impl Check {
    fn wrong(&mut self, at: &Range<usize>, what: impl Into<String>) -> &mut Diagnostic {
        self.diagnostics.push(Diagnostic::new(at.clone(), what));
        self.diagnostics.last_mut().expect("one was just pushed")
    }

    fn unknown<'a>(
        &mut self,
        id: &Located<String>,
        what: &str,
        known: impl Iterator<Item = &'a str> + Clone,
    ) {
        let Some(text) = id.get() else { return };
        let help = match nearest(text, known.clone()) {
            Some(n) => format!("did you mean '{n}'?"),
            None if known.clone().count() <= 12 => {
                format!("there are: {}", known.collect::<Vec<_>>().join(", "))
            }
            None => format!("`resus estate` lists what there is; '{text}' is like none of it"),
        };
        self.wrong(&id.at, format!("no {what} '{text}'")).help = Some(help);
    }

    fn scenario(&mut self, spec: &ScenarioSpec, folder: Option<&Path>) -> Option<Scenario> {
        if let Some(v) = spec.format.get().filter(|v| **v != 1) {
            self.wrong(&spec.format.at, format!("format {v} is not known to this version")).help =
                Some("use `format: 1`".into());
        }
        let horizon = spec.horizon.get().map_or(60 * DAY, |h| h.get());
        if !(DAY..=731 * DAY).contains(&horizon) {
            self.wrong(&spec.horizon.at, "the horizon lies between 1 day and 2 years");
        }
        let step = spec.step.as_ref().and_then(Located::get).map_or(15, |s| s.get());
        if !(1..=60).contains(&step) || 60 % step != 0 {
            let at = spec.step.as_ref().map_or(0..0, |s| s.at.clone());
            self.wrong(&at, "the step is 1 to 60 minutes and divides an hour").help =
                Some("use \"15 min\"".into());
        }
        if spec.campaigns.len() > MOST
            || spec.strategies.len() > MOST
            || spec.levers.len() > MOST
            || spec.playbooks.len() > MOST
            || spec.bank_holidays.len() > MOST
        {
            self.wrong(
                &(0..0),
                format!("at most {MOST} campaigns, strategies, levers, playbooks and bank holidays each"),
            );
            return None;
        }
        let parameters = self.parameters(&spec.parameters);
        let estate = self.estate(&spec.estate, folder);
        let book: StrategyBook = own(bundled::STRATEGIES);
        let estate = estate?;
        let campaigns: Vec<Campaign> = spec
            .campaigns
            .iter()
            .filter_map(Located::get)
            .filter_map(|c| self.campaign(c, &estate))
            .collect();
        let strategies = self.strategies(spec, &book, &estate);
        let baseline = strategies.iter().position(|s| Some(&s.id) == spec.baseline.get());
        if baseline.is_none() && !strategies.is_empty() {
            self.unknown(&spec.baseline, "strategy", strategies.iter().map(|s| s.id.as_str()));
        }
        let evidence = self.evidence(&spec.evidence, horizon);
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
            pillars: book.pillars,
            what_if: vec![],
            hash: 0,
        })
    }

    fn evidence(&mut self, list: &[Located<FigureSpec>], horizon: u32) -> Vec<FigureSpec> {
        if list.len() > MOST_FIGURES {
            self.wrong(&(0..0), format!("at most {MOST_FIGURES} figures of evidence"));
            return vec![];
        }
        for (n, figure) in list.iter().filter_map(Located::get).enumerate() {
            if list.iter().filter_map(Located::get).take(n).any(|f| f.id.get() == figure.id.get()) {
                self.wrong(&figure.id.at, "two figures have this id");
            }
            let (low, high) = (figure.low.unwrap_or(figure.value), figure.high.unwrap_or(figure.value));
            let sound = [low, figure.value, high].iter().all(|v| v.is_finite());
            if !sound || low > figure.value || figure.value > high {
                self.wrong(&figure.id.at, "a figure is a number between its `low` and its `high`");
            }
            for time in figure.measure.times() {
                if evidence::minutes(time) > horizon {
                    self.wrong(&time.at, "this is after the scenario ends").help =
                        Some("give an earlier time, or a longer `horizon`".into());
                }
            }
            match &figure.measure {
                Measure::Outcome(id) if id.get().is_some_and(|id| Outcome::by_id(id).is_none()) => {
                    self.unknown(id, "outcome", Outcome::ALL.iter().map(|o| o.id()));
                }
                Measure::Activity(ActivityMeasure { from, to, .. })
                | Measure::Wait(WaitMeasure { from, to, .. })
                    if evidence::minutes(from) >= evidence::minutes(to) =>
                {
                    self.wrong(&to.at, "this is not after `from`");
                }
                _ => {}
            }
        }
        list.iter().filter_map(Located::get).cloned().collect()
    }

    fn parameters(&mut self, over: &ParametersSpec) -> ParametersSpec {
        for flaw in over.validate() {
            self.wrong(&(0..0), format!("parameters: {flaw}"));
        }
        over.with_fallback(&self.base)
    }

    fn estate(&mut self, spec: &Located<EstateSpec>, folder: Option<&Path>) -> Option<Estate> {
        let built = match spec.get()? {
            EstateSpec::Generate(g) => {
                let family = g.template.get()?;
                let Some(t) = template(family) else {
                    self.unknown(&g.template, "family of templates", bundled::FAMILIES.iter().map(|f| f.0));
                    return None;
                };
                let made = match &g.population {
                    Some(people) => generate(g, people, t),
                    None => nation(g, t),
                };
                made.and_then(|(inline, t)| build(&inline, &t, &g.posture, &self.posture, g.seed))
            }
            EstateSpec::Inline(inline) => build(inline, &england(), &[], &self.posture, 0),
            EstateSpec::File(path) => {
                let name = path.get()?;
                let plain =
                    Path::new(name).components().all(|c| matches!(c, std::path::Component::Normal(_)));
                let Some(folder) = folder.filter(|_| plain) else {
                    self.wrong(&path.at, "an estate's file lies beside the scenario or in a folder below it");
                    return None;
                };
                let file = folder.join(name);
                let size = std::fs::metadata(&file).map_or(0, |m| m.len());
                let text = match std::fs::read_to_string(&file) {
                    Ok(text) if size <= LARGEST_ESTATE as u64 => text,
                    Ok(_) => {
                        self.wrong(&path.at, "that file is too large");
                        return None;
                    }
                    Err(e) => {
                        self.wrong(&path.at, format!("'{name}' cannot be read: {e}"));
                        return None;
                    }
                };
                let (inline, diagnostics) = read_within::<InlineSpec>(&text, LARGEST_ESTATE);
                // Places in the other file mean nothing in this one: say the line instead.
                let line = |m: &Diagnostic| text[..m.at.start.min(text.len())].matches('\n').count() + 1;
                let there = |m: Diagnostic| Diagnostic {
                    what: format!("{name}, line {}: {}", line(&m), m.what),
                    at: path.at.clone(),
                    ..m
                };
                self.diagnostics.extend(diagnostics.into_iter().map(there));
                build(&inline?, &england(), &[], &self.posture, 0)
                    .map_err(|m| m.into_iter().map(there).collect())
            }
        };
        match built {
            Ok(estate) => Some(estate),
            Err(diagnostics) => {
                self.diagnostics.extend(diagnostics);
                None
            }
        }
    }

    fn select(&mut self, selector: &Located<Selector>, estate: &Estate) -> Vec<OrgId> {
        let all = (0..estate.organisations.len() as u32).map(OrgId);
        match selector.get() {
            None => vec![],
            Some(Selector::Any) => all.collect(),
            Some(Selector::Kind(kind)) => {
                let found: Vec<OrgId> = all.filter(|o| estate.org(*o).kind == *kind).collect();
                if found.is_empty() {
                    self.wrong(&selector.at, format!("the estate has no {}", kind.label()));
                }
                found
            }
            Some(Selector::Organisation(id)) => self.org(id, estate).into_iter().collect(),
        }
    }

    fn org(&mut self, id: &Located<String>, estate: &Estate) -> Option<OrgId> {
        let found = estate.find_org(id.get()?);
        if found.is_none() {
            self.unknown(id, "organisation", estate.organisations.iter().map(|o| o.id.as_str()));
        }
        found
    }

    fn campaign(&mut self, c: &CampaignSpec, estate: &Estate) -> Option<Campaign> {
        let mut flaw = |f: Option<String>, at: &Range<usize>| {
            if let Some(f) = f {
                self.diagnostics.push(Diagnostic::new(at.clone(), f));
            }
        };
        flaw(c.begins.as_ref().and_then(Resolve::validate), &c.id.at);
        if let SpreadSpec::Operator(o) = &c.spread {
            flaw(o.sleeps.as_ref().and_then(Resolve::validate), &c.id.at);
        }
        for e in c.entries.iter().filter_map(Located::get) {
            flaw(e.per_day.validate(), &e.at.at);
        }
        let spread = match &c.spread {
            SpreadSpec::Operator(o) => {
                if o.crew == 0 || o.crew > 1000 {
                    self.wrong(&c.id.at, "a crew works in 1 to 1,000 organisations at once");
                }
                CampaignKind::Operator { crew: o.crew, sleeps: o.sleeps.clone() }
            }
            SpreadSpec::Worm(w) => {
                CampaignKind::Worm { kill_switch: w.kill_switch.clone(), takes: w.takes.clone() }
            }
            SpreadSpec::Supplier(s) => CampaignKind::Supplier {
                supplier: self.org(&s.supplier, estate)?,
                carries_on: s.carries_on.clone(),
            },
            SpreadSpec::Outage(o) => CampaignKind::Outage { at: self.select(&o.at, estate), spec: o.clone() },
            SpreadSpec::Flood(f) => CampaignKind::Flood {
                at: self.select(&f.at, estate),
                assets: f.assets.clone(),
                intensity: f.intensity.clone(),
                lasts: f.lasts.clone(),
            },
        };
        let needs_entry = matches!(spread, CampaignKind::Operator { .. } | CampaignKind::Worm { .. });
        if needs_entry && c.entries.is_empty() {
            self.wrong(&c.id.at, "this campaign has no way in").help =
                Some("add `entries: [(via: Phishing, at: Any, per_day: 0.5)]`".into());
        }
        let loss = c.payloads.iter().find_map(|p| match p {
            Payload::Encrypt => Some(HostImpact::Encrypted),
            Payload::Wipe => Some(HostImpact::Wiped),
            Payload::Disrupt => Some(HostImpact::Failed),
            Payload::StealRecords | Payload::None => None,
        });
        Some(Campaign {
            id: c.id.get()?.clone(),
            name: if c.name.is_empty() { c.id.get()?.clone() } else { c.name.clone() },
            begins: c.begins.clone().unwrap_or_else(|| Random::fixed(SimDuration::minutes(0))),
            entries: c
                .entries
                .iter()
                .filter_map(Located::get)
                .map(|e| Entry {
                    via: e.via,
                    at: self.select(&e.at, estate),
                    per_day: e.per_day.clone(),
                    most: e.most,
                })
                .collect(),
            spread,
            payload: Payloads { loss, steals: c.payloads.contains(&Payload::StealRecords) },
        })
    }

    fn strategies(
        &mut self,
        spec: &ScenarioSpec,
        book: &StrategyBook,
        estate: &Estate,
    ) -> Vec<Arc<Strategy>> {
        // One's own come first: a scenario may replace what is bundled.
        let levers: Vec<&Lever> = spec.levers.iter().chain(&book.levers).filter_map(Located::get).collect();
        let playbooks: Vec<&PlaybookSpec> =
            spec.playbooks.iter().chain(&book.playbooks).filter_map(Located::get).collect();
        let standard: Vec<&StrategySpec> = book.strategies.iter().filter_map(Located::get).collect();
        let mut out: Vec<Arc<Strategy>> = vec![];
        for entry in &spec.strategies {
            let chosen = match entry.get() {
                None => continue,
                Some(StrategyEntry::Own(s)) => s,
                Some(StrategyEntry::Standard(id)) => {
                    let found = standard.iter().find(|s| s.id.get() == id.get());
                    let Some(s) = found else {
                        self.unknown(
                            id,
                            "bundled strategy",
                            standard.iter().filter_map(|s| s.id.get()).map(String::as_str),
                        );
                        continue;
                    };
                    s
                }
            };
            if out.iter().any(|s| Some(&s.id) == chosen.id.get()) {
                self.wrong(&entry.at, "this strategy is listed twice");
                continue;
            }
            if let Some(s) = self.strategy(chosen, &levers, &playbooks, estate) {
                out.push(Arc::new(s));
            }
        }
        if spec.strategies.is_empty() {
            self.wrong(&spec.baseline.at, "a scenario needs a strategy").help =
                Some("add `strategies: [Standard(\"as-things-stand\")]`".into());
        }
        out
    }

    fn strategy(
        &mut self,
        s: &StrategySpec,
        levers: &[&Lever],
        playbooks: &[&PlaybookSpec],
        estate: &Estate,
    ) -> Option<Strategy> {
        let mut pulled = vec![];
        for (id, uptake) in &s.levers {
            match levers.iter().find(|l| l.id.get() == id.get()) {
                Some(lever) => pulled.push((*lever, uptake.get())),
                None => {
                    self.unknown(id, "lever", levers.iter().filter_map(|l| l.id.get()).map(String::as_str));
                }
            }
        }
        let Some(playbook) = playbooks.iter().find(|p| p.id.get() == s.playbook.get()) else {
            self.unknown(
                &s.playbook,
                "playbook",
                playbooks.iter().filter_map(|p| p.id.get()).map(String::as_str),
            );
            return None;
        };
        if playbook.rules.len() > MOST_RULES {
            self.wrong(&playbook.id.at, format!("a playbook has at most {MOST_RULES} rules"));
            return None;
        }
        Some(Strategy::new(s, &pulled, Playbook::new(playbook), estate))
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
            assert!(template(family).is_some());
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
