//! The columns of a board beside each other. Where there are more than fit a window, neighbours with few cards stand below
//! each other, so that what is late lies outside as seldom as can be. Their order is kept.

/// So many columns stand beside each other on a usual window.
const TRACKS: usize = 5;
/// Cards of columns that stand below each other, each counted as [`roughly`] so many.
const STACKED_MAX: usize = 20;

/// The columns, those with the fewest cards stacked first.
pub fn stacked<T>(columns: Vec<T>, cards: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let mut tracks: Vec<Vec<T>> = columns.into_iter().map(|column| vec![column]).collect();
    let size = |track: &[T]| {
        track
            .iter()
            .map(|column| roughly(cards(column)))
            .fold(0, usize::saturating_add)
    };
    while tracks.len() > TRACKS {
        let pairs = tracks.iter().zip(tracks.iter().skip(1));
        let sizes = pairs.map(|(one, next)| size(one).saturating_add(size(next)));
        let least = sizes.enumerate().min_by_key(|(_, size)| *size);
        let Some((place, _)) = least.filter(|(_, size)| *size <= STACKED_MAX) else {
            break;
        };
        let below = tracks.remove(place.saturating_add(1));
        if let Some(track) = tracks.get_mut(place) {
            track.extend(below);
        }
    }
    tracks
}

/// A column takes room for 0, 1, 2, 4, 8 … cards: one card more seldom moves columns while somebody is looking.
fn roughly(cards: usize) -> usize {
    if cards == 0 { 0 } else { cards.next_power_of_two() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracks(cards: &[usize]) -> Vec<Vec<usize>> {
        stacked(cards.to_vec(), |cards| *cards)
    }

    #[test]
    fn what_fits_stands_beside_each_other() {
        assert_eq!(tracks(&[1, 1, 1, 1, 1]), vec![vec![1]; 5]);
        assert!(tracks(&[]).is_empty());
    }

    #[test]
    fn neighbours_with_the_fewest_cards_stand_below_each_other() {
        let found = tracks(&[1, 2, 12, 4, 1, 8, 1, 12, 1, 1]);
        assert_eq!(found, [vec![1, 2], vec![12], vec![4, 1, 8, 1], vec![12], vec![1, 1]]);
    }

    #[test]
    fn a_card_more_moves_no_column_until_a_column_takes_more_room() {
        let shape = |cards: &[usize]| tracks(cards).iter().map(Vec::len).collect::<Vec<_>>();
        let before = shape(&[3, 3, 3, 2, 9, 9]);
        for place in [0, 1, 2, 4, 5] {
            let mut cards = [3, 3, 3, 2, 9, 9];
            cards[place] += 1;
            assert_eq!(shape(&cards), before, "{place}");
        }
    }

    #[test]
    fn full_columns_are_not_stacked_however_many_there_are() {
        assert_eq!(tracks(&[12; 7]), vec![vec![12]; 7]);
    }
}
