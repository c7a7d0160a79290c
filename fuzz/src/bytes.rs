//! Reads small numbers off the front of an input; an exhausted input gives zeros for ever.

pub struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    pub fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    /// Four bytes, the highest first.
    pub fn number(&mut self) -> i64 {
        (0..4).fold(0, |number, _| (number << 8) | i64::from(self.byte()))
    }

    /// From 0 to `bound`, excluded.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound.max(1)
    }

    pub fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// What is left, as text; what is none is replaced.
    pub fn text(self) -> String {
        String::from_utf8_lossy(self.0).into_owned()
    }
}
