//! Edits of bytes: numbers that lie at the limits, pieces that are moved, left out or put in.

use arbitrary::{Result, Unstructured};

/// Numbers of 64 bits that are awkward as an integer, a length, an offset or a float.
const NUMBERS: [u64; 20] = [
    0,
    1,
    2,
    7,
    255,
    65_535,
    1 << 31,
    u32::MAX as u64,
    1 << 32,
    1 << 40,
    1 << 61,
    1 << 62,
    i64::MAX as u64,
    1 << 63,
    u64::MAX,
    0x3ff0_0000_0000_0000, // 1.0
    0x7fe1_ccf3_85eb_c8a0, // 1e308
    0x7ff0_0000_0000_0000, // infinity
    0x7ff8_0000_0000_0000, // NaN
    0xfff0_0000_0000_0000, // minus infinity
];

/// A number of 64 bits, mostly an awkward one.
///
/// # Errors
/// Where the input is used up.
pub fn number(u: &mut Unstructured<'_>) -> Result<u64> {
    match u.ratio(3, 4)? {
        true => u.choose(&NUMBERS).copied(),
        false => u.arbitrary(),
    }
}

/// A place in bytes of this length, at a multiple of `step`.
///
/// # Errors
/// Where the input is used up.
pub fn place(u: &mut Unstructured<'_>, length: usize, step: usize) -> Result<usize> {
    Ok(u.int_in_range(0..=length / step)? * step)
}

/// Makes one edit.
///
/// # Errors
/// Where the input is used up.
pub fn edit(u: &mut Unstructured<'_>, bytes: &mut Vec<u8>) -> Result<()> {
    let length = bytes.len();
    match u.int_in_range(0..=5)? {
        // A number in place of another.
        kind @ 0..=2 => {
            let width = [8, 4, 1][kind];
            let at = place(u, length, width)?;
            let number = number(u)?.to_le_bytes();
            for (byte, new) in bytes.iter_mut().skip(at).zip(&number[..width]) {
                *byte = *new;
            }
        }
        // A piece over another.
        3 => {
            let (from, to) = (place(u, length, 4)?, place(u, length, 4)?);
            let size = u.int_in_range(0..=64)?;
            let piece: Vec<u8> = bytes.iter().skip(from).take(size).copied().collect();
            for (byte, new) in bytes.iter_mut().skip(to).zip(piece) {
                *byte = new;
            }
        }
        // A piece is left out, and another put in.
        4 => {
            let at = place(u, length, 1)?;
            let end = (at + u.int_in_range(0..=16)?).min(length);
            let size = u.int_in_range(0..=16)?;
            let new = u.bytes(size)?.to_vec();
            bytes.splice(at..end, new);
        }
        _ => bytes.truncate(place(u, length, 1)?),
    }
    Ok(())
}
