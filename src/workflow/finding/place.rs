//! From byte offsets to the lines and columns that people see.

/// Nobody sees it and no editor counts it.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A place for people: line and column from 1, columns counted in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: u32,
    pub column: u32,
}

/// Where the lines of a text begin.
pub struct Lines<'a> {
    text: &'a str,
    /// Byte offset of each line's first byte.
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self {
            text,
            starts: std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect(),
        }
    }

    /// The place of a byte offset; one past the end is the end, one within a character is that character.
    pub fn place(&self, offset: usize) -> Place {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line
            .checked_sub(1)
            .and_then(|line| self.starts.get(line))
            .copied()
            .unwrap_or(0);
        let before = self
            .text
            .get(start..self.text.floor_char_boundary(offset))
            .map_or(0, |before| {
                before.chars().filter(|character| *character != BYTE_ORDER_MARK).count()
            });
        Place {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(before + 1).unwrap_or(u32::MAX),
        }
    }

    /// The text of a line (from 1) without its line break.
    pub fn line(&self, line: u32) -> Option<&'a str> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let start = *self.starts.get(index)?;
        let end = self.starts.get(index + 1).map_or(self.text.len(), |next| next - 1);
        let line = self.text.get(start..end)?;
        Some(line.strip_suffix('\r').unwrap_or(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_characters() {
        let text = "title: 投诉\r\n  a: 值b\n";
        let lines = Lines::new(text);
        let place = |needle: &str| lines.place(text.find(needle).unwrap());
        assert_eq!(place("title"), Place { line: 1, column: 1 });
        assert_eq!(place("诉"), Place { line: 1, column: 9 });
        assert_eq!(place("b\n"), Place { line: 2, column: 7 });
        assert_eq!(lines.place(text.len()), Place { line: 3, column: 1 });
        assert_eq!(lines.place(9_999), Place { line: 3, column: 1 });
        assert_eq!(lines.line(1), Some("title: 投诉"));
        assert_eq!(lines.line(4), None);
    }

    #[test]
    fn an_offset_within_a_character_is_that_character() {
        let lines = Lines::new("值班");
        assert_eq!(lines.place(1), lines.place(0));
        assert_eq!(lines.place(4), lines.place(3));
    }
}
