//! Findings out of what `expression` and `duration` object to; their sentences stand under keys of their own.

use super::{Code, Finding};
use crate::workflow::definition::Span;
use crate::workflow::duration::DurationProblem;
use crate::workflow::expression::{Expression, ExpressionProblem};

impl Finding {
    /// F01, F02 or F03 at the word that is wrong.
    pub fn of_expression(expression: &Expression, problem: &ExpressionProblem) -> Self {
        let code = match problem.code() {
            "F01" => Code::F01,
            "F03" => Code::F03,
            _ => Code::F02,
        };
        let mut finding = Self::new(code, within(expression, problem)).says(problem.key());
        finding.parameters.clone_from(&problem.parameters);
        finding.near(problem.nearest.first().cloned())
    }

    /// READ10 for the text at `span`.
    pub fn of_duration(span: Span, problem: &DurationProblem) -> Self {
        let mut finding = Self::new(Code::ReadDuration, span).says(problem.key());
        finding.parameters = problem.parameters();
        finding.nearest = problem.nearest().map(str::to_owned);
        finding
    }
}

/// The word in the file; all of the expression where it is not written as it stands (escapes, several lines).
fn within(expression: &Expression, problem: &ExpressionProblem) -> Span {
    let whole = expression.span;
    if whole.end.saturating_sub(whole.start) != expression.text.len() {
        return whole;
    }
    Span {
        start: whole.start + problem.start,
        end: whole.start + problem.end,
    }
}
