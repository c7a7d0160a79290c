//! From tokens to syntax, with CEL's precedence: `?:`, `||`, `&&`, comparisons and `in`, `+ -`, `! -`.
//!
//! Stops at the first mistake: what follows one is guesswork. Nesting is counted, so that no text can exhaust the
//! stack of the reader or of anything that walks its result.

use super::known::nearest;
use super::lex::{Placed, Token, tokens};
use super::problem::{ExpressionProblem, ProblemKind};
use super::syntax::{FUNCTIONS, INSTANTS, Kind, Node, Relation};
use super::{DEPTH_MAX, TEXT_LENGTH_MAX};
use crate::workflow::id::FieldId;

type Read = Result<Node, ExpressionProblem>;

/// Reads a whole expression.
pub fn parse(text: &str) -> Read {
    if text.len() > TEXT_LENGTH_MAX {
        let problem = ExpressionProblem::new(ProblemKind::TooLong, 0, text.len());
        return Err(problem.with("max", TEXT_LENGTH_MAX.to_string()));
    }
    if text.trim().is_empty() {
        return Err(ExpressionProblem::new(ProblemKind::Missing, 0, text.len()));
    }
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
    };
    let node = parser.choose()?;
    match parser.peek() {
        Token::End => Ok(node),
        Token::Word(_) | Token::Number(_) | Token::Text(_) | Token::Sign(_) => Err(parser.unexpected()),
    }
}

/// A part, no taller than what may be walked.
fn node(kind: Kind, start: usize, end: usize) -> Read {
    let node = Node::new(kind, start, end);
    if node.height <= DEPTH_MAX {
        Ok(node)
    } else {
        Err(too_deep(start, end))
    }
}

fn too_deep(start: usize, end: usize) -> ExpressionProblem {
    ExpressionProblem::new(ProblemKind::TooDeep, start, end).with("max", DEPTH_MAX.to_string())
}

struct Parser {
    tokens: Vec<Placed>,
    at: usize,
    depth: usize,
}

/// Words of other languages for the signs of this one.
const WORDS: [(&str, &str); 7] = [
    ("and", "&&"),
    ("or", "||"),
    ("not", "!"),
    ("is", "=="),
    ("yes", "true"),
    ("no", "false"),
    ("null", ""),
];

const RELATIONS: [(&str, Relation); 6] = [
    ("==", Relation::Equal),
    ("!=", Relation::NotEqual),
    ("<=", Relation::LessOrEqual),
    (">=", Relation::GreaterOrEqual),
    ("<", Relation::Less),
    (">", Relation::Greater),
];

static END: Placed = Placed {
    token: Token::End,
    start: 0,
    end: 0,
};

impl Parser {
    fn placed(&self) -> &Placed {
        // The list always ends with `End`, and nobody steps beyond it.
        self.tokens.get(self.at).or(self.tokens.last()).unwrap_or(&END)
    }

    fn peek(&self) -> &Token {
        &self.placed().token
    }

    fn step(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    fn take(&mut self, sign: &str) -> bool {
        let fits = matches!(self.peek(), Token::Sign(found) if *found == sign);
        if fits {
            self.step();
        }
        fits
    }

    /// End of the token before this one.
    fn behind(&self) -> usize {
        self.at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(0, |placed| placed.end)
    }

    fn unexpected(&self) -> ExpressionProblem {
        let placed = self.placed();
        let problem = |kind| ExpressionProblem::new(kind, placed.start, placed.end);
        match &placed.token {
            Token::End => problem(ProblemKind::Ends),
            Token::Word(word) => {
                let sign = WORDS.iter().find(|(written, _)| written.eq_ignore_ascii_case(word));
                let meant = sign.map(|(_, sign)| (*sign).to_owned()).filter(|sign| !sign.is_empty());
                problem(ProblemKind::Unexpected).with("found", word).meant(meant)
            }
            Token::Number(_) => problem(ProblemKind::Unexpected).with("found", "a number"),
            Token::Text(text) => problem(ProblemKind::Unexpected).with("found", format!("'{text}'")),
            Token::Sign("[") => problem(ProblemKind::Unsupported).with("found", "[ ]"),
            Token::Sign(sign) => problem(ProblemKind::Unexpected).with("found", *sign),
        }
    }

    /// One level deeper while `read` runs: bounds the reader itself.
    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Read) -> Read {
        self.depth += 1;
        let result = if self.depth <= DEPTH_MAX {
            read(self)
        } else {
            Err(too_deep(self.placed().start, self.placed().end))
        };
        self.depth -= 1;
        result
    }

    fn choose(&mut self) -> Read {
        let condition = self.any()?;
        if !self.take("?") {
            return Ok(condition);
        }
        // As in CEL: what stands between is without `?:` of its own, what stands behind may go on.
        let one = self.any()?;
        if !self.take(":") {
            return Err(self.unexpected());
        }
        let other = self.nested(Self::choose)?;
        let (start, end) = (condition.start, other.end);
        node(
            Kind::Choose(Box::new(condition), Box::new(one), Box::new(other)),
            start,
            end,
        )
    }

    fn any(&mut self) -> Read {
        self.chain("||", Self::all, Kind::Any)
    }

    fn all(&mut self) -> Read {
        self.chain("&&", Self::relation, Kind::All)
    }

