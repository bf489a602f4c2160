//! Values of Arrow columns, for records of Parquet and Arrow files.

use arrow_array::{
    Array, ArrowPrimitiveType, RecordBatch,
    cast::AsArray,
    types::{
        ArrowTemporalType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type,
        Decimal256Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
        Int64Type, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
        Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType,
        TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
        UInt64Type,
    },
};
use arrow_schema::{DataType, Fields, Schema, TimeUnit};
use serde_json::{Map, Number, Value};

/// A column, or a field of a column of structures: its name (`data.text`) and its path.
pub(super) struct ColumnPath {
    pub(super) name: String,
    way: Vec<usize>,
}

/// The columns of a table, followed by the fields inside of them. Of equal names the column comes first.
pub(super) fn places(schema: &Schema) -> Vec<ColumnPath> {
    let mut places: Vec<ColumnPath> = Vec::new();
    let mut inner = Vec::new();
    for (at, field) in schema.fields().iter().enumerate() {
        places.push(ColumnPath {
            name: field.name().clone(),
            way: vec![at],
        });
        if let DataType::Struct(fields) = field.data_type() {
            below(field.name(), &[at], fields, &mut inner);
        }
    }
    for place in inner {
        if places.iter().all(|known| known.name != place.name) {
            places.push(place);
        }
    }
    places
}

fn below(name: &str, way: &[usize], fields: &Fields, places: &mut Vec<ColumnPath>) {
    for (at, field) in fields.iter().enumerate() {
        let name = format!("{name}.{}", field.name());
        let way = [way, &[at]].concat();
        if let DataType::Struct(fields) = field.data_type() {
            below(&name, &way, fields, places);
        }
        places.push(ColumnPath { name, way });
    }
}

impl ColumnPath {
    /// The number of the column in the table.
    pub(super) fn column(&self) -> usize {
        self.way.first().copied().unwrap_or(0)
    }

    /// The value in a row of a batch that has only the columns `kept` of the table.
    pub(super) fn value(
        &self,
        batch: &RecordBatch,
        kept: &[usize],
        row: usize,
    ) -> Result<Value, String> {
        let mut way = self.way.iter();
        let at = way
            .next()
            .and_then(|at| kept.iter().position(|own| own == at));
        let Some(mut array) = at.and_then(|at| batch.columns().get(at)) else {
            return Ok(Value::Null);
        };
        for at in way {
            if array.is_null(row) {
                return Ok(Value::Null);
            }
            match array
                .as_struct_opt()
                .and_then(|fields| fields.columns().get(*at))
            {
                Some(inner) => array = inner,
                None => return Ok(Value::Null),
            }
        }
        value(array, row)
    }
}

