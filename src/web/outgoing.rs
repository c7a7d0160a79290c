//! A file on its way out: streamed, never as something a browser would run. It is saved, not shown, but for a few
//! kinds of images; its type is what its content was found to be; it may load nothing, frame nothing, script nothing.

use std::io::SeekFrom;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE,
};
use futures_util::stream::try_unfold;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use crate::desk::files::Opened;
use crate::store::files::Media;

use super::problem::{Code, Problem};

/// For whatever is sent: even a page in it would be a page of nobody, without scripts.
const POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";
/// Bytes sent at a time.
const CHUNK: usize = 1 << 16;

/// How a file is to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// To be saved.
    Saved,
    /// In place, where it is an image that is harmless in place; else to be saved.
    InPlace,
}

/// Answers with a file, or with the part of it that is asked for.
pub async fn send(request: &HttpRequest, opened: Opened, shown: Shown) -> Result<HttpResponse, Problem> {
    let Opened {
        file,
        name,
        size,
        media,
        hash,
    } = opened;
    let in_place = shown == Shown::InPlace && media.is_some_and(Media::is_shown_in_place);
    let tag = format!("\"{hash}\"");
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CONTENT_TYPE, media.map_or("application/octet-stream", Media::as_str)))
        .insert_header((CONTENT_DISPOSITION, disposition(&name, in_place)))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        // The browser of this person may keep it for a while, nobody in between may.
        .insert_header((CACHE_CONTROL, "private, max-age=300, no-transform"))
        // It is sent as it is: a compressed part would be the part of something else.
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header((ETAG, tag.clone()));
    if header(IF_NONE_MATCH).is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
        return Ok(answer.status(StatusCode::NOT_MODIFIED).finish());
    }
    let wanted = header(RANGE).filter(|_| header(IF_RANGE).is_none_or(|known| known == tag));
    let (from, length) = match wanted.map(|wanted| range(wanted, size)) {
        None | Some(Wanted::Whole) => (0, size),
        Some(Wanted::Part(from, length)) => {
            let to = from + length - 1;
            answer
                .status(StatusCode::PARTIAL_CONTENT)
                .insert_header((CONTENT_RANGE, format!("bytes {from}-{to}/{size}")));
            (from, length)
        }
        Some(Wanted::Beyond) => {
            let range = format!("bytes */{size}");
            return Err(Problem::new(Code::RangeBeyond).header("Content-Range", range));
        }
    };
    let mut file = tokio::fs::File::from_std(file);
    let sought = file.seek(SeekFrom::Start(from)).await;
    sought.map_err(|_| Problem::new(Code::Internal))?;
    let parts = try_unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let most = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        let mut bytes = actix_web::web::BytesMut::zeroed(most);
        let read = file.read(&mut bytes).await?;
        if read == 0 {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof));
        }
        bytes.truncate(read);
        let left = left.saturating_sub(u64::try_from(read).unwrap_or(left));
        Ok::<_, std::io::Error>(Some((bytes.freeze(), (file, left))))
    });
    Ok(answer.body(SizedStream::new(length, Box::pin(parts))))
}

/// The name in both forms: what every client reads, and the whole of it in UTF-8 (RFC 6266).
fn disposition(name: &str, in_place: bool) -> String {
    let kind = if in_place { "inline" } else { "attachment" };
    let plain: String = name
        .chars()
        .map(|mark| {
            if mark.is_ascii_alphanumeric() || " ._-()".contains(mark) {
                mark
            } else {
                '_'
            }
        })
        .collect();
    let escaped = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    let whole: String = name.bytes().map(escaped).collect();
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    /// From where, and how much.
    Part(u64, u64),
    Beyond,
}

/// One range of bytes; several at once are answered with the whole, as the rules allow.
fn range(header: &str, size: u64) -> Wanted {
    let Some((from, to)) = header
        .strip_prefix("bytes=")
        .filter(|ranges| !ranges.contains(','))
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Wanted::Whole;
    };
    match (from.parse::<u64>(), to.parse::<u64>()) {
        (Ok(from), to) => {
            let Ok(to) = (if to.is_err() && range_is_open(header) {
                Ok(size)
            } else {
                to
            }) else {
                return Wanted::Whole;
            };
            if from >= size {
                return Wanted::Beyond;
            }
            if to < from {
                return Wanted::Whole;
            }
            Wanted::Part(from, to.min(size - 1) - from + 1)
        }
        (Err(_), Ok(last)) if from.is_empty() => {
            if last == 0 || size == 0 {
                return Wanted::Beyond;
            }
            let length = last.min(size);
            Wanted::Part(size - length, length)
        }
        (Err(_), _) => Wanted::Whole,
    }
}

fn range_is_open(header: &str) -> bool {
    header.trim_end().ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_rules_say() {
        for (header, wanted) in [
            ("bytes=0-3", Wanted::Part(0, 4)),
            ("bytes=4-", Wanted::Part(4, 6)),
            ("bytes=-3", Wanted::Part(7, 3)),
            ("bytes=8-100", Wanted::Part(8, 2)),
            ("bytes=-100", Wanted::Part(0, 10)),
            ("bytes=10-", Wanted::Beyond),
            ("bytes=-0", Wanted::Beyond),
            ("bytes=5-2", Wanted::Whole),
            ("bytes=0-1,4-5", Wanted::Whole),
            ("lines=0-1", Wanted::Whole),
            ("bytes=x-y", Wanted::Whole),
        ] {
            assert_eq!(range(header, 10), wanted, "{header}");
        }
    }

    #[test]
    fn a_name_ends_no_header_and_stays_whole() {
        let said = disposition("现场 \"1\".jpg", false);
        assert_eq!(
            said,
            "attachment; filename=\"__ _1_.jpg\"; filename*=UTF-8''%E7%8E%B0%E5%9C%BA%20%221%22.jpg"
        );
        assert!(disposition("a.png", true).starts_with("inline; "));
    }
}
