//! The reader: the reference example is read whole, and nothing that is thrown at it makes it panic.

use ombud::workflow::definition::{PeopleSource, Point, Runs, StoryEvent, Way};
use ombud::workflow::read::{FILE_BYTES_MAX, Reading, read};

const EXAMPLE: &str = include_str!("../files/complaint_example.yaml");

#[test]
fn the_reference_example_is_read_whole() {
    let Reading { definition, findings } = read(EXAMPLE.as_bytes());
    assert_eq!(findings.as_slice(), []);
    let definition = definition.unwrap();
    assert_eq!(definition.workflow.as_str(), "complaint");
    assert_eq!(definition.version, 3);
    assert_eq!(definition.fields.len(), 17);
    assert_eq!(definition.people.len(), 8);
    assert_eq!(definition.routing.len(), 5);
    assert_eq!(definition.states.len(), 7);
    assert_eq!(definition.clocks.len(), 7);
    assert_eq!(definition.tests.len(), 8);
    assert!(matches!(definition.people["creator"].source, PeopleSource::Creator));
    assert!(matches!(definition.clocks["caller"].runs, Runs::Open));
    assert!(matches!(
        definition.clocks["sign"].runs,
        Runs::Task { unsigned: true, .. }
    ));
    assert!(matches!(definition.states["approval"].actions["approve"].way, Way::Cases(ref cases) if cases.len() == 2));
    assert!(matches!(
        *definition.clocks["write"].ladder[2].at,
        Point::PercentPlus(100, _)
    ));
    assert_eq!(definition.routing[1].when.len(), 2);
    assert_eq!(definition.routing[1].fill.len(), 2);
    assert!(definition.routing[4].is_else);
    let signing = &definition.tests[2].steps[7].when;
    assert!(matches!(signing.value, StoryEvent::Does { ref task, .. } if task.as_ref().unwrap().as_str() == "lead"));
    assert_eq!(&EXAMPLE[signing.span.start..signing.span.end], "sun does sign lead");
}

#[test]
fn a_file_of_more_than_256_kib_is_not_even_parsed() {
    let mut source = EXAMPLE.to_owned();
    source.push_str("# ");
    source.push_str(&"x".repeat(FILE_BYTES_MAX + 1 - source.len()));
    let Reading { definition, findings } = read(source.as_bytes());
    assert!(definition.is_none());
    assert_eq!(findings.as_slice()[0].key(), "finding-READ01-size");
    let fits = read(&source.as_bytes()[..FILE_BYTES_MAX]);
    assert!(fits.findings.is_empty());
}
