# Was schiefging, und was jetzt zu tun ist.

error-locked = Das Tagebuch ist verschlossen. Öffne es wieder und versuch es noch einmal.
error-in-use = Ein anderes common-ground benutzt gerade diesen Ordner. Nimm dessen Eingabe, oder beende es dort zuerst.
error-no-profile = Hier gibt es noch kein Profil. „common-ground init“ macht eines; --home nennt einen anderen Ordner.
error-profile-exists = Hier gibt es schon ein Profil. Benutze es, oder wähle mit --home einen anderen Ordner.
error-wrong-key = Der Schlüssel passt nicht zur Datei ({ $file }). Es wurde nichts geändert. Stammen Daten und Schlüssel aus verschiedenen Kopien?
error-damaged = Die Datei ({ $file }) ist beschädigt. Sie blieb genau so, wie sie ist. Hole eine Sicherung zurück und behalte die beschädigte Datei, bis alles gut ist.
error-newer-file = Eine neuere Version von common-ground hat die Datei ({ $file }) geschrieben. Sie blieb, wie sie ist: aktualisiere common-ground.
error-newer-plan = Der Plan braucht eine neuere Version von common-ground. Nach dem Aktualisieren ist alles da.
error-file-exists = Eine Datei mit diesem Namen gibt es schon; sie bleibt, wie sie ist. Nimm einen anderen Namen.
error-disk-full = Die Platte ist voll. Es wurde nichts geändert: schaffe Platz und versuch es noch einmal.
error-file = Die Datei lässt sich nicht lesen oder schreiben ({ $reason }). Es wurde nichts geändert.
error-file-named = { $path } lässt sich nicht lesen oder schreiben ({ $reason }).
error-no-such-file = Die Datei { $path } gibt es nicht.
error-vault = Die Schlüssel lassen sich nicht benutzen: { $reason }
error-keys-missing = Deine Daten sind da, ihre Schlüssel nicht: { $path } fehlt. Hole die Datei aus einer Kopie zurück; ohne sie kann niemand die Daten lesen.
error-keys-damaged = Die Schlüsseldatei { $path } ist beschädigt. Sie blieb, wie sie ist. Hole sie aus einer Kopie zurück.
error-keys-newer = Eine neuere Version von common-ground hat die Schlüsseldatei { $path } geschrieben. Aktualisiere common-ground.
error-keys-exist = Hier liegen schon Schlüssel: { $path }. Sie öffnen vielleicht ein Tagebuch, darum werden sie nie ersetzt. Benutze diesen Ordner, oder wähle mit --home einen anderen.
error-crypto = Die Verschlüsselung ist gescheitert. Es wurde nichts geändert.
error-wrong-passphrase = Das ist nicht die Passphrase. Es wurde nichts geändert: versuch es noch einmal.
error-passphrases-differ = Die beiden Passphrasen sind verschieden. Es wurde nichts geändert: versuch es noch einmal.
error-passphrase-empty = Eine leere Passphrase schützt nichts. Es wurde nichts geändert.
error-no-terminal-for-passphrase = Eine Passphrase lässt sich nur an einem Terminal eintippen. Skripte nehmen --passphrase-file, für die Passphrase eines Backups --backup-passphrase-file.
error-no-platform-folder = Dieses System sagt nicht, wohin Daten gehören. Nenne mit --home einen Ordner.

error-no-entry = Diesen Eintrag gibt es nicht. „common-ground journal“ zeigt alle mit ihren Nummern, „common-ground bin“ die im Papierkorb.
error-no-goal = Dieses Ziel gibt es nicht. „common-ground goals“ zeigt alle mit ihren Nummern.
error-no-task = Diese Aufgabe gibt es nicht. „common-ground tasks“ zeigt alle mit ihren Nummern.
error-no-wording = Du hast diesem Wortlaut nicht zugestimmt, also gibt es nichts zurückzuziehen.
error-no-relationship = Diese Verbindung gibt es nicht. „common-ground status“ zeigt alle.
error-no-file = Diese Datei gibt es nicht.
error-no-draft = Diesen Entwurf gibt es nicht. `drafts` listet sie auf.
error-no-version = Diese frühere Fassung gibt es nicht. `versions` listet sie auf.
error-no-template = Diese Vorlage gibt es nicht. `template list` zeigt alle.
error-no-tool = Dieses Werkzeug gibt es nicht. `tool list` zeigt alle.
error-no-attachment = Diesen Anhang gibt es nicht.
error-no-reminder = Diese Erinnerung gibt es nicht. `reminder list` zeigt alle.
error-no-appointment = Diesen Termin gibt es nicht. `appointment list` zeigt alle.
error-no-backup = Dort liegt keine Sicherung.
error-several-fit = Auf „{ $wanted }“ passen mehrere. Gib mehr von der Kennung an, oder die Nummer in der Liste.
error-not-paired-yet = Du bist noch mit niemandem verbunden. „common-ground pair“ verbindet.
error-which-person = Mit wem? Sag es mit --with: { $names }
error-no-such-person = „{ $wanted }“ nennt nicht genau eine Person. Es gibt: { $names }
error-nothing-to-choose = Hier wartet nichts auf eine Wahl.
error-choose-number = Wähle eine Nummer von 1 bis { $count }.

