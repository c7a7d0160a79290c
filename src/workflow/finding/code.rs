//! The stable codes of all findings (LANGUAGE, «What `ombud check` must find»). A code never changes its meaning.

use serde::{Deserialize, Serialize};

/// How bad a finding is. An error stops publishing, a warning is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Error,
    Warning,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $printed:literal $severity:ident,)*) => {
        /// What was found. The printed code is what people search for, so it stays as it is for ever.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// As printed: `S01`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $printed,)*
                }
            }

            /// How bad it is unless the finding says otherwise (`Y02` and others know a milder case).
            pub fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)*
                }
            }
        }
    };
}

codes! {
    /// Not a text: not UTF-8, too large, control characters, more than one document.
    ReadFile "READ01" Error,
    /// Not YAML: the parser cannot go on.
    ReadSyntax "READ02" Error,
    /// A key that is not known at this place.
    ReadUnknownKey "READ03" Error,
    /// A key written twice in one mapping.
    ReadDuplicateKey "READ04" Error,
    /// A key that has to be there is not.
    ReadMissingKey "READ05" Error,
    /// A tag, an anchor, an alias or a merge key.
    ReadTag "READ06" Error,
    /// A list where a text is wanted, and the like.
    ReadType "READ07" Error,
    /// Not one of the words that are accepted here.
    ReadWord "READ08" Error,
    /// Not an id: ASCII `snake_case`.
    ReadId "READ09" Error,
    /// Not a duration.
    ReadDuration "READ10" Error,
    /// Not `true` or `false`, though it looks like it: `yes`, `on`, quoted.
    ReadYesNo "READ11" Error,
    /// Not a number, or out of its bounds.
    ReadNumber "READ12" Error,
    /// Not a time: `2026-03-02 08:30`.
    ReadTime "READ13" Error,
    /// Keys that exclude each other, or need each other.
    ReadTogether "READ14" Error,
    /// A step of a story that is not understood.
    ReadStory "READ15" Error,
    /// Too deep, too many nodes, too many entries.
    ReadBounds "READ16" Error,

    /// Unknown state.
    S01 "S01" Error,
    /// State not reachable from the start.
    S02 "S02" Error,
    /// State from which closure is not reachable without `anytime`.
    S03 "S03" Error,
    /// No way out.
    S04 "S04" Error,
    /// Pause without `back`, or whose clock does nothing.
    S09 "S09" Error,

    /// Last case is not `else`.
    B01 "B01" Error,
    /// `else` too early.
    B02 "B02" Error,
    /// Not exactly one of to, close, stay, becomes.
    B04 "B04" Error,
    /// `becomes` a workflow or clock that is not there.
    B05 "B05" Error,

    /// Outcome never used.
    O01 "O01" Warning,
    /// Unknown outcome.
    O02 "O02" Error,

    /// Task field is no department field.
    K01 "K01" Error,
    /// Neither `all_done` nor `lead_done`.
    K02 "K02" Error,
    /// No `any_returned`.
    K03 "K03" Error,
    /// `again` names no task.
    K05 "K05" Error,
    /// Nothing guarantees a department on entry.
    K06 "K06" Error,

    /// Unknown rule for people.
    P01 "P01" Error,
    /// Unknown role.
    P02 "P02" Error,
    /// `else` chain is a circle or does not end in `always`.
    P03 "P03" Error,
    /// Task-bound person where there is no task.
    P04 "P04" Error,
    /// An `always` role has no member, or under `not_by` fewer than two.
    P05 "P05" Error,

    /// Unknown field.
    F01 "F01" Error,
    /// Expression does not type-check.
    F02 "F02" Error,
    /// `times` of an unknown action.
    F03 "F03" Error,
    /// May still be empty here.
    F04 "F04" Error,
    /// Never asked.
    F05 "F05" Warning,
    /// Check without a sentence.
    F07 "F07" Error,

    /// Two rows fit the same case.
    R01 "R01" Error,
    /// A case has no row.
    R02 "R02" Error,
    /// Unknown value.
    R03 "R03" Error,
    /// Row never applies.
    R04 "R04" Error,
    /// Input may be empty when routing runs.
    R05 "R05" Error,

    /// Clock in an unknown state.
    C01 "C01" Error,
    /// Nobody is told and nothing done at 100 %.
    C02 "C02" Error,
    /// An open state in which no clock runs.
    C03 "C03" Error,
    /// Steps out of order, units mixed.
    C04 "C04" Error,
    /// Limit without `else`.
    C06 "C06" Error,
    /// `do` not possible in a state where the clock runs, or needs fields.
    C07 "C07" Error,
    /// Runs and waits in the same state.
    C08 "C08" Error,
    /// Re-entry without `reentry`.
    C09 "C09" Error,
    /// Calendar has no open time, or ends before the limit could.
    C10 "C10" Error,
    /// `quiet_hours` where nothing can wait for them.
    C11 "C11" Error,

    /// Circle of system-driven steps without a bound.
    N01 "N01" Error,
    /// Too many messages per clock and cycle.
    N02 "N02" Error,

    /// Language missing.
    M01 "M01" Error,
    /// Unknown message.
    M02 "M02" Error,
    /// Unknown placeholder.
    M03 "M03" Error,
    /// Placeholders differ.
    M04 "M04" Warning,
    /// Message never used.
    M05 "M05" Warning,

    /// Private field in subject or message.
    X01 "X01" Error,

    /// `not_by` an impossible action.
    Y01 "Y01" Error,
    /// Four eyes can lock a department; a warning where the `always` role resolves it.
    Y02 "Y02" Error,

    /// `in_flight` map.
    V01 "V01" Error,
    /// `in_flight` target.
    V02 "V02" Error,
    /// `in_flight` policy.
    V03 "V03" Error,

    /// A test fails.
    T01 "T01" Error,
    /// An action no test does.
    T02 "T02" Warning,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_codes_are_printed_alike() {
        let mut printed: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        printed.sort_unstable();
        printed.dedup();
        assert_eq!(printed.len(), Code::ALL.len());
    }
}
