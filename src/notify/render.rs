//! Mail templates: built into the binary, overridden file by file from a folder, linted, then tried out on a specimen
//! of every kind before the first real mail. A template that fails is refused at start, with file, line and cure.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use handlebars::{Handlebars, html_escape, no_escape};
use rust_embed::RustEmbed;

use crate::texts::Language;

use super::letter::{Kind, Letter};
use super::lint::{self, Finding};
use super::specimen;

/// Bytes one rendered text may have (TRUST, fact 5: four nested loops made a gigabyte).
pub const RENDERED_SIZE_MAX: usize = 1024 * 1024;
/// Files an own folder may have.
const FILES_MAX: usize = 200;
/// The three texts of a mail.
const PARTS: [&str; 3] = ["subject", "text", "html"];

#[derive(RustEmbed)]
#[folder = "templates/mails/"]
#[include = "*.hbs"]
struct BuiltIn;

/// A mail in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Why templates were refused or a mail could not be put into words.
#[derive(Debug, thiserror::Error)]
pub enum TemplateProblem {
    #[error("mail.templates {path}: {reason}")]
    Folder { path: String, reason: String },
    #[error("mail templates: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Findings(Vec<Finding>),
    #[error("{file}:{line}: {reason}")]
    Render { file: String, line: usize, reason: String },
}

/// The templates of all languages, ready.
pub struct Templates {
    zh: Engines,
    en: Engines,
}

/// HTML is escaped, subject and plain text are not: two engines, so that no template can choose the wrong one.
struct Engines {
    plain: Handlebars<'static>,
    html: Handlebars<'static>,
}

impl Templates {
    /// The built-in ones, with those of the folder in their place.
    pub fn load(folder: Option<&Path>) -> Result<Self, TemplateProblem> {
        let templates = Self {
            zh: language(Language::Zh, folder)?,
            en: language(Language::En, folder)?,
        };
        // Strict mode finds an unknown name only when the place is reached: so every branch is tried.
        for language in Language::ALL {
            for kind in Kind::ALL {
                for letter in specimen::letters(kind, language) {
                    templates.render(&letter)?;
                }
            }
        }
        Ok(templates)
    }

    /// Puts a letter into words.
    pub fn render(&self, letter: &Letter) -> Result<Rendered, TemplateProblem> {
        let engines = self.engines(letter);
        Ok(Rendered {
            subject: self.subject(letter)?,
            text: tidy(&part(&engines.plain, letter, "text")?),
            html: part(&engines.html, letter, "html")?,
        })
    }

    /// The subject alone.
    pub fn subject(&self, letter: &Letter) -> Result<String, TemplateProblem> {
        let subject = part(&self.engines(letter).plain, letter, "subject")?;
        Ok(subject.trim().to_owned())
    }

