## How two devices meet

way-same-network = on the same network
way-own-relay = by your own relay, { $url }
way-public = publicly
way-same-network-explained = It works while both devices are on one network, such as the same Wi-Fi, and not from elsewhere. Nobody but the two devices is contacted.
way-own-relay-explained = It works wherever both devices reach the relay. Whoever runs the relay can see which two devices meet, when, how much goes to and fro, and their network addresses; never what is said.
way-public-explained = It works wherever both devices have the internet. Those who run the public services can see which two devices meet, when, how much goes to and fro, and their network addresses; never what is said. Both of you have to choose it.

meeting-how = You and { $name } meet { $way }.
meeting-will = With this ticket the two of you will meet { $way }.
ask-meet-publicly = Use public services for this?
status-meets = You meet { $way }

obstacle-paused = You have paused this. It goes on when you resume.
obstacle-ended = This relationship has ended. Nothing connects any more.
obstacle-no-network = This device is on no network. Connect it, and it goes on by itself.
obstacle-never-seen = { $name }’s device has not been found yet. Are both of you online, on the same network?
obstacle-not-seen-since = { $name }’s device does not answer. It was last seen on { $when }. Is it online right now, and can the two of you meet in this way from where you are?
obstacle-relay-out-of-reach = The relay { $url } does not answer. Is it running, and is the address right? Another way: common-ground meet { $name } same-network
obstacle-relay-refused = The relay { $url } does not let this device in. Whoever runs it can change that.
obstacle-public-out-of-reach = The public services do not answer. Is this device on the internet?
obstacle-only-chosen-here = You chose to meet { $way }. { $name } has not chosen that yet, and is told when you next meet in the way of before.
obstacle-only-chosen-there = { $name } would like to meet { $way }. If you want that too: common-ground meet { $name } { $arguments }
obstacle-other-needs-update = { $name }’s app is too old for yours. It needs an update.
obstacle-this-needs-update = This app is too old for { $name }’s. Update it.
obstacle-other-says-it-is-over = { $name }’s device says that this relationship is over, in a way that does not count here. Ask { $name }. If it is so, you can end it here, too.
obstacle-door-closed = { $name }’s device answers, but does not know this one any more. If one of you has a new device or began anew, pair again when you meet.

error-relay-missing = Where is the relay? Say it like this: relay https://relay.practice.example
error-relay-not-asked-for = An address of a relay goes with “relay” only.
error-ticket-of-another-way = The ticket is for meeting { $way }. Ask for one that you both agree on. Nothing was changed.
error-public-services = { $variable } is not understood. It says relay=URL,pkarr=URL and perhaps ,dns=DOMAIN
