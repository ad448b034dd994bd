//! A file as it lies on the disk, for tests of what is really gone.

use std::path::Path;

const PAGE: usize = 4096;

/// Every page of a file and of its log, decrypted one by one: free pages, slack and what the log holds from before
/// included, which no query shows.
pub(crate) fn raw_pages(file: &Path, key: &[u8; 32]) -> Vec<u8> {
    let read = |path: &Path| std::fs::read(path).unwrap_or_default();
    let mut all = Vec::new();
    for page in read(file).chunks(PAGE) {
        all.extend(decrypted(page, key));
    }
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    // A log has a head of 32 bytes, and each page in it one of 24.
    for frame in read(Path::new(&log)).get(32..).unwrap_or_default().chunks(24 + PAGE) {
        all.extend(decrypted(frame.get(24..).unwrap_or_default(), key));
    }
    all
}

/// A page of SQLCipher 4: AES-256 in CBC, the first vector and the signature in the last 80 bytes. (The
/// salt that begins the first page garbles only its own block and the next.)
fn decrypted(page: &[u8], key: &[u8; 32]) -> Vec<u8> {
    use aes::cipher::{BlockDecrypt as _, KeyInit as _};
    let (Some(secret), Some(vector)) = (page.get(..PAGE - 80), page.get(PAGE - 80..PAGE - 64)) else {
        return Vec::new();
    };
    let cipher = aes::Aes256::new(key.into());
    let mut before = vector;
    let mut plain = Vec::with_capacity(secret.len());
    for block in secret.chunks_exact(16) {
        let mut open = aes::Block::clone_from_slice(block);
        cipher.decrypt_block(&mut open);
        plain.extend(open.iter().zip(before).map(|(byte, mask)| byte ^ mask));
        before = block;
    }
    plain
}
