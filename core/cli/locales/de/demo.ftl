# Die Geschichte, die die Vorführung erzählt.

demo-title = Common Ground: zwei Menschen, zwei Geräte, ein Plan, und ein Tagebuch für sich
demo-about = Beide Geräte sind auf diesem Rechner, in { $path }; der Ordner verschwindet am Ende. Nichts verlässt den Rechner, und jede Zeile mit ✓ wurde geprüft.
demo-not-so = Schritt { $step } der Vorführung stimmt nicht. Das ist ein Fehler von uns; bitte sag uns Bescheid.
demo-waited-in-vain = Etwas ist auf dem Gerät von { $name } nicht angekommen.
demo-unreadable = Der Beweis konnte eine Datei nicht lesen: { $reason }
demo-end = Es stimmt alles. { $seconds } Sekunden.
demo-heads = Plan von { $name }: { $heads }

demo-devices = Zwei Geräte
demo-devices-told = { $one } ist die Klientin, { $other } der Therapeut. Jedes Gerät hat zwei verschlüsselte Dateien: eine private für das Tagebuch und eine für das Gemeinsame, jede mit eigenem Schlüssel.
demo-devices-encrypted = Keine der vier Dateien lässt sich ohne ihren Schlüssel lesen

demo-diary = Das Tagebuch von { $one }
demo-diary-told = { $count ->
    [one] Ein Eintrag, vom { $newest }, wird aus einem Day-One-Export eingelesen, in { $time }.
   *[other] { $count } Einträge, der neueste vom { $newest }, werden aus einem Day-One-Export eingelesen, in { $time }.
}
demo-diary-all = Jeder Eintrag liegt sicher auf der Platte, verschlüsselt

demo-pair = Sie verbinden sich, im selben Raum
demo-pair-ticket = { $one } zeigt eine Einladung von { $count } Zeichen, als QR-Code. Die Geräte verbinden sich über QUIC, auf diesem Rechner.
demo-pair-code = { $name } sieht: { $words }
demo-pair-same = Auf beiden Bildschirmen stehen dieselben Wörter: niemand ist dazwischen
demo-pair-done = { $one } und { $other } sind verbunden

demo-first = Ein erstes Ziel, gemeinsam gesetzt
demo-first-told = { $one } schlägt vor: { $title }
demo-first-arrived = Nach { $time } steht es bei { $other } auf dem Bildschirm
demo-goal-sleep = Die Nacht durchschlafen
demo-goal-sleep-why = Damit die Morgen wieder mir gehören.
demo-goal-sleep-reworded = Die meisten Nächte durchschlafen
demo-goal-sleep-success = Sechs Nächte von sieben, und nicht stolz darauf.

demo-apart = Getrennt: beide schreiben zur selben Zeit, beide ohne Netz
demo-apart-told = Beide ändern dasselbe Ziel, fügen eines hinzu und sagen, wie weit es ist.
demo-why-more-client = Ich möchte meinen Schlaf nicht mehr bewachen.
demo-why-more-therapist = Wir schauen, was die Nächte für dich zu tun versuchen.
demo-goal-no = Nein sagen, wenn ich zum ersten Mal gefragt werde
demo-goal-breathe = Straßenbahn fahren, jede Woche eine Haltestelle mehr
demo-task = Um zehn aufschreiben, was bis zum Morgen warten kann
demo-did-why = ergänzt das Warum: { $text }
demo-did-rate = schätzt es auf { $value } von 10
demo-did-goal = fügt ein Ziel hinzu: { $title }
demo-did-task = bietet eine Aufgabe an: { $what }
demo-offered = angeboten
demo-apart-differ = Die beiden Pläne sind jetzt verschieden, und niemand musste warten

