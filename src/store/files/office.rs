//! Office documents in a ZIP container, by the names of what is in it. Nothing is ever unpacked: only the table at the
//! end is read, and only so far.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::media::Media;

/// The end of a container: its record, and a comment of the greatest length behind it.
const TAIL: u64 = 22 + 65_535;
/// Bytes of the table that are read.
const TABLE_MAX: u64 = 4 << 20;
/// Entries a document has at most.
const ENTRIES_MAX: usize = 10_000;

/// Which kind of document; `None` for other containers, broken ones, those with macros, and those that would unpack
/// to places or in numbers no document has.
pub(super) fn kind(file: &mut File) -> io::Result<Option<Media>> {
    let Some(names) = names(file)? else { return Ok(None) };
    let has = |name: &str| names.iter().any(|known| known == name);
    let is_odd = |name: &String| {
        name.starts_with('/') || name.contains('\\') || name.split('/').any(|part| part == "..") || name.contains('\0')
    };
    let has_macros = |name: &String| {
        let lower = name.to_ascii_lowercase();
        lower.ends_with("vbaproject.bin") || lower.starts_with("basic/") || lower.contains("/activex/")
    };
    if names.iter().any(|name| is_odd(name) || has_macros(name)) {
        return Ok(None);
    }
    if has("[Content_Types].xml") {
        let found = [
            ("word/document.xml", Media::Docx),
            ("xl/workbook.xml", Media::Xlsx),
            ("ppt/presentation.xml", Media::Pptx),
        ];
        return Ok(found.iter().find(|(name, _)| has(name)).map(|(_, media)| *media));
    }
    if has("mimetype") && has("content.xml") {
        return of_open_document(file);
    }
    Ok(None)
}

/// OpenDocument writes its type first and uncompressed.
fn of_open_document(file: &mut File) -> io::Result<Option<Media>> {
    let mut head = [0_u8; 128];
    file.seek(SeekFrom::Start(0))?;
    let read = read_up_to(file, &mut head)?;
    let head = head.get(..read).unwrap_or_default();
    let kinds = [Media::Odt, Media::Ods, Media::Odp];
    Ok(kinds.into_iter().find(|media| {
        let wanted = [b"mimetype", media.as_str().as_bytes()].concat();
        head.get(30..30 + wanted.len()) == Some(&wanted)
    }))
}

/// The names of all entries, out of the table at the end.
fn names(file: &mut File) -> io::Result<Option<Vec<String>>> {
    let length = file.seek(SeekFrom::End(0))?;
    let from = length.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.by_ref().take(TAIL).read_to_end(&mut tail)?;
    let Some(end) = tail.windows(4).rposition(|mark| mark == b"PK\x05\x06") else {
        return Ok(None);
    };
    let record = tail.get(end..).unwrap_or_default();
    let (Some(count), Some(size), Some(start)) = (short(record, 10), long(record, 12), long(record, 16)) else {
        return Ok(None);
    };
    let fits = u64::from(start) + u64::from(size) <= from + u64::try_from(end).unwrap_or(u64::MAX);
    if count == 0 || usize::from(count) > ENTRIES_MAX || u64::from(size) > TABLE_MAX || !fits {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(u64::from(start)))?;
    let mut table = Vec::new();
    file.by_ref().take(u64::from(size)).read_to_end(&mut table)?;
    Ok(entries(&table, usize::from(count)))
}

fn entries(table: &[u8], count: usize) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = table;
    while names.len() < count {
        if rest.get(..4) != Some(b"PK\x01\x02") {
            return None;
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| short(rest, at).map(usize::from));
        let (name, extra, comment) = (name?, extra?, comment?);
        names.push(String::from_utf8_lossy(rest.get(46..46 + name)?).into_owned());
        rest = rest.get(46 + name + extra + comment..)?;
    }
    Some(names)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn read_up_to(file: &mut File, into: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while let Some(rest) = into.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match file.read(rest)? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    use super::*;

    fn container(entries: &[(&str, &str)]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        let mut zip = zip::ZipWriter::new(&mut file);
        for (name, text) in entries {
            let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
            zip.start_file(*name, stored).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        file
    }

    #[test]
    fn documents_are_known_by_what_is_in_them() {
        let types = ("[Content_Types].xml", "");
        let odt = ("mimetype", "application/vnd.oasis.opendocument.text");
        for (entries, media) in [
            (vec![types, ("word/document.xml", "")], Some(Media::Docx)),
            (vec![types, ("xl/workbook.xml", "")], Some(Media::Xlsx)),
            (vec![types, ("ppt/presentation.xml", "")], Some(Media::Pptx)),
            (vec![odt, ("content.xml", "")], Some(Media::Odt)),
            (vec![("a.txt", "")], None),
            (
                vec![types, ("word/document.xml", ""), ("word/vbaProject.bin", "")],
                None,
            ),
            (vec![types, ("word/document.xml", ""), ("../../evil", "")], None),
            (vec![("mimetype", "text/html"), ("content.xml", "")], None),
        ] {
            assert_eq!(kind(&mut container(&entries)).unwrap(), media, "{entries:?}");
        }
    }

    #[test]
    fn what_is_broken_is_no_document() {
        for bytes in [
            &b""[..],
            b"PK\x03\x04",
            b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0",
        ] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(bytes).unwrap();
            assert_eq!(kind(&mut file).unwrap(), None, "{bytes:?}");
        }
    }
}
