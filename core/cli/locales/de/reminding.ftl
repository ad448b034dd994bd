# Erinnerungen und Termine.

reminder-kept = Gemerkt: { $rule }.
reminder-delivery = Das Terminal klingelt nicht von selbst: „reminder next“ zeigt die Zeiten, für deinen Kalender oder ein eigenes Skript.
reminder-removed = Die Regel ist weg.
reminder-silent = Fürs Erste still. Mit „reminder pause --undo“ meldet sie sich wieder.
reminder-speaks = Sie meldet sich wieder.
reminder-paused = (still)
reminders-none = Es gibt keine Erinnerungen. „reminder add --daily 20:30“ merkt eine.
reminder-none-due = Es steht nichts an.
reminder-note = Zeit für eine Notiz
reminder-look-back = Zeit für einen Rückblick
reminder-get-ready = Zeit, sich bereit zu machen
reminder-plan = Zeit für das, was du dir vorgenommen hast

rule-daily = jeden Tag um { $time }
rule-weekdays = { $days } um { $time }
rule-monthly = am { $day }. des Monats um { $time }
rule-after = { $days ->
    [0] am Tag eines Termins, danach, um { $time }
    [one] einen Tag nach einem Termin um { $time }
   *[other] { $days } Tage nach einem Termin um { $time }
}
rule-before = { $hours ->
    [one] eine Stunde vor einem Termin
   *[other] { $hours } Stunden vor einem Termin
}
rule-once = einmal am { $date } um { $time }

weekday-monday = Montag
weekday-tuesday = Dienstag
weekday-wednesday = Mittwoch
weekday-thursday = Donnerstag
weekday-friday = Freitag
weekday-saturday = Samstag
weekday-sunday = Sonntag

appointment-kept = Notiert: { $appointment }.
appointment-once = { $weekday }, { $date }, { $time }
appointment-rhythm = { $weeks ->
    [one] jede Woche am { $weekday }, { $time }, ab { $date }
   *[other] alle { $weeks } Wochen am { $weekday }, { $time }, ab { $date }
}
appointment-until = bis { $date }
appointment-minutes = { $minutes } Minuten
appointment-with = mit { $name }
appointment-is-cancelled = abgesagt
appointment-last = Der letzte: { $when }
appointment-moved-from = (verschoben vom { $date })
appointments-none = Es gibt keine Termine. „appointment weekly "2026-06-02 17:00"“ notiert einen Rhythmus.
appointments-to-come = Als Nächstes:
appointments-none-to-come = Es kommt keiner mehr.
error-once-is-past = Diese Zeit ist vorbei. Eine Erinnerung braucht eine, die noch kommt.
ask-remove-appointment = Diesen Termin vergessen, mit allem, was davon war?
appointment-removed = Der Termin ist weg.
appointment-moved = Verschoben auf { $date }, { $time }.
appointment-cancelled = Der Termin vom { $date } ist abgesagt.
appointment-as-planned = Er findet statt wie geplant.
appointment-changed = Geändert.
