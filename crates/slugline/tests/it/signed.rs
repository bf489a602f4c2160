//! Model files that were changed, whole by their checksum.

/// Rewrites the header and makes the checksum right again: what a hostile writer would do.
pub(crate) fn with_header(bytes: &[u8], change: impl Fn(&str) -> String) -> Vec<u8> {
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header = std::str::from_utf8(&bytes[8..8 + length]).unwrap();
    let mut header = change(header);
    while !header.len().is_multiple_of(8) {
        header.push(' ');
    }
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(header.as_bytes());
    file.extend_from_slice(&bytes[8 + length..]);
    sign(&mut file);
    file
}

/// Makes the checksum right again.
pub(crate) fn sign(file: &mut [u8]) {
    let mark = br#"checksum\":\""#;
    let Some(at) = file.windows(mark.len()).position(|bytes| bytes == mark) else {
        return;
    };
    let at = at + mark.len();
    file[at..at + 8].copy_from_slice(b"00000000");
    let checksum = format!("{:08x}", crc32fast::hash(file));
    file[at..at + 8].copy_from_slice(checksum.as_bytes());
}
