# Der Plan: Ziele, Aufgaben und alles, was dazugehört.

ask-agree = Stimmst du diesem Wortlaut zu, so wie er hier steht?
ask-withdraw = Unterschreiben, dass du nicht mehr zustimmst? { $name } wird es sehen.
ask-archive = Dieses Ziel weglegen? Auch bei { $name } ist es dann weggelegt; man kann es wieder hervorholen.
ask-archive-task = Diese Aufgabe weglegen? Auch bei { $name } ist sie dann weggelegt.

## Ziele

goals-empty = Noch keine Ziele mit { $name }. „common-ground goal add“ schlägt eines vor.
goals-shared-with = Ziele mit { $name }
goal-tasks-count = { $count ->
    [one] eine Aufgabe
   *[other] { $count } Aufgaben
}
goal-choice-open = etwas wartet auf eine Wahl
goal-put-away = weggelegt
standing-proposed = vorgeschlagen
standing-agreed = vereinbart am { $day }
standing-changed = geändert, seit ihr am { $day } zugestimmt habt
standing-withdrawn = { $name } hat am { $day } zurückgezogen
standing-withdrawn-by-you = du hast am { $day } zurückgezogen
rating-short = { $name }: { $value }
goal-proposed-by = Vorschlag: { $name }, { $day }
goal-agreed-so-far = Zugestimmt bisher: { $name }
heading-why = Warum
heading-success-of = Erfolg, in den Worten von { $name }
heading-success-yours = Erfolg, in deinen Worten
heading-tasks = Aufgaben
heading-ratings = Einschätzungen
heading-difference = Was anders ist als am { $day }
difference-explained = Der vereinbarte Wortlaut gilt, bis beide einem neuen zustimmen.
rating-line = { $day }  { $name }: { $value } von 10
rating-helped = Geholfen hat: { $text }
rating-hindered = Im Weg war: { $text }
goal-proposed = Gespeichert. { $name } sieht es, sobald eure Geräte sich treffen.
goal-changed = Gespeichert.
goal-rated = Notiert: { $value } von 10.
goal-agreed-both = Ihr stimmt beide diesem Wortlaut zu. Er ist besiegelt.
goal-agreed-by-you = Unterschrieben. Vereinbart ist es, wenn { $name } denselben Wortlaut unterschreibt.
goal-withdrawn = Zurückgezogen. Ihr könnt darüber sprechen und jederzeit neu zustimmen.
goal-archived = Weggelegt.
goal-unarchived = Wieder im Plan.
goal-chosen = Gewählt.

## Aufgaben

tasks-empty = Keine Aufgaben. „common-ground task add“ fügt einem Ziel eine hinzu.
task-of-you = deine
task-of-other = von { $name }
task-of-both = ihr beide
task-accepted = übernommen
task-declined = abgelehnt
task-offered = wartet auf: { $names }
task-due = bis { $day }
task-put-away = weggelegt
task-declined-why = Dazu: { $text }
outcome-done = erledigt
outcome-partly = teilweise
outcome-not-this-time = diesmal nicht
task-was-added = Hinzugefügt.
task-was-offered = { $name } angeboten. Es gilt, sobald die Aufgabe übernommen ist.
task-was-accepted = Übernommen.
task-was-declined = Abgelehnt. { $name } wird es sehen.
task-noted-done = Notiert: erledigt.
task-noted-partly = Notiert: teilweise. Auch das zählt.
task-noted-not-this-time = Notiert: diesmal nicht. Ein Wort wert, wenn ihr das nächste Mal sprecht.
task-archived = Weggelegt.

## Stand, Innehalten, Gewicht, wieder anschauen

