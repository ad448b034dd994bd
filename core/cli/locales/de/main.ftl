# Was der Begleiter im Terminal auf Deutsch sagt. Warm, kurz, nie wertend.

you = du
role-client = Klient*in
role-therapist = Therapeut*in
file-private = Tagebuch
file-shared = Plan
date = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }
date-and-time = { $date }, { $time }

not-monitored = Kein medizinischer Rat. Niemand überwacht diese App.
help-now-hint = Wenn du jetzt jemanden brauchst: common-ground help-now

## Fragen

ask-yes-no = [j/n]
answers-yes = j ja y yes
declined = In Ordnung. Es wurde nichts geändert.
ask-passphrase = Passphrase:{" "}
ask-new-passphrase = Neue Passphrase:{" "}
ask-passphrase-again = Noch einmal:{" "}
ask-remove-passphrase = Ohne Passphrase kann dein Tagebuch lesen, wer deine Schlüsseldatei lesen kann. Wegnehmen?
ask-bin = Den Eintrag vom { $when } in den Papierkorb legen?
ask-code-same = Stehen diese Wörter auf beiden Bildschirmen, in derselben Reihenfolge?
type-here = Schreib hier. Strg-D in einer eigenen Zeile beendet.
text-touches-disk = Hier gibt es keinen Platz im Speicher für den Editor. Der Text liegt beim Schreiben in { $path } und kann Spuren auf der Platte hinterlassen.

## Profil

init-welcome = Willkommen, { $name } ({ $role }). Das hier gehört jetzt dir.
init-next = Als Nächstes: der erste Eintrag mit „common-ground write“, oder triff die andere Person mit „common-ground pair“.
data-lies-in = Daten: { $path } (verschlüsselt)
keys-open = Schlüssel: { $path }. Nur du kannst diese Datei lesen. Wer sie liest, kann dein Tagebuch lesen; halte sie aus Kopien heraus, die andere bekommen. Eine Passphrase schützt sie besser (common-ground passphrase).
keys-wrapped = Schlüssel: { $path }, mit deiner Passphrase verschlossen. Ohne sie kann niemand dein Tagebuch öffnen, und niemand kann sie zurückholen: bewahre sie gut auf.

status-fingerprint = Schlüssel: { $fingerprint }
status-entries = { $count ->
    [0] Noch keine Einträge im Tagebuch
    [one] Ein Eintrag im Tagebuch
   *[other] { $count } Einträge im Tagebuch
}
status-alone = Noch mit niemandem verbunden.
status-paired = Verbunden seit { $day }
status-code-compared = Die Wörter wurden verglichen
status-code-not-compared = Die Wörter wurden noch nicht verglichen: holt es gemeinsam nach mit „common-ground verify“.
status-in-step = Zuletzt auf gleichem Stand am { $when }
status-never-in-step = Noch nie auf gleichem Stand
status-waiting = { $count ->
    [one] Eine deiner Änderungen wartet darauf zu gehen
   *[other] { $count } deiner Änderungen warten darauf zu gehen
}
status-goals = { $count ->
    [0] Noch keine Ziele
    [one] Ein Ziel
   *[other] { $count } Ziele
}
status-set-aside = { $count ->
    [one] Eine Änderung wurde abgelehnt und beiseitegelegt. Der übrige Plan geht weiter.
   *[other] { $count } Änderungen wurden abgelehnt und beiseitegelegt. Der übrige Plan geht weiter.
}
status-version = Plan { $version }
status-key-file = Schlüssel: { $path }
status-keys-owner = Nur du (und wer diesen Rechner verwaltet) kannst diese Datei lesen.
status-keys-others = Andere an diesem Rechner können diese Datei womöglich lesen. So gehört sie nur dir: chmod 600
status-keys-unknown = Wer diese Datei lesen kann, bestimmen die Rechte dieses Systems.
status-keys-wrapped = Eine Passphrase verschließt die Schlüssel.
status-keys-open = Keine Passphrase: wer diese Datei und die Daten hat, kann alles lesen.

## Tagebuch

entry-saved = Gespeichert, { $when }.
entry-changed = Gespeichert. Die frühere Fassung bleibt erhalten.
entry-in-bin = Im Papierkorb
entry-binned = 30 Tage im Papierkorb. „common-ground restore“ holt ihn heraus.
entry-restored = Wieder im Tagebuch.
journal-empty = Noch nichts hier. „common-ground write“ fängt an.
journal-more = { $count } Einträge insgesamt. „journal --all“ zeigt alle.
bin-empty = Der Papierkorb ist leer.
bin-explained = Nach 30 Tagen im Papierkorb wird ein Eintrag wirklich gelöscht.
search-nothing = Kein Eintrag enthält alle diese Wörter.
search-nothing-fits = Kein Eintrag passt zu diesem Filter.
search-more = Es gibt mehr: --limit zeigt mehr davon.
search-ranked-newest = So viele Einträge passen, dass nur die { $count } neuesten gewichtet wurden.

