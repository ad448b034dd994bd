## Wie sich zwei Geräte treffen

way-same-network = im selben Netz
way-own-relay = über das eigene Relay { $url }
way-public = öffentlich
way-same-network-explained = Das geht, solange beide Geräte in einem Netz sind, etwa im selben WLAN, und von anderswo nicht. Niemand außer den beiden Geräten wird angesprochen.
way-own-relay-explained = Das geht überall, wo beide Geräte das Relay erreichen. Wer das Relay betreibt, kann sehen, welche zwei Geräte sich treffen, wann, wie viel hin- und hergeht und mit welchen Netzadressen; nie, was gesagt wird.
way-public-explained = Das geht überall, wo beide Geräte Internet haben. Wer die öffentlichen Dienste betreibt, kann sehen, welche zwei Geräte sich treffen, wann, wie viel hin- und hergeht und mit welchen Netzadressen; nie, was gesagt wird. Ihr müsst es beide wählen.

meeting-how = Du und { $name } trefft euch { $way }.
meeting-will = Mit diesem Ticket trefft ihr euch { $way }.
ask-meet-publicly = Öffentliche Dienste dafür benutzen?
status-meets = Ihr trefft euch { $way }

obstacle-paused = Das ruht gerade, weil du es so gewählt hast. Es geht weiter, wenn du es wieder aufnimmst.
obstacle-ended = Diese Beziehung ist beendet. Nichts verbindet sich mehr.
obstacle-no-network = Dieses Gerät ist in keinem Netz. Verbinde es, dann geht es von selbst weiter.
obstacle-never-seen = Das Gerät von { $name } ist noch nicht gefunden worden. Seid ihr beide online, im selben Netz?
obstacle-not-seen-since = Das Gerät von { $name } antwortet nicht. Zuletzt gesehen am { $when }. Ist es gerade online, und könnt ihr euch von dort, wo ihr seid, so treffen?
obstacle-relay-out-of-reach = Das Relay { $url } antwortet nicht. Läuft es, und stimmt die Adresse? Anders geht es so: common-ground meet { $name } same-network
obstacle-relay-refused = Das Relay { $url } lässt dieses Gerät nicht zu. Wer es betreibt, kann das ändern.
obstacle-public-out-of-reach = Die öffentlichen Dienste antworten nicht. Hat dieses Gerät Internet?
obstacle-only-chosen-here = Du möchtest, dass ihr euch { $way } trefft. { $name } hat das noch nicht gewählt und erfährt es, wenn ihr euch das nächste Mal wie bisher trefft.
obstacle-only-chosen-there = { $name } möchte, dass ihr euch { $way } trefft. Wenn du das auch willst: common-ground meet { $name } { $arguments }
obstacle-other-needs-update = Die App von { $name } ist zu alt für deine. Sie braucht eine Aktualisierung.
obstacle-this-needs-update = Diese App ist zu alt für die von { $name }. Aktualisiere sie.
obstacle-other-says-it-is-over = Das Gerät von { $name } sagt, dass diese Beziehung beendet ist, aber auf eine Art, die hier nicht zählt. Frag { $name }. Wenn es so ist, kannst du sie auch hier beenden.
obstacle-door-closed = Das Gerät von { $name } antwortet, kennt dieses hier aber nicht mehr. Wenn eines von euren Geräten neu ist oder neu begonnen hat, verbindet euch beim nächsten Treffen noch einmal.

error-relay-missing = Wo ist das Relay? Sag es so: relay https://relay.praxis.example
error-relay-not-asked-for = Die Adresse eines Relays gehört nur zu „relay“.
error-ticket-of-another-way = Mit diesem Ticket würdet ihr euch { $way } treffen. Bitte um eines, auf das ihr euch einigt. Es wurde nichts geändert.
error-public-services = { $variable } ist so nicht zu verstehen. Es heißt relay=URL,pkarr=URL und vielleicht ,dns=DOMAIN
