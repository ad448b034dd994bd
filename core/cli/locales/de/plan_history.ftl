# Was in einem Plan geschah: ein Satz für alles, was jemand getan hat.

ask-undo = Das zurücknehmen?
history-who = { $person ->
    [you] Du hast
   *[other] { $name } hat
}
history-proposed = { $who } ein Ziel vorgeschlagen: { $title }
history-reworded = { $who } das Warum von „{ $title }“ umformuliert: { $text }
history-success = { $who } bei „{ $title }“ geschrieben, was Erfolg ist: { $text }
history-changed = { $who } { $field } von „{ $what }“ geändert: { $text }
history-set = { $who } { $field } von „{ $what }“ geändert: { $before } → { $after }
history-wrote = { $who } { $field } von „{ $what }“ geschrieben: { $after }
history-took-away = { $who } { $field } von „{ $what }“ weggenommen: { $before }
history-chose = { $who } { $field } von „{ $what }“ gewählt: { $after }
history-goes-on = { $who } gesagt, dass „{ $title }“ weitergeht
history-paused = { $who } „{ $title }“ eine Weile ruhen lassen
history-reached = { $who } gesagt, dass „{ $title }“ erreicht ist
history-maintained = { $who } gesagt, dass „{ $title }“ erreicht ist und weiter gepflegt wird
history-set-aside = { $who } „{ $title }“ zurückgestellt
history-declined = { $who } gesagt, dass „{ $title }“ nicht gewollt ist
history-moved = { $who } „{ $title }“ in der Liste verschoben
history-put-away = { $who } „{ $what }“ weggelegt
history-took-out = { $who } „{ $what }“ wieder hervorgeholt
history-held = { $who } „{ $title }“ angehalten
history-released = { $who } „{ $title }“ freigegeben
history-agreed = { $who } „{ $title }“ zugestimmt, so wie es dastand
history-sealed = { $who } „{ $title }“ auch zugestimmt: ihr stimmt beide zu, der Wortlaut ist besiegelt
history-withdrew = { $who } die Zustimmung zu „{ $title }“ zurückgezogen
history-stance = { $who } zu „{ $title }“ gesagt: { $stance }
history-stance-back = { $who } zurückgenommen, was zu „{ $title }“ gesagt war
history-task = { $who } eine Aufgabe vorgeschlagen ({ $owner }): { $what }
history-accepted = { $who } „{ $what }“ übernommen
history-task-declined = { $who } „{ $what }“ abgelehnt
history-answer-back = { $who } die Antwort auf „{ $what }“ zurückgenommen
history-noted = { $who } für { $day } bei „{ $what }“ notiert: { $outcome }
history-rated = { $who } „{ $title }“ auf { $value } von 10 geschätzt
history-attained = { $who } „{ $title }“ auf der Skala eingeschätzt: { $level }
history-step = { $who } für „{ $title }“ einen Schritt vorgeschlagen: { $what }
history-strategy = { $who } für „{ $title }“ etwas zum Ausprobieren vorgeschlagen: { $what }
history-took-back = { $who } zurückgenommen: { $note }
history-brought-back = { $who } wieder hervorgeholt: { $note }
note-rating = eine Einschätzung zu „{ $title }“, { $value } von 10
note-attainment = eine Einschätzung von „{ $title }“ auf der Skala: { $level }
note-day = die Notiz für { $day } zu „{ $what }“
history-by-their-clock = { $when } nach der Uhr dort, was nicht stimmen kann
history-no-time = zu einer Zeit, die kein Kalender hat, nach der Uhr dort
history-more = Es gibt mehr: --older { $cursor }
history-nothing-new = { $name } hat nichts geändert, seit du zuletzt geschaut hast.
history-looked-hint = „common-ground plan looked“ sagt, dass du das gesehen hast.
history-looked = In Ordnung. Neu ist, was von jetzt an kommt.
history-undone = Zurückgenommen.
history-left = { $count ->
    [one] Ein Teil blieb, wie er ist: dort hat inzwischen jemand geschrieben, oder es ist eine Unterschrift.
   *[other] { $count } Teile blieben, wie sie sind: dort hat inzwischen jemand geschrieben, oder es sind Unterschriften.
}
past-plan = Der Plan, wie er am Abend des { $day } war
past-none = Am Abend des { $day } gab es keine Ziele.
past-agreed = von beiden vereinbart
past-not-agreed = so nicht vereinbart

news-choice = Bei „{ $title }“ wartet etwas auf eine Wahl
news-reopened = „{ $title }“ lautet anders als vereinbart. Der vereinbarte Wortlaut gilt, bis beide einem neuen zustimmen.
