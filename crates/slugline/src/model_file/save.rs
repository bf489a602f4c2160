//! Writing a model file to the disk.

use std::path::Path;

use crate::{
    classifier::TextClassifier,
    error::{Error, Result},
    replace::Replacement,
};

impl TextClassifier {
    /// Writes the model file, as [`replace`](crate::replace) does: at every moment either the old file or
    /// the whole new one is there; links stay, and a file that is overwritten keeps its mode and owner; a
    /// device or a pipe is written through.
    ///
    /// # Errors
    /// [`Error::Io`] where the folder does not exist, or the folder or the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let pieces = self.pieces()?;
        let mut file = Replacement::create(path)?;
        pieces
            .write(&mut file)
            .map_err(|source| Error::io(path, source))?;
        file.commit()
    }
}