    /// `a && b && c` as one flat list, so that long conditions are not deep ones.
    fn chain(&mut self, sign: &str, part: fn(&mut Self) -> Read, kind: fn(Vec<Node>) -> Kind) -> Read {
        let first = part(self)?;
        if !matches!(self.peek(), Token::Sign(found) if *found == sign) {
            return Ok(first);
        }
        let start = first.start;
        let mut parts = vec![first];
        while self.take(sign) {
            parts.push(part(self)?);
        }
        node(kind(parts), start, self.behind())
    }

    fn relation(&mut self) -> Read {
        let mut left = self.sum()?;
        loop {
            let relation = match self.peek() {
                Token::Sign(sign) => RELATIONS
                    .iter()
                    .find(|(found, _)| found == sign)
                    .map(|(_, relation)| *relation),
                Token::Word(word) if word == "in" => Some(Relation::In),
                Token::Word(_) | Token::Number(_) | Token::Text(_) | Token::End => None,
            };
            let Some(relation) = relation else {
                return Ok(left);
            };
            self.step();
            let right = self.sum()?;
            let (start, end) = (left.start, right.end);
            left = node(Kind::Relation(relation, Box::new(left), Box::new(right)), start, end)?;
        }
    }

    fn sum(&mut self) -> Read {
        let mut left = self.unary()?;
        loop {
            let kind: fn(Box<Node>, Box<Node>) -> Kind = match self.peek() {
                Token::Sign("+") => Kind::Plus,
                Token::Sign("-") => Kind::Minus,
                Token::Sign(_) | Token::Word(_) | Token::Number(_) | Token::Text(_) | Token::End => return Ok(left),
            };
            self.step();
            let right = self.unary()?;
            let (start, end) = (left.start, right.end);
            left = node(kind(Box::new(left), Box::new(right)), start, end)?;
        }
    }

    fn unary(&mut self) -> Read {
        let start = self.placed().start;
        let kind: fn(Box<Node>) -> Kind = if self.take("!") {
            Kind::Not
        } else if self.take("-") {
            Kind::Negative
        } else {
            return self.primary();
        };
        let inner = self.nested(Self::unary)?;
        let end = inner.end;
        node(kind(Box::new(inner)), start, end)
    }

    fn primary(&mut self) -> Read {
        let Placed { token, start, end } = self.placed().clone();
        let kind = match token {
            Token::Number(number) => Kind::Number(number),
            Token::Text(text) => Kind::Text(text.into()),
            Token::Word(word) => return self.word(&word, start, end),
            Token::Sign("(") => {
                self.step();
                let inner = self.nested(Self::choose)?;
                self.close(")", "(", start)?;
                return node(inner.kind, start, self.behind());
            }
            Token::Sign("[") => {
                self.step();
                let items = self.items("]", "[", start)?;
                return node(Kind::List(items), start, self.behind());
            }
            Token::Sign(_) | Token::End => return Err(self.unexpected()),
        };
        self.step();
        node(kind, start, end)
    }

    fn word(&mut self, word: &str, start: usize, end: usize) -> Read {
        let kind = match word {
            "true" => Kind::YesNo(true),
            "false" => Kind::YesNo(false),
            "in" | "null" | "and" | "or" | "not" => return Err(self.unexpected()),
            _ => match INSTANTS.iter().find(|(name, _)| *name == word) {
                Some((_, instant)) => Kind::Instant(*instant),
                None => Kind::Field(FieldId::from(word)),
            },
        };
        self.step();
        if !self.take("(") {
            // A function's name without its brackets is no field either.
            if FUNCTIONS.iter().any(|(name, _)| *name == word) {
                let problem = ExpressionProblem::new(ProblemKind::Unexpected, start, end);
                return Err(problem.with("found", word));
            }
            return node(kind, start, end);
        }
        let arguments = self.items(")", "(", end)?;
        let function = FUNCTIONS.iter().find(|(name, _)| *name == word);
        let kind = match function {
            Some((_, function)) => Kind::Call(*function, arguments),
            None => Kind::UnknownCall(word.into(), arguments),
        };
        node(kind, start, self.behind())
    }

    /// Parts between commas up to the closing sign.
    fn items(&mut self, closing: &str, opening: &str, opened: usize) -> Result<Vec<Node>, ExpressionProblem> {
        let mut items = Vec::new();
        if self.take(closing) {
            return Ok(items);
        }
        loop {
            items.push(self.nested(Self::choose)?);
            if !self.take(",") {
                self.close(closing, opening, opened)?;
                return Ok(items);
            }
        }
    }

    fn close(&mut self, closing: &str, opening: &str, opened: usize) -> Result<(), ExpressionProblem> {
        if self.take(closing) {
            return Ok(());
        }
        match self.peek() {
            Token::End => {
                let problem = ExpressionProblem::new(ProblemKind::NotClosed, opened, opened + 1);
                Err(problem.with("open", opening).with("close", closing))
            }
            Token::Word(_) | Token::Number(_) | Token::Text(_) | Token::Sign(_) => Err(self.unexpected()),
        }
    }
}

/// Functions near to what was written.
pub fn nearest_function(found: &str) -> Vec<String> {
    nearest(found, FUNCTIONS.iter().map(|(name, _)| *name))
}
