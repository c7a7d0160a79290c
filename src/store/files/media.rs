//! What a file is, by its content: the few kinds that are known, each by its own signature. What matches none is
//! unknown, whatever its name says, and is not taken.

/// What kinds of files may come: the words of `files.types`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Image,
    Pdf,
    Office,
    Text,
    Audio,
    Video,
}

impl Group {
    pub const ALL: [Self; 6] = [
        Self::Image,
        Self::Pdf,
        Self::Office,
        Self::Text,
        Self::Audio,
        Self::Video,
    ];

    /// The word of the settings; its sentences are `file-group-WORD` and, of several, `file-groups-WORD`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Pdf => "pdf",
            Self::Office => "office",
            Self::Text => "text",
            Self::Audio => "audio",
            Self::Video => "video",
        }
    }
}

macro_rules! kinds {
    ($($variant:ident = $media:literal, $group:ident, [$($extension:literal),+];)*) => {
        /// A kind of file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Media { $($variant,)* }

        impl Media {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// `image/jpeg`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $media,)* }
            }

            pub fn group(self) -> Group {
                match self { $(Self::$variant => Group::$group,)* }
            }

            /// How names of such files end; the first is the usual one.
            pub fn extensions(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($extension),+],)* }
            }
        }
    };
}

kinds! {
    Jpeg = "image/jpeg", Image, ["jpg", "jpeg", "jpe", "jfif"];
    Png = "image/png", Image, ["png"];
    Gif = "image/gif", Image, ["gif"];
    Webp = "image/webp", Image, ["webp"];
    Bmp = "image/bmp", Image, ["bmp"];
    Tiff = "image/tiff", Image, ["tif", "tiff"];
    Heic = "image/heic", Image, ["heic", "heif"];
    Pdf = "application/pdf", Pdf, ["pdf"];
    Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Office, ["docx"];
    Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Office, ["xlsx"];
    Pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation", Office, ["pptx"];
    Odt = "application/vnd.oasis.opendocument.text", Office, ["odt"];
    Ods = "application/vnd.oasis.opendocument.spreadsheet", Office, ["ods"];
    Odp = "application/vnd.oasis.opendocument.presentation", Office, ["odp"];
    // The office programs of before 2007, and WPS: which of them, only the name says.
    OldOffice = "application/x-ole-storage", Office, ["doc", "xls", "ppt", "wps", "et", "dps"];
    Text = "text/plain", Text, ["txt", "csv", "log", "md"];
    Wav = "audio/wav", Audio, ["wav"];
    Mp3 = "audio/mpeg", Audio, ["mp3"];
    Amr = "audio/amr", Audio, ["amr"];
    Ogg = "audio/ogg", Audio, ["ogg", "oga", "opus"];
    Flac = "audio/flac", Audio, ["flac"];
    M4a = "audio/mp4", Audio, ["m4a"];
    Mp4 = "video/mp4", Video, ["mp4", "m4v"];
    Mov = "video/quicktime", Video, ["mov"];
}

/// Bytes from the beginning that are enough to know a kind by.
pub const HEAD: usize = 512;

impl Media {
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|media| media.as_str() == text)
    }

    /// Images that a browser draws and nothing else: only these are ever shown in place.
    pub fn is_shown_in_place(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Gif | Self::Webp)
    }

    /// The kind by its first bytes; office documents in a container and texts are not known by these alone.
    pub(super) fn of_head(head: &[u8]) -> Option<Self> {
        let at = |from: usize, mark: &[u8]| head.get(from..from + mark.len()) == Some(mark);
        let found = if at(0, b"\xff\xd8\xff") {
            Self::Jpeg
        } else if at(0, b"\x89PNG\r\n\x1a\n") {
            Self::Png
        } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
            Self::Gif
        } else if at(0, b"RIFF") && at(8, b"WEBP") {
            Self::Webp
        } else if at(0, b"RIFF") && at(8, b"WAVE") {
            Self::Wav
        } else if at(0, b"BM") && at(6, &[0; 4]) {
            Self::Bmp
        } else if at(0, b"II*\0") || at(0, b"MM\0*") {
            Self::Tiff
        } else if at(0, b"%PDF-") {
            Self::Pdf
        } else if at(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
            Self::OldOffice
        } else if at(0, b"#!AMR") {
            Self::Amr
        } else if at(0, b"OggS") {
            Self::Ogg
        } else if at(0, b"fLaC") {
            Self::Flac
        } else if at(0, b"ID3") || is_mp3(head) {
            Self::Mp3
        } else if at(4, b"ftyp") {
            return of_brand(head.get(8..12)?);
        } else {
            return None;
        };
        Some(found)
    }
}

