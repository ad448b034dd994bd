//! One way to write things as bytes, for digests and signatures (`docs/data-format.md`): fields one
//! after the other, each as its length (4 bytes, big-endian) and its content. The first field is a tag
//! that says what it is, so that nothing signed as one thing can be shown as another.

/// Fields being written.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    /// Begins with the tag.
    pub(crate) fn new(tag: &str) -> Self {
        Self(Vec::new()).field(tag.as_bytes())
    }

    /// Adds a field. What is written here is bounded far below 4 GiB by the policy.
    pub(crate) fn field(mut self, content: &[u8]) -> Self {
        let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(content);
        self
    }

    /// Adds a number as 8 bytes, big-endian.
    pub(crate) fn number(self, number: u64) -> Self {
        self.field(&number.to_be_bytes())
    }

    /// The bytes.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Fields being read; every step answers nothing where the bytes are not what was expected.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Begins after the tag.
    pub(crate) fn new(bytes: &'a [u8], tag: &str) -> Option<Self> {
        let mut reader = Self(bytes);
        (reader.field()? == tag.as_bytes()).then_some(reader)
    }

    /// The next field.
    pub(crate) fn field(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(content)
    }

    /// The next field, which has `N` bytes.
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.field()?.try_into().ok()
    }

    /// The next field, a number.
    pub(crate) fn number(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// The next field, a text.
    pub(crate) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.field()?).ok()
    }

    /// Whether everything was read.
    pub(crate) fn is_done(&self) -> bool {
        self.0.is_empty()
    }
}
