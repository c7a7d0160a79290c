//! What mails look like: every kind in both languages, kept as files so that a change of words is seen in a review.

use ombud::notify::letter::Kind;
use ombud::notify::render::Templates;
use ombud::notify::specimen;
use ombud::texts::Language;

#[test]
fn every_kind_of_mail_looks_as_agreed() {
    let templates = Templates::load(None).unwrap();
    for language in Language::ALL {
        for kind in Kind::ALL {
            let mail = templates.render(&specimen::full(kind, language)).unwrap();
            let name = format!("{}-{}", kind.as_str(), language.tag());
            insta::assert_snapshot!(name, format!("{}\n\n{}\n{}", mail.subject, mail.text, mail.html));
        }
    }
}
