## Übernehmen

import-dry-run = Nur zur Probe. Nichts wurde geändert; das käme herein.
import-added = { $found ->
    [one] { $added } von einem Eintrag ist hier neu.
   *[other] { $added } von { $found } Einträgen sind hier neu.
}
import-already-here = { $count ->
    [one] Einer war schon da und blieb, wie er ist.
   *[other] { $count } waren schon da und blieben, wie sie sind.
}
import-left-out = { $count ->
    [one] Einer liegt hier im Papierkorb oder ist gelöscht; so blieb es.
   *[other] { $count } liegen hier im Papierkorb oder sind gelöscht; so blieb es.
}
import-shared-ids = { $count ->
    [one] Einer trug die Kennung oder die Minute eines anderen; beide wurden behalten.
   *[other] { $count } trugen die Kennung oder die Minute eines anderen; alle wurden behalten.
}
import-without-zone = { $count ->
    [one] Einer nennt keine Zeitzone; seine Uhr wurde so gelesen: { $zone }.
   *[other] { $count } nennen keine Zeitzone; ihre Uhren wurden so gelesen: { $zone }.
}
import-zone-here = wie hier (--zone nennt eine andere)
import-without-text = { $count ->
    [one] Einer hat keinen Text, vielleicht nur ein Foto oder eine Stimmung; er wurde mit seinem Datum behalten.
   *[other] { $count } haben keinen Text, vielleicht nur ein Foto oder eine Stimmung; sie wurden mit ihrem Datum behalten.
}
import-attachments-added = { $count ->
    [one] Ein Foto, eine Aufnahme oder eine Datei kam mit.
   *[other] { $count } Fotos, Aufnahmen und Dateien kamen mit.
}
import-attachments-missing = { $count ->
    [one] Ein Foto, eine Aufnahme oder eine Datei wird erwähnt, ist aber nicht da oder nicht lesbar:
   *[other] { $count } Fotos, Aufnahmen oder Dateien werden erwähnt, sind aber nicht da oder nicht lesbar:
}
import-note-location = { $count ->
    [one] Einer sagt, wo er geschrieben wurde; dafür gibt es hier keinen Platz.
   *[other] { $count } sagen, wo sie geschrieben wurden; dafür gibt es hier keinen Platz.
}
import-note-weather = { $count ->
    [one] Einer sagt, wie das Wetter war; dafür gibt es hier keinen Platz.
   *[other] { $count } sagen, wie das Wetter war; dafür gibt es hier keinen Platz.
}
import-note-windows = { $count ->
    [one] Eine Datei ist nicht Unicode und wurde als Windows-1252 gelesen: bitte sieh nach, ob die Umlaute stimmen.
   *[other] { $count } Dateien sind nicht Unicode und wurden als Windows-1252 gelesen: bitte sieh nach, ob die Umlaute stimmen.
}
import-note-symlink = { $count ->
    [one] Einer Verknüpfung an einen anderen Ort wurde nicht gefolgt.
   *[other] { $count } Verknüpfungen an andere Orte wurde nicht gefolgt.
}
import-unknown-mood = { $count ->
    [one] Ein Eintrag hat die Stimmung „{ $name }“; sie kam als Gefühl herein. --mood "{ $name }=4" gibt ihr eine Zahl (1 sehr schlecht, 5 sehr gut).
   *[other] { $count } Einträge haben die Stimmung „{ $name }“; sie kam als Gefühl herein. --mood "{ $name }=4" gibt ihr eine Zahl (1 sehr schlecht, 5 sehr gut).
}
import-bad = { $count ->
    [one] Ein Eintrag ist nicht lesbar:
   *[other] { $count } Einträge sind nicht lesbar:
}
import-bad-stops = Solange sie da sind, kommt nichts herein. --leave-out-bad übernimmt alle anderen.
import-more = … und { $count } weitere (--json nennt bis zu 1.000)
import-in-entry = Eintrag { $entry }
