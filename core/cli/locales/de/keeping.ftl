# Sicherung, Zurückholen, Rettungsblatt, Verschließen von selbst, alles löschen.

error-not-a-backup = Das ist keine Sicherung von common-ground.
error-backup-newer = Eine neuere Version von common-ground hat diese Sicherung gemacht. Nach dem Aktualisieren geht sie auf. Es wurde nichts geändert.
error-backup-damaged = Die Sicherung ist beschädigt, darum wurde nichts davon übernommen. Versuch es mit einer anderen Kopie.
error-backup-passphrase = Das ist nicht die Passphrase dieser Sicherung. Es wurde nichts geändert: versuch es noch einmal.
error-backup-other-kit = Die Wörter sind richtig geschrieben, gehören aber zu einem anderen Rettungsblatt als diese Sicherung. Was vor einem neuen Blatt gesichert wurde, geht mit den älteren Wörtern auf.
error-backup-needs-passphrase = Diese Sicherung geht mit einer Passphrase auf, nicht mit Wörtern.
error-backup-needs-kit = Diese Sicherung geht mit den 24 Wörtern eines Rettungsblatts auf, nicht mit einer Passphrase.
error-no-recovery-kit = Es gibt noch kein Rettungsblatt. „common-ground recovery-kit“ macht eines; oder wähle mit --passphrase eine Passphrase.
error-backup-file-exists = Eine Datei mit diesem Namen gibt es schon. Sie blieb, wie sie ist.
error-words-too-long = Das ist mehr als die 24 Wörter eines Rettungsblatts.
error-words-count = { $found ->
    [one] Ein Rettungsblatt hat 24 Wörter; das ist eines.
   *[other] Ein Rettungsblatt hat 24 Wörter; das sind { $found }.
}
error-word-unknown = Wort { $number } steht nicht in der Liste: sieh dort nach einem Schreibfehler.
error-words-do-not-fit = Jedes Wort steht in der Liste, aber zusammen sind sie kein Rettungsblatt: eines ist ein anderes, oder zwei haben den Platz getauscht.
