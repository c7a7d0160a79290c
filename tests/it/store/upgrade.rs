//! TRUST P22 in the small: a database that any earlier version left is brought up by starting on it, once and for all
//! instances that start together; and what an older program wrote is still read.

use migrations::{Migrator, MigratorTrait};
use ombud::clock::Clock;
use ombud::desk::Desk;
use ombud::store::Database;
use ombud::store::connect::statement;
use ombud::store::scan::Scan;
use sea_orm::{ConnectOptions, ConnectionTrait, Database as SeaOrm, DatabaseConnection};

use crate::support::MONDAY_9;
use crate::support::database::{Fresh, is_postgres};

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    SeaOrm::connect(options).await.unwrap()
}

/// A database as it was after so many migrations, with something in it where its tables are there.
async fn of_long_ago(url: &str, steps: u32) -> bool {
    let db = connect(url).await;
    Migrator::up(&db, Some(steps)).await.unwrap();
    let filled = steps > 0;
    if filled {
        let sql = "insert into outbox (key, channel, person, seq, payload, created_at, due_at, attempts, state, \
                   stands_for) values ('t:1:li:mail', 'mail', 'li', 1, '{\"why\":\"chased\"}', 1, 1, 0, 'skipped', 1)";
        let row = statement(db.get_database_backend(), sql, Vec::new());
        db.execute_raw(row).await.unwrap();
    }
    db.close().await.unwrap();
    filled
}

#[tokio::test]
async fn a_database_of_any_earlier_version_is_brought_up_by_starting_on_it() {
    let all = u32::try_from(Migrator::migrations().len()).unwrap();
    for steps in 0..all {
        let fresh = Fresh::bare().await;
        let filled = of_long_ago(&fresh.url, steps).await;
        // Where several may, two instances start together on it; then one again.
        let (one, two) = if is_postgres() {
            tokio::join!(Database::open(&fresh.url), Database::open(&fresh.url))
        } else {
            (Database::open(&fresh.url).await, Database::open(&fresh.url).await)
        };
        let desk = Desk::start(one.unwrap(), Clock::set_to(MONDAY_9)).await.unwrap();
        two.unwrap().close().await.unwrap();
        let scan = Scan::open(&fresh.url).await.unwrap();
        assert_eq!(scan.foreign_schema().await.unwrap(), [""; 0], "after {steps} of {all}");
        assert_eq!(scan.migrations().await.unwrap(), (Vec::new(), Vec::new()));
        let rows = scan.number("select count(*) from outbox", Vec::new()).await.unwrap();
        assert_eq!(rows, Some(i64::from(filled)), "nothing of what was there is lost");
        drop(scan);
        drop(desk);
        Database::open(&fresh.url).await.unwrap().close().await.unwrap();
    }
}
