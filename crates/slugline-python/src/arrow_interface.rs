//! The structs of Arrow's C interfaces, owned: released when they are dropped.
//!
//! <https://arrow.apache.org/docs/format/CDataInterface.html>, and `CStreamInterface.html` beside it. Nothing here
//! follows a length or an offset; who copies checks them first.

#![allow(
    unsafe_code,
    reason = "Arrow's C interface hands over structs behind pointers; tested in test_arrow_memory.py"
)]

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    marker::PhantomData,
    ptr,
};

use pyo3::{exceptions::PyValueError, prelude::*, types::PyCapsule};

pub(crate) fn invalid(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(format!("the Arrow data cannot be read: {error}"))
}

#[repr(C)]
struct ArrowSchema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut ArrowSchema,
    dictionary: *mut ArrowSchema,
    release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    private_data: *mut c_void,
}

#[repr(C)]
struct ArrowArray {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *const *const c_void,
    children: *mut *mut ArrowArray,
    dictionary: *mut ArrowArray,
    release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    private_data: *mut c_void,
}

#[repr(C)]
struct ArrowArrayStream {
    get_schema: Option<unsafe extern "C" fn(*mut Self, *mut ArrowSchema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut Self, *mut ArrowArray) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut Self) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut Self)>,
    private_data: *mut c_void,
}

/// Makes an owner of one of the structs: it can be moved out of a capsule, and is released when it is dropped.
macro_rules! owned {
    ($owned:ident, $of:ident, $what:literal, $name:literal, $empty:expr) => {
        /// A struct of the interface that is ours.
        pub(crate) struct $owned($of);

        impl $owned {
            fn empty() -> Self {
                Self($empty)
            }

            /// Moves the struct out of its capsule.
            pub(crate) fn of(capsule: &Bound<'_, PyCapsule>) -> PyResult<Self> {
                let found = capsule.pointer_checked(Some($name))?;
                let mut owned = Self::empty();
                // SAFETY: a capsule of this name contains such a struct while it lives (the interface's contract),
                // and we hold the capsule. Swapped, the capsule's is empty: without `release` it is no more than
                // memory, which is how the interface says that a struct was moved.
                unsafe { ptr::swap(found.cast::<$of>().as_ptr(), &raw mut owned.0) };
                match owned.0.release {
                    Some(_) => Ok(owned),
                    None => Err(invalid(concat!("the ", $what, " was read before"))),
                }
            }
        }

        impl Drop for $owned {
            fn drop(&mut self) {
                if let Some(release) = self.0.release {
                    // SAFETY: the struct is not released, and nobody else has it.
                    unsafe { release(&raw mut self.0) };
                }
            }
        }
    };
}

owned!(
    OwnedSchema,
    ArrowSchema,
    "schema",
    c"arrow_schema",
    ArrowSchema {
        format: ptr::null(),
        name: ptr::null(),
        metadata: ptr::null(),
        flags: 0,
        n_children: 0,
        children: ptr::null_mut(),
        dictionary: ptr::null_mut(),
        release: None,
        private_data: ptr::null_mut(),
    }
);
owned!(
    OwnedArray,
    ArrowArray,
    "array",
    c"arrow_array",
    ArrowArray {
        length: 0,
        null_count: 0,
        offset: 0,
        n_buffers: 0,
        n_children: 0,
        buffers: ptr::null(),
        children: ptr::null_mut(),
        dictionary: ptr::null_mut(),
        release: None,
        private_data: ptr::null_mut(),
    }
);
owned!(
    OwnedStream,
    ArrowArrayStream,
    "stream",
    c"arrow_array_stream",
    ArrowArrayStream {
        get_schema: None,
        get_next: None,
        get_last_error: None,
        release: None,
        private_data: ptr::null_mut(),
    }
);

impl OwnedSchema {
    /// The interface's name of the type.
    pub(crate) fn format(&self) -> PyResult<String> {
        format_of(&self.0)
    }

    /// That of the categories, where the type is a dictionary.
    pub(crate) fn dictionary_format(&self) -> PyResult<Option<String>> {
        // SAFETY: null, or a schema that lives as long as this one.
        let values = unsafe { self.0.dictionary.as_ref() };
        values.map(format_of).transpose()
    }
}

