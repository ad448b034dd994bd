# Ein neues Gerät an Stelle eines anderen: das der anderen Person, und das eigene.

error-replaced = Dieses Profil lebt jetzt auf einem anderen Gerät. Was hier ist, lässt sich lesen, wie es war, und nimmt an nichts mehr teil. Um hier weiterzumachen: „common-ground go-on-here“.
error-profile-in-use = Diese Einladung bringt jemanden zurück, dessen Gerät verloren ist, und du bist hier schon mit anderen verbunden. Lege ein neues Profil an, zum Beispiel mit --home, und nimm die Einladung dort an.

sync-new-device = { $name } hat ein neues Gerät. Es ist an die Stelle des früheren getreten, das nicht mehr eingelassen wird. Wenn dich das wundert, frag { $name }.
status-new-device = { $name } hat seit { $day } ein neues Gerät. Wenn dich das wundert, frag { $name }.
status-as-kept = Was hier von früher ist, kam vom Gerät von { $name } zurück, so wie es dort bewahrt war.
status-not-known-yet = Das Gerät von { $name } kennt dieses noch nicht. Das nächste „common-ground sync“ stellt es vor.
status-lives-elsewhere = Dieses Profil lebt seit { $day } auf einem anderen Gerät. Was hier ist, lässt sich lesen, wie es war. Um hier weiterzumachen: „common-ground go-on-here“.

restored-next = Dies ist jetzt ein eigenes Gerät. Wenn du mit jemandem verbunden bist, stellt das nächste „common-ground sync“ es deren Gerät vor, das dann das frühere nicht mehr einlässt. Was dir übergeben wurde, bleibt zu, bis ihr beide euch wieder getroffen habt.

pair-again-explained = Diese Einladung bringt { $name } zurück, mit verlorenem Gerät und ohne Sicherung: mit einem neuen Profil, in dem noch niemand verbunden ist, läuft dort „common-ground pair“ mit ihr. Tut es im selben Raum und vergleicht die Wörter: danach spricht das neue Gerät für { $name }, und das verlorene nicht mehr.
paired-again = { $name } ist wieder da. „common-ground sync“ bringt dem neuen Gerät, was hier bewahrt ist.
paired-again-here = Du und { $name } seid wieder verbunden. Was hier von früher ist, ist so, wie es auf dem Gerät von { $name } bewahrt war; „common-ground sync“ bringt es.

ask-go-on-here = Das Profil auf dieses Gerät zurückholen? Das andere wird dann nicht mehr eingelassen. Was dort geschrieben wurde und niemanden erreicht hat, bleibt dort.
error-goes-on-here = Das Profil geht schon hier weiter. Es wurde nichts geändert.
gone-on-here = Das Profil geht hier weiter. Das nächste „common-ground sync“ sagt es den anderen.
