# The story that the demo tells.

demo-title = Common Ground: two people, two devices, one plan, and a private journal
demo-about = Both devices are on this machine, in { $path }, which goes when this ends. Nothing leaves the machine, and every line with a ✓ was checked.
demo-not-so = Step { $step } of the demo is not so. That is a mistake of ours; please tell us.
demo-waited-in-vain = Something did not arrive on { $name }'s device.
demo-unreadable = The proof could not read a file: { $reason }
demo-end = All of it is so. { $seconds } seconds.
demo-heads = { $name }'s plan: { $heads }

demo-devices = Two devices
demo-devices-told = { $one } is the client, { $other } the therapist. Each has two encrypted files: one private, for the journal, and one for what they share, under a key of its own.
demo-devices-encrypted = None of the four files can be read without its key

demo-diary = { $one }'s journal
demo-diary-told = { $count ->
    [one] One entry, of { $newest }, is read in from a Day One export, in { $time }.
   *[other] { $count } entries, the newest of { $newest }, are read in from a Day One export, in { $time }.
}
demo-diary-all = Every entry is safe on the disk, encrypted

demo-pair = They pair, in the room
demo-pair-ticket = { $one } shows a ticket of { $count } characters, as a QR code. The two devices connect over QUIC, on the loopback.
demo-pair-code = { $name } sees: { $words }
demo-pair-same = The words are the same on both screens: nobody is in between
demo-pair-done = { $one } and { $other } are paired

demo-first = A first goal, set together
demo-first-told = { $one } proposes: { $title }
demo-first-arrived = It is on { $other }'s screen after { $time }
demo-goal-sleep = Sleep through the night
demo-goal-sleep-why = So that mornings belong to me again.
demo-goal-sleep-reworded = Sleep through most nights
demo-goal-sleep-success = Six nights of seven, and not proud of it.

demo-apart = Apart: both write at the same time, both without a network
demo-apart-told = Each changes the same goal, adds one, and says how far it has come.
demo-why-more-client = I want to stop guarding my sleep.
demo-why-more-therapist = We look at what the nights are trying to do for you.
demo-goal-no = Say no the first time I am asked
demo-goal-breathe = Ride the tram, one stop more each week
demo-task = Write down at ten what can wait until morning
demo-did-why = adds to the why: { $text }
demo-did-rate = rates it { $value } of 10
demo-did-goal = adds a goal: { $title }
demo-did-task = offers a task: { $what }
demo-offered = offered
demo-apart-differ = The two plans differ now, and neither person had to wait

demo-together = Together again
demo-together-told = { $sent ->
    [one] One change goes
   *[other] { $sent } changes go
} from { $one } to { $other }, { $received ->
    [one] one comes
   *[other] { $received } come
} back: { $bytes } bytes, { $time }.
demo-same-heads = Both have the same plan, to the last bit
demo-both-texts = Both sentences are in the why: nobody wrote over the other
demo-nothing-lost = Three goals, both ratings, the task: nothing was lost

demo-accept = { $one } takes the task on
demo-accepted = “{ $what }” is { $one }'s now; { $other } sees it after { $time }

demo-agree = An agreement
demo-agree-one = { $one } signs. One signature is no agreement yet
demo-agree-both = { $other } signs the same wording ({ $digest }): sealed, with both signatures, on both devices

demo-reopen = { $other } changes the wording
demo-reopened = Both screens say that it changed since they agreed
demo-sealed-stays = The wording they agreed to stays in force until both agree to a new one

demo-own = What belongs to one person
demo-own-hold-why = Not while my sister is visiting.
demo-own-held = { $one } holds the goal, and after { $time } it rests on both screens; { $other } cannot release it for her
demo-own-task = Leave the phone in the kitchen at night
demo-own-decline-why = I need it as an alarm clock.
demo-own-declined = { $one } declines an offered task with a word why, and { $other } reads it
demo-own-difference = What is different from what both agreed to:
demo-own-history = The last entries of the history, as { $other } reads them:
demo-own-told = Who changed what is told in plain words, with the difference

demo-prove = The journal is { $one }'s alone: looked for everywhere on the other device
demo-prove-told = Both devices are closed. Every run of { $length } words of every entry of { $one }'s, { $runs } runs of { $entries } entries, is looked for in all that { $other }'s device has. Where values stand end to end, the { $inner } words in the middle of a run are enough to be found.
demo-too-short = { $count ->
    [one] One entry has fewer than { $length } words and cannot be looked for.
   *[other] { $count } entries have fewer than { $length } words and cannot be looked for.
}
demo-amount-stored = Stored, decrypted: { $values } values in { $tables } tables, { $kib } KiB, with { $changes } changes of the plan unpacked.
demo-amount-received = Received, inflated: { $frames } frames, { $kib } KiB. And the files as they lie on the disk: { $raw } KiB.
demo-prove-nothing = Not one run of them is on { $other }'s device, stored or received

demo-controls = Can this search find at all?
demo-control-own = In { $one }'s own journal file, with its key, it finds { $found } of { $all } runs
demo-control-raw = In the same file without the key it finds none
demo-given-away = Now { $one } puts one sentence of the journal into the why of a goal, on purpose: “{ $sentence } …”
demo-no-sentence = There is an entry of fourteen words or more
demo-control-stored = Now the search finds { $found } runs in what { $other }'s device has stored
demo-control-received = And { $found } in what it has received
