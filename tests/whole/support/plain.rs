//! What the small sites of several tests have in common: one authority, a duty, a ladder.

use super::Site;

/// One authority, its store in a file and its mail in a folder. It names `local.toml`, `source.toml` and
/// `ladders.toml`.
pub const CONFIG: &str = r#"
[store]
url = "sqlite:corewatch.db"
[[authority]]
id = "ashmere"
nation = "england-and-wales"
packs = ["local.toml"]
source = "source.toml"
ladders = "ladders.toml"
[mail]
transport = "directory"
directory = "outbox"
from = "Timescales <timescales@example.gov.uk>"
operations = ["oncall@example.gov.uk"]
"#;

/// A pack of one rule: a core group within ten working days of each conference, with the ladder
/// `standard`.
pub const CORE_GROUPS: &str = r#"
[pack]
id = "local"
title = "Core groups"
source = "A procedure (made up)"
[[rule]]
id = "first-core-group"
title = "First core group within ten working days of the conference"
clause = "1"
severity = "high"
ladder = "standard"
[rule.deadline]
after = { event = "conference" }
within = "10 working days"
require = { event = "core_group" }
"#;

/// Ladders of one step: the key worker, the day after.
pub const KEY_WORKER_THE_DAY_AFTER: &str = r#"
[[ladder]]
id = "standard"
[[ladder.step]]
at = "due + 1 day"
to = ["key_worker"]
"#;

impl Site {
    /// A site with [`CONFIG`], a pack, ladders and a source.
    pub fn plain(pack: &str, ladders: &str, source: &str) -> Site {
        let site = Site::new();
        for (name, text) in [
            ("corewatch.toml", CONFIG),
            ("local.toml", pack),
            ("ladders.toml", ladders),
            ("source.toml", source),
        ] {
            site.write(name, text);
        }
        site
    }
}
