//! The workflow files that come with ombud, as bytes: what the first start publishes and the demo plays.

/// The shipped kinds (R2), by the name of their file.
pub const WORKFLOWS: [(&str, &str); 6] = [
    ("consultation", include_str!("../../workflows/consultation.yaml")),
    ("suggestion", include_str!("../../workflows/suggestion.yaml")),
    ("complaint", include_str!("../../workflows/complaint.yaml")),
    ("help", include_str!("../../workflows/help.yaml")),
    ("report", include_str!("../../workflows/report.yaml")),
    ("repair", include_str!("../../workflows/repair.yaml")),
];

/// The stand-in organisation in which their stories play.
pub const ORGANISATION: &str = include_str!("../../workflows/organisation.yaml");