demo-together = Wieder zusammen
demo-together-told = { $sent ->
    [one] Eine Änderung geht
   *[other] { $sent } Änderungen gehen
} von { $one } zu { $other }, { $received ->
    [one] eine kommt
   *[other] { $received } kommen
} zurück: { $bytes } Bytes, { $time }.
demo-same-heads = Beide haben denselben Plan, bis aufs letzte Bit
demo-both-texts = Beide Sätze stehen im Warum: niemand hat den anderen überschrieben
demo-nothing-lost = Drei Ziele, beide Einschätzungen, die Aufgabe: nichts ging verloren

demo-accept = { $one } übernimmt die Aufgabe
demo-accepted = „{ $what }“ gehört jetzt { $one }; { $other } sieht es nach { $time }

demo-agree = Eine Vereinbarung
demo-agree-one = { $one } unterschreibt. Eine Unterschrift ist noch keine Vereinbarung
demo-agree-both = { $other } unterschreibt denselben Wortlaut ({ $digest }): besiegelt, mit beiden Unterschriften, auf beiden Geräten

demo-reopen = { $other } ändert den Wortlaut
demo-reopened = Beide Bildschirme sagen, dass er sich seit der Vereinbarung geändert hat
demo-sealed-stays = Der vereinbarte Wortlaut gilt, bis beide einem neuen zustimmen

demo-own = Was einer Person allein gehört
demo-own-hold-why = Nicht, solange meine Schwester zu Besuch ist.
demo-own-held = { $one } hält das Ziel an, und nach { $time } ruht es auf beiden Bildschirmen; { $other } kann es nicht für sie freigeben
demo-own-task = Das Telefon nachts in der Küche lassen
demo-own-decline-why = Ich brauche es als Wecker.
demo-own-declined = { $one } lehnt eine angebotene Aufgabe mit einem Wort dazu ab, und { $other } liest es
demo-own-difference = Was anders ist als das, dem beide zugestimmt haben:
demo-own-history = Das Letzte aus dem Verlauf, wie { $other } es liest:
demo-own-told = Wer was geändert hat, steht in einfachen Worten da, mit dem Unterschied

demo-prove = Das Tagebuch gehört { $one } allein: überall auf dem anderen Gerät gesucht
demo-prove-told = Beide Geräte sind geschlossen. Jede Folge von { $length } Wörtern aus jedem Eintrag von { $one }, { $runs } Folgen aus { $entries } Einträgen, wird in allem gesucht, was das Gerät von { $other } hat. Wo Werte ohne Lücke nebeneinanderstehen, genügen die { $inner } mittleren Wörter einer Folge.
demo-too-short = { $count ->
    [one] Ein Eintrag hat weniger als { $length } Wörter und lässt sich nicht suchen.
   *[other] { $count } Einträge haben weniger als { $length } Wörter und lassen sich nicht suchen.
}
demo-amount-stored = Gespeichert, entschlüsselt: { $values } Werte in { $tables } Tabellen, { $kib } KiB, darin { $changes } Änderungen des Plans ausgepackt.
demo-amount-received = Empfangen, ausgepackt: { $frames } Rahmen, { $kib } KiB. Und die Dateien, wie sie auf der Platte liegen: { $raw } KiB.
demo-prove-nothing = Keine einzige Folge davon ist auf dem Gerät von { $other }, weder gespeichert noch empfangen

demo-controls = Kann diese Suche überhaupt finden?
demo-control-own = In der eigenen Tagebuchdatei von { $one }, mit Schlüssel, findet sie { $found } von { $all } Folgen
demo-control-raw = In derselben Datei ohne Schlüssel findet sie keine
demo-given-away = Jetzt setzt { $one } absichtlich einen Satz des Tagebuchs in das Warum eines Ziels: „{ $sentence } …“
demo-no-sentence = Es gibt einen Eintrag mit vierzehn oder mehr Wörtern
demo-control-stored = Jetzt findet die Suche { $found } Folgen in dem, was das Gerät von { $other } gespeichert hat
demo-control-received = Und { $found } in dem, was es empfangen hat