state-open = geht weiter
state-paused = ruht
state-reached = erreicht
state-maintained = erreicht und weiter gepflegt
state-set-aside = zurückgestellt
state-declined = nicht gewollt
state-set-by = { $state }, laut { $name } am { $day }
goal-goes-on = Es geht weiter.
goal-paused = Es ruht eine Weile.
goal-reached = Notiert: erreicht.
goal-maintained = Notiert: erreicht und weiter gepflegt.
goal-set-aside = Zurückgestellt. Es bleibt im Plan und kann jederzeit weitergehen.
goal-declined = Notiert: nicht gewollt.
goal-held-by = angehalten: { $name }
goal-held-since = Angehalten: { $name }, seit { $day }
goal-hold = Angehalten. Daran wird nicht gearbeitet, bis du es freigibst; { $name } sieht, dass du es anhältst.
goal-released = Freigegeben.
goal-released-by-you = Freigegeben. { $name } hält es noch an.
goal-until = bis { $day }
goal-review-due = wieder anzuschauen seit { $day }
goal-review-every = { $count ->
    [one] Jeden Tag wieder anschauen
   *[other] Alle { $count } Tage wieder anschauen
}
goal-reviewed = Zuletzt gemeinsam angeschaut am { $day }
goal-review-next = Notiert. Wieder anzuschauen ab { $day }.
goal-review-none = Notiert. Es gibt keinen Tag, an dem es wieder anzuschauen ist.
goal-review-noted = Notiert.
goals-none-due = Kein Ziel ist gerade wieder anzuschauen.
priority-high = gerade besonders wichtig
priority-medium = so wichtig wie andere
priority-low = gerade weniger wichtig

descent-grew-out-of = Entstanden aus: { $title }
descent-replaces = Tritt an die Stelle von: { $title }
descent-led-to = Daraus entstand: { $title }
descent-replaced-by = An seine Stelle trat: { $title }

hints = Könnte es klarer machen, wenn ihr mögt: { $hints }
hint-why = warum es wichtig ist
hint-known-by = woran ihr es merkt
hint-by-when = ein Tag, bis wann
hint-first-step = ein erster Schritt
hint-success = was Erfolg für dich ist
hint-success-of = was Erfolg für { $name } ist

heading-known-by = Woran wir es merken
heading-by-when = Bis wann
heading-first-step = Erster Schritt
heading-steps = Schritte
heading-strategies = Ausprobiert
heading-scale = Skala
heading-attained = Auf der Skala
part-of-title = Titel
part-of-scale = Skala { $level }

## Wahl

choice-of-goal = Ihr beide habt zur selben Zeit { $field } geschrieben:
choice-of-part = Ihr beide habt zur selben Zeit { $field } von „{ $what }“ geschrieben:
choice-yours = du: { $value }
choice-other = { $name }: { $value }
choice-explained = „goal choose“ nimmt eines davon mit seiner Nummer, oder schreibt etwas anderes.
field-title = den Titel
field-known-by = das, woran ihr es merkt,
field-by-when = das Bis-wann
field-first-step = den ersten Schritt
field-state = den Stand
field-priority = das Gewicht
field-review-every = den Abstand des Wiederanschauens
field-reviewed = den Tag des letzten Anschauens
field-scale = die Stufe { $level } der Skala
field-importance = die Wichtigkeit
field-difficulty = die Schwierigkeit
field-what = den Wortlaut
field-due = das Bis-wann
field-repeats = das Wie-oft
field-expected-fear = die erwartete Angst
field-verdict = das Wie-weiter
value-nothing = nichts
value-every-days = { $count ->
    [one] jeden Tag
   *[other] alle { $count } Tage
}

## Vereinbarungen

goal-stance = Gesagt. Es zieht nichts zurück; { $name } wird es sehen.
stance-not-yet = noch nicht
stance-disagree = sieht es anders
taken-back = Zurückgenommen.
goals-none-open = Ihr seid euch bei jedem Ziel einig, so wie es dasteht.
goal-nobody-said = Noch hat niemand zugestimmt.
goal-another-in-force = Bis dahin gilt ein früherer Wortlaut.
agreements-none = Hier ist noch nichts vereinbart.
agreement-of = { $number }  Vereinbart am { $day }
agreement-withdrawn = { $name } hat am { $day } zurückgezogen
agreement-written = Die Vereinbarung steht in { $path }.

## Schritte und Versuche

step-added = Hinzugefügt.
step-moved = Verschoben.
step-tried = Notiert.
step-expected-fear = erwartet { $fear } von 10
step-fear = es war { $fear } von 10
strategy-added = Hinzugefügt.
strategy-judged = Notiert.
verdict-trying = wird ausprobiert
verdict-keep = beibehalten
verdict-change = ändern
verdict-drop = lassen

## Fortschritt

