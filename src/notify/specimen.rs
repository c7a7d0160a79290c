//! Letters of every kind with everything and with nothing in them: templates are tried on these before they are used.

use crate::texts::{Language, say};

use super::letter::{ClockLine, Kind, Letter, Line};

/// Letters that together reach every branch a template may take: all on, all off, and each off by itself.
pub fn letters(kind: Kind, language: Language) -> Vec<Letter> {
    let full = full(kind, language);
    let mut letters = vec![full.clone(), bare(kind, language)];
    let changes: [fn(&mut Letter); 10] = [
        |letter| letter.clock.late = false,
        |letter| {
            letter.clock.idle = true;
            letter.clock.due = String::new();
            letter.clock.span = String::new();
        },
        |letter| {
            letter.stands_for = 1;
            letter.stands_for_several = false;
        },
        |letter| {
            letter.others.clear();
            letter.told_others = false;
        },
        |letter| {
            letter.link = String::new();
            letter.linked = false;
        },
        |letter| letter.closed = true,
        |letter| {
            letter.acknowledge_link = String::new();
            letter.acknowledge_linked = false;
        },
        |letter| letter.sentence = String::new(),
        |letter| letter.actor = String::new(),
        |letter| letter.lines = letter.lines.iter().take(1).cloned().collect(),
    ];
    for change in changes {
        let mut letter = full.clone();
        change(&mut letter);
        letters.push(letter);
    }
    letters
}

/// A letter with everything in it; also what the pictures of the documentation show.
pub fn full(kind: Kind, language: Language) -> Letter {
    let pick = |zh: &str, en: &str| match language {
        Language::Zh => zh.to_owned(),
        Language::En => en.to_owned(),
    };
    let letter = Letter {
        kind,
        language,
        lang: language.tag(),
        centre: pick("市民服务热线", "Citizen hotline"),
        name: pick("张丽", "Zhang Li"),
        number: "C20260302-000017".to_owned(),
        subject: pick("和平路12号：电费多计", "12 Heping Road: overcharged"),
        workflow: pick("投诉", "Complaint"),
        state: pick("部门办理", "Departments at work"),
        closed: false,
        urgent: true,
        sentence: pick(
            "工单C20260302-000017「办理时限」已超时2小时5分钟",
            "C20260302-000017: Handling is overdue by 2 hours 5 minutes",
        ),
        clock: ClockLine {
            named: true,
            title: pick("办理时限", "Handling"),
            due: pick(
                "2026-03-09 周一 18:00（Asia/Shanghai）",
                "Mon 2026-03-09 18:00 (Asia/Shanghai)",
            ),
            due_at: None,
            late: true,
            span: pick("2小时5分钟", "2 hours 5 minutes"),
            idle: false,
        },
        stands_for: 3,
        stands_for_several: true,
        action: pick("派单", "Dispatch"),
        actor: pick("李明", "Li Ming"),
        refusal: pick("必填项未填：主办部门", "a required field is empty: Lead department"),
        others: vec![pick("王芳", "Wang Fang"), pick("赵强", "Zhao Qiang")],
        told_others: true,
        why: pick(
            "因为值班长无人值班，所以通知您（南区供电所的负责人）。",
            "You are told as head of South branch, because nobody is on duty as shift lead.",
        ),
        link: "https://ombud.example.org/tickets/C20260302-000017".to_owned(),
        linked: true,
        acknowledge: true,
        acknowledge_link: "https://ombud.example.org/acknowledge/3fT9".to_owned(),
        acknowledge_linked: true,
        lines: Vec::new(),
        count: 0,
    };
    match kind {
        Kind::Clock | Kind::Told | Kind::Refused | Kind::Chased => letter,
        Kind::Digest => digest(letter),
        Kind::Calendar => calendar(letter),
    }
}

fn calendar(letter: Letter) -> Letter {
    let language = letter.language;
    let arguments = [
        ("calendar", "default".into()),
        ("known", "2026".into()),
        ("missing", "2027".into()),
    ];
    Letter {
        centre: letter.centre,
        subject: say(language, "alarm-calendar-ending-title", &arguments),
        sentence: say(language, "alarm-calendar-ending", &arguments),
        why: say(language, "mail-why-calendar", &[]),
        link: "https://ombud.example.org/calendars".to_owned(),
        linked: true,
        ..Letter::of_no_ticket(letter.kind, language, letter.name)
    }
}

/// The same as a line of a digest, beside one with nothing in it that may be missing.
fn digest(letter: Letter) -> Letter {
    let (kind, language) = (letter.kind, letter.language);
    let pick = |zh: &str, en: &str| match language {
        Language::Zh => zh.to_owned(),
        Language::En => en.to_owned(),
    };
    let (centre, name) = (letter.centre.clone(), letter.name.clone());
    let first = Line::of(
        letter,
        pick(
            "【已超时】C20260302-000017 办理时限：和平路12号：电费多计",
            "[Overdue] C20260302-000017 Handling: 12 Heping Road: overcharged",
        ),
    );
    let second = Line {
        title: pick(
            "【催办】C20260302-000018：路灯不亮",
            "[Chased] C20260302-000018: A street lamp is dark",
        ),
        number: "C20260302-000018".to_owned(),
        sentence: String::new(),
        why: say(language, "mail-why-chased", &[]),
        link: String::new(),
        linked: false,
        acknowledge_link: String::new(),
        acknowledge_linked: false,
    };
    Letter {
        centre,
        lines: vec![first, second],
        count: 2,
        why: say(language, "mail-why-digest", &[]),
        link: "https://ombud.example.org/inbox".to_owned(),
        linked: true,
        ..Letter::of_no_ticket(kind, language, name)
    }
}

/// A letter with nothing in it that may be missing.
fn bare(kind: Kind, language: Language) -> Letter {
    let full = full(kind, language);
    Letter {
        number: full.number,
        subject: full.subject,
        workflow: full.workflow,
        state: full.state,
        why: full.why,
        lines: full.lines,
        count: full.count,
        ..Letter::of_no_ticket(kind, language, full.name)
    }
}
