# Beziehungen: was beide lesen, Namen, Pausieren, Beenden.

## Was geteilt wird und was nie

terms-title = Bevor ihr euch verbindet, lies bitte das hier.
terms-shared = Mit { $name } teilst du den Plan: Ziele, Aufgaben, Einschätzungen und was ihr beide dort schreibt, mit der ganzen Geschichte, dem Namen, den du dir gegeben hast, und wann du darin geschrieben hast. Was im Plan gelöscht wird, bleibt auf beiden Geräten in seiner Geschichte.
terms-never-client = Dein Tagebuch wird nie geteilt: kein Text, keine Zahl, nicht einmal, ob es eines gibt. Ein Stück davon geht nur dann an { $name }, wenn du genau dieses Stück übergibst.
terms-never-therapist = Deine eigenen Notizen werden nie geteilt. Vom Tagebuch von { $name } siehst du nur die Stücke, die { $name } dir übergibt. Jedes lässt sich zurücknehmen; dein Gerät löscht es dann und sagt das.
terms-remember-client = Du kannst ein Stück zurücknehmen. Was { $name } im Kopf behält, notiert oder fotografiert hat, lässt sich nicht zurücknehmen.
terms-remember-therapist = Was { $name } im Plan gelesen hat, kann im Kopf bleiben oder fotografiert werden, so wie umgekehrt.
terms-devices = Wer eines der beiden Geräte entsperrt in der Hand hat, kann lesen, was darauf ist.
terms-limits-client = Was du { $name } sagst, ist vertraulich, in den Grenzen des Gesetzes. Wer Therapie gibt, führt Akten. Wenn ein Leben in Gefahr ist, deines oder ein anderes, oder wenn ein Gericht es verlangt, darf oder muss etwas weitergegeben werden. Das ist von Land zu Land verschieden: frag { $name }.
terms-limits-therapist = Deine Pflichten bleiben deine: Akten führen, Schweigepflicht und ihre Grenzen in deinem Land. { $name } liest, dass es solche Grenzen gibt und dass du danach gefragt werden kannst. Sprecht darüber.
ask-terms-read = Hast du das gelesen?
terms-noted = Danke. Es ist vermerkt, dass du es gelesen hast, und { $name } kann das auch sehen.
terms-not-read = Du hast noch nicht gelesen, was geteilt wird und was nie: common-ground terms
terms-changed = Was geteilt wird, ist neu gefasst. Bitte lies es noch einmal: common-ground terms
terms-read-by-me = Du hast das am { $day } gelesen.
terms-read-by-other = { $name } hat es am { $day } gelesen.
terms-not-read-by-other = { $name } hat es noch nicht gelesen, soweit man es hier weiß.

## Die Liste

relationships-none = Noch keine. „common-ground pair“ beginnt eine.
relationships-calls-themselves = nennt sich { $name }
relationships-paused = Pausiert seit { $day }. Für { $name } bist du nicht erreichbar. „common-ground resume“ macht weiter.
relationships-ended-by-me = Beendet am { $day }: von dir. Der Plan bleibt hier, wie er war.
relationships-ended-by-other = Beendet am { $day }: von { $name }. Der Plan bleibt hier, wie er war.
relationships-as-it-stood = Der Plan mit { $name }, wie er am { $day } stand, als es endete.
error-nobody-to-meet = Es gibt niemanden zu treffen: was du hast, ist pausiert oder beendet.

## Namen

renamed = Hier heißt die Person jetzt { $name }. Sie sieht das nicht.
renamed-back = Sie heißt wieder { $name }, wie sie sich selbst nennt.
renamed-me = Du bist ab jetzt { $name }. Wer schon mit dir verbunden ist, sieht weiter den früheren Namen.

## Pausieren

paused-now = Pausiert. Nichts geht an { $name }, und nichts kommt; { $name } erfährt es nicht. Du kannst weiterschreiben, und es geht, wenn du weitermachst.
resumed-now = Es geht weiter mit { $name }. Was gewartet hat, geht mit dem nächsten Abgleich.

## Beenden

end-explained = Damit ist es mit { $name } zu Ende, endgültig und auf beiden Geräten.
end-stays = Was bleibt: dein Tagebuch, und der Plan, wie er jetzt ist, auf beiden Geräten zum Lesen. Was übergeben wurde, bleibt lesbar, bis es zurückgenommen wird.
end-goes = Was endet: vom Plan geht nichts mehr hin und her, niemand kann darin schreiben, und nichts erinnert mehr an eure Termine. Das Gerät von { $name } erfährt es, wenn es das nächste Mal erreicht wird.
end-again = Wenn ihr eines Tages weitermachen wollt, verbindet euch neu. Das beginnt einen neuen Plan.
ask-end = Mit { $name } beenden?
ended-now = Es ist beendet. Alles, was deins ist, ist noch da.
end-take-back-explained = Du hast { $name } Stücke aus deinem Tagebuch übergeben. Du kannst sie jetzt alle zurücknehmen: das Gerät von { $name } löscht sie, wenn es das nächste Mal erreicht wird, und sagt das. Was im Kopf geblieben, kopiert oder fotografiert ist, bleibt. Du wirst das einmal gefragt; einzeln zurücknehmen kannst du auch später.
ask-take-all-back = Alle zurücknehmen?
taken-all-back = Zurückgenommen. Sie werden gelöscht, wenn das Gerät von { $name } das nächste Mal erreicht wird.
left-as-is = Sie bleiben für { $name } lesbar.
end-not-answered = Ob du zurücknimmst, was du übergeben hast, ist noch offen: ruf „common-ground end“ noch einmal auf, oder sag --take-back oder --leave.
