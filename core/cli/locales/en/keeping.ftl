# Backup, bringing it back, the recovery kit, locking by itself, erasing everything.

error-not-a-backup = This is not a backup of common-ground.
error-backup-newer = A newer version of common-ground made this backup. Update common-ground, and it opens. Nothing was changed.
error-backup-damaged = The backup is damaged, so nothing of it was taken. Try another copy of it.
error-backup-passphrase = This is not the passphrase of this backup. Nothing was changed: try again.
error-backup-other-kit = These words are written right, but they belong to another recovery kit than this backup. Backups made before a new kit open with the older words.
error-backup-needs-passphrase = This backup opens with a passphrase, not with words.
error-backup-needs-kit = This backup opens with the 24 words of a recovery kit, not with a passphrase.
error-no-recovery-kit = There is no recovery kit yet. “common-ground recovery-kit” makes one; or choose a passphrase with --passphrase.
error-words-too-long = This is more than the 24 words of a recovery kit.
error-words-count = { $found ->
    [one] A recovery kit has 24 words; this is one.
   *[other] A recovery kit has 24 words; these are { $found }.
}
error-word-unknown = Word { $number } is not in the list: look for a slip of the pen there.
error-words-do-not-fit = Every word is in the list, but together they are no recovery kit: one is another word, or two changed places.

error-auto-lock = auto-lock takes a number of minutes from 1 to 1440, or “off”.
error-needs-really = This asks you to type words, and there is no terminal for them. Scripts say --yes --really. Nothing was changed.

ask-replace-backup = There is a file { $path } already. Put the backup in its place, once it is made and checked?
ask-new-backup-passphrase = Passphrase for the backup (a few words you will still know in years):{" "}
ask-backup-passphrase = Passphrase of the backup:{" "}
ask-recovery-words = The 24 words of the recovery kit, in their order, in one line or several:
backup-without-kit = There is no recovery kit yet, so this backup gets a passphrase. “common-ground recovery-kit” makes one.
backup-made = The backup { $path } is made and was read back whole.
backup-whole = The backup is whole. Nothing was changed here.
backup-opens-with-kit = It opens with the 24 words of recovery kit { $name }.
backup-opens-with-passphrase = It opens with the passphrase you just gave. Nobody can bring that back: keep it safe, and not beside the backup.
backup-is = { $name }, { $when }, { $size }
backup-restored = Everything of { $name } is here again, as it was on { $when }.

ask-kit-now = Make a recovery kit now? It is one page with 24 words, which open your backups if this device is lost.
ask-new-kit = There is a recovery kit in use already ({ $name }, since { $day }). A new one opens only backups made from now on; older backups need the older words, so keep both pages. Make a new one?
ask-kit-on-paper = Is the whole page written down or printed? The words are not shown again.
kit-later = “common-ground recovery-kit” makes a recovery kit: one page with 24 words that open your backups if this device is lost.
kit-written = The page is in { $path }. Print it, keep the paper away from this device, then delete the file. Backups open with kit { $name } from now on.
kit-in-use = Backups open with recovery kit { $name } from now on.
identity-is-secret = This line opens your backups, as the words do. Keep it as secret.

page-title = Recovery kit for Common Ground
page-whose = Belongs to { $name }
page-made = Made on { $day }, kit { $name }
page-what = These 24 words open every backup made since this kit is in use. Without a backup they open nothing. Whoever has the words and a backup can read everything in it.
page-keep = Keep this page on paper, where you keep what matters, and not beside the backups. Do not photograph it.
page-lost-title = If the device is lost or broken
page-lost-install = Install Common Ground on another device. Do not make a new profile.
page-lost-restore = Get your newest backup and run: common-ground backup restore FILE. Type the 24 words when it asks.
page-lost-pair = Tell the person you are paired with that your device is gone. Their device does not know the new one by itself.
page-lost-age = Without Common Ground a backup opens with the program “age”: docs/data-format.md of Common Ground says how.
page-fingerprint = Fingerprint of your key
page-fingerprint-why = By this the other person can make sure that it is you again.
page-newer = If you make a new kit, older backups still need this page. Keep it as long as you keep them.

auto-lock-after = { $minutes ->
    [one] The journal locks itself after one minute without typing.
   *[other] The journal locks itself after { $minutes } minutes without typing.
}
auto-lock-never = The journal does not lock itself.
locked-by-itself = The journal has locked itself. The next command opens it again, with your passphrase where there is one.

erase-what = This erases everything in { $path } for good: the journal, your copy of the plans, and their keys. Nothing brings it back but a backup.
ask-erase = Erase everything here?
ask-erase-again = There is no way back. Type “erase everything” to do it:
answer-erase = erase everything
erased = Erased: the keys first, then every file.
erased-honestly = What may remain: flash memory can keep old blocks for a time (of the data they are encrypted; of a key file without a passphrase they are not), and backups, snapshots and synchronised folders keep what they have. The other person keeps what you shared.

status-backup = Last backup: { $when }
status-no-backup = No backup yet: common-ground backup make FILE
status-kit = Recovery kit { $name }, in use since { $day }
status-kit-former-fingerprint = Its page still opens your backups, but the fingerprint on it is not yours any more since you came back. Make a new page: common-ground recovery-kit
status-no-kit = No recovery kit yet: common-ground recovery-kit
