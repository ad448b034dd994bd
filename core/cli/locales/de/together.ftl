# Zusammen über einem Plan sitzen, und die Statuszeile von sync.

together-begins = Du setzt dich mit { $name } an den Plan. Sobald beide „together“ gestartet haben, steht auf beiden Bildschirmen sofort, was einer tippt.
together-explained = goals: die Liste · goal 2: es ansehen · goal 2 why ein paar Worte: sie gehen sofort · goal 2 why: weitertippen, eine leere Zeile beendet es · quit geht. Außer why: title, success, known-by, first-step.
together-prompt = together>{" "}
together-no-goals = Es gibt noch kein Ziel.
together-goal = { $number }. { $title }
together-which-text = Welcher Text? title, why, success, known-by oder first-step.
together-type-on = Jede Zeile geht sofort. Eine leere Zeile beendet es.
together-away = { $name } ist nicht verbunden. Was geschrieben ist, ist gespeichert.
together-here = { $name } ist verbunden und hat sich noch nicht an den Plan gesetzt.
together-sits = { $name } sitzt mit dir daran.
together-looks = { $name } sieht sich „{ $title }“ an.
together-types = { $name } tippt { $text ->
    [title] im Titel von „{ $title }“.
    [why] im Warum von „{ $title }“.
    [success] im Bild vom Gelingen bei „{ $title }“.
    [known-by] dort, woran ihr es beide merkt, bei „{ $title }“.
   *[first-step] im ersten Schritt von „{ $title }“.
}
together-new-goal = { $name } hat dir ein Ziel vorgelegt: „{ $title }“.
together-title-now = { $name }: Aus „{ $was }“ wurde „{ $title }“.
together-why-now = „{ $title }“ lautet jetzt: { $why }
error-together-has-no-json = „together“ ist für Menschen an der Tastatur und kennt kein --json.
error-not-together = Buchstabe für Buchstabe geht nur, solange beide zusammensitzen. Nichts wurde geschrieben; speichere es, wenn es fertig ist.

status-apart = { $name }: nicht da
status-line-in-step-since = { $name }: gleichauf seit { $since }
status-line-in-step = { $name }: gleichauf
status-catching-up = { $name }: gleicht ab
status-last = zuletzt gleichauf { $when }
status-never = noch nie gleichauf
status-waits = { $count ->
    [one] eine Änderung wartet darauf zu gehen
   *[other] { $count } Änderungen warten darauf zu gehen
}
status-came = { $done } von { $all } gekommen
status-went = { $done } von { $all } gegangen
status-excerpts = Auszüge { $percent } %
status-more = { $count ->
    [one] und ein weiterer Mensch ist nicht da
   *[other] und { $count } weitere Menschen sind nicht da
}