/// A value as JSON: dates as text, NaN and infinity as null.
fn value(array: &dyn Array, row: usize) -> Result<Value, String> {
    if row >= array.len() || array.is_null(row) {
        return Ok(Value::Null);
    }
    Ok(match array.data_type() {
        DataType::Null => Value::Null,
        DataType::Boolean => Value::Bool(array.as_boolean().value(row)),
        DataType::Utf8 => string(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => string(array.as_string::<i64>().value(row)),
        DataType::Utf8View => string(array.as_string_view().value(row)),
        DataType::Binary => utf8(array.as_binary::<i32>().value(row))?,
        DataType::LargeBinary => utf8(array.as_binary::<i64>().value(row))?,
        DataType::BinaryView => utf8(array.as_binary_view().value(row))?,
        DataType::FixedSizeBinary(_) => utf8(array.as_fixed_size_binary().value(row))?,
        DataType::Int8 => integer::<Int8Type>(array, row),
        DataType::Int16 => integer::<Int16Type>(array, row),
        DataType::Int32 => integer::<Int32Type>(array, row),
        DataType::Int64 => integer::<Int64Type>(array, row),
        DataType::UInt8 => integer::<UInt8Type>(array, row),
        DataType::UInt16 => integer::<UInt16Type>(array, row),
        DataType::UInt32 => integer::<UInt32Type>(array, row),
        DataType::UInt64 => integer::<UInt64Type>(array, row),
        DataType::Float16 => float(array.as_primitive::<Float16Type>().value(row).to_f32()),
        DataType::Float32 => float(array.as_primitive::<Float32Type>().value(row)),
        DataType::Float64 => Number::from_f64(array.as_primitive::<Float64Type>().value(row))
            .map_or(Value::Null, Value::Number),
        DataType::Decimal32(..) => {
            string(&array.as_primitive::<Decimal32Type>().value_as_string(row))
        }
        DataType::Decimal64(..) => {
            string(&array.as_primitive::<Decimal64Type>().value_as_string(row))
        }
        DataType::Decimal128(..) => {
            string(&array.as_primitive::<Decimal128Type>().value_as_string(row))
        }
        DataType::Decimal256(..) => {
            string(&array.as_primitive::<Decimal256Type>().value_as_string(row))
        }
        DataType::Date32 => date::<Date32Type>(array, row),
        DataType::Date64 => date::<Date64Type>(array, row),
        DataType::Time32(TimeUnit::Second) => time::<Time32SecondType>(array, row),
        DataType::Time32(_) => time::<Time32MillisecondType>(array, row),
        DataType::Time64(TimeUnit::Microsecond) => time::<Time64MicrosecondType>(array, row),
        DataType::Time64(_) => time::<Time64NanosecondType>(array, row),
        DataType::Timestamp(unit, zone) => {
            let moment = match unit {
                TimeUnit::Second => moment::<TimestampSecondType>(array, row),
                TimeUnit::Millisecond => moment::<TimestampMillisecondType>(array, row),
                TimeUnit::Microsecond => moment::<TimestampMicrosecondType>(array, row),
                TimeUnit::Nanosecond => moment::<TimestampNanosecondType>(array, row),
            };
            // Times with a zone are stored in UTC.
            let mark = if zone.is_some() { "Z" } else { "" };
            moment.map_or(Value::Null, |moment| string(&format!("{moment}{mark}")))
        }
        DataType::Dictionary(..) => match array.as_any_dictionary_opt() {
            Some(dictionary) => match value(dictionary.keys(), row)?.as_u64() {
                Some(key) => value(dictionary.values(), key as usize)?,
                None => Value::Null,
            },
            None => Value::Null,
        },
        DataType::List(_) => list(&array.as_list::<i32>().value(row))?,
        DataType::LargeList(_) => list(&array.as_list::<i64>().value(row))?,
        DataType::ListView(_) => list(&array.as_list_view::<i32>().value(row))?,
        DataType::LargeListView(_) => list(&array.as_list_view::<i64>().value(row))?,
        DataType::FixedSizeList(..) => list(&array.as_fixed_size_list().value(row))?,
        DataType::Struct(fields) => {
            let mut object = Map::new();
            for (field, inner) in fields.iter().zip(array.as_struct().columns()) {
                object.insert(field.name().clone(), value(inner, row)?);
            }
            Value::Object(object)
        }
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            let (keys, values) = (entries.columns().first(), entries.columns().get(1));
            let mut object = Map::new();
            if let (Some(keys), Some(values)) = (keys, values) {
                for at in 0..entries.len() {
                    let key = match value(keys, at)? {
                        Value::String(key) => key,
                        other => other.to_string(),
                    };
                    object.insert(key, value(values, at)?);
                }
            }
            Value::Object(object)
        }
        other => return Err(format!("a value of the type {other}, which is not read")),
    })
}

fn string(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn utf8(bytes: &[u8]) -> Result<Value, String> {
    str::from_utf8(bytes).map(string).map_err(|error| {
        format!(
            "bytes that are not UTF-8 (from byte {} on)",
            error.valid_up_to()
        )
    })
}

fn integer<T: ArrowPrimitiveType>(array: &dyn Array, row: usize) -> Value
where
    Number: From<T::Native>,
{
    Value::Number(Number::from(array.as_primitive::<T>().value(row)))
}

/// A number with the digits of single precision, not those of its conversion to double.
fn float(number: f32) -> Value {
    let digits: Option<f64> = number.to_string().parse().ok();
    digits
        .and_then(Number::from_f64)
        .map_or(Value::Null, Value::Number)
}

fn date<T: ArrowTemporalType>(array: &dyn Array, row: usize) -> Value
where
    i64: From<T::Native>,
{
    let date = array.as_primitive::<T>().value_as_date(row);
    date.map_or(Value::Null, |date| string(&date.to_string()))
}

fn time<T: ArrowTemporalType>(array: &dyn Array, row: usize) -> Value
where
    i64: From<T::Native>,
{
    let time = array.as_primitive::<T>().value_as_time(row);
    time.map_or(Value::Null, |time| string(&time.to_string()))
}

fn moment<T: ArrowTemporalType>(array: &dyn Array, row: usize) -> Option<String>
where
    i64: From<T::Native>,
{
    let moment = array.as_primitive::<T>().value_as_datetime(row)?;
    Some(moment.to_string().replacen(' ', "T", 1))
}

fn list(elements: &dyn Array) -> Result<Value, String> {
    let values: Result<Vec<Value>, String> =
        (0..elements.len()).map(|at| value(elements, at)).collect();
    values.map(Value::Array)
}
