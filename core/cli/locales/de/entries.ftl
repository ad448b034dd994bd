# Einträge, ihre Fassungen und Entwürfe, Vorlagen und was hilft.

kind-free = Frei
kind-thought-record = Gedankenprotokoll
kind-small-win = Kleiner Erfolg
kind-practice = Ausprobiert
kind-self-awareness = Zeichen des Fortschritts: mich selbst kennen
kind-resilience = Zeichen des Fortschritts: wieder aufstehen
kind-relationships = Zeichen des Fortschritts: mit anderen Menschen
kind-goal = Zeichen des Fortschritts: einem Ziel näher
kind-doubt = Zweifel
kind-avoidance = Ich merke, dass ich das vermeide
kind-hard-after-session = Schwerer nach der Sitzung
kind-bring-to-session = In die Sitzung mitbringen
entry-mood = Stimmung { $mood } von 5
entry-feeling = { $name } { $strength }
entry-to-bring = mitzubringen
entry-of-goal = Ziel: { $title }
entry-of-task = Aufgabe: { $what }
entry-attached = Angehängt: { $names }
entry-of-person = Über: { $name }

questions-explained = Eine leere Zeile führt zur nächsten Frage, Strg-D sichert, was da ist. Jede Antwort wird sofort aufgehoben.
hint-text = In deinen eigenen Worten.
hint-scale = Eine Zahl von 0 bis 10.
hint-choice = Eine der Zahlen 1 bis { $count }.
hint-emotions = Gefühle, wenn du magst mit ihrer Stärke von 0 bis 10: müde:6, etwas verloren
hint-mood = Eine Zahl von 1 (sehr schlecht) bis 5 (sehr gut).

draft-kept = Was du geschrieben hast, ist als Entwurf aufgehoben: „common-ground drafts“.
drafts-none = Keine Entwürfe.
draft-of-change = Änderung an einem Eintrag
draft-discarded = Weggeworfen.
ask-discard-draft = Diesen Entwurf endgültig wegwerfen?

versions-none = Er wurde nie geändert, also gibt es keine frühere Fassung.
version-of = So gesichert { $when }
version-same = Er ist jetzt derselbe.
version-differs = Jetzt anders: { $parts }
version-brought-back = Zurückgeholt. Was bis jetzt da stand, ist als Fassung aufgehoben.
ask-bring-back = Soll der Eintrag wieder sein, wie er { $when } gesichert wurde? Was jetzt da steht, bleibt als Fassung.
part-title = Titel
part-text = Text
part-kind = Art
part-mood = Stimmung
part-emotions = Gefühle
part-tags = Schlagwörter
part-links = wozu er gehört
part-answers = Antworten
part-attachments = Anhänge
part-starred = Stern
part-to-bring = mitzubringen
part-written = Zeit

templates-explained = „common-ground write --template ID“ stellt die Fragen einer Vorlage. „template add DATEI“ fügt eigene hinzu.
templates-sound = { $count ->
    [one] Eine Vorlage, und nichts ist falsch daran.
   *[other] { $count } Vorlagen, und nichts ist falsch daran.
}
templates-added = { $count ->
    [one] Eine Vorlage ist jetzt hier.
   *[other] { $count } Vorlagen sind jetzt hier.
}
template-removed = Nicht mehr in der Liste. Alte Antworten behalten ihre Fragen.
template-from = Version { $version } · { $source } · { $licence }

tools-none = Noch nichts. „common-ground tool add“ sammelt, was dir hilft.
tool-added = Aufgenommen.
tool-changed = Geändert.
tool-used = Notiert.
tool-archived = Weggelegt, mit allem, was dazu notiert ist.
tool-unarchived = Wieder in der Liste.
tool-put-away = weggelegt
tool-uses = { $count ->
    [0] noch nicht benutzt
    [one] einmal benutzt
   *[other] { $count }-mal benutzt
}
tool-helped = half im Mittel { $mean } von 10 ({ $count ->
    [one] einmal eingeschätzt
   *[other] { $count }-mal eingeschätzt
})
tool-last-used = zuletzt { $day }
tool-use-helped = half { $helped } von 10

error-no-such-time = Diese Zeit hat die Uhr hier nie gezeigt: In dieser Stunde begann die Sommerzeit. Wähle eine andere.
error-pack-named = { $file }:{ $line }:{ $column }: { $problem }. Nichts kam hinzu.
