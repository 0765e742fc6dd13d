//! Case data on whatever has an ODBC driver: SQL Server, Oracle and others. The drivers block, so that
//! each connection has a thread of its own, and rows come over a channel.

mod dialect;
mod fault;
mod session;
mod values;

use tokio::sync::{mpsc, oneshot};

use self::session::{Batch, Order};
use super::{Cell, Column, Limits, More, ReadError, Since, places};
use crate::calendar::Zone;

pub(in crate::source) use self::fault::Failure;

/// Batches of rows that wait for the reader at most.
const WAITING: usize = 2;

/// A connection, on its own thread, which ends when this is dropped.
pub(in crate::source) struct Session {
    orders: std::sync::mpsc::Sender<Order>,
}

pub(in crate::source) struct Statement {
    sql: String,
    pub(super) columns: Vec<Column>,
}

/// Connects with an ODBC connection string.
pub(super) async fn open(
    connection: &str,
    zone: Zone,
    limits: Limits,
) -> Result<Session, ReadError> {
    let (orders, received) = std::sync::mpsc::channel();
    let (opened, answer) = oneshot::channel();
    let connection = connection.to_owned();
    std::thread::Builder::new()
        .name("odbc".to_owned())
        .spawn(move || session::serve(&connection, zone, limits, opened, &received))
        .map_err(|error| ReadError::Database(sqlx::Error::Io(error)))?;
    answered(answer).await?;
    Ok(Session { orders })
}

pub(super) async fn prepare(
    session: &Session,
    sql: &str,
    since: Option<Since>,
) -> Result<Statement, ReadError> {
    // Drivers differ in what they make of a second statement; none is to run one.
    if super::sqlite::has_more_than_one_statement(sql) {
        return Err(ReadError::Several);
    }
    let (reply, answer) = oneshot::channel();
    let sql = match since {
        None => sql.to_owned(),
        // A literal that every driver puts as its database has it.
        Some(since) => places(sql, |_, asked| format!("{{ts '{}'}}", since.naive(asked))).0,
    };
    session.order(Order::Prepare {
        sql: sql.clone(),
        reply,
    })?;
    let columns = answered(answer).await?;
    Ok(Statement { sql, columns })
}

pub(super) async fn each_row(
    session: &Session,
    statement: &Statement,
    each: &mut (dyn FnMut(&[Cell<'_>]) -> More + Send),
) -> Result<(), ReadError> {
    let (rows, mut batches) = mpsc::channel::<Result<Batch, ReadError>>(WAITING);
    session.order(Order::Run {
        sql: statement.sql.clone(),
        columns: statement.columns.clone(),
        rows,
    })?;
    while let Some(batch) = batches.recv().await {
        let batch = batch?;
        for row in batch.cells.chunks_exact(batch.width) {
            if each(row) == More::No {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Whether the account could write, where the database has a way to ask.
pub(super) async fn could_write(session: &Session) -> Result<Option<bool>, ReadError> {
    let (reply, answer) = oneshot::channel();
    session.order(Order::CouldWrite { reply })?;
    answered(answer).await
}

/// Takes leave of the server.
pub(super) async fn close(session: Session) {
    let (reply, answer) = oneshot::channel();
    if session.order(Order::Close { reply }).is_ok() {
        // Either way the connection is gone.
        let _ = answer.await;
    }
}

impl Session {
    fn order(&self, order: Order) -> Result<(), ReadError> {
        self.orders.send(order).map_err(|_| gone())
    }
}

async fn answered<T>(answer: oneshot::Receiver<Result<T, ReadError>>) -> Result<T, ReadError> {
    answer.await.unwrap_or_else(|_| Err(gone()))
}

fn gone() -> ReadError {
    ReadError::Odbc(Failure::of_no_driver("the connection has ended"))
}
