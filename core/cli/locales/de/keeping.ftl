# Sicherung, Zurückholen, Rettungsblatt, Verschließen von selbst, alles löschen.

error-not-a-backup = Das ist keine Sicherung von common-ground.
error-backup-newer = Eine neuere Version von common-ground hat diese Sicherung gemacht. Nach dem Aktualisieren geht sie auf. Es wurde nichts geändert.
error-backup-damaged = Die Sicherung ist beschädigt, darum wurde nichts davon übernommen. Versuch es mit einer anderen Kopie.
error-backup-passphrase = Das ist nicht die Passphrase dieser Sicherung. Es wurde nichts geändert: versuch es noch einmal.
error-backup-other-kit = Die Wörter sind richtig geschrieben, gehören aber zu einem anderen Rettungsblatt als diese Sicherung. Was vor einem neuen Blatt gesichert wurde, geht mit den älteren Wörtern auf.
error-backup-needs-passphrase = Diese Sicherung geht mit einer Passphrase auf, nicht mit Wörtern.
error-backup-needs-kit = Diese Sicherung geht mit den 24 Wörtern eines Rettungsblatts auf, nicht mit einer Passphrase.
error-no-recovery-kit = Es gibt noch kein Rettungsblatt. „common-ground recovery-kit“ macht eines; oder wähle mit --passphrase eine Passphrase.
error-words-too-long = Das ist mehr als die 24 Wörter eines Rettungsblatts.
error-words-count = { $found ->
    [one] Ein Rettungsblatt hat 24 Wörter; das ist eines.
   *[other] Ein Rettungsblatt hat 24 Wörter; das sind { $found }.
}
error-word-unknown = Wort { $number } steht nicht in der Liste: sieh dort nach einem Schreibfehler.
error-words-do-not-fit = Jedes Wort steht in der Liste, aber zusammen sind sie kein Rettungsblatt: eines ist ein anderes, oder zwei haben den Platz getauscht.

error-auto-lock = auto-lock nimmt eine Zahl von Minuten von 1 bis 1440, oder „off“.
error-needs-really = Hier sind Worte einzutippen, und es gibt kein Terminal dafür. Skripte sagen --yes --really. Es wurde nichts geändert.

ask-replace-backup = Die Datei { $path } gibt es schon. Die Sicherung an ihre Stelle setzen, sobald sie gemacht und geprüft ist?
ask-new-backup-passphrase = Passphrase für die Sicherung (ein paar Wörter, die du auch in Jahren noch weißt):{" "}
ask-backup-passphrase = Passphrase der Sicherung:{" "}
ask-recovery-words = Die 24 Wörter des Rettungsblatts, der Reihe nach, in einer Zeile oder mehreren:
backup-without-kit = Es gibt noch kein Rettungsblatt, darum bekommt diese Sicherung eine Passphrase. „common-ground recovery-kit“ macht eines.
backup-made = Die Sicherung { $path } ist gemacht und wurde ganz zurückgelesen.
backup-whole = Die Sicherung ist heil. Hier wurde nichts geändert.
backup-opens-with-kit = Sie geht mit den 24 Wörtern des Rettungsblatts { $name } auf.
backup-opens-with-passphrase = Sie geht mit der Passphrase auf, die du gerade gewählt hast. Niemand kann sie wiederbringen: bewahre sie gut auf, und nicht bei der Sicherung.
backup-is = { $name }, { $when }, { $size }
backup-restored = Alles von { $name } ist wieder da, so wie es am { $when } war.

