//! Each message one `.eml` file, whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Puts a message into the folder, made where it is not there. The file is named after the
/// Message-ID, so that a message put there twice is one file.
///
/// # Errors
/// What the file system says; the file is not there then, or is as it was.
pub(super) fn put(folder: &Path, message_id: &str, message: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let name = file_name(message_id);
    let unfinished = folder.join(format!(".{name}.unfinished"));
    let mut file = File::create(&unfinished)?;
    file.write_all(message)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&unfinished, folder.join(&name))?;
    // The name, too, must be there after a power cut.
    File::open(folder)?.sync_all()
}

/// Whether a message could be put there: the folder is made, and a file written and taken away.
///
/// # Errors
/// What the file system says.
pub(super) fn probe(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let probe = folder.join(format!(".probe-{}", std::process::id()));
    File::create(&probe)?;
    fs::remove_file(&probe)
}

fn file_name(message_id: &str) -> String {
    let id = message_id.trim_matches(['<', '>']);
    let id = id.split('@').next().unwrap_or(id);
    let safe = id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    format!("{}.eml", safe.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_put_twice_is_one_whole_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = folder.path().join("outbox");
        put(&outbox, "<abc123@example.org>", b"first").unwrap();
        put(&outbox, "<abc123@example.org>", b"again").unwrap();
        probe(&outbox).unwrap();
        let files: Vec<_> = fs::read_dir(&outbox)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(files, ["abc123.eml"]);
        assert_eq!(fs::read(outbox.join("abc123.eml")).unwrap(), b"again");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "in the way").unwrap();
        assert!(put(&file.join("outbox"), "<a@b>", b"message").is_err());
    }
}
