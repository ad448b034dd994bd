# Was ein Export sagt.

export-anyone-can-read = Was du nach { $path } exportierst, ist nicht verschlüsselt. Wer es in die Hand bekommt, kann es lesen.
ask-export = Trotzdem exportieren?
export-done = { $count ->
    [one] Ein Eintrag steht in { $path }.
   *[other] { $count } Einträge stehen in { $path }.
}
export-attachments = { $count ->
    [one] Ein Foto, eine Aufnahme oder Datei ging mit.
   *[other] { $count } Fotos, Aufnahmen und Dateien gingen mit.
}
export-attachments-left-out = { $count ->
    [one] Ein Foto, eine Aufnahme oder Datei blieb hier: das Format hat keinen Platz dafür oder sollte es nicht mitnehmen (bei json nimmt ein Name, der auf .zip endet, alles mit).
   *[other] { $count } Fotos, Aufnahmen und Dateien blieben hier: das Format hat keinen Platz dafür oder sollte sie nicht mitnehmen (bei json nimmt ein Name, der auf .zip endet, alles mit).
}
export-more = { $count ->
    [one] Ein Eintrag enthält noch etwas, wofür dieses Format keinen Platz hat, zum Beispiel eine Stimmung oder Antworten.
   *[other] { $count } Einträge enthalten noch etwas, wofür dieses Format keinen Platz hat, zum Beispiel eine Stimmung oder Antworten.
}

page-language = de
page-journal = Tagebuch
page-note = Nicht verschlüsselt: jeder Mensch kann diese Seite lesen. Bewahre sie gut auf.
page-mood = Stimmung
page-feelings = Gefühle
page-attachments = Angehängt
page-to-bring = Mitbringen
