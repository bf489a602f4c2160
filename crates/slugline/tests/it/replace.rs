//! A file that is overwritten is whole at every moment, keeps what it had, and stays what it was.

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use super::corpora::examples;
use slugline::{
    Error, TextClassifier,
    replace::{Replacement, strays},
};
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn write(path: &Path, content: &str) -> slugline::Result<()> {
    let mut file = Replacement::create(path)?;
    file.write_all(content.as_bytes()).unwrap();
    file.commit()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn run(program: &str, args: &[&str]) -> bool {
    let status = Command::new(program).args(args).status();
    status.is_ok_and(|status| status.success())
}

fn is_root(folder: &TempDir) -> bool {
    fs::metadata(folder.path()).unwrap().uid() == 0
}

fn failure(path: &Path) -> (ErrorKind, String) {
    let error = write(path, "new").unwrap_err();
    let Error::Io { source, .. } = &error else {
        panic!("{error}")
    };
    let kind = source.kind();
    (kind, error.to_string())
}

#[test]
fn a_new_file_appears_whole_and_nothing_else() {
    let folder = folder();
    let path = folder.path().join("new");
    let mut file = Replacement::create(&path).unwrap();
    file.write_all(b"half").unwrap();
    assert!(!path.exists());
    file.commit().unwrap();
    assert_eq!(read(&path), "half");
    assert_eq!(names(folder.path()), ["new"]);
    // What is given up leaves nothing, and what was there stays.
    let mut file = Replacement::create(&path).unwrap();
    file.write_all(b"other").unwrap();
    drop(file);
    assert_eq!(read(&path), "half");
    assert_eq!(names(folder.path()), ["new"]);
}

#[test]
fn what_a_killed_run_leaves_is_found() {
    let folder = folder();
    let path = folder.path().join("model");
    for old in [false, true] {
        if old {
            fs::write(&path, "old").unwrap();
        }
        let mut file = Replacement::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        // As a kill does: nothing is tidied up.
        std::mem::forget(file);
        let named: Vec<PathBuf> = names(folder.path())
            .iter()
            .filter(|name| *name != "model")
            .map(|name| folder.path().join(name))
            .collect();
        assert_eq!(strays(&path), named);
        for name in named {
            fs::remove_file(name).unwrap();
        }
    }
    for name in [
        ".model.slugline-Ab3dEf9h.tmp",
        ".model.slugline-short.tmp",
        ".models.slugline-Ab3dEf9h.tmp",
        "model.slugline-Ab3dEf9h.tmp",
    ] {
        fs::write(folder.path().join(name), "").unwrap();
    }
    let stray = folder.path().join(".model.slugline-Ab3dEf9h.tmp");
    assert_eq!(strays(&path), [stray.as_path()]);
    // Through a link, too; and nothing of it is touched.
    let link = folder.path().join("link");
    symlink("model", &link).unwrap();
    assert_eq!(strays(&link), [stray.as_path()]);
    write(&path, "new").unwrap();
    assert!(stray.exists());
}

#[test]
fn names_as_long_as_the_system_takes_them() {
    let folder = folder();
    for name in ["x".repeat(255), "ü".repeat(127)] {
        let path = folder.path().join(name);
        write(&path, "old").unwrap();
        write(&path, "new").unwrap();
        assert_eq!(read(&path), "new");
    }
    assert_eq!(names(folder.path()).len(), 2);
}

#[test]
fn links_stay_and_what_they_point_to_changes() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("far")).unwrap();
    fs::write(at("far/model"), "old").unwrap();
    symlink("far", at("near")).unwrap();
    symlink("../near/model", at("far/middle")).unwrap();
    symlink(at("near/middle"), at("link")).unwrap();
    let inode = fs::metadata(at("far/model")).unwrap().ino();
    write(&at("link"), "new").unwrap();
    assert_eq!(read(&at("far/model")), "new");
    // A new file and not the old one written over: who reads the old one meanwhile has it whole.
    assert_ne!(fs::metadata(at("far/model")).unwrap().ino(), inode);
    for link in ["near", "far/middle", "link"] {
        assert!(at(link).is_symlink(), "{link}");
    }
    assert_eq!(names(folder.path()), ["far", "link", "near"]);

    // One that points nowhere yet makes its target.
    symlink("far/made", at("dangling")).unwrap();
    write(&at("dangling"), "made").unwrap();
    assert!(at("dangling").is_symlink());
    assert_eq!(read(&at("far/made")), "made");

    symlink("none/made", at("lost")).unwrap();
    let (kind, why) = failure(&at("lost"));
    assert_eq!(kind, ErrorKind::NotFound);
    assert!(
        why.contains("lost: the folder") && why.contains("does not exist"),
        "{why}"
    );

    symlink("two", at("one")).unwrap();
    symlink("one", at("two")).unwrap();
    let (_, why) = failure(&at("one"));
    assert!(
        why.contains("one: Too many levels of symbolic links"),
        "{why}"
    );
    assert!(at("one").is_symlink() && at("two").is_symlink());
}

