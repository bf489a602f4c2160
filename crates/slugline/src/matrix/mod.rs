//! Sparse rows, and what gives them one at a time.

mod csr;
mod row_source;

pub use csr::Rows;
pub(crate) use row_source::RowSource;
