//! The thread of a connection: it takes orders until nobody gives any more.

use std::sync::mpsc::Receiver;

use odbc_api::buffers::ColumnarDynBuffer;
use odbc_api::handles::ColumnDescription;
use odbc_api::{Connection, ConnectionOptions, Cursor, Error, ResultSetMetadata, environment};
use tokio::sync::{mpsc, oneshot};

use super::super::{CONNECT, Cell, Column, Limits, ReadError};
use super::dialect::Dialect;
use super::fault::Failure;
use crate::calendar::Zone;

/// Rows together, one after the other.
pub(super) struct Batch {
    pub(super) cells: Vec<Cell<'static>>,
    /// How many cells a row has.
    pub(super) width: usize,
}

type Reply<T> = oneshot::Sender<Result<T, ReadError>>;
type Rows = mpsc::Sender<Result<Batch, ReadError>>;

/// What the thread is asked to do.
pub(super) enum Order {
    Prepare {
        sql: String,
        reply: Reply<Vec<Column>>,
    },
    Run {
        sql: String,
        /// What it yielded when it was prepared.
        columns: Vec<Column>,
        rows: Rows,
    },
    CouldWrite {
        reply: Reply<Option<bool>>,
    },
    Close {
        reply: oneshot::Sender<()>,
    },
}

/// Bytes that a batch may take in the buffers that the driver fills.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Rows that a batch has at most.
const BATCH_ROWS: usize = 1000;

/// Connects, and answers orders until the other side is gone.
pub(super) fn serve(
    connection_string: &str,
    zone: Zone,
    limits: Limits,
    opened: Reply<()>,
    orders: &Receiver<Order>,
) {
    let session = match Session::open(connection_string, zone, limits) {
        Ok(session) => session,
        Err(failure) => {
            // Nobody waits any more: then nobody needs to know.
            let _ = opened.send(Err(ReadError::Odbc(failure)));
            return;
        }
    };
    let mut told = None;
    if opened.send(Ok(())).is_ok() {
        while let Ok(order) = orders.recv() {
            // An answer that nobody waits for any more is dropped with its channel.
            match order {
                Order::Prepare { sql, reply } => {
                    let _ = reply.send(session.prepare(&sql).map_err(ReadError::Odbc));
                }
                Order::Run { sql, columns, rows } => {
                    if let Err(failure) = session.run(&sql, &columns, &rows) {
                        let _ = rows.blocking_send(Err(ReadError::Odbc(failure)));
                    }
                }
                Order::CouldWrite { reply } => {
                    let _ = reply.send(session.could_write().map_err(ReadError::Odbc));
                }
                Order::Close { reply } => {
                    told = Some(reply);
                    break;
                }
            }
        }
    }
    session.close();
    if let Some(reply) = told {
        let _ = reply.send(());
    }
}

struct Session {
    connection: Connection<'static>,
    dialect: Dialect,
    limits: Limits,
    /// What stands in the connection string and must stand in no error.
    secrets: Vec<String>,
}

impl Session {
    /// Connects, makes the session read-only, and begins the snapshot.
    fn open(connection_string: &str, zone: Zone, limits: Limits) -> Result<Session, Failure> {
        let secrets = super::dialect::secrets(connection_string);
        let told = |error: Error| Failure::new(&error, &secrets);
        let options = ConnectionOptions {
            login_timeout_sec: Some(CONNECT.as_secs() as u32),
            packet_size: None,
        };
        let connect = |connection_string: &str| {
            environment()?.connect_with_connection_string(connection_string, options)
        };
        let mut connection = connect(connection_string).map_err(told)?;
        let name = connection.database_management_system_name().map_err(told)?;
        let dialect = Dialect::of(&name);
        // What a driver needs to hand rows over as they come is known once it has said whose it is.
        if let Some(better) = dialect.connection_string(connection_string) {
            leave(connection);
            connection = connect(&better).map_err(told)?;
        }
        let session = Session {
            connection,
            dialect,
            limits,
            secrets,
        };
        match session.begin(zone) {
            Ok(()) => Ok(session),
            Err(error) => {
                let failure = session.told(error);
                session.close();
                Err(failure)
            }
        }
    }

