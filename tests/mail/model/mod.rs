//! Long random histories of a whole authority, on a real store, with whole passes: duties open, move,
//! are met, un-met and withdrawn, clocks jump, passes die, people come and go, ladders change. In every
//! pass exactly that is told which a model of SPEC 7 counts out anew, and what a digest says is so.
//!
//! `COREWATCH_TEST_HISTORIES` sets how many histories are lived through (10 unless set).

mod check;
mod days;
mod expected;
mod ladders;
mod text;
mod world;

use std::collections::BTreeMap;
use std::path::Path;
use std::task::Poll;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use corewatch::calendar::Instant;
use corewatch::daemon::{AuthorityOutcome, Installation, PassEnd, PassError, pass};
use corewatch::store::Store;
use corewatch::store::alerts::{Acknowledgement, acknowledge};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use self::days::{local_day, plus};
use self::expected::Model;
use self::text::Mail;
use self::world::{CHILDREN, STAFF, WORKERS, World};
use crate::fake_server::FakeServer;
use crate::site::{Site, in_memory, to_server};

/// What can happen.
#[derive(Debug, Clone)]
enum Event {
    /// So many hours go by, and a pass is made.
    Pass(i64),
    /// The same, and the process dies after so many steps of it, and is started again.
    Crash(i64, u32),
    /// The same, but the source cannot be read.
    Refused(i64),
    /// A pass so many hours before the last one is asked for.
    Backwards(i64),
    /// The program is stopped and started.
    Restart,
    /// A conference is on record, so many days ago.
    Conference(usize, i64),
    /// The conference was so many days earlier or later.
    Moves(usize, i64),
    /// The record of the conference was wrong.
    Withdrawn(usize),
    /// A core group is on record, so many days ago; or not any more.
    Met(usize, i64),
    Unmet(usize),
    /// The plan ended so many days ago; or did not.
    Ends(usize, i64),
    GoesOn(usize),
    Acknowledged(usize, i64),
    Address(usize, bool),
    Worker(usize, usize),
    Away(usize, bool, usize),
    Back(usize),
    Ladder(usize),
}

fn event() -> impl Strategy<Value = Event> {
    let child = || 0..CHILDREN;
    prop_oneof![
        14 => (1i64..40).prop_map(Event::Pass),
        3 => ((1i64..30), (0f64..7.5)).prop_map(|(h, p)| Event::Crash(h, p.exp() as u32)),
        1 => (1i64..30).prop_map(Event::Refused),
        1 => (1i64..50).prop_map(Event::Backwards),
        1 => Just(Event::Restart),
        4 => (child(), 0i64..25).prop_map(|(c, d)| Event::Conference(c, d)),
        3 => (child(), -12i64..12).prop_map(|(c, d)| Event::Moves(c, d)),
        1 => child().prop_map(Event::Withdrawn),
        3 => (child(), 0i64..10).prop_map(|(c, d)| Event::Met(c, d)),
        2 => child().prop_map(Event::Unmet),
        1 => (child(), 0i64..10).prop_map(|(c, d)| Event::Ends(c, d)),
        1 => child().prop_map(Event::GoesOn),
        2 => (child(), 0i64..8).prop_map(|(c, d)| Event::Acknowledged(c, d)),
        2 => (0..STAFF.len(), prop::bool::weighted(0.6)).prop_map(|(p, has)| Event::Address(p, has)),
        1 => (child(), 0..WORKERS.len()).prop_map(|(c, w)| Event::Worker(c, w)),
        1 => (child(), any::<bool>(), 0..WORKERS.len()).prop_map(|(c, m, w)| Event::Away(c, m, w)),
        1 => child().prop_map(Event::Back),
        1 => (0usize..4).prop_map(Event::Ladder),
    ]
}

/// Days to begin on: before the clocks go back, before Christmas, before the clocks go forward.
const BEGINNINGS: [&str; 3] = ["2026-10-12", "2026-12-07", "2027-03-15"];

/// One history as it goes.
struct History<'f> {
    site: Site<'f>,
    folder: &'f Path,
    server: FakeServer,
    installation: Installation,
    store: Store,
    begun: NaiveDate,
    now: DateTime<Utc>,
    world: World,
    model: Model,
    /// The ids of obligations, as messages named them.
    ids: BTreeMap<usize, String>,
    /// How often each message arrived.
    copies: BTreeMap<String, usize>,
    crashes: usize,
}

