# Backup, bringing it back, the recovery kit, locking by itself, erasing everything.

error-not-a-backup = This is not a backup of common-ground.
error-backup-newer = A newer version of common-ground made this backup. Update common-ground, and it opens. Nothing was changed.
error-backup-damaged = The backup is damaged, so nothing of it was taken. Try another copy of it.
error-backup-passphrase = This is not the passphrase of this backup. Nothing was changed: try again.
error-backup-other-kit = These words are written right, but they belong to another recovery kit than this backup. Backups made before a new kit open with the older words.
error-backup-needs-passphrase = This backup opens with a passphrase, not with words.
error-backup-needs-kit = This backup opens with the 24 words of a recovery kit, not with a passphrase.
error-no-recovery-kit = There is no recovery kit yet. “common-ground recovery-kit” makes one; or choose a passphrase with --passphrase.
error-backup-file-exists = There is a file of this name already. It was left as it is.
error-words-too-long = This is more than the 24 words of a recovery kit.
error-words-count = { $found ->
    [one] A recovery kit has 24 words; this is one.
   *[other] A recovery kit has 24 words; these are { $found }.
}
error-word-unknown = Word { $number } is not in the list: look for a slip of the pen there.
error-words-do-not-fit = Every word is in the list, but together they are no recovery kit: one is another word, or two changed places.
