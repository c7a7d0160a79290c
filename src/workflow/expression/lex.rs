//! From text to words, numbers, quoted texts and signs. Never fails on any text: what means nothing is a problem.

use super::problem::{ExpressionProblem, ProblemKind};
use crate::workflow::value::{DECIMAL_SCALE, Decimal};

#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    Word(String),
    Number(Decimal),
    Text(String),
    Sign(&'static str),
    End,
}

/// A token and the bytes it stands on.
#[derive(Clone, Debug)]
pub struct Placed {
    pub token: Token,
    pub start: usize,
    pub end: usize,
}

/// Longest first, so that `<=` is not read as `<`.
const SIGNS: [&str; 17] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "+", "-", "(", ")", "[", "]", ",", "?",
];

/// Signs of CEL or of other languages that this one does not have.
const UNSUPPORTED: [char; 8] = ['*', '/', '%', '.', '{', '}', '^', ';'];

/// What a Chinese keyboard types in place of a sign.
const FULL_WIDTH: [(char, &str); 20] = [
    ('（', "("),
    ('）', ")"),
    ('，', ","),
    ('＝', "=="),
    ('！', "!"),
    ('＜', "<"),
    ('＞', ">"),
    ('＋', "+"),
    ('－', "-"),
    ('？', "?"),
    ('：', ":"),
    ('＆', "&&"),
    ('｜', "||"),
    ('“', "\""),
    ('”', "\""),
    ('‘', "'"),
    ('’', "'"),
    ('≤', "<="),
    ('≥', ">="),
    ('≠', "!="),
];

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

/// All tokens, the last one is `End`.
pub fn tokens(text: &str) -> Result<Vec<Placed>, ExpressionProblem> {
    let mut lexer = Lexer { text, at: 0 };
    let mut found = Vec::new();
    loop {
        let placed = lexer.next()?;
        let ended = placed.token == Token::End;
        found.push(placed);
        if ended {
            return Ok(found);
        }
    }
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        Some(character)
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let taken: String = self.rest().chars().take_while(|character| wanted(*character)).collect();
        self.at += taken.len();
        taken
    }

    fn next(&mut self) -> Result<Placed, ExpressionProblem> {
        self.take_while(|character| matches!(character, ' ' | '\t' | '\n' | '\r'));
        let start = self.at;
        let token = match self.peek() {
            None => Token::End,
            Some(character) if character.is_ascii_alphabetic() || character == '_' => {
                Token::Word(self.take_while(|character| character.is_ascii_alphanumeric() || character == '_'))
            }
            Some(character) if character.is_ascii_digit() => self.number(start)?,
            Some(quote @ ('\'' | '"')) => self.quoted(start, quote)?,
            Some(character) => self.sign(start, character)?,
        };
        Ok(Placed {
            token,
            start,
            end: self.at,
        })
    }

    /// Plain digits, at most four decimal places: what `Decimal` keeps exactly.
    fn number(&mut self, start: usize) -> Result<Token, ExpressionProblem> {
        let written = self.take_while(|character| character.is_ascii_alphanumeric() || matches!(character, '.' | '_'));
        let bad = || ExpressionProblem::new(ProblemKind::Number, start, start + written.len()).with("found", &written);
        let (whole, places) = written.split_once('.').unwrap_or((&written, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let octal = whole.len() > 1 && whole.starts_with('0');
        if !digits(whole) || !digits(places) || octal || places.len() > 4 {
            return Err(bad());
        }
        let whole: i64 = whole.parse().map_err(|_| bad())?;
        let fraction: i64 = format!("{places:0<4}").parse().map_err(|_| bad())?;
        let scaled = whole
            .checked_mul(DECIMAL_SCALE)
            .and_then(|whole| whole.checked_add(fraction));
        scaled.map(|scaled| Token::Number(Decimal(scaled))).ok_or_else(bad)
    }

    fn quoted(&mut self, start: usize, quote: char) -> Result<Token, ExpressionProblem> {
        self.bump();
        let mut content = String::new();
        loop {
            let at = self.at;
            match self.bump() {
                None | Some('\n' | '\r') => {
                    return Err(ExpressionProblem::new(ProblemKind::OpenText, start, at).with("quote", quote));
                }
                Some('\\') => content.push(self.escape(at)?),
                Some(character) if character == quote => return Ok(Token::Text(content)),
                Some(character) => content.push(character),
            }
        }
    }

    fn escape(&mut self, start: usize) -> Result<char, ExpressionProblem> {
        let character = self.bump();
        let digits = match character {
            Some(plain @ ('\\' | '\'' | '"')) => return Ok(plain),
            Some('n') => return Ok('\n'),
            Some('r') => return Ok('\r'),
            Some('t') => return Ok('\t'),
            Some('u') => 4,
            Some('U') => 8,
            Some(_) | None => 0,
        };
        let code: String = self
            .rest()
            .chars()
            .take(digits)
            .take_while(char::is_ascii_hexdigit)
            .collect();
        self.at += code.len();
        let valid = (digits > 0 && code.len() == digits)
            .then(|| u32::from_str_radix(&code, 16).ok().and_then(char::from_u32))
            .flatten();
        valid.ok_or_else(|| {
            let found = self.text.get(start..self.at).unwrap_or_default();
            ExpressionProblem::new(ProblemKind::Escape, start, self.at).with("found", found)
        })
    }

    fn sign(&mut self, start: usize, character: char) -> Result<Token, ExpressionProblem> {
        let after = |length: usize| start + length;
        if self.rest().starts_with("<>") {
            let problem = ExpressionProblem::new(ProblemKind::Character, start, after(2));
            return Err(problem.with("found", "<>").meant(["!=".to_owned()]));
        }
        // `:` stands apart from SIGNS only because `::` is nothing.
        if let Some(sign) = SIGNS
            .into_iter()
            .chain([":"])
            .find(|sign| self.rest().starts_with(sign))
        {
            self.at += sign.len();
            return Ok(Token::Sign(sign));
        }
        let end = after(character.len_utf8());
        let problem = |kind| ExpressionProblem::new(kind, start, end).with("found", character);
        let full_width = FULL_WIDTH.iter().find(|(wide, _)| *wide == character);
        Err(match character {
            '=' => problem(ProblemKind::SingleEquals).meant(["==".to_owned()]),
            _ if character.is_alphabetic() => {
                let word = self.take_while(|character| character.is_alphanumeric() || character == '_');
                ExpressionProblem::new(ProblemKind::ForeignWord, start, self.at).with("found", word)
            }
            '&' => problem(ProblemKind::Character).meant(["&&".to_owned()]),
            '|' => problem(ProblemKind::Character).meant(["||".to_owned()]),
            _ if UNSUPPORTED.contains(&character) => problem(ProblemKind::Unsupported),
            _ => problem(ProblemKind::Character).meant(full_width.map(|(_, sign)| (*sign).to_owned())),
        })
    }
}
