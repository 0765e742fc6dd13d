//! The ladders of the histories, as the site writes them and as the model counts them.

use chrono::NaiveDate;

use super::days::{plus, working_days};

/// From what a step counts.
#[derive(Debug, Clone, Copy)]
pub enum At {
    Opened,
    Due,
    /// Working days from the due day.
    Working(i64),
    /// Days from the due day.
    Days(i64),
}

/// A step.
pub struct Step {
    pub at: At,
    pub to: &'static [&'static str],
    pub now: bool,
    /// In working days; of the last step.
    pub repeat: Option<i64>,
}

/// A ladder.
pub struct Ladder {
    pub always: bool,
    pub steps: Vec<Step>,
}

fn step(at: At, to: &'static [&'static str]) -> Step {
    Step {
        at,
        to,
        now: false,
        repeat: None,
    }
}

/// The ladders that a site changes between; 0 is the first.
pub fn ladders() -> [Ladder; 4] {
    let standard = || {
        vec![
            step(At::Working(-5), &["key_worker"]),
            step(At::Days(1), &["key_worker", "team_manager"]),
            Step {
                now: true,
                ..step(At::Working(3), &["service_manager"])
            },
            Step {
                repeat: Some(3),
                ..step(At::Working(5), &["head_of_service"])
            },
        ]
    };
    let mut longer = standard();
    longer.insert(1, step(At::Due, &["team_manager", "service_manager"]));
    longer.insert(0, step(At::Opened, &["team_manager"]));
    let mut shorter = standard();
    shorter.truncate(2);
    shorter[1].repeat = Some(2);
    [
        Ladder {
            always: false,
            steps: standard(),
        },
        Ladder {
            always: false,
            steps: longer,
        },
        Ladder {
            always: false,
            steps: shorter,
        },
        Ladder {
            always: true,
            steps: standard(),
        },
    ]
}

impl Ladder {
    /// As the site's file has it.
    pub fn text(&self) -> String {
        let mut text = "[[ladder]]\nid = \"standard\"\n".to_owned();
        if self.always {
            text.push_str("hours = \"always\"\n");
        }
        for step in &self.steps {
            let offset = |n: i64, unit: &str| {
                let sign = if n < 0 { '-' } else { '+' };
                format!("due {sign} {} {unit}", n.abs())
            };
            let at = match step.at {
                At::Opened => "opened".to_owned(),
                At::Due => "due".to_owned(),
                At::Working(n) => offset(n, "working days"),
                At::Days(n) => offset(n, "days"),
            };
            text.push_str(&format!(
                "[[ladder.step]]\nat = \"{at}\"\nto = {:?}\n",
                step.to
            ));
            if step.now {
                text.push_str("send = \"now\"\n");
            }
            if let Some(days) = step.repeat {
                text.push_str(&format!("repeat = \"{days} working days\"\n"));
            }
        }
        text
    }

    /// The number of the last step.
    pub fn last(&self) -> u32 {
        self.steps.len() as u32
    }

    /// The day on which a step falls; never before the obligation opened.
    pub fn fall(&self, number: u32, opened: NaiveDate, due: NaiveDate) -> NaiveDate {
        let day = match self.steps[number as usize - 1].at {
            At::Opened => opened,
            At::Due => due,
            At::Working(n) => working_days(due, n),
            At::Days(n) => plus(due, n),
        };
        day.max(opened)
    }

    /// How many turns of the last step's repeat have fallen.
    pub fn turns(&self, opened: NaiveDate, due: NaiveDate, today: NaiveDate) -> u32 {
        let Some(repeat) = self.steps.last().and_then(|step| step.repeat) else {
            return 0;
        };
        let mut day = working_days(self.fall(self.last(), opened, due), repeat);
        let mut turns = 0;
        while day <= today {
            turns += 1;
            day = working_days(day, repeat);
        }
        turns
    }
}
