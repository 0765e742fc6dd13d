//! SIGHUP: a changed configuration is taken by a daemon that runs, and a faulty one is not.

use crate::daemon::{Manager, RUN, get, site};
use crate::support::free_port;

#[test]
fn a_faulty_configuration_keeps_the_old_one_and_a_mended_one_is_taken() {
    let port = free_port();
    let site = site(port);
    let config = std::fs::read_to_string(site.path("corewatch.toml")).unwrap();
    let config = format!("{config}[schedule]\npass = \"* * * * *\"\n");
    site.write("corewatch.toml", &config);
    let pack = std::fs::read_to_string(site.path("local.toml")).unwrap();
    let manager = Manager::at(&site.path("notify"));
    let socket = site.path("notify").display().to_string();
    let site = site
        .with("NOTIFY_SOCKET", &socket)
        .with("WATCHDOG_USEC", "400000");
    let mut daemon = site.start(&RUN);
    manager.next("READY=1");

    // A fault: what was stays, and systemd, the log and the readiness say so.
    site.write("local.toml", &pack.replace("\"high\"", "\"hihg\""));
    daemon.signal("-HUP");
    let reloading = manager.next("RELOADING=1");
    let since = reloading
        .lines()
        .find_map(|l| l.strip_prefix("MONOTONIC_USEC="));
    assert!(
        since.is_some_and(|usec| usec.parse::<u64>().is_ok()),
        "{reloading}"
    );
    let ready = manager.next("READY=1");
    assert!(
        ready.contains(
            "STATUS=the configuration was not taken (1 in the log), the one of before stands"
        ),
        "{ready}"
    );
    assert!(get(port, "/readyz").contains("local.toml:10:12: `severity`"));
    assert!(get(port, "/readyz").contains(r#""ready":true"#));
    daemon.wait_until("a pass by what was before", || {
        get(port, "/metrics").contains(r#"rule="core-group",severity="high""#)
    });
    assert!(
        daemon.said().contains("local.toml:10:12: `severity`"),
        "{}",
        daemon.said()
    );
    manager.next("WATCHDOG=1");

    // So with a template of the site's own.
    site.write("local.toml", &pack);
    site.write("letters/now.txt", "{{ place }}\n{{ plaice }}\n");
    let lettered = config.replace("[mail]\n", "[mail]\ntemplates = \"letters\"\n");
    assert_ne!(lettered, config);
    site.write("corewatch.toml", &lettered);
    daemon.signal("-HUP");
    manager.next("RELOADING=1");
    let ready = manager.next("READY=1");
    assert!(ready.contains("the one of before stands"), "{ready}");
    let fault = "letters/now.txt:2: nothing is known as `plaice`; did you mean `place`?";
    assert!(
        get(port, "/readyz").contains(fault),
        "{}",
        get(port, "/readyz")
    );

    // Mended, with another rule; and a setting that only a start changes.
    let second = pack.split("[[rule]]").nth(1).unwrap();
    let second = second.replace("\"core-group\"", "\"second-rule\"");
    site.write("local.toml", &format!("{pack}\n[[rule]]{second}"));
    site.write("corewatch.toml", &config.replace("* * * * *", "07:30"));
    daemon.signal("-HUP");
    manager.next("RELOADING=1");
    let ready = manager.next("READY=1");
    assert!(
        ready.contains(
            "STATUS=the configuration was read anew, but for [schedule], that need a start"
        ),
        "{ready}"
    );
    assert!(get(port, "/readyz").ends_with(r#"{"ready":true,"reasons":[]}"#));
    // The schedule of before goes on: within the minute there is a pass by the new rules.
    daemon.wait_until("a pass by the new rules", || {
        get(port, "/metrics").contains(r#"rule="second-rule",severity="high""#)
    });
    assert!(
        daemon
            .said()
            .contains("[schedule] was changed, and counts only after a start")
    );
    manager.next("WATCHDOG=1");
    assert_eq!(daemon.stop(), Some(0));
    manager.next("STOPPING=1");
}