level-much-less = viel weniger als erwartet
level-less = weniger als erwartet
level-expected = wie erwartet
level-more = mehr als erwartet
level-much-more = viel mehr als erwartet
scale-none = Noch keine Stufe ist beschrieben. „goal scale“ mit --expected, --more und anderen schreibt sie.
scale-importance = Wichtigkeit { $value } von 3
scale-difficulty = Schwierigkeit { $value } von 3
goal-attained = Notiert: { $level }.
progress-none = Noch hat kein Ziel eine Einschätzung. „common-ground goal rate“ schreibt eine.
progress-of = { $count ->
    [one] { $name }, eine Einschätzung
   *[other] { $name }, { $count } Einschätzungen
}
progress-change = Von der ersten zur letzten: { $change }
progress-gap = { $apart ->
    [0] Jetzt sagen beide { $client }.
   *[other] Jetzt { $client } (Klient*in) und { $therapist } (Therapeut*in).
}
progress-flat = { $name }: die letzten { $count } Einschätzungen sind { $value }, seit { $day }. Wollen wir uns dieses Ziel noch einmal anschauen?
progress-score = { $name }: T = { $score }, über { $count ->
    [one] ein Ziel
   *[other] { $count } Ziele
}
progress-score-explained = T der Zielerreichungsskala: 50 heißt, im Ganzen wie erwartet. Es sagt etwas über Ziele, nicht über einen Menschen.

## Rhythmen

rhythm-days = { $every ->
    [one] jeden Tag
   *[other] alle { $every } Tage
}
rhythm-weeks = { $every ->
    [one] jede Woche am { $days }
   *[other] alle { $every } Wochen am { $days }
}
rhythm-months = { $every ->
    [one] jeden Monat am { $day }.
   *[other] alle { $every } Monate am { $day }.
}
rhythm-from = { $rhythm }, ab { $day }
rhythm-until = { $rhythm } bis { $day }
error-on-which-days = --on nimmt bei Wochen Wochentage (mon,thu), bei Monaten einen Tag von 1 bis 31.

task-due-since = für { $day }
task-no-days = In dieser Zeit fällt sie auf keinen Tag.
task-unarchived = Wieder im Plan.
tasks-none-due = Nichts ist fällig.
tasks-none-offered = Keine Aufgabe wartet auf eine Antwort.

## Überblick und ganzer Plan

plan-of = Der Plan von { $one } und { $other }
overview-nothing = Nichts wartet.
overview-new = { $count ->
    [one] Neues bei einem Ziel
   *[other] Neues bei { $count } Zielen
}
overview-offers-to-me = { $count ->
    [one] eine Aufgabe wartet auf deine Antwort
   *[other] { $count } Aufgaben warten auf deine Antwort
}
overview-offers-to-other = { $count ->
    [one] eine Aufgabe wartet auf { $name }
   *[other] { $count } Aufgaben warten auf { $name }
}
overview-wordings = { $count ->
    [one] ein Wortlaut wartet auf deine Unterschrift
   *[other] { $count } Wortlaute warten auf deine Unterschrift
}
overview-choices = { $count ->
    [one] eine Wahl ist offen
   *[other] { $count } Wahlen sind offen
}
overview-due-tasks = { $count ->
    [one] eine deiner Aufgaben ist fällig
   *[other] { $count } deiner Aufgaben sind fällig
}
overview-due-reviews = { $count ->
    [one] ein Ziel ist wieder anzuschauen
   *[other] { $count } Ziele sind wieder anzuschauen
}

## Die Seite zum Mitnehmen

page-no-goals = Noch keine Ziele.
page-agreed = Von beiden vereinbart seit { $day }
page-in-force = Von beiden vereinbart am { $day }; es gilt, bis beide einem anderen Wortlaut zustimmen:
page-to-sign = Zum Unterschreiben, wenn ihr beide diesem Wortlaut zustimmt:
page-sign-here = { $name }, Datum
page-task-what = Was
page-task-who = Wer
page-task-when = Wann
page-task-offered = angeboten
page-written = Der Plan steht in { $path }. Er lässt sich gut auf A4 drucken.

## Entwürfe von Zielen

goal-draft-kept = Aufgehoben. Nur du siehst es, bis „goal draft propose“ es vorschlägt.
goal-drafts-none = Keine Entwürfe von Zielen. „common-ground goal draft add“ fängt einen an.
goal-drafts-yours = Nur du siehst diese