fn format_of(schema: &ArrowSchema) -> PyResult<String> {
    if schema.format.is_null() {
        return Err(invalid("a type without a name"));
    }
    // SAFETY: a C string that lives as long as the schema.
    let name = unsafe { CStr::from_ptr(schema.format) };
    Ok(name.to_string_lossy().into_owned())
}

impl OwnedArray {
    pub(crate) fn foreign(&self) -> Foreign<'_> {
        Foreign {
            array: &raw const self.0,
            owner: PhantomData,
        }
    }
}

/// An array, or the categories of one.
#[derive(Clone, Copy)]
pub(crate) struct Foreign<'a> {
    array: *const ArrowArray,
    owner: PhantomData<&'a OwnedArray>,
}

impl<'a> Foreign<'a> {
    fn array(self) -> &'a ArrowArray {
        // SAFETY: the array, or its dictionary, lives as long as its owner.
        unsafe { &*self.array }
    }

    /// Offset and length, as they stand there.
    pub(crate) fn extent(self) -> (i64, i64) {
        (self.array().offset, self.array().length)
    }

    /// The number of nulls; negative where it is not known.
    pub(crate) fn null_count(self) -> i64 {
        self.array().null_count
    }

    pub(crate) fn n_buffers(self) -> usize {
        usize::try_from(self.array().n_buffers).unwrap_or(0)
    }

    /// The address of a buffer; None where it has none.
    pub(crate) fn buffer(self, at: usize) -> Option<*const u8> {
        let buffers = self.array().buffers;
        if at >= self.n_buffers() || buffers.is_null() {
            return None;
        }
        // SAFETY: there are as many pointers as `n_buffers` says (the interface's contract).
        let address = unsafe { *buffers.add(at) };
        (!address.is_null()).then_some(address.cast())
    }

    /// The categories, where there are any.
    pub(crate) fn dictionary(self) -> Option<Foreign<'a>> {
        let dictionary = self.array().dictionary;
        (!dictionary.is_null()).then_some(Foreign {
            array: dictionary,
            owner: PhantomData,
        })
    }

    /// Copies the bytes from number `start` of a buffer on, where there is one.
    pub(crate) fn copy(self, buffer: usize, start: usize, into: &mut [u8]) {
        let Some(address) = self.buffer(buffer) else {
            return;
        };
        // SAFETY: the buffer reaches as far as the lengths of the array say (the interface's contract), or as the caller
        // knows. No reference to it is made, and any bytes are good ones, so that another thread that writes to it
        // changes what is copied and nothing else.
        unsafe { ptr::copy_nonoverlapping(address.add(start), into.as_mut_ptr(), into.len()) };
    }
}

impl OwnedStream {
    pub(crate) fn schema(&mut self) -> PyResult<OwnedSchema> {
        let mut schema = OwnedSchema::empty();
        let get = self
            .0
            .get_schema
            .ok_or_else(|| invalid("a stream without a schema"))?;
        // SAFETY: the functions of a stream that is not released take the stream and a pointer to the result, which
        // they write to only where they return 0.
        let status = unsafe { get(&raw mut self.0, &raw mut schema.0) };
        self.succeeded(status)?;
        Ok(schema)
    }

    /// The next array; None at the end.
    pub(crate) fn next(&mut self) -> PyResult<Option<OwnedArray>> {
        let mut array = OwnedArray::empty();
        let get = self
            .0
            .get_next
            .ok_or_else(|| invalid("a stream without arrays"))?;
        // SAFETY: see above.
        let status = unsafe { get(&raw mut self.0, &raw mut array.0) };
        self.succeeded(status)?;
        Ok(array.0.release.is_some().then_some(array))
    }

    /// Fails with the stream's own message where a function of the stream returned an error.
    fn succeeded(&mut self, status: c_int) -> PyResult<()> {
        if status == 0 {
            return Ok(());
        }
        let message = self.0.get_last_error.and_then(|last_error| {
            // SAFETY: the stream is not released; the message is a C string (or null) that is valid until the
            // next call, and is copied here.
            unsafe {
                let message = last_error(&raw mut self.0);
                (!message.is_null()).then(|| CStr::from_ptr(message).to_string_lossy().into_owned())
            }
        });
        Err(invalid(
            message.unwrap_or_else(|| format!("error {status}")),
        ))
    }
}
