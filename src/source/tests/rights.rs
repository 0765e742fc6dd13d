//! Whether the account that reads a source could also write it.

use super::*;

/// An address by which the site's database can only be read.
async fn readers_address(site: &Site) -> String {
    let name = testing::unique("reader");
    let (scheme, rest) = site.address.split_once("://").unwrap();
    let (_, place) = rest.rsplit_once('@').unwrap();
    let (_, database) = place.rsplit_once('/').unwrap();
    let sql = match scheme {
        "mysql" => format!(
            "CREATE USER {name}@'127.0.0.1' IDENTIFIED BY 'only-reads';
             GRANT SELECT ON {database}.* TO {name}@'127.0.0.1'"
        ),
        _ => format!(
            "CREATE ROLE {name} LOGIN PASSWORD 'only-reads';
             GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}"
        ),
    };
    site.run(&sql).await;
    format!("{scheme}://{name}:only-reads@{place}")
}

async fn only_reads(site: &mut Site, url: &str) {
    site.profile = site.profile.clone().with_url(url).unwrap();
    let probe = probe(&site.profile, Zone::LONDON, site.now, 1).await;
    assert_eq!(probe.faults, [], "{url}");
    assert_eq!(probe.could_write, Some(false), "{url}");
    site.sync().await.unwrap();
}

async fn is_told_apart(mut site: Site) {
    let probe = probe(&site.profile, Zone::LONDON, site.now, 1).await;
    assert_eq!(probe.could_write, Some(true));
    let url = readers_address(&site).await;
    only_reads(&mut site, &url).await;
    #[cfg(feature = "odbc")]
    only_reads(&mut site, &super::odbc::url(&url)).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; tests/run starts it"]
async fn an_account_of_postgres_that_only_reads_is_told_from_one_that_could_write() {
    is_told_apart(Site::postgres().await).await;
}

#[tokio::test]
#[ignore = "needs MariaDB; tests/run starts it"]
async fn an_account_of_mariadb_that_only_reads_is_told_from_one_that_could_write() {
    is_told_apart(Site::mariadb().await).await;
}