impl<'f> History<'f> {
    async fn begin(folder: &'f Path, begun: NaiveDate) -> History<'f> {
        let server = FakeServer::start([]).await;
        let ladders = ladders::ladders();
        let mail = to_server(server.port);
        let site = Site::make(folder, "sqlite:corewatch.db", &mail, &ladders[0].text()).await;
        let installation = Installation::load(&folder.join("corewatch.toml")).unwrap();
        let store = Store::open(&installation.settings.store.url).await.unwrap();
        let mut history = History {
            site,
            folder,
            server,
            installation,
            store,
            begun,
            now: begun.and_hms_opt(9, 0, 0).unwrap().and_utc(),
            world: World::new(),
            model: Model::new(CHILDREN),
            ids: BTreeMap::new(),
            copies: BTreeMap::new(),
            crashes: 0,
        };
        history.pass(None).await;
        history
    }

    fn today(&self) -> NaiveDate {
        local_day(self.now)
    }

    async fn happens(&mut self, event: &Event) {
        let today = self.today();
        let ago = |days: i64| plus(today, -days);
        let children = &mut self.world.children;
        match *event {
            Event::Pass(hours) => {
                self.now += TimeDelta::hours(hours);
                self.pass(None).await;
            }
            Event::Crash(hours, after) => {
                self.now += TimeDelta::hours(hours);
                self.pass(Some(after)).await;
            }
            Event::Refused(hours) => {
                self.now += TimeDelta::hours(hours);
                self.refused().await;
            }
            Event::Backwards(hours) => self.backwards(hours).await,
            Event::Restart => self.restart().await,
            Event::Conference(child, days) => {
                let conference = ago(days);
                children[child].conference.get_or_insert(conference);
            }
            Event::Moves(child, days) => {
                let latest = ago(0);
                if let Some(conference) = &mut children[child].conference {
                    *conference = plus(*conference, days)
                        .min(latest)
                        .max(plus(self.begun, -30));
                }
            }
            Event::Withdrawn(child) => children[child].conference = None,
            Event::Met(child, days) => children[child].core_group = Some(ago(days)),
            Event::Unmet(child) => children[child].core_group = None,
            Event::Ends(child, days) => children[child].plan_end = Some(ago(days)),
            Event::GoesOn(child) => children[child].plan_end = None,
            Event::Acknowledged(child, days) => self.acknowledge(child, days).await,
            Event::Address(person, has) => self.world.addresses[person] = has,
            Event::Worker(child, worker) => children[child].worker = worker,
            Event::Away(child, manager, cover) => {
                let away = if manager {
                    "tom"
                } else {
                    WORKERS[children[child].worker]
                };
                children[child].away = Some((away, cover));
            }
            Event::Back(child) => children[child].away = None,
            Event::Ladder(ladder) => self.world.ladder = ladder,
        }
    }

    async fn restart(&mut self) {
        self.store.clone().close().await;
        self.store = Store::open(&self.installation.settings.store.url)
            .await
            .unwrap();
    }

    async fn acknowledge(&mut self, child: usize, days: i64) {
        let Some(id) = self.ids.get(&child) else {
            return;
        };
        let until = plus(self.today(), days);
        let acknowledgement = Acknowledgement {
            authority: "ashmere",
            obligation: id,
            by: "Tom Turner",
            reason: "it is booked",
            until: until.to_string().parse().unwrap(),
            at: self.instant(self.now),
        };
        let mut tx = self.store.begin().await.unwrap();
        acknowledge(&mut tx, &acknowledgement).await.unwrap();
        tx.commit().await.unwrap();
        self.model.acknowledge(child, until);
    }

    fn instant(&self, at: DateTime<Utc>) -> Instant {
        Instant::from(at)
    }

    /// A pass at another time is refused, and changes nothing.
    async fn backwards(&mut self, hours: i64) {
        let earlier = self.now - TimeDelta::hours(hours);
        assert!(self.model.refuses(earlier));
        let ended = pass(&self.installation, &self.store, self.instant(earlier)).await;
        assert!(matches!(ended, Err(PassError::Earlier { .. })), "{ended:?}");
        assert!(self.server.take_arrived().is_empty());
    }

    /// Without its source a pass tells nobody anything.
    async fn refused(&mut self) {
        let cases = self.folder.join("cases.db");
        let aside = self.folder.join("aside.db");
        std::fs::rename(&cases, &aside).unwrap();
        let ended = pass(&self.installation, &self.store, self.instant(self.now)).await;
        std::fs::rename(&aside, &cases).unwrap();
        let PassEnd::Ran(outcome) = ended.unwrap() else {
            panic!("another pass runs")
        };
        assert!(matches!(
            outcome.authorities[0].1,
            AuthorityOutcome::Refused(_)
        ));
        self.model.passed(self.now);
        let mails = self.arrived();
        assert!(
            mails.is_empty(),
            "told from a source that was refused: {mails:?}"
        );
    }

    /// What arrived since the last time for people, each message once.
    fn arrived(&mut self) -> Vec<Mail> {
        let mut mails: BTreeMap<String, Mail> = BTreeMap::new();
        for message in self.server.take_arrived() {
            if message.to.starts_with("operations@") {
                continue;
            }
            let mail = Mail::read(&message.to, &message.bytes);
            *self.copies.entry(mail.id.clone()).or_default() += 1;
            self.ids.extend(mail.ids.iter().cloned());
            mails.insert(mail.id.clone(), mail);
        }
        mails.into_values().collect()
    }

    /// A pass as the world stands; where it is to die, a second one at the same instant finishes what
    /// it began.
    async fn pass(&mut self, dies_after: Option<u32>) {
        self.world.write(&self.site, self.begun).await;
        let ladder = &ladders::ladders()[self.world.ladder];
        self.site.write("ladders.toml", &ladder.text());
        self.installation = Installation::load(&self.folder.join("corewatch.toml")).unwrap();
        if let Some(steps) = dies_after {
            self.die_after(steps).await;
        }
        let ended = pass(&self.installation, &self.store, self.instant(self.now)).await;
        let PassEnd::Ran(outcome) = ended.unwrap() else {
            panic!("another pass runs")
        };
        assert!(outcome.is_well(), "{outcome:?}");
        self.model.passed(self.now);
        let expected = self.model.pass(&self.world, self.now);
        let mails = self.arrived();
        self.check(&expected, &mails);
    }

    /// A pass that is dropped after so many steps, as a process that dies drops everything.
    async fn die_after(&mut self, steps: u32) {
        let mut left = steps;
        let mut running = Box::pin(pass(
            &self.installation,
            &self.store,
            self.instant(self.now),
        ));
        let ended = std::future::poll_fn(|context| {
            if left == 0 {
                return Poll::Ready(None);
            }
            left -= 1;
            running.as_mut().poll(context).map(Some)
        });
        if ended.await.is_some() {
            return;
        }
        drop(running);
        self.crashes += 1;
        self.restart().await;
        // What a process held that has died is free; this one has not.
        let mut tx = self.store.begin().await.unwrap();
        for free in [
            "UPDATE pass_lease SET holder = NULL, held_until = NULL",
            "UPDATE message SET claimed_by = NULL, claimed_until = NULL WHERE sent_at IS NULL",
        ] {
            tx.execute(free, []).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
}

/// Lives through a history, and then three quiet weeks with a pass each morning.
async fn live(beginning: usize, events: &[Event]) {
    let folder = in_memory();
    let begun: NaiveDate = BEGINNINGS[beginning].parse().unwrap();
    let mut history = History::begin(folder.path(), begun).await;
    for event in events {
        history.happens(event).await;
    }
    let morning = plus(history.today(), 1).and_hms_opt(10, 0, 0).unwrap();
    history.now = morning.and_utc();
    for _ in 0..21 {
        history.happens(&Event::Pass(24)).await;
    }
}

#[test]
fn in_every_history_exactly_what_the_procedure_asks_for_is_told() {
    let histories = std::env::var("COREWATCH_TEST_HISTORIES");
    let histories = histories.map_or(10, |number| number.parse().unwrap());
    let config = Config {
        cases: histories,
        failure_persistence: None,
        max_shrink_iters: 300,
        ..Config::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let histories = (0..BEGINNINGS.len(), prop::collection::vec(event(), 20..120));
    let lived = TestRunner::new(config).run(&histories, |(beginning, events)| {
        runtime.block_on(live(beginning, &events));
        Ok(())
    });
    if let Err(error) = lived {
        panic!("{error}");
    }
}
