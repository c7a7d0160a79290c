//! Every finding an audit can make, once: the tests break each of them on purpose and compare with this list.

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal;)*) => {
        /// What is broken. The word is stable and begins with the number of its invariant in TRUST.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code, in the order of the invariants.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word that programs compare; its sentence is `audit-WORD`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

codes! {
    NoEvents = "i1-no-events";
    Gap = "i1-gap";
    /// `opened` is missing at the beginning, or stands somewhere else.
    Opened = "i1-opened";
    /// An event does not come after its predecessor in the feed.
    Position = "i1-position";
    /// The feed as a whole has a gap.
    Positions = "i1-positions";
    EventOrphan = "i1-orphan";
    Hash = "i2-hash";
    Head = "i2-head";
    /// A column beside the event says something else than the event.
    EventColumn = "i2-column";
    Content = "i2-content";
    ContentMissing = "i2-content-missing";
    /// A row that cannot be read at all.
    Damaged = "i2-damaged";
    Unreadable = "i2-unreadable";
    ContentOrphan = "i2-orphan";
    Backwards = "i3-backwards";
    Future = "i3-future";
    TicketColumn = "i4-column";
    /// What the figures count is not what the events say.
    Milestone = "i4-milestone";
    TicketOrphan = "i4-orphan";
    Snapshot = "i4-snapshot";
    SnapshotUnreadable = "i4-snapshot-unreadable";
    Count = "i5-seq";
    /// A clock runs that the definition does not know.
    UnknownClock = "i6-clock";
    NoDefinition = "i6-definition";
    /// Decided again, something else comes out.
    Differs = "i6-differs";
    NotAllowed = "i7-not-allowed";
    FourEyes = "i7-four-eyes";
    /// A guard, a state or a value would have refused it.
    Refused = "i8-refused";
    /// A required field or text is missing.
    Missing = "i9-missing";
    /// Two tasks of one kind are with one department, or a single department's task is with two.
    TwoOwners = "i10-owner";
    /// A task went on from somebody who did not have it, or to where it was.
    Transfer = "i10-transfer";
    Phase = "i11-phase";
    Span = "i11-span";
    ClockState = "i11-state";
    /// Late before it was due, or while it did not count.
    LateEarly = "i12-early";
    LateMark = "i12-mark";
    /// It was due and still counted when the next thing was done, and nobody marked it.
    LateMissed = "i12-missed";
    LateTwice = "i12-twice";
    RungEarly = "i13-early";
    RungRow = "i13-row";
    RungTwice = "i13-twice";
    Counted = "i14-counted";
    Due = "i14-due";
    ClockAfterClose = "i15-closed";
    TaskAfterClose = "i15-open-task";
    RungOrphan = "i15-orphan";
    MessageUncalled = "i16-no-event";
    MessageMissing = "i16-no-row";
    MessageOrphan = "i16-orphan";
    MessageState = "i16-state";
    MessageStuck = "i17-stuck";
    /// A kept answer names events that are not there, or those of another key.
    Answer = "i18-answer";
    AnswerOrphan = "i18-orphan";
    UnknownOutcome = "i19-unknown";
    NoEvidence = "i20-evidence";
    NoReason = "i21-reason";
    NotErased = "i22-not-erased";
    /// A mail that is out or given up still has its text.
    MailKept = "i22-mail";
    /// A secret or a whole telephone number in a text that erasing does not reach.
    Personal = "i23-personal";
    ChangeLost = "i24-log";
    TokenOrphan = "i24-orphan";
    ChangeUnlogged = "i24-unlogged";
    ForeignKey = "i25-foreign-key";
    Integrity = "i25-integrity";
    Journal = "i25-journal";
    /// A table or index is not as this program makes it.
    Schema = "i25-schema";
    SecureDelete = "i25-secure-delete";
    Synchronous = "i25-synchronous";
    /// A file of a ticket has no row, or a row no file of a ticket.
    FileRow = "i26-row";
    /// The folder is not there, or not that of this database.
    FileFolder = "i26-folder";
    FileMissing = "i26-missing";
    FileChanged = "i26-changed";
}

impl Code {
    /// Which invariant: `i2`.
    pub fn invariant(self) -> &'static str {
        self.as_str().split('-').next().unwrap_or_default()
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
