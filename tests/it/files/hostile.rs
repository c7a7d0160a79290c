//! What never gets in, and what comes in only under another name; bodies that break off, come too slowly or never end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{FILE_MAX, Kept, PNG};

/// A container with these entries, uncompressed.
fn zip(entries: &[&str]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut zip = zip::ZipWriter::new(&mut bytes);
    for name in entries {
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file(*name, stored).unwrap();
    }
    zip.finish().unwrap();
    bytes.into_inner()
}

#[actix_web::test]
async fn what_counts_is_the_content() {
    let kept = Kept::new().await;
    let mut bomb = zip(&["[Content_Types].xml", "word/document.xml"]);
    // Says that it has more entries than it has.
    let end = bomb.len() - 22;
    bomb[end + 10] = 0xff;
    for (place, (name, bytes)) in [
        ("photo.jpg", b"<!doctype html><script>alert(1)</script>".to_vec()),
        (
            "photo.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>".to_vec(),
        ),
        ("bom.txt", b"\xef\xbb\xbf  <html>".to_vec()),
        ("run.exe", b"MZ\x90\0\x03".to_vec()),
        ("run.sh", b"\x7fELF\x02\x01".to_vec()),
        ("letter.docx", zip(&["evil.exe"])),
        (
            "letter.docx",
            zip(&["[Content_Types].xml", "word/document.xml", "../../etc/cron.d/x"]),
        ),
        (
            "letter.docm",
            zip(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]),
        ),
        ("letter.docx", bomb),
        ("film.mp4", b"\0\0\0\x18ftypisom\0\0".to_vec()),
        ("rtf.doc", b"{\\rtf1 x}".to_vec()),
        ("nul.txt", b"a\0b".to_vec()),
    ]
    .into_iter()
    .enumerate()
    {
        let refused = kept
            .put("li", &format!("f{place}"), &format!("?name={name}"), &bytes)
            .await;
        assert_eq!(
            (refused.status, refused.at("/code")),
            (415, json!("file_kind")),
            "{name}: {}",
            refused.text
        );
        assert!(refused.text.contains("docx"), "what would be taken: {}", refused.text);
    }
    let empty = kept.put("li", "empty", "?name=a.txt", b"").await;
    assert_eq!((empty.status, empty.faults()[0].0.as_str()), (422, "file_empty"));
    assert_eq!((kept.contents().len(), kept.incoming().len()), (0, 0));
    kept.app.stop().await;
}

#[actix_web::test]
async fn names_lose_what_deceives() {
    let kept = Kept::new().await;
    for (place, (stated, name)) in [
        ("..%2F..%2Fetc%2Fpasswd", "passwd.txt"),
        ("photo%E2%80%AEgpj.exe", "photogpj.exe.txt"),
        ("a%0D%0AX-Evil%3A%201.txt", "aX-Evil_ 1.txt"),
        ("%3Cimg%20src%3Dx%3E.txt", "_img src=x_.txt"),
        ("", "file.txt"),
    ]
    .into_iter()
    .enumerate()
    {
        let up = kept
            .put("li", &format!("n{place}"), &format!("?name={stated}"), b"words\n")
            .await;
        assert_eq!((up.status, up.at("/name")), (201, json!(name)), "{}", up.text);
    }
    for id in ["..", "a b", "%2e%2e%2fx", &"x".repeat(65)] {
        let refused = kept.put("li", id, "", b"words\n").await;
        assert!(
            [400, 404, 405, 422].contains(&refused.status),
            "{id}: {}",
            refused.status
        );
    }
    assert_eq!(kept.contents().len(), 1);
    kept.app.stop().await;
}

#[actix_web::test]
async fn a_file_over_its_limit_is_refused_before_it_comes_and_while_it_comes() {
    let kept = Kept::new().await;
    let over = vec![b'x'; usize::try_from(FILE_MAX).unwrap() + 1];
    let refused = kept.put("li", "over", "?name=a.txt", &over).await;
    assert_eq!(
        (refused.status, refused.at("/code")),
        (413, json!("file_too_large")),
        "{}",
        refused.text
    );
    // Nobody says how much it will be.
    let answer = raw(&kept, |stream, token| {
        head(stream, token, "chunked", "Transfer-Encoding: chunked");
        for _ in 0..3 {
            let _ = write!(stream, "{:x}\r\n", over.len() / 2);
            let _ = stream.write_all(&over[..over.len() / 2]);
            let _ = stream.write_all(b"\r\n");
        }
    })
    .await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!((kept.contents().len(), kept.incoming().len()), (0, 0));
    kept.app.stop().await;
}

#[actix_web::test]
async fn what_breaks_off_or_comes_too_slowly_leaves_nothing() {
    let kept = Kept::with(&[("OMBUD_LIMITS_BODY_WITHIN_SECONDS", "1")]).await;
    // Half of it, and then the connection is cut.
    raw(&kept, |stream, token| {
        head(stream, token, "cut", "Content-Length: 1000");
        stream.write_all(PNG).unwrap();
        stream.shutdown(std::net::Shutdown::Both).unwrap();
    })
    .await;
    let begun = Instant::now();
    let answer = raw(&kept, |stream, token| {
        head(stream, token, "slow", "Content-Length: 1000");
        stream.write_all(PNG).unwrap();
    })
    .await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(8));
    for _ in 0..200 {
        if kept.incoming().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!((kept.contents().len(), kept.incoming().len()), (0, 0));
    assert_eq!(kept.app.get("li", "/api/v1/uploads").await.at("/items"), json!([]));
    kept.app.stop().await;
}

#[actix_web::test]
async fn the_same_content_from_many_at_once_lies_there_once() {
    let kept = Kept::new().await;
    let number = kept.app.dispatched().await;
    let uploads = (0..8).map(|place| {
        let kept = &kept;
        async move { kept.put("sun", &format!("u{place}"), "?name=a.png", PNG).await.status }
    });
    let statuses = futures_util::future::join_all(uploads).await;
    assert_eq!(statuses, [201; 8]);
    assert_eq!(kept.contents().len(), 1);
    for files in [["u0", "u1"], ["u2", "u3"]] {
        let done = kept.app.act("sun", &number, "attach", &json!({"files": files})).await;
        assert_eq!(done.status, 200, "{}", done.text);
    }
    assert_eq!(kept.list("sun", &number).await.len(), 4);
    kept.app.stop().await;
}

/// The head of an upload.
fn head(stream: &mut TcpStream, token: &str, id: &str, length: &str) {
    write!(
        stream,
        "PUT /api/v1/uploads/{id}?name=a.txt HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{length}\r\n\r\n"
    )
    .unwrap();
}

/// Speaks with the server by hand; what it says in the end.
async fn raw(kept: &Kept, say: impl FnOnce(&mut TcpStream, &str) + Send) -> String {
    let (address, token) = (kept.app.address, kept.app.token_of("li"));
    // The server lives in this thread: the conversation takes place in another.
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    std::thread::scope(|scope| scope.spawn(|| say(&mut stream, &token)).join().unwrap());
    tokio::task::spawn_blocking(move || {
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    })
    .await
    .unwrap()
}
