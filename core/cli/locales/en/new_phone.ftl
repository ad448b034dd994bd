# A new device in the place of another one: the other person's, and one's own.

error-replaced = This profile goes on on another device. What is here can be read as it was, and takes part in nothing any more. To go on here instead: “common-ground go-on-here”.
error-profile-in-use = This ticket brings back somebody who lost their device, and you are paired with others here already. Make a new profile, for example with --home, and take up the ticket there.

sync-new-device = { $name } has a new device. It took the place of the former one, which is no longer let in. If that surprises you, ask { $name }.
status-new-device = { $name } has had a new device since { $day }. If that surprises you, ask { $name }.
status-as-kept = What is here from before came back from the device of { $name }, as it was kept there.
status-not-known-yet = { $name }’s device does not know this one yet. The next “common-ground sync” introduces it.
status-lives-elsewhere = This profile goes on on another device since { $day }. What is here can be read as it was. To go on here instead: “common-ground go-on-here”.

restored-next = This is a device of its own now. If you are paired with someone, the next “common-ground sync” introduces it to their device, which then no longer lets the former one in. What they had handed over to you stays closed until the two of you have met.

pair-again-explained = This ticket brings { $name } back who lost their device and has no backup: with a new profile in which nobody is paired yet, they run “common-ground pair” with it. Do it in the same room and compare the words: afterwards the new device speaks for { $name }, and the lost one no longer does.
paired-again = { $name } is back. “common-ground sync” brings the new device what was kept here.
paired-again-here = You and { $name } are paired again. What is here from before is as it was kept on the device of { $name }; “common-ground sync” brings it.

ask-go-on-here = Take the profile back to this device? The other device is then no longer let in. What was written there and reached nobody stays there.
error-goes-on-here = The profile goes on here already. Nothing was changed.
gone-on-here = The profile goes on here. The next “common-ground sync” tells the others.
