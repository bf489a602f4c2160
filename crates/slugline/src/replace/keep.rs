//! Owner, mode and attributes that a file keeps when its content is replaced.

use std::{
    fs::{File, Metadata},
    io,
    path::Path,
};

/// Gives `file` the owner, group and mode of the file that it replaces, as far as the system allows. Nobody can
/// read it who could not read the old one.
#[cfg(unix)]
pub(super) fn take_over(file: &File, path: &Path, old: &Metadata) -> io::Result<()> {
    use std::{
        fs::Permissions,
        os::unix::fs::{MetadataExt, PermissionsExt, fchown},
    };
    let ours = file.metadata()?;
    let is_owned = ours.uid() == old.uid() || fchown(file, Some(old.uid()), None).is_ok();
    let in_group = ours.gid() == old.gid() || fchown(file, None, Some(old.gid())).is_ok();
    let mut mode = old.mode() & 0o7777;
    if !is_owned {
        // The owner is another one now, so no program may run with its rights.
        mode &= !0o4000;
    }
    if !in_group {
        // The group is another one now: it gets no rights that others do not have.
        mode &= !(0o2070 & !((mode & 0o007) << 3));
    }
    #[cfg(target_os = "linux")]
    attributes::take_over(file, path, in_group);
    #[cfg(not(target_os = "linux"))]
    let _ = path;
    // After the access control lists, which change the group's rights.
    match file.metadata()?.mode() & 0o7777 == mode {
        true => Ok(()),
        false => file.set_permissions(Permissions::from_mode(mode)),
    }
}

#[cfg(not(unix))]
pub(super) fn take_over(_: &File, _: &Path, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Extended attributes. Errors are ignored, since many file systems have none.
#[cfg(target_os = "linux")]
mod attributes {
    use std::{
        ffi::{CStr, CString},
        fs::File,
        path::Path,
    };

    use rustix::fs::{XattrFlags, fremovexattr, fsetxattr, getxattr, listxattr};

    const ACCESS: &[u8] = b"system.posix_acl_access";
    const SELINUX: &[u8] = b"security.selinux";
    const OF_USER: &[u8] = b"user.";
    /// Linux' limit of a value, and of all names.
    const MOST_BYTES: usize = 1 << 16;

    /// Copies user attributes, the access control list and the SELinux label. Others belong to the old content
    /// (signatures), or grant rights to it.
    pub(super) fn take_over(file: &File, path: &Path, in_group: bool) {
        let mut has_list = false;
        for name in names(path) {
            let bytes = name.to_bytes();
            has_list |= bytes == ACCESS && in_group;
            let is_kept = match bytes {
                ACCESS => in_group,
                SELINUX => true,
                other => other.starts_with(OF_USER),
            };
            if is_kept && let Some(value) = value(path, &name) {
                let _ = fsetxattr(file, name.as_c_str(), &value, XattrFlags::empty());
            }
        }
        if !has_list {
            // It may have inherited one from its folder.
            let _ = fremovexattr(file, ACCESS);
        }
    }

    fn names(path: &Path) -> Vec<CString> {
        let mut list = vec![0; MOST_BYTES];
        let size = listxattr(path, &mut list[..]).unwrap_or(0);
        let names = list[..size].split_inclusive(|&byte| byte == 0);
        names
            .filter_map(|name| CStr::from_bytes_with_nul(name).ok())
            .map(CStr::to_owned)
            .collect()
    }

    fn value(path: &Path, name: &CStr) -> Option<Vec<u8>> {
        let mut value = vec![0; MOST_BYTES];
        let size = getxattr(path, name, &mut value[..]).ok()?;
        value.truncate(size);
        Some(value)
    }
}
