//! The flood guard: so many obligations turning overdue in one pass are more likely a broken record
//! than so many broken duties (SPEC 7, Baseline and flood).

use std::str::FromStr;

/// The share of an authority's open obligations that may turn overdue in one pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    // In hundredths of a percent, so that comparing needs no rounding.
    hundredths: u64,
}

/// However small an authority is, fewer than so many are told: each can be looked at.
const AT_LEAST: usize = 20;

impl FromStr for Share {
    type Err = String;

    /// Reads `20 %` or `12.5%`, from 0 to 100.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is not a share; write it as 20 %");
        let number = text.trim().strip_suffix('%').ok_or_else(wrong)?.trim();
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 3 || part.len() > 2 || !digits(whole) || !digits(part) {
            return Err(wrong());
        }
        let hundredths: u64 = format!("{whole}{part:0<2}").parse().map_err(|_| wrong())?;
        if hundredths > 10_000 {
            return Err(wrong());
        }
        Ok(Share { hundredths })
    }
}

impl Share {
    /// Whether `turned` of `open` obligations that turn overdue in one pass are a flood.
    pub fn is_flood(self, turned: usize, open: usize) -> bool {
        turned >= AT_LEAST && turned as u64 * 10_000 > self.hundredths * open as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_the_share_and_at_least_twenty() {
        let share: Share = "20 %".parse().unwrap();
        assert!(!share.is_flood(19, 19));
        assert!(share.is_flood(20, 20));
        assert!(!share.is_flood(20, 100));
        assert!(share.is_flood(21, 100));
        let half: Share = "0.5%".parse().unwrap();
        assert!(half.is_flood(21, 4_000) && !half.is_flood(20, 4_000));
    }

    #[test]
    fn what_is_no_share_is_told() {
        for text in ["", "20", "%", "-1 %", "101 %", "1.234 %", "a %"] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }
}