    fn engines(&self, letter: &Letter) -> &Engines {
        match letter.language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

fn part(engine: &Handlebars<'static>, letter: &Letter, part: &str) -> Result<String, TemplateProblem> {
    let name = format!("{}.{part}", letter.kind.as_str());
    let mut out = Capped::default();
    engine
        .render_to_write(&name, letter, &mut out)
        .map_err(|error| TemplateProblem::Render {
            file: format!(
                "{}/{}.hbs",
                letter.language.tag(),
                error.template_name.as_deref().unwrap_or(&name)
            ),
            line: error.line_no.unwrap_or(1),
            reason: error.reason().to_string(),
        })?;
    Ok(out.text())
}

/// At most one empty line in a row: conditions leave gaps.
fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    let mut tidy = lines.join("\n").trim_end().to_owned();
    tidy.push('\n');
    tidy
}

fn language(language: Language, folder: Option<&Path>) -> Result<Engines, TemplateProblem> {
    let tag = language.tag();
    let mut sources: BTreeMap<String, String> = BTreeMap::new();
    for path in BuiltIn::iter() {
        let Some(name) = path.strip_prefix(tag).and_then(|rest| rest.strip_prefix('/')) else {
            continue;
        };
        if let (Some(name), Some(file)) = (name.strip_suffix(".hbs"), BuiltIn::get(&path)) {
            sources.insert(name.to_owned(), String::from_utf8_lossy(&file.data).into_owned());
        }
    }
    if let Some(folder) = folder {
        for (name, source) in own(&folder.join(tag), &sources)? {
            sources.insert(name, source);
        }
    }
    let findings: Vec<Finding> = lint::lint(&sources)
        .into_iter()
        .map(|finding| Finding {
            file: format!("{tag}/{}", finding.file),
            ..finding
        })
        .collect();
    if !findings.is_empty() {
        return Err(TemplateProblem::Findings(findings));
    }
    let mut engines = Engines {
        plain: engine(no_escape),
        html: engine(html_escape),
    };
    for (name, source) in &sources {
        let engine = if lint::is_html(name) {
            &mut engines.html
        } else {
            &mut engines.plain
        };
        engine
            .register_template_string(name, source)
            .map_err(|error| TemplateProblem::Render {
                file: format!("{tag}/{name}.hbs"),
                line: error.pos().map_or(1, |(line, _)| line),
                reason: error.reason().to_string(),
            })?;
    }
    Ok(engines)
}

fn engine(escape: fn(&str) -> String) -> Handlebars<'static> {
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    engine.register_escape_fn(escape);
    engine
}

/// The files of an own folder for one language. Only names that exist and new partials are accepted: a misspelt file
/// would otherwise never be used, without a word.
fn own(folder: &Path, known: &BTreeMap<String, String>) -> Result<Vec<(String, String)>, TemplateProblem> {
    let problem = |path: &Path, reason: String| TemplateProblem::Folder {
        path: path.display().to_string(),
        reason,
    };
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| problem(folder, error.to_string()))? {
        let path = entry.map_err(|error| problem(folder, error.to_string()))?.path();
        if path.is_file() {
            paths.push(path);
        }
        if paths.len() > FILES_MAX {
            return Err(problem(folder, format!("more than {FILES_MAX} files")));
        }
    }
    paths.sort();
    let mut own = Vec::new();
    for path in paths {
        let file = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if file.starts_with('.') {
            continue;
        }
        let name = file.strip_suffix(".hbs").unwrap_or_default();
        let partial = name.starts_with('_') && PARTS.iter().any(|part| name.ends_with(&format!(".{part}")));
        if !partial && !known.contains_key(name) {
            let names: Vec<&str> = known.keys().map(String::as_str).collect();
            return Err(problem(
                &path,
                format!(
                    "no template of this name; known are {} (with .hbs), and partials `_NAME.text.hbs`",
                    names.join(", ")
                ),
            ));
        }
        let size = std::fs::metadata(&path)
            .map_err(|error| problem(&path, error.to_string()))?
            .len();
        if size > u64::try_from(lint::TEMPLATE_SIZE_MAX).unwrap_or(u64::MAX) {
            return Err(problem(&path, "the file is larger than 64 KiB".to_owned()));
        }
        let bytes = std::fs::read(&path).map_err(|error| problem(&path, error.to_string()))?;
        let source = String::from_utf8(bytes).map_err(|_| problem(&path, "not UTF-8".to_owned()))?;
        own.push((name.to_owned(), source));
    }
    Ok(own)
}

/// Takes what is rendered, up to the cap.
#[derive(Default)]
struct Capped(Vec<u8>);

