# What the terminal companion says in English. Warm, short, never judging.

you = you
role-client = client
role-therapist = therapist
file-private = journal
file-shared = plan
date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
date-and-time = { $date }, { $time }

not-monitored = Not medical advice. Nobody monitors this app.
help-now-hint = If you need someone right now: common-ground help-now

## Questions

ask-yes-no = [y/n]
answers-yes = y yes
declined = All right. Nothing was changed.
ask-passphrase = Passphrase:{" "}
ask-new-passphrase = New passphrase:{" "}
ask-passphrase-again = Once more:{" "}
ask-remove-passphrase = Without a passphrase, whoever can read your key file can read your journal. Take it off?
ask-bin = Put the entry of { $when } into the bin?
ask-code-same = Are these words the same on both screens, in the same order?
type-here = Write here. Ctrl-D on a line of its own ends.
text-touches-disk = There is no place in memory for the editor here, so the text lies in { $path } while you write, and may leave traces on the disk.

## Profile

init-welcome = Welcome, { $name } ({ $role }). This is yours now.
init-next = Next: write your first entry with “common-ground write”, or meet the other person with “common-ground pair”.
data-lies-in = Data: { $path } (encrypted)
keys-open = Keys: { $path }. Only you can read this file. Whoever reads it can read your journal, so keep it out of copies that others get; a passphrase protects it better (common-ground passphrase).
keys-wrapped = Keys: { $path }, wrapped with your passphrase. Nobody can open your journal without it, and nobody can bring it back: keep it safe.

status-fingerprint = Key: { $fingerprint }
status-entries = { $count ->
    [0] No journal entries yet
    [one] One journal entry
   *[other] { $count } journal entries
}
status-alone = Not paired with anyone yet.
status-paired = Paired since { $day }
status-code-compared = Code of words compared
status-code-not-compared = Code of words not compared yet: do it together with “common-ground verify”.
status-in-step = Level with each other on { $when }
status-never-in-step = Not level with each other yet
status-waiting = { $count ->
    [one] One change of yours is waiting to go
   *[other] { $count } changes of yours are waiting to go
}
status-goals = { $count ->
    [0] No goals yet
    [one] One goal
   *[other] { $count } goals
}
status-set-aside = { $count ->
    [one] One change was refused and set aside. The rest of the plan goes on.
   *[other] { $count } changes were refused and set aside. The rest of the plan goes on.
}
status-version = Plan { $version }
status-key-file = Keys: { $path }
status-keys-owner = Only you (and the administrator of this machine) can read this file.
status-keys-others = Others on this machine may read this file. Make it yours alone: chmod 600
status-keys-unknown = Who can read this file is up to this system's permissions.
status-keys-wrapped = A passphrase wraps the keys.
status-keys-open = No passphrase: whoever has this file and the data can read everything.

## Journal

entry-saved = Saved, { $when }.
entry-changed = Saved. The former version is kept.
entry-in-bin = In the bin
entry-binned = In the bin for 30 days. “common-ground restore” takes it out.
entry-restored = Back in the journal.
journal-empty = Nothing here yet. “common-ground write” begins.
journal-more = { $count } entries in all. “journal --all” lists every one.
bin-empty = The bin is empty.
bin-explained = After 30 days in the bin an entry is really erased.
search-nothing = No entry has all these words.
search-nothing-fits = No entry fits this filter.
search-more = There are more: --limit shows more of them.
search-ranked-newest = So many entries match that only the { $count } newest were ranked.

## Pairing

ticket-explained = This ticket is for the other person. They run “common-ground pair” with it:
ticket-expires = It works once, until { $when }, while this goes on. Ctrl-C ends it.
pair-found = { $name } ({ $role }) is on the other side.
code-words = Compare these words with theirs, in the room or by voice:
pair-waiting-confirm = Waiting for { $name } to confirm …
paired = You and { $name } are paired.
paired-unverified = The code of words was not compared. Do it together, soon: common-ground verify
paired-next = Next: “common-ground goal add”, and “common-ground sync” on both devices.
verify-explained = Compare these words with { $name }'s, in the room or by voice. { $name } runs “common-ground verify” too.
verify-already = They were compared before.
verified = Compared. It is really { $name } on the other side.

## Sync

sync-waiting = Waiting for { $names }. What you write meanwhile is saved and goes when you meet.
sync-waiting-once = Waiting for { $names }, up to { $seconds } seconds …
sync-prompt-explained = Commands work here without “common-ground”; help lists them. quit, Ctrl-C or Ctrl-D end.
sync-prompt = common ground>{" "}
sync-connected = { $name } is here.
sync-apart = { $name } is away. Everything is saved.
sync-report = { $name }: { $came ->
    [0] nothing new came
    [one] one change came
   *[other] { $came } changes came
}, { $went ->
    [0] nothing was waiting to go
    [one] one went
   *[other] { $went } went
}.
sync-level = You and { $name } have the same plan.
sync-refused-here = { $count ->
    [one] One change from { $name }'s device was refused and set aside. The rest goes on.
   *[other] { $count } changes from { $name }'s device were refused and set aside. The rest goes on.
}
sync-turned-away = { $count ->
    [one] { $name }'s device rightly did not take one change of this one. It is kept aside, and the rest was written again.
   *[other] { $name }'s device rightly did not take { $count } changes of this one. They are kept aside, and the rest was written again.
}
sync-refused-there = { $count ->
    [one] { $name }'s device refused one change of yours.
   *[other] { $name }'s device refused { $count } changes of yours.
}

## Help now

help-emergency = Emergency ({ $region })
help-emergency-unknown = Emergency (your country is not known here: --region tells it, for example --region US)
help-all = emergency
help-ambulance = ambulance
help-police = police
help-talk = Someone to talk to
help-own = Your own numbers
help-own-none = None yet. “common-ground help-now --edit” writes them down.
help-own-plain = This file is plain text, not encrypted, so that it is there when you need it: { $path }
help-own-template =
    # Your own numbers, one a line. Lines that begin with # are not shown.
    # This file is plain text: it is there also without your key, and others may read it.
    # Example:
    # Sam: 01234 567890
help-dated = Numbers as written down on { $day }. Numbers change: look once whether yours are right.
help-stale = These numbers are old. Update the app, and check them before you rely on them.
help-how-to-change = Another country: --region. Your own numbers: --edit, or the file { $path }