#[test]
fn an_overwritten_file_keeps_its_mode_and_owner() {
    let folder = folder();
    let path = folder.path().join("model");
    fs::write(&path, "old").unwrap();
    for kept in [0o600, 0o640, 0o664, 0o755, 0o606] {
        set_mode(&path, kept);
        write(&path, "new").unwrap();
        assert_eq!(mode(&path), kept, "{kept:o}");
    }
    if !is_root(&folder) {
        println!("skipped: only root can give files to others, so no other owner was kept");
        return;
    }
    std::os::unix::fs::chown(&path, Some(65534), Some(65533)).unwrap();
    // Root may write to what is read-only.
    for kept in [0o640, 0o444] {
        set_mode(&path, kept);
        write(&path, "newer").unwrap();
        let file = fs::metadata(&path).unwrap();
        assert_eq!((file.uid(), file.gid(), mode(&path)), (65534, 65533, kept));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn attributes_are_kept_where_the_file_system_has_them() {
    use rustix::fs::{XattrFlags, getxattr, setxattr};
    let folder = folder();
    let path = folder.path().join("model");
    fs::write(&path, "old").unwrap();
    if setxattr(&path, "user.note", b"mine", XattrFlags::empty()).is_err() {
        println!("skipped: the temporary folder's file system has no extended attributes");
        return;
    }
    write(&path, "new").unwrap();
    let mut value = [0; 16];
    let size = getxattr(&path, "user.note", &mut value[..]).unwrap();
    assert_eq!(&value[..size], b"mine");
    // Version 2; owner rw, user 65534 r, group r, mask r, others none.
    let mut acl = 2_u32.to_le_bytes().to_vec();
    for (tag, rights, id) in [
        (1_u16, 6_u16, u32::MAX),
        (2, 4, 65534),
        (4, 4, u32::MAX),
        (16, 4, u32::MAX),
        (32, 0, u32::MAX),
    ] {
        acl.extend(tag.to_le_bytes());
        acl.extend(rights.to_le_bytes());
        acl.extend(id.to_le_bytes());
    }
    if setxattr(&path, "system.posix_acl_access", &acl, XattrFlags::empty()).is_err() {
        println!("skipped: the temporary folder's file system has no access control lists");
        return;
    }
    let list = |path: &Path| {
        let mut value = [0; 256];
        let size = getxattr(path, "system.posix_acl_access", &mut value[..]).unwrap();
        value[..size].to_vec()
    };
    let before = list(&path);
    write(&path, "newer").unwrap();
    assert_eq!(list(&path), before);
    assert_eq!(mode(&path), 0o640);
}

#[test]
fn what_appears_meanwhile_is_replaced_whole() {
    let folder = folder();
    let path = folder.path().join("model");
    let mut ours = Replacement::create(&path).unwrap();
    ours.write_all(b"ours").unwrap();
    fs::write(&path, "theirs").unwrap();
    ours.commit().unwrap();
    assert_eq!(read(&path), "ours");
    assert_eq!(names(folder.path()), ["model"]);
}

#[test]
fn what_is_no_file_is_written_through() {
    let folder = folder();
    let pipe = folder.path().join("pipe");
    assert!(run("mkfifo", &[pipe.to_str().unwrap()]));
    let reader = {
        let pipe = pipe.clone();
        thread::spawn(move || read(&pipe))
    };
    write(&pipe, "through").unwrap();
    assert_eq!(reader.join().unwrap(), "through");
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    // Looking at it does not wait for a reader.
    Replacement::check(&pipe).unwrap();

    let socket = folder.path().join("socket");
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    write(&socket, "through").unwrap();
    let mut told = String::new();
    listener
        .accept()
        .unwrap()
        .0
        .read_to_string(&mut told)
        .unwrap();
    assert_eq!(told, "through");

    let device = folder.path().join("null");
    if run("mknod", &[device.to_str().unwrap(), "c", "1", "3"]) {
        write(&device, "nowhere").unwrap();
        let link = folder.path().join("link");
        symlink("null", &link).unwrap();
        write(&link, "nowhere").unwrap();
        let kind = fs::symlink_metadata(&device).unwrap().file_type();
        assert!(kind.is_char_device());
    } else {
        println!("skipped: no device can be made here (mknod wants root)");
    }
    assert!(strays(&device).is_empty());
}

#[test]
fn what_cannot_be_written_leaves_what_was_there() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    for (name, expected, why) in [
        (
            "none/model",
            ErrorKind::NotFound,
            "does not exist: make it first",
        ),
        ("", ErrorKind::IsADirectory, "is a folder"),
        ("new/", ErrorKind::IsADirectory, "is a folder"),
        ("new/.", ErrorKind::IsADirectory, "is a folder"),
        ("..", ErrorKind::IsADirectory, "is a folder"),
    ] {
        let path = at(name);
        let (kind, said) = failure(&path);
        assert_eq!(kind, expected, "{said}");
        assert!(
            said.starts_with(path.to_str().unwrap()) && said.contains(why),
            "{said}"
        );
        assert!(Replacement::check(&path).is_err());
    }
    fs::write(at("file"), "old").unwrap();
    assert!(write(&at("file/model"), "new").is_err());
    assert_eq!(read(&at("file")), "old");
    assert_eq!(names(folder.path()), ["file"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_old_model() {
    let model = TextClassifier::params()
        .fit(&examples(&["chips", "votes"], &["a", "b"]))
        .unwrap();
    let why = model.save("/dev/full").unwrap_err().to_string();
    assert!(why.starts_with("/dev/full: No space left"), "{why}");
    let folder = folder();
    let disk = folder.path().to_str().unwrap();
    if !run("mount", &["-t", "tmpfs", "-o", "size=16k", "tmpfs", disk]) {
        println!("skipped: no small disk can be made here (mount wants root)");
        return;
    }
    let path = folder.path().join("model");
    let tried = std::panic::catch_unwind(|| {
        fs::write(&path, "x".repeat(8000)).unwrap();
        let long = "y".repeat(60_000);
        let mut file = Replacement::create(&path).unwrap();
        let written = file.write_all(long.as_bytes());
        assert_eq!(written.unwrap_err().kind(), ErrorKind::StorageFull);
        drop(file);
        assert_eq!(fs::read(&path).unwrap(), "x".repeat(8000).as_bytes());
        assert_eq!(names(folder.path()), ["model"]);
        // The same of a whole model.
        let texts: Vec<String> = (0..5000).map(|n| format!("word{n} term{n}")).collect();
        let labels: Vec<&str> = (0..5000).map(|n| ["a", "b"][n % 2]).collect();
        let model = TextClassifier::params()
            .fit(&examples(&texts, &labels))
            .unwrap();
        let why = model.save(&path).unwrap_err().to_string();
        assert!(why.contains("model: No space left"), "{why}");
        assert_eq!(fs::read(&path).unwrap(), "x".repeat(8000).as_bytes());
        assert_eq!(names(folder.path()), ["model"]);
    });
    assert!(run("umount", &[disk]));
    tried.unwrap();
}

#[test]
fn a_model_is_saved_the_same_way() {
    let model = TextClassifier::params()
        .fit(&examples(&["chips", "votes"], &["a", "b"]))
        .unwrap();
    let bytes = model.to_bytes().unwrap();
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    model.save(at("model")).unwrap();
    set_mode(&at("model"), 0o600);
    symlink("model", at("link")).unwrap();
    model.save(at("link")).unwrap();
    assert!(at("link").is_symlink());
    assert_eq!(mode(&at("model")), 0o600);
    assert_eq!(fs::read(at("model")).unwrap(), bytes);
    let mut written = Vec::new();
    model.write(&mut written).unwrap();
    assert_eq!(written, bytes);
}