/// A frame of MPEG audio without a tag in front: layer III, a bit rate and a sampling rate that exist.
fn is_mp3(head: &[u8]) -> bool {
    match head {
        [0xff, second, third, ..] => {
            let is_layer_3 = second & 0xe6 == 0xe2;
            let rate = third >> 4;
            is_layer_3 && rate != 0 && rate != 15 && (third >> 2) & 3 != 3
        }
        _ => false,
    }
}

/// Containers of the ISO base media format say by a brand what is in them.
fn of_brand(brand: &[u8]) -> Option<Media> {
    Some(match brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"mif1" | b"msf1" => Media::Heic,
        b"M4A " | b"M4B " => Media::M4a,
        b"qt  " => Media::Mov,
        b"isom" | b"iso2" | b"iso4" | b"iso5" | b"iso6" | b"mp41" | b"mp42" | b"avc1" | b"M4V " | b"3gp4" | b"3gp5" => {
            Media::Mp4
        }
        _ => return None,
    })
}

/// Looks whether bytes, as they come, are plain text: no control characters but those of lines, and no markup that
/// some program would take for a page.
#[derive(Debug, Default)]
pub(super) struct TextLook {
    is_broken: bool,
}

impl TextLook {
    pub fn see(&mut self, bytes: &[u8]) {
        self.is_broken |= bytes
            .iter()
            .any(|byte| (*byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c)) || *byte == 0x7f);
    }

    /// Whether all of it was text; `head` is its beginning.
    pub fn is_text(&self, head: &[u8]) -> bool {
        let words = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        !self.is_broken && !words.starts_with(b"<") && !words.starts_with(b"{\\rtf") && !words.starts_with(b"%!")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_by_their_first_bytes_and_by_nothing_else() {
        for (head, media) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF"[..], Some(Media::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\0\0", Some(Media::Png)),
            (b"GIF89a", Some(Media::Gif)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(Media::Webp)),
            (b"RIFF\0\0\0\0WAVEfmt ", Some(Media::Wav)),
            (b"%PDF-1.7", Some(Media::Pdf)),
            (b"\0\0\0\x18ftypheic", Some(Media::Heic)),
            (b"\0\0\0\x18ftypM4A ", Some(Media::M4a)),
            (b"\0\0\0\x18ftypisom", Some(Media::Mp4)),
            (b"\xff\xfb\x90\x64\0", Some(Media::Mp3)),
            (b"#!AMR\n", Some(Media::Amr)),
            (b"<svg xmlns=", None),
            (b"<!doctype html>", None),
            (b"MZ\x90\0", None),
            (b"\x7fELF", None),
            (b"PK\x03\x04", None),
            (b"", None),
        ] {
            assert_eq!(Media::of_head(head), media, "{head:?}");
        }
    }

    #[test]
    fn text_is_text_and_markup_is_not() {
        let look = |bytes: &[u8]| {
            let mut look = TextLook::default();
            look.see(bytes);
            look.is_text(bytes)
        };
        assert!(look("说明：路灯不亮。\r\n".as_bytes()));
        assert!(look(b"\xcb\xb5\xc3\xf7 GBK,1,2\n"));
        for no in [
            &b"<html>"[..],
            b" \n<svg",
            b"\xef\xbb\xbf<?xml",
            b"a\0b",
            b"{\\rtf1",
            b"%!PS-Adobe",
        ] {
            assert!(!look(no), "{no:?}");
        }
    }

    #[test]
    fn words_of_kinds_are_found_again() {
        for media in Media::ALL {
            assert_eq!(Media::parse(media.as_str()), Some(*media));
        }
    }
}