    fn begin(&self, zone: Zone) -> Result<(), Error> {
        if let Some(statement) = self.dialect.zone(zone)
            && let Err(error) = self.execute(&statement)
        {
            let failure = self.told(error);
            tracing::warn!(
                event = "source_zone_unknown",
                zone = zone.0.name(),
                why = failure.message,
                "the source does not know this zone: what it turns into local time, it does by its own"
            );
        }
        for statement in self.dialect.session(self.limits) {
            self.execute(&statement)?;
        }
        if self.dialect == Dialect::SqlServer {
            let snapshot = self.first_texts(Dialect::ALLOWS_SNAPSHOT)?;
            let allowed = snapshot.iter().any(|state| state == "1");
            self.execute(Dialect::isolation(allowed))?;
            if !allowed {
                tracing::warn!(
                    event = "source_without_snapshot",
                    "the source allows no snapshot: rows that were read stay locked until the \
                     reading is over; ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON avoids it"
                );
            }
        }
        self.connection.set_autocommit(false)?;
        for statement in self.dialect.begin() {
            self.execute(statement)?;
        }
        Ok(())
    }

    fn execute(&self, sql: &str) -> Result<(), Error> {
        self.connection.execute(sql, (), None).map(drop)
    }

    fn told(&self, error: Error) -> Failure {
        Failure::new(&error, &self.secrets)
    }

    fn prepare(&self, sql: &str) -> Result<Vec<Column>, Failure> {
        let described = self.connection.prepare(sql).and_then(|mut prepared| {
            let descriptions = describe(&mut prepared)?;
            Ok(self.dialect.reader(&descriptions))
        });
        Ok(described.map_err(|error| self.told(error))?.columns)
    }

    /// Runs a query and sends its rows, as long as somebody takes them.
    fn run(&self, sql: &str, columns: &[Column], rows: &Rows) -> Result<(), Failure> {
        let limit = self
            .dialect
            .limits_by_statement()
            .then_some(self.limits.statement.as_secs() as usize);
        let cursor = self
            .connection
            .execute(sql, (), limit)
            .map_err(|error| self.told(error))?;
        let Some(mut cursor) = cursor else {
            return Ok(());
        };
        let descriptions = describe(&mut cursor).map_err(|error| self.told(error))?;
        let reader = self.dialect.reader(&descriptions);
        let names = |columns: &[Column]| -> Vec<String> {
            columns.iter().map(|column| column.name.clone()).collect()
        };
        if names(&reader.columns) != names(columns) {
            return Err(Failure::of_no_driver(
                "the query yields other columns than it did a moment ago",
            ));
        }
        let row_bytes = reader.row_bytes().max(1);
        let capacity = (BATCH_BYTES / row_bytes).clamp(1, BATCH_ROWS);
        let buffer = ColumnarDynBuffer::try_from_descs(capacity, reader.buffers())
            .map_err(|error| self.told(error))?;
        let mut cursor = cursor
            .bind_buffer(buffer)
            .map_err(|error| self.told(error))?;
        loop {
            match cursor.fetch() {
                Ok(None) => return Ok(()),
                Ok(Some(filled)) => {
                    let batch = Batch {
                        cells: reader.cells(filled),
                        width: reader.columns.len(),
                    };
                    if rows.blocking_send(Ok(batch)).is_err() {
                        return Ok(());
                    }
                }
                Err(error) => return Err(self.told(error)),
            }
        }
    }

    fn could_write(&self) -> Result<Option<bool>, Failure> {
        let Some(sql) = self.dialect.asks_could_write() else {
            return Ok(None);
        };
        let texts = self.first_texts(sql).map_err(|error| self.told(error))?;
        Ok(Some(self.dialect.could_write(&texts)))
    }

    /// The first column of a query's rows, as text.
    fn first_texts(&self, sql: &str) -> Result<Vec<String>, Error> {
        let mut texts = Vec::new();
        let Some(mut cursor) = self.connection.execute(sql, (), None)? else {
            return Ok(texts);
        };
        while let Some(mut row) = cursor.next_row()? {
            let mut text = Vec::new();
            row.get_wide_text(1, &mut text)?;
            texts.push(String::from_utf16_lossy(&text));
        }
        Ok(texts)
    }

    fn close(self) {
        // Nothing was written; what the server says to the end changes nothing.
        let _ = self.connection.rollback();
        leave(self.connection);
    }
}

/// Disconnects. Where the driver cannot, its handle is left to it: to free it would be an error.
fn leave(connection: Connection<'_>) {
    let mut handle = connection.into_handle();
    if handle.disconnect().into_result(&handle).is_err() {
        std::mem::forget(handle);
    }
}

fn describe(statement: &mut impl ResultSetMetadata) -> Result<Vec<ColumnDescription>, Error> {
    let count = u16::try_from(statement.num_result_cols()?).unwrap_or(0);
    (1..=count)
        .map(|number| {
            let mut description = ColumnDescription::default();
            statement.describe_col(number, &mut description)?;
            Ok(description)
        })
        .collect()
}
