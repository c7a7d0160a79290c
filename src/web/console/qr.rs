//! A picture that a telephone reads, made here: nothing of a secret leaves the machine.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qrcodegen::{QrCode, QrCodeEcc};

/// Empty modules around it, as the standard asks for.
const BORDER: i32 = 4;

/// The picture as the address of an image: black on white in every theme, for cameras want it so. Nothing for a text that
/// is too long for one.
pub fn address(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size() + 2 * BORDER;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _ = write!(path, "M{},{}h1v1h-1z", x + BORDER, y + BORDER);
        }
    }
    let picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0,0h{size}v{size}h-{size}z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    );
    Some(format!("data:image/svg+xml;base64,{}", STANDARD.encode(picture)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_a_square_of_its_own() {
        let one = address("otpauth://totp/ombud:li?secret=AAAA&issuer=ombud").unwrap();
        let other = address("otpauth://totp/ombud:li?secret=AAAB&issuer=ombud").unwrap();
        assert!(one.starts_with("data:image/svg+xml;base64,"));
        assert_ne!(one, other);
        assert_eq!(address(&"x".repeat(10_000)), None);
    }
}
