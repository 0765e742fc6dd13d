//! How sure a share is: Wilson's interval, that holds for few cases and for shares near 0 and 1 too.

/// The standard normal's 97.5 % point: an interval that leaves out 2.5 % on either side.
const Z: f64 = 1.959_963_984_540_054;

/// The 95 % interval of the share of `part` in `whole`, both ends between 0 and 1; `None` of nothing.
pub fn wilson(part: u64, whole: u64) -> Option<(f64, f64)> {
    if whole == 0 {
        return None;
    }
    let n = whole as f64;
    let share = part as f64 / n;
    let z2 = Z * Z;
    let middle = share + z2 / (2.0 * n);
    let reach = Z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    // At the ends rounding would leave a share just beside 0 or 1.
    let low = if part == 0 {
        0.0
    } else {
        (middle - reach) / scale
    };
    let high = if part == whole {
        1.0
    } else {
        (middle + reach) / scale
    };
    Some((low.max(0.0), high.min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::wilson;

    /// Newcombe, Statistics in Medicine 17 (1998), table I, method 3; the last by its closed form.
    #[test]
    fn it_is_the_published_interval() {
        for (part, whole, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
            (29, 29, 0.8830, 1.0),
        ] {
            let (l, h) = wilson(part, whole).unwrap();
            assert!((l - low).abs() < 5e-5, "{part}/{whole}: {l}");
            assert!((h - high).abs() < 5e-5, "{part}/{whole}: {h}");
        }
        assert_eq!(wilson(0, 0), None);
    }
}
