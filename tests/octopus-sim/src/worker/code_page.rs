//! How a worker decodes what a step prints.

use oem_cp::code_table::DECODING_TABLE_CP437;

/// The encoding that a worker takes a step's output for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CodePage {
    /// UTF-8, as on Linux and macOS.
    #[default]
    Utf8,
    /// Code page 437, the OEM code page of a Windows machine in the United States: UTF-8 that is no
    /// ASCII arrives as garbage.
    Oem437,
}

impl CodePage {
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Oem437 => oem_cp::decode_string_complete_table(bytes, &DECODING_TABLE_CP437),
        }
    }
}
