//! How late things happen: a histogram of `fired − due` that never grows.

use std::sync::{Mutex, PoisonError};

/// Upper bounds of the buckets in milliseconds; each about a quarter more than the one before, up to a week.
const BUCKETS: usize = 96;

/// Median, 99th percentile, greatest and number of what was recorded, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quantiles {
    pub count: u64,
    pub median: i64,
    pub p99: i64,
    pub max: i64,
}

/// Counts lateness. Quantiles are upper bounds of their bucket, so they never flatter.
#[derive(Debug)]
pub struct Histogram(Mutex<Counts>);

#[derive(Debug)]
struct Counts {
    bounds: Vec<i64>,
    buckets: Vec<u64>,
    total: u64,
    max: i64,
}

impl Default for Histogram {
    fn default() -> Self {
        let mut bounds = Vec::with_capacity(BUCKETS);
        let mut bound = 1_i64;
        for _ in 0..BUCKETS {
            bounds.push(bound);
            bound += (bound / 4).max(1);
        }
        Self(Mutex::new(Counts {
            buckets: vec![0; BUCKETS],
            bounds,
            total: 0,
            max: 0,
        }))
    }
}

impl Histogram {
    /// Records one lateness; what is early counts as punctual.
    pub fn record(&self, milliseconds: i64) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let late = milliseconds.max(0);
        let bucket = counts.bounds.partition_point(|bound| *bound < late).min(BUCKETS - 1);
        if let Some(count) = counts.buckets.get_mut(bucket) {
            *count += 1;
        }
        counts.total += 1;
        counts.max = counts.max.max(late);
    }

    pub fn quantiles(&self) -> Quantiles {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Quantiles {
            count: counts.total,
            median: counts.quantile(50),
            p99: counts.quantile(99),
            max: counts.max,
        }
    }
}

impl Counts {
    fn quantile(&self, percent: u64) -> i64 {
        let wanted = (self.total * percent).div_ceil(100);
        let mut seen = 0;
        for (count, bound) in self.buckets.iter().zip(&self.bounds) {
            seen += count;
            if seen >= wanted && seen > 0 {
                return (*bound).min(self.max);
            }
        }
        self.max
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_never_flatter() {
        let histogram = Histogram::default();
        assert_eq!(histogram.quantiles(), Quantiles::default());
        for late in 0..1000 {
            histogram.record(late);
        }
        let found = histogram.quantiles();
        assert_eq!((found.count, found.max), (1000, 999));
        assert!((499..=625).contains(&found.median), "{found:?}");
        assert!((989..=999).contains(&found.p99), "{found:?}");
        histogram.record(i64::MAX);
        assert_eq!(histogram.quantiles().max, i64::MAX);
        histogram.record(-5);
        assert_eq!(histogram.quantiles().count, 1002);
    }
}
