//! Where a scenario's text comes from, and how its mistakes are shown.

use std::path::Path;
use std::sync::Arc;

use miette::{LabeledSpan, NamedSource, SourceCode};
use resus_engine::parameters::ParametersSpec;
use resus_engine::scenario::{Override, Scenario, bundled, check_part, load_over};
use resus_engine::source::{Diagnostic, LARGEST_ESTATE, read, suggest};

use crate::failure::{Failure, bad_input};
use crate::table::counted;

/// A text and the name under which mistakes are shown.
pub struct Source {
    /// Path or bundled path.
    pub name: String,
    /// Text.
    pub text: String,
    folder: Option<std::path::PathBuf>,
}

/// One mistake, as miette shows it.
#[derive(Debug)]
struct Shown {
    diagnostic: Diagnostic,
    source: Arc<NamedSource<String>>,
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.diagnostic.what)
    }
}
impl std::error::Error for Shown {}
impl miette::Diagnostic for Shown {
    fn severity(&self) -> Option<miette::Severity> {
        self.diagnostic.warning.then_some(miette::Severity::Warning)
    }
    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.diagnostic.help.as_ref().map(|h| Box::new(h) as Box<dyn std::fmt::Display>)
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        (!self.diagnostic.at.is_empty()).then_some(&*self.source as &dyn SourceCode)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        // A long piece is marked by its first line: the reader needs its place, not all of it.
        let at = &self.diagnostic.at;
        if at.is_empty() {
            return None;
        }
        let piece = self.source.inner().get(at.clone()).unwrap_or("");
        let length = piece.find('\n').unwrap_or(piece.len()).max(1);
        Some(Box::new(std::iter::once(LabeledSpan::new(Some("here".into()), at.start, length))))
    }
}

/// All mistakes of a file.
#[derive(Debug)]
struct All {
    name: String,
    list: Vec<Shown>,
}
impl std::fmt::Display for All {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let n = self.list.len();
        write!(f, "{}: {n} mistake{}", self.name, if n == 1 { "" } else { "s" })
    }
}
impl std::error::Error for All {}
impl miette::Diagnostic for All {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        Some(Box::new(self.list.iter().map(|s| s as &dyn miette::Diagnostic)))
    }
}

impl Source {
    /// A file, or a bundled scenario by its name; without either the default one.
    pub fn open(file: Option<&str>) -> Result<Self, Failure> {
        let Some(file) = file else {
            let (_, path, text) = bundled::SCENARIOS[0];
            return Ok(Self { name: format!("scenarios/{path}"), text: text.into(), folder: None });
        };
        let path = Path::new(file);
        if !path.exists() {
            if let Some((path, text)) = bundled::scenario(file) {
                return Ok(Self { name: format!("scenarios/{path}"), text: text.into(), folder: None });
            }
            return Err(bad_input(
                format!("there is no file '{file}'"),
                "`resus list` shows the bundled scenarios; `resus new FILE` makes one of your own",
            ));
        }
        let size = std::fs::metadata(path).map_or(0, |m| m.len());
        if size > LARGEST_ESTATE as u64 {
            return Err(bad_input(
                format!("'{file}' is larger than {} MiB", LARGEST_ESTATE >> 20),
                "a scenario is a short text",
            ));
        }
        let bytes = std::fs::read(path)
            .map_err(|e| bad_input(format!("'{file}' cannot be read: {e}"), "give a scenario file"))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| bad_input(format!("'{file}' is not a text in UTF-8"), "save it as UTF-8"))?;
        Ok(Self { name: file.into(), text, folder: Some(path.parent().unwrap_or(Path::new(".")).to_owned()) })
    }

    /// The checked scenario, or all that is wrong.
    pub fn load(&self) -> Result<Arc<Scenario>, Failure> {
        self.load_with(&[])
    }

    /// The same with values in place of some that the file states.
    pub fn load_with(&self, overrides: &[Override]) -> Result<Arc<Scenario>, Failure> {
        self.load_over(overrides, &ParametersSpec::default())
    }

    /// The same on parameters that differ from the default set.
    pub fn load_over(
        &self,
        overrides: &[Override],
        parameters: &ParametersSpec,
    ) -> Result<Arc<Scenario>, Failure> {
        let scenario = self.load_silently(overrides, parameters)?;
        let source = Arc::new(NamedSource::new(&self.name, self.text.clone()));
        for diagnostic in scenario.warnings.iter().cloned() {
            eprintln!("{:?}", miette::Report::new(Shown { diagnostic, source: source.clone() }));
        }
        Ok(scenario)
    }

    /// The same without a word on what has no effect: for who was told before.
    pub fn load_silently(
        &self,
        overrides: &[Override],
        parameters: &ParametersSpec,
    ) -> Result<Arc<Scenario>, Failure> {
        let loaded = load_over(&self.text, self.folder.as_deref(), overrides, parameters);
        loaded.map(Arc::new).map_err(|wrong| self.wrong(wrong.list))
    }

    /// The parameters that the file states.
    pub fn parameters(&self) -> Result<ParametersSpec, Failure> {
        let (parameters, mut diagnostics) = read::<ParametersSpec>(&self.text);
        diagnostics
            .extend(parameters.iter().flat_map(ParametersSpec::validate).map(|f| Diagnostic::new(0..0, f)));
        parameters.filter(|_| diagnostics.is_empty()).ok_or_else(|| self.wrong(diagnostics))
    }

    /// What the file holds, in words, when it is good: a scenario or what scenarios are made of.
    pub fn check(&self) -> Result<String, Failure> {
        match check_part(&self.text) {
            Some((what, diagnostics)) if diagnostics.is_empty() => Ok(format!("good, {what}.")),
            Some((_, diagnostics)) => Err(self.wrong(diagnostics)),
            None => {
                let s = self.load()?;
                Ok(format!(
                    "good, a scenario: {}, {}, {}.",
                    counted(s.estate.organisations.len(), "organisation", "organisations"),
                    counted(s.campaigns.len(), "campaign", "campaigns"),
                    counted(s.strategies.len(), "strategy", "strategies")
                ))
            }
        }
    }

    fn wrong(&self, diagnostics: Vec<Diagnostic>) -> Failure {
        let source = Arc::new(NamedSource::new(&self.name, self.text.clone()));
        let list =
            diagnostics.into_iter().map(|diagnostic| Shown { diagnostic, source: source.clone() }).collect();
        Failure::Input(All { name: self.name.clone(), list }.into())
    }
}

/// Index of a strategy by its id.
pub fn strategy(scenario: &Scenario, id: &str) -> Result<usize, Failure> {
    scenario.strategies.iter().position(|s| s.id == id).ok_or_else(|| {
        let ids: Vec<&str> = scenario.strategies.iter().map(|s| s.id.as_str()).collect();
        bad_input(format!("no strategy '{id}' in this scenario"), suggest(id, "the scenario has: ", ids))
    })
}
