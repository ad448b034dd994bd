# Zurückblicken und Filter.

month-and-year = { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }
weekdays = Mo Di Mi Do Fr Sa So
error-search-what = Wonach suchen? Gib Wörter an, oder einen Filter wie --tag.
journal-filter-nothing = So einen Eintrag gibt es nicht.
look-days-count = { $entries ->
    [0] In diesem Monat ist nichts geschrieben.
    [one] Ein Eintrag an einem Tag.
   *[other] { $days ->
        [one] { $entries } Einträge an einem Tag.
       *[other] { $entries } Einträge an { $days } Tagen.
    }
}
look-days-explained = Die Zahl hinter einem Zeichen ist die mittlere Stimmung des Tages, 1 bis 5, wo es eine gibt.
look-on-this-day-nothing = An diesem Tag wurde in früheren Jahren nichts geschrieben.
look-years-ago = { $count ->
    [one] Vor einem Jahr
   *[other] Vor { $count } Jahren
}
look-then = Damals
look-now = { $months ->
    [0] Jetzt
    [one] Jetzt, einen Monat später
   *[other] Jetzt, { $months } Monate später
}
look-only-one = Bisher gibt es einen Eintrag. Damals und jetzt kommen mit dem zweiten.
look-count = { $count } Einträge insgesamt.
look-mean = { $count ->
    [one] Stimmung { $mean } (ein Eintrag)
   *[other] Mittlere Stimmung { $mean } ({ $count } Einträge)
}
look-mood-nothing = Kein Eintrag dieser Zeit hat eine Stimmung.
look-mood-explained = Mittlere Stimmung von 1 (sehr schlecht) bis 5 (sehr gut), in Klammern die Zahl der Einträge dahinter.
look-mood-of-entry = Stimmung { $mood } von 5
look-patterns-days = { $count ->
    [one] Ein Tag mit Stimmung: { $mean }
   *[other] { $count } Tage mit Stimmung, im Mittel { $mean }
}
look-tags = Schlagwörter
look-feelings = Gefühle
look-tools = Was hilft
look-pattern = { $name }: { $with } an { $days-with ->
    [one] einem Tag
   *[other] { $days-with } Tagen
} damit, { $without } an { $days-without ->
    [one] einem Tag
   *[other] { $days-without } Tagen
} ohne
look-patterns-explained = Hier steht, was an mindestens { $minimum } Tagen vorkommt und an ebenso vielen fehlt. Was zusammen vorkommt, muss einander nicht bewirken.
look-tools-nothing = In dieser Zeit wurde nichts davon benutzt.
look-tool = { $name }: { $uses ->
    [one] einmal
   *[other] { $uses }-mal
} benutzt, half { $mean } von 10 ({ $count } bewertet)
look-tool-unrated = { $name }: { $uses ->
    [one] einmal
   *[other] { $uses }-mal
} benutzt
look-scale-nothing = Keine Antwort auf diese Frage ist eine Zahl.
look-wins-nothing = In diesem Monat ist noch kein kleiner Erfolg notiert.
look-wins = { $count ->
    [one] Ein kleiner Erfolg.
   *[other] { $count } kleine Erfolge.
}
look-to-bring-nothing = Nichts ist zum Mitbringen vorgemerkt.
look-to-bring-since = Vorgemerkt seit dem Termin vom { $when }. Mit --all auch, was vorher vorgemerkt wurde.
look-to-bring-page = Zum Mitbringen, { $day }
look-to-bring-left-out = { $count ->
    [one] Eins wurde früher vorgemerkt und fehlt hier; --since zeigt weniger auf einmal.
   *[other] { $count } wurden früher vorgemerkt und fehlen hier; --since zeigt weniger auf einmal.
}