## Verbinden

ticket-explained = Diese Einladung ist für die andere Person. Sie ruft damit „common-ground pair“ auf:
ticket-expires = Sie gilt einmal, bis { $when }, solange dies hier läuft. Strg-C beendet.
pair-found = { $name } ({ $role }) ist auf der anderen Seite.
code-words = Vergleicht diese Wörter, im selben Raum oder am Telefon:
pair-waiting-confirm = Warten auf die Bestätigung von { $name } …
paired = Du und { $name } seid verbunden.
paired-unverified = Die Wörter wurden nicht verglichen. Holt es bald gemeinsam nach: common-ground verify
paired-next = Als Nächstes: „common-ground goal add“, und „common-ground sync“ auf beiden Geräten.
verify-explained = Vergleiche diese Wörter mit denen von { $name }, im selben Raum oder am Telefon. { $name } ruft auch „common-ground verify“ auf.
verify-already = Sie wurden schon verglichen.
verified = Verglichen. Auf der anderen Seite ist wirklich { $name }.

## Abgleich

sync-waiting = Warten auf { $names }. Was du inzwischen schreibst, ist gespeichert und geht mit, wenn ihr euch trefft.
sync-waiting-once = Warten auf { $names }, bis zu { $seconds } Sekunden …
sync-prompt-explained = Befehle gehen hier ohne „common-ground“; help zeigt sie. quit, Strg-C oder Strg-D beenden.
sync-prompt = common ground>{" "}
sync-connected = { $name } ist da.
sync-apart = { $name } ist weg. Alles ist gespeichert.
sync-report = { $name }: { $came ->
    [0] nichts Neues kam
    [one] eine Änderung kam
   *[other] { $came } Änderungen kamen
}, { $went ->
    [0] nichts wartete
    [one] eine ging
   *[other] { $went } gingen
}.
sync-level = Du und { $name } habt denselben Plan.
sync-refused-here = { $count ->
    [one] Eine Änderung vom Gerät von { $name } wurde abgelehnt und beiseitegelegt. Das Übrige geht weiter.
   *[other] { $count } Änderungen vom Gerät von { $name } wurden abgelehnt und beiseitegelegt. Das Übrige geht weiter.
}
sync-turned-away = { $count ->
    [one] Das Gerät von { $name } hat eine Änderung von diesem zu Recht nicht angenommen. Sie ist aufgehoben, und der Rest wurde noch einmal geschrieben.
   *[other] Das Gerät von { $name } hat { $count } Änderungen von diesem zu Recht nicht angenommen. Sie sind aufgehoben, und der Rest wurde noch einmal geschrieben.
}
sync-refused-there = { $count ->
    [one] Das Gerät von { $name } hat eine deiner Änderungen abgelehnt.
   *[other] Das Gerät von { $name } hat { $count } deiner Änderungen abgelehnt.
}

## Hilfe jetzt

help-emergency = Notruf ({ $region })
help-emergency-unknown = Notruf (dein Land ist hier nicht bekannt: --region nennt es, zum Beispiel --region DE)
help-all = Notruf
help-ambulance = Rettungsdienst
help-police = Polizei
help-talk = Jemand zum Reden
help-own = Deine eigenen Nummern
help-own-none = Noch keine. „common-ground help-now --edit“ schreibt sie auf.
help-own-plain = Diese Datei ist reiner Text, nicht verschlüsselt, damit sie da ist, wenn du sie brauchst: { $path }
help-own-template =
    # Deine eigenen Nummern, eine je Zeile. Zeilen, die mit # beginnen, werden nicht gezeigt.
    # Diese Datei ist reiner Text: sie ist auch ohne deinen Schlüssel da, und andere können sie womöglich lesen.
    # Beispiel:
    # Sam: 01234 567890
help-dated = Nummern, aufgeschrieben am { $day }. Nummern ändern sich: schau einmal nach, ob deine stimmen.
help-stale = Diese Nummern sind alt. Aktualisiere die App und prüfe sie, bevor du dich auf sie verlässt.
help-how-to-change = Ein anderes Land: --region. Deine eigenen Nummern: --edit, oder die Datei { $path }
