//! The templates of the pages: embedded, compiled once, strict: a name that a view does not have is an error, and every
//! word comes from the texts.

use std::sync::LazyLock;

use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, JsonValue, Output, RenderContext, RenderError,
    RenderErrorReason, ScopedJson, handlebars_helper,
};
use rust_embed::RustEmbed;
use serde::Serialize;

use crate::discreet::discreet;
use crate::texts::{Arg, Language, pinyin, say};
use crate::web::problem::{Code, Problem};

use super::assets;

#[derive(RustEmbed)]
#[folder = "templates/console"]
#[include = "*.hbs"]
struct Sources;

static TEMPLATES: LazyLock<Result<Handlebars<'static>, String>> = LazyLock::new(compiled);

/// A template filled with a view.
pub fn render(template: &str, view: &impl Serialize) -> Result<String, Problem> {
    let wrong = |error: &dyn std::fmt::Display| {
        tracing::error!(template, error = discreet(error), "a page could not be made");
        Problem::new(Code::Internal)
    };
    let templates = TEMPLATES.as_ref().map_err(|error| wrong(error))?;
    templates.render(template, view).map_err(|error| wrong(&error.reason()))
}

fn compiled() -> Result<Handlebars<'static>, String> {
    let mut templates = Handlebars::new();
    templates.set_strict_mode(true);
    for file in Sources::iter() {
        let bytes = Sources::get(&file).ok_or("an embedded file is not there")?;
        let source = String::from_utf8(bytes.data.into_owned()).map_err(|error| error.to_string())?;
        let name = file.trim_end_matches(".hbs");
        templates
            .register_template_string(name, source)
            .map_err(|error| format!("{file}: {error}"))?;
    }
    handlebars_helper!(eq: |a: JsonValue, b: JsonValue| a == b);
    templates.register_helper("eq", Box::new(eq));
    handlebars_helper!(initials: |text: JsonValue| pinyin::initials(text.as_str().unwrap_or_default()));
    templates.register_helper("pinyin", Box::new(initials));
    templates.register_helper("t", Box::new(Words));
    templates.register_helper("icon", Box::new(icon));
    templates.register_helper("asset", Box::new(asset));
    templates.register_helper("drawing", Box::new(drawing));
    Ok(templates)
}

/// `{{t "key" name=value}}`: a sentence in the language of the page; escaped like every value.
struct Words;

impl HelperDef for Words {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        context: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let key = helper
            .param(0)
            .and_then(|param| param.value().as_str())
            .ok_or(RenderErrorReason::ParamNotFoundForIndex("t", 0))?;
        let tag = context.data().pointer("/shell/language").and_then(JsonValue::as_str);
        let language = tag.and_then(Language::from_tag).unwrap_or_default();
        let arguments: Vec<(&str, Arg)> = helper
            .hash()
            .iter()
            .map(|(name, value)| (*name, argument(value.value())))
            .collect();
        Ok(ScopedJson::Derived(JsonValue::String(say(language, key, &arguments))))
    }
}

fn argument(value: &JsonValue) -> Arg<'_> {
    match (value.as_str(), value.as_i64()) {
        (Some(text), _) => Arg::from(text),
        (None, Some(number)) => Arg::from(number),
        (None, None) => Arg::from(value.to_string()),
    }
}

/// `{{icon "name" "class"}}`: an icon of the sprite, hidden from who listens instead of looking.
fn icon(helper: &Helper, _: &Handlebars, _: &Context, _: &mut RenderContext, out: &mut dyn Output) -> HelperResult {
    let word = |place: usize| {
        helper
            .param(place)
            .and_then(|param| param.value().as_str())
            .unwrap_or_default()
    };
    let (name, class) = (handlebars::html_escape(word(0)), handlebars::html_escape(word(1)));
    let sprite = assets::address("icons.svg");
    out.write(&format!(
        r#"<svg class="i {class}" aria-hidden="true" focusable="false"><use href="{sprite}#{name}"/></svg>"#
    ))?;
    Ok(())
}

/// `{{asset "app.css"}}`: the address of an asset with its version.
fn asset(helper: &Helper, _: &Handlebars, _: &Context, _: &mut RenderContext, out: &mut dyn Output) -> HelperResult {
    let name = helper
        .param(0)
        .and_then(|param| param.value().as_str())
        .unwrap_or_default();
    out.write(&assets::address(name))?;
    Ok(())
}

/// `{{drawing page.svg}}`: a picture that `workflow::draw` made, which escapes every word in it. Anything else is
/// escaped like every value.
fn drawing(helper: &Helper, _: &Handlebars, _: &Context, _: &mut RenderContext, out: &mut dyn Output) -> HelperResult {
    let picture = helper.param(0).and_then(|param| param.value().as_str());
    let picture = picture.unwrap_or_default();
    if picture.starts_with(r#"<svg class="sd""#) {
        out.write(picture)?;
    } else {
        out.write(&handlebars::html_escape(picture))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::texts::find;

    fn sources() -> Vec<(String, String)> {
        Sources::iter()
            .map(|file| {
                let text = String::from_utf8(Sources::get(&file).unwrap().data.into_owned()).unwrap();
                (file.to_string(), text)
            })
            .collect()
    }

    #[test]
    fn every_template_compiles() {
        assert!(TEMPLATES.is_ok(), "{:?}", TEMPLATES.as_ref().err());
    }

    #[test]
    fn no_template_shows_anything_unescaped_or_styles_or_scripts_in_place() {
        for (file, text) in sources() {
            for forbidden in ["{{{", "{{&", "<style", " style=", " onclick=", " hx-on", "javascript:"] {
                assert!(!text.contains(forbidden), "{file} has {forbidden}");
            }
            for script in text.split("<script").skip(1) {
                assert!(script.trim_start().starts_with("src="), "{file} has a script in place");
            }
        }
    }

    #[test]
    fn every_word_of_a_template_is_a_text_in_both_languages() {
        let mut keys = BTreeSet::new();
        for (file, text) in sources() {
            assert!(
                !text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
                "{file} has Chinese words of its own"
            );
            for call in text.split("{{t \"").skip(1).chain(text.split("(t \"").skip(1)) {
                keys.insert(call.split('"').next().unwrap().to_owned());
            }
        }
        assert!(keys.len() > 20);
        for language in Language::ALL {
            let arguments = [
                "count", "min", "state", "who", "revision", "seconds", "number", "what", "line", "column", "max",
                "size", "kinds", "role", "names", "title",
            ]
            .map(|name| (name, Arg::from("1")));
            let missing: Vec<_> = keys
                .iter()
                .filter(|key| find(language, key, &arguments).is_none())
                .collect();
            assert!(missing.is_empty(), "no {} text for {missing:?}", language.tag());
        }
    }
}
