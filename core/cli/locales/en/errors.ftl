# What went wrong, and what to do next.

error-locked = The journal is locked. Open it again and repeat this.
error-in-use = Another common-ground is using this home right now. Use its prompt, or end it there first.
error-no-profile = There is no profile here yet. Make one with “common-ground init”, or name the folder with --home.
error-profile-exists = There is a profile here already. Use it, or choose another folder with --home.
error-wrong-key = The key does not fit the { $file } file. Nothing was changed. Were data and keys copied from different places?
error-damaged = The { $file } file is damaged. It was left exactly as it is. Bring back a backup, and keep the damaged file until all is well.
error-newer-file = A newer version of common-ground wrote the { $file } file. It was left as it is: update common-ground.
error-newer-plan = The plan needs a newer version of common-ground. Update it, and all is there.
error-file-exists = There is a file of this name already, and it is left as it is. Choose another name.
error-disk-full = The disk is full. Nothing was changed: free some space and try again.
error-file = The file cannot be read or written ({ $reason }). Nothing was changed.
error-file-named = { $path } cannot be read or written ({ $reason }).
error-no-such-file = There is no file { $path }.
error-vault = The keys cannot be used: { $reason }
error-keys-missing = Your data is here, but its keys are not: { $path } is missing. Bring it back from a copy; without it nobody can read the data.
error-keys-damaged = The key file { $path } is damaged. It was left as it is. Bring it back from a copy.
error-keys-newer = A newer version of common-ground wrote the key file { $path }. Update common-ground.
error-keys-exist = There are keys here already: { $path }. They may open a journal, so they are never replaced. Use this home, or choose another with --home.
error-crypto = The cipher failed. Nothing was changed.
error-wrong-passphrase = This is not the passphrase. Nothing was changed: try again.
error-passphrases-differ = The two passphrases differ. Nothing was changed: try again.
error-passphrase-empty = An empty passphrase protects nothing. Nothing was changed.
error-no-terminal-for-passphrase = A passphrase can only be typed on a terminal. Scripts use --passphrase-file; for the passphrase of a backup, --backup-passphrase-file.
error-no-platform-folder = This system does not say where data belongs. Name a folder with --home.

error-no-entry = There is no such entry. “common-ground journal” lists them with their numbers, “common-ground bin” those in the bin.
error-no-goal = There is no such goal. “common-ground goals” lists them, with their numbers.
error-no-task = There is no such task. “common-ground tasks” lists them, with their numbers.
error-no-wording = You have not agreed to this wording, so there is nothing to withdraw.
error-no-relationship = There is no such relationship. “common-ground status” lists them.
error-no-file = There is no such file.
error-no-draft = There is no such draft. `drafts` lists them.
error-no-version = There is no such former version. `versions` lists them.
error-no-template = There is no such template. `template list` shows them all.
error-no-tool = There is no such tool. `tool list` shows them all.
error-no-attachment = There is no such attachment.
error-no-reminder = There is no such reminder. `reminder list` shows them all.
error-no-appointment = There is no such appointment. `appointment list` shows them all.
error-no-backup = There is no backup there.
error-several-fit = Several fit “{ $wanted }”. Give more of the id, or the number in the list.
error-not-paired-yet = You have not paired with anyone yet. “common-ground pair” does it.
error-which-person = With whom? Say it with --with: { $names }
error-no-such-person = “{ $wanted }” does not name one person. There are: { $names }
error-nothing-to-choose = Nothing waits for a choice here.
error-choose-number = Choose a number from 1 to { $count }.

error-empty = { $field } must not be empty.
error-too-long = { $field } is longer than { $limit }.
error-out-of-range = { $field } must be between { $from } and { $to }.
error-malformed = { $field } is not { $expected }.
error-changed = It was changed meanwhile. Look at it again, then decide.
error-open-choice = Something waits for a choice. Choose with “goal choose”, then agree.
error-not-allowed = This belongs to the other person, so only they can do it ({ $rule }).
error-import = { $entry ->
    [0] The import stopped: { $problem }. Nothing was imported.
   *[other] The import stopped at entry { $entry }: { $problem }. Nothing was imported.
}
error-pack = The templates cannot be read: line { $line }, column { $column }: { $problem }. Nothing was added.
error-cancelled = Cancelled. Nothing was changed.
error-not-shared = This relationship is over or paused. Its plan can be read; nothing new is shared in it.
error-too-much-handed-over = There is no room for more in this relationship. Take something back first.
error-unreachable = The other device was out of reach. Your own work is not affected: try again when both are on.
error-closed = The connection was closed. Everything is saved.
error-exchange = The exchange ended because the other device did not keep to its rules ({ $problem }). What was accepted before stays.
error-not-level = You are not level yet: something was refused. “common-ground status” says more.
error-internal = A mistake of ours, at { $place }. Your data is as it was. Please tell us this place.

error-not-a-ticket = This is not a ticket, or it was not copied whole.
error-newer-ticket = A newer version of common-ground made this ticket. Update yours.
error-ticket-expired = The ticket has expired. Ask for a new one.
error-ticket-closed = The ticket was used already, or closed. Ask for a new one.
error-same-role = A client pairs with a therapist. Both of you have the same role.
error-already-paired = The two of you are paired already. If one of you has ended that, the other’s device has not heard of it yet: let “common-ground sync” run on both at the same time once, then pair again.
error-own-ticket = This is your own ticket. The other person uses it on their device.
error-ids-too-alike = By a chance of one in many million millions, the two profiles cannot be told apart. Make a new profile on one side.
error-not-confirmed = The other person did not confirm. Nothing was stored. Talk to each other and try again.
error-pairing-broken = The other device did not keep to the rules of pairing, or somebody is in between. Nothing was stored.
error-too-many-tries = Too many tries. Make a new ticket.

error-needs-an-answer = This asks a question, and there is no terminal to answer it. Scripts say --yes (pairing: --unverified). Nothing was changed.
error-editor-failed = The editor ended with an error. Nothing was saved.
error-no-editor = Set EDITOR to the editor you like, or give the text on the command line.
error-not-utf8 = The text is not UTF-8. Nothing was saved.
error-open-quote = A quote is left open.
error-not-at-the-prompt = This works outside of “sync” only. “quit” ends sync.
error-json-needs-once = --json prints one document, so it goes with --once.
error-older-plan = The other person's app is of an earlier version that does not know this part of a plan. It opens up with the first exchange after they have updated.
error-no-note = There is no such note.
error-no-step = There is no such step.
error-no-strategy = There is no such strategy.
error-no-goal-draft = There is no such draft of a goal.
error-nothing-to-undo = There is nothing to undo.