impl Capped {
    fn text(self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > RENDERED_SIZE_MAX {
            return Err(std::io::Error::other(
                "the text grows over 1 MiB; a loop within a loop?",
            ));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_renders_every_kind_in_both_languages() {
        let templates = Templates::load(None).unwrap();
        for language in Language::ALL {
            for kind in Kind::ALL {
                let rendered = templates.render(&specimen::full(kind, language)).unwrap();
                let names_it = rendered.subject.contains("C20260302-000017");
                assert_eq!(names_it, kind.is_of_a_ticket(), "{rendered:?}");
                assert!(!rendered.subject.contains('\n'));
                assert!(rendered.html.starts_with("<!doctype html>") && rendered.html.trim_end().ends_with("</html>"));
                for text in [&rendered.text, &rendered.html] {
                    let tells_of_it = text.contains("C20260302-000017");
                    assert_eq!(tells_of_it, kind != Kind::Calendar, "{text}");
                    assert!(!text.contains("{{"), "{text}");
                }
            }
        }
    }

    #[test]
    fn what_a_caller_said_stays_text_in_html_and_is_never_a_template() {
        let templates = Templates::load(None).unwrap();
        let mut letter = specimen::full(Kind::Clock, Language::Zh);
        letter.subject = "<script>alert(1)</script> {{7*7}} {{> x}} \" ' `".to_owned();
        letter.name = "<img src=x onerror=alert(1)>".to_owned();
        let rendered = templates.render(&letter).unwrap();
        assert!(!rendered.html.contains("<script") && !rendered.html.contains("<img"));
        assert!(rendered.html.contains("{{7*7}} {{&gt; x}}"), "{}", rendered.html);
        assert!(rendered.text.contains("<script>alert(1)</script> {{7*7}} {{> x}}"));
    }

    fn own_folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    fn refused(files: &[(&str, &str)]) -> String {
        let folder = own_folder(files);
        Templates::load(Some(folder.path())).err().expect("refused").to_string()
    }

    #[test]
    fn a_file_of_an_own_folder_takes_the_place_of_ours() {
        let folder = own_folder(&[("en/clock.subject.hbs", "Look at {{number}}\n"), ("en/.draft", "x")]);
        let templates = Templates::load(Some(folder.path())).unwrap();
        let subject = |language| {
            templates
                .render(&specimen::full(Kind::Clock, language))
                .unwrap()
                .subject
        };
        assert_eq!(subject(Language::En), "Look at C20260302-000017");
        assert!(subject(Language::Zh).starts_with("【已超时】急件 "));
    }

    #[test]
    fn an_own_template_that_fails_is_refused_with_file_line_and_cure() {
        for (name, text, expected) in [
            (
                "en/clock.text.hbs",
                "a\n{{{sentence}}}",
                "en/clock.text.hbs:2: `{{{…}}}`",
            ),
            (
                "zh-CN/told.html.hbs",
                "<p title={{name}}>",
                "zh-CN/told.html.hbs:1: `{{name}}` stands in an HTML tag",
            ),
            (
                "en/clock.text.hbs",
                "a\n\n{{nmae}}",
                "en/clock.text.hbs:3: Failed to access variable",
            ),
            (
                "en/clock.text.hbs",
                "{{#if clock.late}}{{x}}{{/if}}",
                "en/clock.text.hbs:1: ",
            ),
            ("en/clock.text.hbs", "{{> _ticket.txt}}", "there is no partial"),
            ("en/clok.text.hbs", "x", "no template of this name; known are"),
            (
                "en/_ticket.text.hbs",
                "{{> _foot.text}}{{> _ticket.text}}",
                "includes itself",
            ),
        ] {
            let problem = refused(&[(name, text)]);
            assert!(problem.contains(expected), "{text}: {problem}");
        }
    }

    #[test]
    fn a_loop_within_a_loop_ends_at_the_cap() {
        let nested = "{{#each others}}{{#each ../others}}{{#each ../../others}}{{#each ../../../others}}xxxxxxxxxx\
                      {{/each}}{{/each}}{{/each}}{{/each}}";
        let folder = own_folder(&[("en/told.text.hbs", nested)]);
        let templates = Templates::load(Some(folder.path())).unwrap();
        let mut letter = specimen::full(Kind::Told, Language::En);
        letter.others = vec!["x".to_owned(); 100];
        let problem = templates.render(&letter).unwrap_err().to_string();
        assert!(problem.contains("1 MiB"), "{problem}");
    }
}
