package org.commonground.android

import android.app.Application
import androidx.test.core.app.ApplicationProvider
import java.io.File
import java.util.concurrent.ConcurrentLinkedQueue
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.withTimeout
import org.commonground.core.Confirmation
import org.commonground.core.KeyName
import org.commonground.core.KeyVault
import org.commonground.core.Link
import org.commonground.core.Reach
import org.commonground.core.RelationshipId
import org.commonground.core.ReminderText
import org.commonground.core.WayOfMeeting
import org.commonground.core.termsVersion

/** The app of these tests: a profile, and ears for reminders. */
class StoryApp : Application(), HasProfile, ShowsReminders {
    var vault: KeyVault? = null
    val shown = ConcurrentLinkedQueue<ReminderText>()
    var showing: (ReminderText) -> Unit = { shown += it }

    override val profilePlace: ProfilePlace
        get() = ProfilePlace(File(filesDir, "mara"), vault ?: MemoryVault().also { vault = it }, Reach.THIS_MACHINE)

    override fun showReminder(text: ReminderText) = showing(text)
}

val app: StoryApp get() = ApplicationProvider.getApplicationContext()

/** A vault that is gone with the test. */
class MemoryVault : KeyVault {
    private val keys = HashMap<KeyName, ByteArray>()

    @Synchronized
    override fun load(name: KeyName): ByteArray? = keys[name]?.copyOf()

    @Synchronized
    override fun keep(name: KeyName, key: ByteArray) {
        keys[name] = key.copyOf()
    }

    @Synchronized
    override fun forget(name: KeyName) {
        keys.remove(name)
    }
}

/** Two people in one room pair: one shows a ticket, both compare the words. */
suspend fun pair(mara: Link, doctor: Link, way: WayOfMeeting = WayOfMeeting.SameNetwork): RelationshipId = coroutineScope {
    val offer = doctor.offerPairing(way)
    val answer = mara.redeem(checkNotNull(offer.ticket()).text)
    val codes = listOf(offer, answer).map { async { it.code() } }.map { it.await() }
    check(codes[0].words == codes[1].words)
    val read = Confirmation.Compared(termsVersion())
    listOf(offer, answer).map { async { it.confirm(read) } }.map { it.await() }.first().id
}

/** Nothing here takes long; what never comes fails instead of hanging. */
suspend fun <T> soon(block: suspend () -> T): T = withTimeout(30_000) { block() }
