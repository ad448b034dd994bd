# Ein Stück des Tagebuchs übergeben und zurücknehmen.

preview-head = Dies und nichts anderes wird { $name } sehen:
excerpt-attachment = Angehängt { $number }: { $name } ({ $size })
to-know-not-before-you-meet = { $name } liest das vielleicht nicht, bevor ihr euch seht. Es ist kein Weg, schnell Hilfe zu bekommen.
to-know-help = Wenn du jetzt Hilfe brauchst: „common-ground help-now“.
to-know-cannot-be-unread = Du kannst es jederzeit zurücknehmen. Was { $name } bis dahin gelesen hat, bleibt im Gedächtnis.
to-know-attachments = Was angehängt ist, geht mit, wie es ist. Ein Foto kann selbst verraten, wo und wann es aufgenommen wurde.
ask-hand-over = An { $name } übergeben?
handed-over-now = Es liegt für { $name } bereit und geht, sobald eure Geräte sich treffen. Spätere Änderungen am Eintrag folgen nicht.

given-none = Du hast nichts übergeben.
received-none = Dir wurde nichts übergeben.
from-person = von { $name }
to-person = an { $name }
from-entry = aus: { $opening }
comments-count = { $count ->
    [one] Ein Kommentar
   *[other] { $count } Kommentare
}{ $new ->
    [0] .
    [one] , einer davon neu.
   *[other] , { $new } davon neu.
}
received-head = { $name } hat dir das am { $when } übergeben
given-head = Du hast das am { $when } an { $name } übergeben
comments-head = Kommentare
comment-head = { $number }  { $name }, { $when }
comment-not-here = (Noch nicht hier oder von einer neueren Version geschrieben.)
comment-written = Dein Kommentar steht dabei und geht an { $name }, sobald eure Geräte sich treffen.
entry-handed-over = Am { $when } an { $name } übergeben.

stands-waiting = Wartet, bis dein Gerät und das von { $name } sich treffen.
stands-handed-over = Übergeben; das Gerät von { $name } holt es noch.
stands-coming = Noch auf dem Weg hierher.
stands-arrived = Seit { $when } auf dem Gerät von { $name }; noch nicht geöffnet.
stands-not-opened = Noch nicht geöffnet.
stands-opened = { $name } hat es am { $when } geöffnet.
stands-opened-here = Du hast es am { $when } geöffnet.
stands-closed = Hier wurde eine Sicherung zurückgeholt: Das bleibt zu, bis eure Geräte sich getroffen haben, falls { $name } es inzwischen zurückgenommen hat.
stands-taken-back = Du hast es am { $when } zurückgenommen. Das Gerät von { $name } löscht es, wenn es sich das nächste Mal meldet.
stands-asked-to-delete = Du hast es am { $when } zurückgenommen. Das Gerät von { $name } weiß es seit { $asked } und hat noch nicht bestätigt, dass es gelöscht ist.
stands-deleted = Du hast es am { $when } zurückgenommen. Das Gerät von { $name } hat am { $deleted } bestätigt, dass es dort gelöscht ist.
stands-taken-back-here = { $name } hat es am { $when } zurückgenommen. Hier ist es gelöscht.

take-back-means =
    Zurücknehmen ist endgültig. Hier wird es jetzt gelöscht und auf dem Gerät von { $name }, wenn es sich das nächste Mal meldet, auch ohne dass { $name } etwas tut; du siehst, wann das Gerät es bestätigt hat.
    Was niemand rückgängig machen kann: { $name } erinnert sich vielleicht, hat es kopiert oder fotografiert. Alte Sicherungen und die Speicherbausteine eines Geräts können eine Kopie behalten. Dass und wann du es übergeben hast, bleibt bei euch beiden verzeichnet.
ask-take-back = Zurücknehmen, was du am { $when } an { $name } übergeben hast?
ask-take-back-comment = Diesen Kommentar zurücknehmen?
ask-take-back-all = Alles zurücknehmen, was du je an { $name } übergeben hast, auch deine Kommentare?
taken-back-now = Zurückgenommen. Hier ist es gelöscht.
taken-back-all = { $count ->
    [0] Von { $name } war nichts zurückzunehmen.
    [one] Eines wurde von { $name } zurückgenommen. Hier ist es gelöscht.
   *[other] { $count } wurden von { $name } zurückgenommen. Hier sind sie gelöscht.
}

record-none = Es wurde nie etwas übergeben.
record-given = Du hast { $name } einen Auszug übergeben
record-received = { $name } hat dir einen Auszug übergeben
record-comment-given = Du hast { $name } einen Kommentar geschrieben
record-comment-received = { $name } hat dir einen Kommentar geschrieben
record-opened = geöffnet am { $when }
record-taken-back = zurückgenommen am { $when }
record-deleted = Löschung bestätigt am { $when }
record-anyone-can-read = Das Verzeichnis in { $path } wird nicht verschlüsselt. Wer es in die Hand bekommt, kann die Namen und Zeiten darin lesen; von dem, was du geschrieben hast, steht nichts darin.
record-exported = { $count ->
    [one] Eine Zeile steht in { $path }.
   *[other] { $count } Zeilen stehen in { $path }.
}

news-received = { $name } hat dir etwas übergeben. „common-ground received“ zeigt es.
news-arrived = Was du am { $when } übergeben hast, ist auf dem Gerät von { $name }.
news-opened = { $name } hat geöffnet, was du am { $when } übergeben hast.
news-taken-back = { $name } hat zurückgenommen, was du am { $when } bekommen hast. Hier ist es gelöscht.
news-deleted = Das Gerät von { $name } hat bestätigt, dass dort gelöscht ist, was du am { $when } übergeben hast.
news-comments = { $count ->
    [one] Es gibt einen neuen Kommentar von { $name }. „common-ground received“ und „handed-over“ zeigen, wo.
   *[other] Es gibt { $count } neue Kommentare von { $name }. „common-ground received“ und „handed-over“ zeigen, wo.
}

error-no-excerpt = Einen solchen Auszug von dir gibt es nicht. „common-ground handed-over“ und „common-ground received“ führen sie auf.
error-no-such-part = Das steht so nicht wörtlich im Text des Eintrags.
error-part-several-times = Das steht mehrmals im Text des Eintrags. Gib mehr davon an oder nimm --lines.
error-no-such-line = Der Text des Eintrags hat { $count } Zeilen.
error-empty-lines = In diesen Zeilen steht nichts.
error-parcel-taken-back = Es wurde zurückgenommen und ist gelöscht.
error-parcel-not-here-yet = Es ist noch nicht ganz da. Es kommt, wenn eure Geräte sich treffen.
error-parcel-closed = Hier wurde eine Sicherung zurückgeholt. Das bleibt zu, bis dein Gerät das Gerät getroffen hat, von dem es kam.
error-parcel-newer = Eine neuere Version von common-ground hat das geschrieben. Aktualisiere deine.
error-parcel-malformed = Was vom anderen Gerät kam, ist kein Auszug. Bitte darum, es noch einmal zu übergeben.
