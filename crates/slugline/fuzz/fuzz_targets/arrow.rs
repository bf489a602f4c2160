//! Arrow files and streams and Parquet files that were edited: records or errors, and the same in pieces of any size.
//! The capsules that Python hands over are read by the extension module, which needs Python; this is the reader of
//! files.
#![no_main]

use std::sync::{Arc, LazyLock};

use arbitrary::{Result, Unstructured};
use arrow_array::{
    ArrayRef, DictionaryArray, Int64Array, LargeStringArray, ListArray, RecordBatch, StringArray,
    StringViewArray, types::Int32Type,
};
use libfuzzer_sys::fuzz_target;
use parquet::arrow::ArrowWriter;
use slugline::dataset::{Format, LabelUse, ReadOptions};
use slugline_fuzz::{edits::edit, init, streams::answers};

fuzz_target!(init: init(), |data: &[u8]| {
    if let Ok((format, bytes, options, sizes)) = case(&mut Unstructured::new(data)) {
        let options = options.format(format);
        let expected = answers(&bytes, &[], &options);
        assert_eq!(answers(&bytes, &sizes, &options), expected, "in pieces of {sizes:?}");
    }
});

fn case(u: &mut Unstructured<'_>) -> Result<(Format, Vec<u8>, ReadOptions, [usize; 3])> {
    let (format, bytes) = &FILES[u.choose_index(FILES.len())?];
    let options = ReadOptions::default()
        .labels(*u.choose(&[LabelUse::Optional, LabelUse::Required, LabelUse::Ignored])?)
        .skip_bad(u.arbitrary()?);
    let sizes = u.arbitrary::<[u8; 3]>()?.map(usize::from);
    let mut bytes = bytes.clone();
    for _ in 0..u.int_in_range(0..=6)? {
        edit(u, &mut bytes)?;
    }
    Ok((*format, bytes, options, sizes))
}

/// The same table in each format, with texts of each type.
static FILES: LazyLock<Vec<(Format, Vec<u8>)>> = LazyLock::new(|| {
    let mut files = Vec::new();
    for texts in texts() {
        let batch = batch(texts);
        let schema = batch.schema();
        let mut stream = Vec::new();
        let mut writer =
            arrow_ipc::writer::StreamWriter::try_new(&mut stream, &schema).expect("a schema");
        writer
            .write(&batch)
            .and_then(|()| writer.finish())
            .expect("memory");
        drop(writer);
        let mut file = Vec::new();
        let mut writer =
            arrow_ipc::writer::FileWriter::try_new(&mut file, &schema).expect("a schema");
        writer
            .write(&batch)
            .and_then(|()| writer.finish())
            .expect("memory");
        drop(writer);
        let mut parquet = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut parquet, schema, None).expect("a schema");
        writer.write(&batch).expect("memory");
        writer.close().expect("memory");
        files.extend([
            (Format::Arrow, stream),
            (Format::Arrow, file),
            (Format::Parquet, parquet),
        ]);
    }
    files
});

fn texts() -> [ArrayRef; 4] {
    let texts = [
        Some("chips and code"),
        None,
        Some(""),
        Some("a text of more than twelve bytes"),
    ];
    [
        Arc::new(StringArray::from_iter(texts)),
        Arc::new(LargeStringArray::from_iter(texts)),
        Arc::new(StringViewArray::from_iter(texts)),
        Arc::new(DictionaryArray::<Int32Type>::from_iter(texts)),
    ]
}

fn batch(texts: ArrayRef) -> RecordBatch {
    let numbers = ListArray::from_iter_primitive::<arrow_array::types::Int64Type, _, _>([
        Some(vec![Some(1)]),
        None,
        Some(vec![]),
        Some(vec![None, Some(2)]),
    ]);
    let labels = StringArray::from_iter([Some("t"), Some("m"), Some("t"), None]);
    RecordBatch::try_from_iter([
        ("text", texts),
        ("label", Arc::new(labels) as ArrayRef),
        (
            "id",
            Arc::new(Int64Array::from(vec![1, 2, 3, 4])) as ArrayRef,
        ),
        ("numbers", Arc::new(numbers) as ArrayRef),
    ])
    .expect("columns of one length")
}