ask-kit-now = Jetzt ein Rettungsblatt machen? Es ist eine Seite mit 24 Wörtern, die deine Sicherungen öffnen, wenn dieses Gerät verloren geht.
ask-new-kit = Es ist schon ein Rettungsblatt in Gebrauch ({ $name }, seit { $day }). Ein neues öffnet nur, was von jetzt an gesichert wird; ältere Sicherungen brauchen die älteren Wörter, also behalte beide Seiten. Ein neues machen?
ask-kit-on-paper = Ist die ganze Seite abgeschrieben oder gedruckt? Die Wörter werden nicht noch einmal gezeigt.
kit-later = „common-ground recovery-kit“ macht ein Rettungsblatt: eine Seite mit 24 Wörtern, die deine Sicherungen öffnen, wenn dieses Gerät verloren geht.
kit-written = Die Seite steht in { $path }. Drucke sie, bewahre das Papier nicht bei diesem Gerät auf, und lösche dann die Datei. Sicherungen gehen von jetzt an mit dem Blatt { $name } auf.
kit-in-use = Sicherungen gehen von jetzt an mit dem Rettungsblatt { $name } auf.
identity-is-secret = Diese Zeile öffnet deine Sicherungen, wie die Wörter. Halte sie ebenso geheim.

page-title = Rettungsblatt für Common Ground
page-whose = Gehört { $name }
page-made = Gemacht am { $day }, Blatt { $name }
page-what = Diese 24 Wörter öffnen jede Sicherung, die gemacht wurde, seit dieses Blatt in Gebrauch ist. Ohne eine Sicherung öffnen sie nichts. Wer die Wörter und eine Sicherung hat, kann alles darin lesen.
page-keep = Bewahre diese Seite auf Papier auf, dort, wo Wichtiges liegt, und nicht bei den Sicherungen. Fotografiere sie nicht.
page-lost-title = Wenn das Gerät verloren oder kaputt ist
page-lost-install = Installiere Common Ground auf einem anderen Gerät. Mach dort kein neues Profil.
page-lost-restore = Nimm deine neueste Sicherung: common-ground backup restore DATEI. Gib die 24 Wörter ein, wenn danach gefragt wird.
page-lost-pair = Sag der Person, mit der du verbunden bist, dass dein Gerät weg ist. Ihr Gerät kennt das neue nicht von selbst.
page-lost-age = Ohne Common Ground öffnet das Programm „age“ eine Sicherung: wie, steht in docs/data-format.md von Common Ground.
page-fingerprint = Fingerabdruck deines Schlüssels
page-fingerprint-why = Daran kann die andere Person sicher erkennen, dass du es wieder bist.
page-newer = Wenn du ein neues Blatt machst, brauchen ältere Sicherungen weiterhin dieses. Behalte es, solange du sie behältst.

auto-lock-after = { $minutes ->
    [one] Das Tagebuch verschließt sich nach einer Minute ohne Eingabe.
   *[other] Das Tagebuch verschließt sich nach { $minutes } Minuten ohne Eingabe.
}
auto-lock-never = Das Tagebuch verschließt sich nicht von selbst.
locked-by-itself = Das Tagebuch hat sich verschlossen. Der nächste Befehl öffnet es wieder, mit deiner Passphrase, wenn es eine gibt.

erase-what = Das löscht alles in { $path } für immer: das Tagebuch, deine Kopie der Pläne und ihre Schlüssel. Nichts bringt es wieder, außer einer Sicherung.
ask-erase = Alles hier löschen?
ask-erase-again = Es gibt kein Zurück. Tippe „alles löschen“, um es zu tun:
answer-erase = alles löschen
erased = Gelöscht: zuerst die Schlüssel, dann jede Datei.
erased-honestly = Was bleiben kann: Flash-Speicher behält alte Blöcke eine Zeit lang (die der Daten sind verschlüsselt, die einer Schlüsseldatei ohne Passphrase nicht), und Sicherungen, Schnappschüsse und abgeglichene Ordner behalten, was sie haben. Die andere Person behält, was du geteilt hast.

status-backup = Letzte Sicherung: { $when }
status-no-backup = Noch keine Sicherung: common-ground backup make DATEI
status-kit = Rettungsblatt { $name }, in Gebrauch seit { $day }
status-kit-former-fingerprint = Das Blatt öffnet deine Sicherungen weiterhin, aber der Fingerabdruck darauf ist nicht mehr deiner, seit du zurückgekommen bist. Mach ein neues: common-ground recovery-kit
status-no-kit = Noch kein Rettungsblatt: common-ground recovery-kit
