# Felder, Einheiten und Gründe des Kerns, wie Menschen sie lesen. Ein Feld, das hier fehlt, behält seinen Namen.

plain-field = { $key ->
    [text] der Text
    [title] der Titel
    [tags] die Liste der Schlagwörter
    [tag] ein Schlagwort
    [mood] die Stimmung
    [moods] eine Stimmung, der du eine Zahl gibst,
    [emotions] die Liste der Gefühle
    [emotions-name] der Name eines Gefühls
    [emotions-intensity] die Stärke eines Gefühls
    [written-at] die Zeit
    [written-zone] die Zeitzone
    [written-offset-seconds] der Abstand der Uhr von UTC
    [zone] die Zeitzone
    [time-format] das Format der Zeiten
    [answers] die Liste der Antworten
    [answers-field] was vor dem = steht,
    [answers-value] eine Antwort
    [attachment] eine Datei zum Anhängen
    [attachments] die Liste der Dateien
    [attachments-name] der Name einer Datei zum Anhängen
    [excerpt] der Auszug
    [parts] die Teile des Textes
    [comment] der Kommentar
    [minutes] die Zahl der Minuten
    [weeks] die Zahl der Wochen
    [helped] wie sehr es geholfen hat,
    [note] die Notiz
    [name] der Name
    [file] was du genannt hast,
    [folder] der Name des Ordners
    [last-date] der letzte Tag
    [display-name] dein Name
    [passphrase] die Passphrase
    [links] die Liste dessen, wozu es gehört,
    [days] die Liste der Tage
    [drafts] die Liste der Entwürfe
    [tools] die Liste der Hilfen
    [templates] die Liste der Vorlagen
    [content] der Entwurf
    [value] die Einschätzung
    [why] das Warum
    [wording] der Wortlaut
    [known-by] woran ihr es merkt,
    [by-when] bis wann,
    [first-step] der erste Schritt
    [success] was Erfolg ist,
    [what] worum es geht,
    [hindered] was im Weg war,
    [learned] was du daraus mitnimmst,
    [levels] eine Stufe der Skala
    [expected-fear] die erwartete Angst
    [fear] wie viel Angst da war,
    [importance] die Wichtigkeit
    [difficulty] die Schwierigkeit
    [every-days] die Zahl der Tage
    [ratings] die Zahl der Einschätzungen
    [repeats] wie oft sie wiederkehrt,
    [due] bis wann,
    [on] der Tag
    [from] der erste Tag
    [to] der letzte Tag
    [digest] der genannte Wortlaut
    [version] die genannte Version
    [older] die Stelle zum Weiterlesen
   *[other] { $name }
}
plain-unit = { $key ->
    [bytes] Byte
    [characters] Zeichen
    [tags] Schlagwörter
    [links] Verweise
    [drafts] Entwürfe
    [tools] Hilfen
    [templates] Vorlagen
    [answers] Antworten
    [emotions] Gefühle
    [attachments] Dateien
   *[other] { $name }
}
plain-form = { $key ->
    [a-question-of-this-template] eine Frage dieser Vorlage; „common-ground template show“ nennt sie
    [one-of-the-sentences-to-choose-from] einer der Sätze zur Wahl
    [one-line] eine Zeile
    [one-line-of-text] eine Zeile Text
    [text-without-control-characters] Text ohne Steuerzeichen
    [a-time-zone-like-europe-berlin] eine Zeitzone wie Europe/Berlin
    [on-or-after-the-first-day] ein Tag nicht vor dem ersten
    [on-or-after-the-first-day-of-a-rhythm] ein Tag nicht vor dem ersten eines Rhythmus
    [an-ordinary-file] eine gewöhnliche Datei
    [the-name-of-a-file] der Name einer Datei
    [the-name-of-a-folder] der Name eines Ordners
    [the-path-of-a-file] der Pfad einer Datei
    [a-version-of-its-own-another-content-has-this-one] eine eigene Version; diese hat schon einen anderen Inhalt
    [each-level-once] jede Stufe nur einmal
    [a-rhythm-within-its-bounds] ein Rhythmus, den es gibt: 1 bis 366, und der letzte Tag nicht vor dem ersten
    [one-of-the-values-shown] einer der gezeigten Werte
    [a-version-of-this-plan] eine Version dieses Plans
    [a-plan-s-version] eine Version eines Plans
    [a-digest-of-64-hexadecimal-digits] 64 Hexadezimalziffern
    [a-place-in-this-history] eine Stelle in diesem Verlauf
    [a-day-of-the-years-1-to-9999] ein Tag der Jahre 1 bis 9999
   *[other] { $name }
}
plain-reason = { $key ->
    [entity-not-found] diese Datei oder diesen Ordner gibt es nicht
    [permission-denied] du darfst es nicht
    [read-only-filesystem-or-storage-medium] dort lässt sich nur lesen
    [is-a-directory] es ist ein Ordner
    [not-a-directory] ein Teil des Pfads ist kein Ordner
   *[other] { $name }
}
plain-part = { $key ->
    [file] die Datei
    [folder] der Ordner
    [zip] das Zip
    [entry] der Eintrag
    [row] die Zeile
    [line] die Zeile
    [attachment] eine angehängte Datei
    [entries] die Liste der Einträge
    [attachments] die Liste der angehängten Dateien
    [front-matter] der Kopf (front matter)
    [created] die Zeit des Schreibens (created)
   *[other] { $name }
}
plain-problem = { $key ->
    [is-of-no-format-that-is-known-here-name-the-format-if-you-know-it] ist in keinem Format, das hier bekannt ist; --from nennt das Programm, aus dem sie kommt
    [is-missing] fehlt
    [is-not-there] ist nicht da
    [is-not-there-any-more] ist nicht mehr da
    [is-not-a-text] ist kein Text
    [is-not-a-list] ist keine Liste
    [is-not-an-object] ist kein Objekt
    [is-neither-true-nor-false] ist weder true noch false
    [is-not-32-hexadecimal-digits] besteht nicht aus 32 Hexadezimalziffern
    [is-not-unicode] ist nicht Unicode
    [is-not-unicode-utf-8-or-utf-16] ist nicht Unicode (UTF-8 oder UTF-16)
    [is-not-yaml] ist kein YAML
    [is-not-a-day-like-2026-05-03] ist kein Tag wie 2026-05-03
    [is-not-a-date-like-2020-08-29] ist kein Tag wie 2020-08-29
    [is-not-a-time-like-16-30] ist keine Uhrzeit wie 16:30
    [is-not-a-time-like-22-13-or-10-13-pm] ist keine Uhrzeit wie 22:13 oder 10:13 pm
    [is-not-a-time-like-2021-05-03t20-15-00z] ist keine Zeit wie 2021-05-03T20:15:00Z
    [is-not-a-time-like-2026-05-03t18-30-00z-2026-05-03-18-30-or-2026-05-03] ist keine Zeit wie 2026-05-03T18:30:00Z, 2026-05-03 18:30 oder 2026-05-03
    [is-not-a-day-and-a-month-in-english-or-german] ist kein Tag mit Monat auf Englisch oder Deutsch
    [stands-neither-in-front-matter-nor-in-the-name-of-the-file] steht weder im Kopf (front matter) noch im Dateinamen
    [stands-on-no-line-before-this-text] steht in keiner Zeile vor diesem Text
    [is-no-column-of-this-table] ist keine Spalte dieser Tabelle
    [has-more-values-than-the-header-has-names] hat mehr Werte, als der Kopf Namen hat
    [holds-no-table-with-the-columns-of-this-program] enthält keine Tabelle mit den Spalten dieses Programms
    [holds-no-journal-no-json-file-at-its-top] enthält kein Tagebuch (zuoberst liegt keine .json-Datei)
    [holds-no-journal-no-common-ground-json-at-its-top] enthält kein Tagebuch (zuoberst liegt keine common-ground.json)
    [holds-too-many-values] enthält zu viele Werte
    [holds-too-many-files] enthält zu viele Dateien
    [holds-something-else-than-texts] enthält anderes als Texte
    [is-not-as-this-format-has-it] ist nicht, wie dieses Format es hat
    [is-not-that-of-common-ground] ist nicht das von Common Ground
    [is-newer-than-this-app] ist neuer als dieses Programm
    [is-damaged-or-of-an-unknown-kind] ist beschädigt oder von unbekannter Art
    [is-of-a-kind-that-is-not-read-here-a-password-or-another-compression] ist von einer Art, die hier nicht gelesen wird (ein Passwort oder eine andere Verdichtung)
    [was-changed-while-it-was-read] wurde geändert, während sie gelesen wurde
    [leads-round-in-a-circle] führt im Kreis
    [cannot-be-read] ist nicht lesbar
   *[other] { $name }
}
