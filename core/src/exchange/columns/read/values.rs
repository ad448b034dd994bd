//! What an operation puts: values, keys and ids, each counted as often as it is used.

use automerge::ScalarValue;

use super::Reader;
use crate::Result;
use crate::exchange::columns::{
    CREATOR, Column, MAX_STRING, Shape, TIME, Text, code, id_of, malformed, moment,
};

impl Reader<'_> {
    pub(super) fn value(&mut self, shape: Shape) -> Result<ScalarValue> {
        Ok(match shape {
            Shape::False => ScalarValue::Boolean(false),
            Shape::True => ScalarValue::Boolean(true),
            Shape::Int => ScalarValue::Int(self.column(Column::Number).signed()?),
            Shape::Uint => ScalarValue::Uint(self.number(Column::Number)?),
            Shape::Moment => {
                let since = self.column(Column::Moment).signed()?;
                let micros = since.wrapping_add(self.time.wrapping_mul(1_000_000));
                let minutes = self.column(Column::MomentOffset).signed()?;
                let (_, zone) = self.text(Column::MomentZone)?;
                let text = zone.as_str().and_then(|zone| moment::put_together(micros, minutes, zone));
                let text = text.ok_or_else(|| malformed("a moment out of range"))?;
                self.unfold(text.len())?;
                ScalarValue::from(text)
            }
            Shape::Str => self.text(Column::Value)?.1,
            Shape::Bytes => {
                let length =
                    self.column(Column::BytesLength).up_to(MAX_STRING, "a byte string is too long")?;
                self.unfold(length)?;
                ScalarValue::Bytes(self.column(Column::Bytes).take(length)?.to_vec())
            }
            Shape::Insert => {
                let character = self.column(Column::Characters).character()?;
                self.unfold(character.len())?;
                ScalarValue::from(character)
            }
            _ => ScalarValue::Null,
        })
    }

    pub(super) fn text(&mut self, column: Column) -> Result<(Text, ScalarValue)> {
        let place = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let (text, value) = match self.number(column)? {
            code::NEW_ID => {
                let id = self.new_id()?;
                let value = ScalarValue::from(data_encoding::HEXLOWER.encode(&id));
                self.ids.push(value.clone());
                (Text::Id(place(self.ids.len() - 1)), value)
            }
            code::NEW_STRING => {
                let length = self.column(Column::StringLength).up_to(MAX_STRING, "a string is too long")?;
                let bytes = self.column(Column::StringBytes).take(length)?;
                let text = std::str::from_utf8(bytes).map_err(|_| malformed("a string is not UTF-8"))?;
                if id_of(text).is_some() {
                    return Err(malformed("an id that is written as a string"));
                }
                let value = ScalarValue::from(text);
                self.strings.push(value.clone());
                (Text::String(place(self.strings.len() - 1)), value)
            }
            code => {
                let at = usize::try_from((code - code::STRING) / 2).unwrap_or(usize::MAX);
                let missing = || malformed("a string that was not mentioned");
                if code % 2 == code::STRING % 2 {
                    let value = self.strings.get(at).ok_or_else(missing)?;
                    (Text::String(place(at)), value.clone())
                } else {
                    let at = self.ids.len().checked_sub(1).and_then(|last| last.checked_sub(at));
                    let at = at.ok_or_else(missing)?;
                    (Text::Id(place(at)), self.ids.get(at).ok_or_else(missing)?.clone())
                }
            }
        };
        if let ScalarValue::Str(letters) = &value {
            self.unfold(letters.len())?;
        }
        Ok((text, value))
    }

    fn new_id(&mut self) -> Result<[u8; 16]> {
        let mut id = [0; 16];
        let since = self.column(Column::IdTime).signed()?;
        let millis = since.wrapping_add(self.time.wrapping_mul(1_000));
        let [0, 0, time @ ..] = millis.to_be_bytes() else {
            return Err(malformed("an id out of range"));
        };
        id[..CREATOR].copy_from_slice(self.column(Column::IdCreator).take(CREATOR)?);
        id[CREATOR..CREATOR + TIME].copy_from_slice(&time);
        id[CREATOR + TIME..].copy_from_slice(self.column(Column::IdRandom).take(16 - CREATOR - TIME)?);
        Ok(id)
    }

    fn unfold(&mut self, length: usize) -> Result<()> {
        let room = self.room.unfolded.checked_sub(length);
        self.room.unfolded = room.ok_or_else(|| malformed("too many bytes of keys and values"))?;
        Ok(())
    }
}