error-empty = { $field } darf nicht leer sein.
error-too-long = { $field } ist länger als { $limit }.
error-out-of-range = { $field } muss zwischen { $from } und { $to } liegen.
error-malformed = { $field } ist nicht, was erwartet wird: { $expected }.
error-changed = Es wurde inzwischen geändert. Sieh es dir noch einmal an und entscheide dann.
error-open-choice = Etwas wartet auf eine Wahl. Wähle mit „goal choose“, dann stimme zu.
error-not-allowed = Das gehört der anderen Person; nur sie kann es tun ({ $rule }).
error-import = { $entry ->
    [0] Der Import hielt an: { $problem }. Es wurde nichts übernommen.
   *[other] Der Import hielt bei Eintrag { $entry } an: { $problem }. Es wurde nichts übernommen.
}
error-pack = Die Vorlagen sind nicht lesbar: Zeile { $line }, Spalte { $column }: { $problem }. Nichts kam hinzu.
error-cancelled = Abgebrochen. Es wurde nichts geändert.
error-not-shared = Diese Beziehung ist beendet oder pausiert. Der Plan lässt sich lesen; Neues wird darin nicht geteilt.
error-too-much-handed-over = In dieser Beziehung ist kein Platz für mehr. Nimm zuerst etwas zurück.
error-unreachable = Das andere Gerät war nicht zu erreichen. Deine eigene Arbeit berührt das nicht: versuch es, wenn beide an sind.
error-closed = Die Verbindung wurde beendet. Alles ist gespeichert.
error-exchange = Der Abgleich endete, weil das andere Gerät sich nicht an die Regeln hielt ({ $problem }). Was vorher angenommen war, bleibt.
error-not-level = Ihr seid noch nicht auf gleichem Stand: etwas wurde abgelehnt. „common-ground status“ sagt mehr.
error-internal = Ein Fehler von uns, bei { $place }. Deine Daten sind, wie sie waren. Bitte nenne uns diese Stelle.

error-not-a-ticket = Das ist keine Einladung, oder sie wurde nicht ganz kopiert.
error-newer-ticket = Eine neuere Version von common-ground hat diese Einladung gemacht. Aktualisiere deine.
error-ticket-expired = Die Einladung ist abgelaufen. Bitte um eine neue.
error-ticket-closed = Die Einladung wurde schon benutzt oder geschlossen. Bitte um eine neue.
error-same-role = Klient*in und Therapeut*in verbinden sich. Ihr habt beide dieselbe Rolle.
error-already-paired = Ihr seid schon verbunden. Falls jemand von euch das beendet hat, hat das andere Gerät noch nicht davon gehört: Lasst „common-ground sync“ einmal auf beiden zugleich laufen, dann verbindet euch neu.
error-own-ticket = Das ist deine eigene Einladung. Die andere Person benutzt sie auf ihrem Gerät.
error-ids-too-alike = Durch einen Zufall von eins zu vielen Billionen lassen sich die beiden Profile nicht unterscheiden. Macht auf einer Seite ein neues.
error-not-confirmed = Die andere Person hat nicht bestätigt. Es wurde nichts gespeichert. Sprecht miteinander und versucht es noch einmal.
error-pairing-broken = Das andere Gerät hielt sich nicht an die Regeln des Verbindens, oder jemand ist dazwischen. Es wurde nichts gespeichert.
error-too-many-tries = Zu viele Versuche. Macht eine neue Einladung.

error-needs-an-answer = Hier wird etwas gefragt, und es gibt kein Terminal für die Antwort. Skripte sagen --yes (beim Verbinden: --unverified). Es wurde nichts geändert.
error-editor-failed = Der Editor endete mit einem Fehler. Es wurde nichts gespeichert.
error-no-editor = Setze EDITOR auf den Editor, den du magst, oder gib den Text auf der Befehlszeile an.
error-not-utf8 = Der Text ist nicht UTF-8. Es wurde nichts gespeichert.
error-open-quote = Ein Anführungszeichen ist offen geblieben.
error-not-at-the-prompt = Das geht nur außerhalb von „sync“. „quit“ beendet sync.
error-json-needs-once = --json gibt ein einziges Dokument aus, darum gehört es zu --once.
error-older-plan = Die App der anderen Person ist älter und kennt diesen Teil eines Plans noch nicht. Nach ihrem Update geht es mit dem nächsten Abgleich.
error-no-note = Diese Notiz gibt es nicht.
error-no-step = Diesen Schritt gibt es nicht.
error-no-strategy = Diese Strategie gibt es nicht.
error-no-goal-draft = Diesen Entwurf eines Ziels gibt es nicht.
error-nothing-to-undo = Es gibt nichts zurückzunehmen.
