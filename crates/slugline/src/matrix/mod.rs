//! Sparse rows, and the trait of their sources.

mod csr;
mod row_source;

pub use csr::Rows;
pub(crate) use row_source::RowSource;
