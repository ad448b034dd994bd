//! What a screen showed, by digest: it goes back with what a person does about it.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;

use crate::Error;

/// The state of a plan that a screen showed: the heads of the document. Goes back with every edit.
#[derive(Clone, PartialEq, Eq, Hash, Debug, serde::Serialize)]
#[serde(into = "String")]
pub struct PlanVersion(Vec<[u8; 32]>);

/// The most heads a version can have: one per actor that wrote at the same time.
const MAX_HEADS: usize = 256;

impl PlanVersion {
    /// The version with these heads.
    #[must_use]
    pub(crate) fn of(mut heads: Vec<[u8; 32]>) -> Self {
        heads.sort_unstable();
        Self(heads)
    }

    /// The heads, sorted.
    #[must_use]
    pub(crate) fn heads(&self) -> &[[u8; 32]] {
        &self.0
    }
}

impl fmt::Display for PlanVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, head) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("+")?;
            }
            f.write_str(&HEXLOWER.encode(head))?;
        }
        Ok(())
    }
}

impl From<PlanVersion> for String {
    fn from(version: PlanVersion) -> Self {
        version.to_string()
    }
}

impl FromStr for PlanVersion {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed = || Error::malformed("version", "a plan's version");
        if text.len() > MAX_HEADS * 65 {
            return Err(malformed());
        }
        text.split('+')
            .map(|head| HEXLOWER.decode(head.as_bytes()).ok()?.try_into().ok())
            .collect::<Option<Vec<_>>>()
            .map(Self::of)
            .ok_or_else(malformed)
    }
}

uniffi::custom_type!(PlanVersion, String, {
    lower: |version| version.to_string(),
    try_lift: |text| Ok(text.parse::<PlanVersion>()?),
});

/// The SHA-256 of the canonical bytes of a wording (`docs/data-format.md`).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct WordingDigest(pub(crate) [u8; 32]);

impl fmt::Display for WordingDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for WordingDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WordingDigest({self})")
    }
}

impl FromStr for WordingDigest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        HEXLOWER
            .decode(text.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| Error::malformed("digest", "a digest of 64 hexadecimal digits"))
    }
}

impl serde::Serialize for WordingDigest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

uniffi::custom_type!(WordingDigest, String, {
    lower: |digest| digest.to_string(),
    try_lift: |text| Ok(text.parse::<WordingDigest>()?),
});
