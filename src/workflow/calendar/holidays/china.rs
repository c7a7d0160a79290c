//! Public holidays and make-up days of mainland China, as facts: dates only, from the State Council's yearly notices
//! (the addresses below). They were taken from the MIT-licensed data set holiday-cn, and are tested day by day against
//! a second list. A year is added when its notice is published, usually in November of the year before.

/// One yearly notice.
pub struct Notice {
    pub year: i16,
    /// Where the notice stands.
    pub source: &'static str,
    /// First day off, and how many in a row.
    pub closed: &'static [(&'static str, u8)],
    /// Weekend days that are worked.
    pub made_up: &'static [&'static str],
}

/// By year.
pub const NOTICES: [Notice; 4] = [
    Notice {
        year: 2023,
        source: "http://www.gov.cn/zhengce/zhengceku/2022-12/08/content_5730844.htm",
        closed: &[
            ("2022-12-31", 3),
            ("2023-01-21", 7),
            ("2023-04-05", 1),
            ("2023-04-29", 5),
            ("2023-06-22", 3),
            ("2023-09-29", 8),
        ],
        made_up: &[
            "2023-01-28",
            "2023-01-29",
            "2023-04-23",
            "2023-05-06",
            "2023-06-25",
            "2023-10-07",
            "2023-10-08",
        ],
    },
    Notice {
        year: 2024,
        source: "https://www.gov.cn/zhengce/zhengceku/202310/content_6911528.htm",
        closed: &[
            ("2024-01-01", 1),
            ("2024-02-10", 8),
            ("2024-04-04", 3),
            ("2024-05-01", 5),
            ("2024-06-10", 1),
            ("2024-09-15", 3),
            ("2024-10-01", 7),
        ],
        made_up: &[
            "2024-02-04",
            "2024-02-18",
            "2024-04-07",
            "2024-04-28",
            "2024-05-11",
            "2024-09-14",
            "2024-09-29",
            "2024-10-12",
        ],
    },
    Notice {
        year: 2025,
        source: "https://www.gov.cn/zhengce/zhengceku/202411/content_6986383.htm",
        closed: &[
            ("2025-01-01", 1),
            ("2025-01-28", 8),
            ("2025-04-04", 3),
            ("2025-05-01", 5),
            ("2025-05-31", 3),
            ("2025-10-01", 8),
        ],
        made_up: &["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"],
    },
    Notice {
        year: 2026,
        source: "https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm",
        closed: &[
            ("2026-01-01", 3),
            ("2026-02-15", 9),
            ("2026-04-04", 3),
            ("2026-05-01", 5),
            ("2026-06-19", 3),
            ("2026-09-25", 3),
            ("2026-10-01", 7),
        ],
        made_up: &[
            "2026-01-04",
            "2026-02-14",
            "2026-02-28",
            "2026-05-09",
            "2026-09-20",
            "2026-10-10",
        ],
    },
];
