# Anhänge.

attached = { $count ->
    [one] Angehängt: eine Datei. Sie ist verschlüsselt wie alles hier.
   *[other] Angehängt: { $count } Dateien. Sie sind verschlüsselt wie alles hier.
}
attachments-none = Es ist nichts angehängt.
ask-save-readable = { $count ->
    [one] Als Datei gespeichert kann sie lesen, wer diese Platte benutzen kann. Speichern?
   *[other] Als Dateien gespeichert kann sie lesen, wer diese Platte benutzen kann. Speichern?
}
attachment-saved = Gespeichert: { $path }
ask-detach = { $name } von diesem Eintrag wegnehmen? Die frühere Fassung behält es.
detached = Weggenommen. Die frühere Fassung des Eintrags hat es noch.
error-no-such-folder = Den Ordner { $path } gibt es nicht.
