package org.commonground.sample

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.withContext
import org.commonground.core.CommonGroundException
import org.commonground.core.Confirmation
import org.commonground.core.Link
import org.commonground.core.Pairing
import org.commonground.core.WayOfMeeting
import org.commonground.core.termsVersion

/** How far two people have got with pairing. */
sealed interface PairingStep {
    data object NotYet : PairingStep

    /** The ticket is shown, and the other phone is waited for. */
    data class Showing(val ticket: String) : PairingStep

    /** The ticket was taken up, and the other phone is called. */
    data object Calling : PairingStep

    /** Both phones show words, which are to be the same. */
    data class Comparing(val words: List<String>, val other: String) : PairingStep

    /** This person has said that they are; the other has not yet. */
    data object Waiting : PairingStep

    data object Failed : PairingStep
}

/** One pairing after the other: a ticket goes over, both compare words, both say that they are the same. */
class PairingFlow {
    val step: StateFlow<PairingStep> field = MutableStateFlow<PairingStep>(PairingStep.NotYet)
    private var answer = CompletableDeferred<Boolean>()

    /** Shows a ticket and sees it through. */
    suspend fun offer(link: Link) = seeThrough {
        link.offerPairing(WayOfMeeting.SameNetwork).also { pairing ->
            pairing.ticket()?.let { step.value = PairingStep.Showing(it.text) }
        }
    }

    /** Takes up the other person's ticket and sees it through. */
    suspend fun takeUp(link: Link, ticket: String) = seeThrough {
        step.value = PairingStep.Calling
        link.redeem(ticket.trim())
    }

    /** What the person says of the words. */
    fun say(same: Boolean) {
        answer.complete(same)
    }

    private suspend fun seeThrough(begin: suspend () -> Pairing) {
        answer = CompletableDeferred()
        try {
            begin().use { pairing ->
                val code = pairing.code()
                step.value = PairingStep.Comparing(code.words, code.other.displayName)
                if (answer.await()) {
                    step.value = PairingStep.Waiting
                    pairing.confirm(Confirmation.Compared(termsVersion()))
                } else {
                    withContext(NonCancellable) { pairing.decline() }
                }
            }
            step.value = PairingStep.NotYet
        } catch (_: CommonGroundException) {
            step.value = PairingStep.Failed
        }
    }
}
