//! The most memory that a benchmark has had.

/// The most memory that this process has had in use at once, as Linux counts it (VmHWM); 0 elsewhere.
pub fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kilobytes
        .and_then(|number| number.parse().ok())
        .unwrap_or(0u64)
        / 1024
}
