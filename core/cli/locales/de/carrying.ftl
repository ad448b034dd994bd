# Von Hand bringen, wo kein Netz hilft.

carried-out = { $changes ->
    [0] { $path } ist für { $name }: nichts Neues im Plan, und was es sonst zu sagen gibt.
    [one] { $path } ist für { $name }, mit einer Änderung am Plan.
   *[other] { $path } ist für { $name }, mit { $changes } Änderungen am Plan.
}
carried-out-parcels = { $count ->
    [one] Ein Auszug oder Kommentar ist darin.
   *[other] { $count } Auszüge und Kommentare sind darin.
}
carried-out-left = { $count ->
    [one] Für einen weiteren Auszug war kein Platz: Er geht mit der nächsten Datei, wenn eine zurückgekommen ist.
   *[other] Für { $count } weitere Auszüge war kein Platz: Sie gehen mit späteren Dateien, wenn eine zurückgekommen ist.
}
carried-out-next = Nur das Gerät von { $name } kann sie öffnen. Dort: „common-ground carry in“. Bis du davon hörst, wartet alles noch darauf zu gehen.
carried-in = { $changes ->
    [0] Von { $name }, geschrieben { $written }: nichts Neues im Plan.
    [one] Von { $name }, geschrieben { $written }: eine Änderung am Plan kam an.
   *[other] Von { $name }, geschrieben { $written }: { $changes } Änderungen am Plan kamen an.
}
carried-in-lacks = Etwas dazwischen fehlt. Bring { $name } eine Datei von hier; die nächste von dort hat es dabei.
carried-in-next = { $name } erfährt mit deiner nächsten Datei, was angekommen ist: „common-ground carry out“.
error-not-carried = Das ist keine Datei aus dem Common Ground der anderen Person. Nichts wurde geändert.
error-carried-newer = Eine neuere Version von Common Ground hat diese Datei geschrieben. Aktualisiere, und nimm sie dann auf.
error-carried-damaged = Die Datei ist abgerissen oder wurde unterwegs verändert. Was sich lesen ließ, ist hier; bitte um eine neue.
error-carried-not-for-this-device = Die Datei ist für ein anderes Gerät verschlossen. Ist deines neu, trefft euch einmal über ein Netz; dann lassen sich Dateien dafür schreiben.
error-carried-unknown-device = Die Datei kommt von keinem Gerät eines Menschen, mit dem du gekoppelt bist. Nichts wurde geändert.
error-carry-meet-first = Für eine Datei müssen sich die beiden Geräte mit dieser Version einmal über ein Netz getroffen haben: „common-ground sync“.
