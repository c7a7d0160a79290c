//! The name somebody gave a file, as it is kept and shown: without a path, without what could deceive an eye or a
//! program, and ending as its content wants it.

use crate::ticket::attachment::NAME_LENGTH_MAX;

use super::media::Media;

/// Bytes of a name: what file systems take.
const BYTES_MAX: usize = 240;
/// Stands for a name of which nothing is left.
const NAMELESS: &str = "file";
/// Names that some systems keep for devices.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// The stated name, cleaned; its end is one that such files have.
pub fn clean(stated: &str, media: Media) -> String {
    let last = stated.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|mark| !deceives(*mark))
        .map(|mark| if "<>:\"|?*;%&'`$".contains(mark) { '_' } else { mark })
        .collect();
    let plain = plain.trim_matches(|mark: char| mark.is_whitespace() || mark == '.');
    let (stem, end) = match plain.rsplit_once('.') {
        Some((stem, end)) if is_of(end, media) => (stem, end),
        // Another ending stays visible and is no longer the last: `report.exe` with a PDF in it is `report.exe.pdf`.
        Some(_) | None => (plain, usual(media)),
    };
    let stem = stem.trim_end_matches(|mark: char| mark.is_whitespace() || mark == '.');
    let stem = if stem.is_empty() { NAMELESS } else { stem };
    let held = DEVICES.iter().any(|device| {
        let rest = stem.to_ascii_lowercase();
        rest.strip_prefix(device)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.bytes().all(|b| b.is_ascii_digit()))
    });
    let mut kept = String::from(if held { "_" } else { "" });
    for mark in stem.chars() {
        let full = kept.chars().count() + end.len() + 2 > NAME_LENGTH_MAX;
        if full || kept.len() + mark.len_utf8() + end.len() + 1 > BYTES_MAX {
            break;
        }
        kept.push(mark);
    }
    format!("{kept}.{}", end.to_ascii_lowercase())
}

fn is_of(end: &str, media: Media) -> bool {
    media.extensions().iter().any(|known| end.eq_ignore_ascii_case(known))
}

fn usual(media: Media) -> &'static str {
    media.extensions().first().copied().unwrap_or("bin")
}

/// Control characters, what turns the direction of writing, what has no width.
fn deceives(mark: char) -> bool {
    mark.is_control()
        || matches!(u32::from(mark),
            0x00AD | 0x061C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180E | 0x200B..=0x200F | 0x2028..=0x202E
            | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFF | 0xE0000..=0xE0FFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_without_what_deceives() {
        for (stated, media, kept) in [
            ("现场照片 1.JPG", Media::Jpeg, "现场照片 1.jpg"),
            ("../../etc/passwd", Media::Text, "passwd.txt"),
            ("C:\\Users\\li\\回复.docx", Media::Docx, "回复.docx"),
            ("photo\u{202e}gpj.exe", Media::Png, "photogpj.exe.png"),
            ("a\r\nSet-Cookie: x=1.pdf", Media::Pdf, "aSet-Cookie_ x=1.pdf"),
            ("invoice.pdf.exe", Media::Pdf, "invoice.pdf.exe.pdf"),
            ("evil.html", Media::Jpeg, "evil.html.jpg"),
            ("", Media::Png, "file.png"),
            (" ... ", Media::Png, "file.png"),
            (".png", Media::Png, "png.png"),
            ("CON.txt", Media::Text, "_CON.txt"),
            ("com1.txt", Media::Text, "_com1.txt"),
            ("comment.txt", Media::Text, "comment.txt"),
            ("\"><script>.txt", Media::Text, "___script_.txt"),
            ("表.et", Media::OldOffice, "表.et"),
        ] {
            assert_eq!(clean(stated, media), kept, "{stated:?}");
        }
    }

    #[test]
    fn long_names_are_cut_and_keep_their_ending() {
        for stated in ["长".repeat(500) + ".pdf", "a".repeat(5_000), "🎉".repeat(200) + ".pdf"] {
            let kept = clean(&stated, Media::Pdf);
            assert!(
                kept.chars().count() <= NAME_LENGTH_MAX && kept.len() <= 255,
                "{}",
                kept.len()
            );
            assert_eq!(kept.rsplit('.').next(), Some("pdf"));
        }
    }
}
