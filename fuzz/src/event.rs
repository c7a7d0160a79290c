//! Events as they come back from the database, a line of JSON each: what can be read can be folded, sealed and unsealed
//! to the same; a stored body of any text, after a tab its content, is read or refused.

use ombud::store::chain::{START, broken_commitments, follow, seal, unseal};
use ombud::ticket::apply::{apply, born};
use ombud::ticket::event::Event;
use ombud::ticket::model::Ticket;

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut ticket: Option<Ticket> = None;
    let mut hash = START;
    for line in text.lines().take(64) {
        stored(line);
        let Ok(event) = serde_json::from_str::<Event>(line) else {
            continue;
        };
        let sealed = seal(&event, &hash).expect("what was read can be written");
        assert_eq!(follow(&hash, &sealed.body), sealed.hash);
        let content = sealed.content.as_deref();
        assert_eq!(unseal(&sealed.body, content).expect("sealed here"), event);
        assert!(
            broken_commitments(&sealed.body, content)
                .expect("sealed here")
                .is_empty()
        );
        unseal(&sealed.body, None).expect("erased");
        hash = sealed.hash;
        match &mut ticket {
            Some(ticket) => apply(ticket, &event),
            None => ticket = born(&event),
        }
    }
    if let Some(ticket) = ticket {
        let kept = serde_json::to_string(&ticket).expect("a ticket is kept as JSON");
        assert_eq!(serde_json::from_str::<Ticket>(&kept).expect("written here"), ticket);
    }
}

fn stored(line: &str) {
    let (body, content) = match line.split_once('\t') {
        Some((body, content)) => (body, Some(content)),
        None => (line, None),
    };
    let _ = unseal(body, content);
    let _ = broken_commitments(body, content);
}
