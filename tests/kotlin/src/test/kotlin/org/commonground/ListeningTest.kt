package org.commonground

import java.nio.file.Path
import java.time.LocalTime
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.launchIn
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import org.commonground.core.Change
import org.commonground.core.CommonGroundException
import org.commonground.core.MemoryVault
import org.commonground.core.NewEntry
import org.commonground.core.NewProfile
import org.commonground.core.NewReminder
import org.commonground.core.Observer
import org.commonground.core.ReminderRule
import org.commonground.core.Role
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Changes as flows: nothing is lost, nothing is left behind, and everything ends. */
class ListeningTest {
    @TempDir
    lateinit var folder: Path

    private val vault = MemoryVault()
    private lateinit var home: Home

    @BeforeEach
    fun open() = story {
        home = Home.create(folder.resolve("mara").toFile(), vault, NewProfile(Role.CLIENT, "Mara"))
        assertEquals(0, observersHeld())
    }

    /** Whatever a test did: nobody is subscribed after it. */
    @AfterEach
    fun close() {
        home.close()
        assertEquals(0, observersHeld())
    }

    @Test
    fun `each collector gets every change, in order, however slow it is`() = story {
        val goOn = CompletableDeferred<Unit>()
        val (quick, slow) = listOf(CompletableDeferred(Unit), goOn).map { gate ->
            async(start = CoroutineStart.UNDISPATCHED) {
                home.changes.onEach { gate.await() }.take(200).map { (it as Change.Journal).entries.single() }.toList()
            }
        }
        val written = (1..200).map { home.journal { add(NewEntry("Entry $it")) }.id }
        assertEquals(written, quick.await())
        goOn.complete(Unit)
        assertEquals(written, slow.await())
    }

    @Test
    fun `a subscription ends with its collector, whether that has enough, is cancelled, or throws`() = story {
        val enough = async(start = CoroutineStart.UNDISPATCHED) { home.changes.first() }
        val cancelled = launch(start = CoroutineStart.UNDISPATCHED) { home.changes.collect() }
        val angry = async(start = CoroutineStart.UNDISPATCHED) {
            assertThrowsIn<IllegalStateException> { home.changes.collect { error("not in the mood") } }
        }
        val live = launch(start = CoroutineStart.UNDISPATCHED) { home.live { profile() }.collect() }
        assertEquals(4, observersHeld())

        val entry = home.journal { add(NewEntry("Told.")) }
        assertEquals(Change.Journal(listOf(entry.id)), enough.await())
        assertEquals("not in the mood", angry.await().message)
        cancelled.cancelAndJoin()
        live.cancelAndJoin()
        assertEquals(0, observersHeld())
        assertEquals(1uL, home.journal { count() })
    }

    @Test
    fun `what is shown live is read at once, and again after each change that matters`() = story {
        val shown = Channel<List<String>>(Channel.UNLIMITED)
        val screen = home.live({ it is Change.Journal }) { journal().use { it.entries(10u).entries } }
            .onEach { entries -> shown.send(entries.map { it.opening }) }
            .launchIn(this)

        assertEquals(emptyList<String>(), shown.receive())
        home.journal { add(NewEntry("One.")) }
        assertEquals(listOf("One."), shown.receive())
        home.reminders { add(NewReminder(ReminderRule.Daily(LocalTime.of(20, 0)))) }
        home.journal { add(NewEntry("Two.")) }
        assertEquals(listOf("Two.", "One."), shown.receive())
        screen.cancelAndJoin()
    }

    @Test
    fun `a screen that is busy reads once for all that came meanwhile, and ends with the last word`() = story {
        val reads = AtomicInteger()
        val begun = CompletableDeferred<Unit>()
        val goOn = CompletableDeferred<Unit>()
        val seen = mutableListOf<ULong>()
        val counting = home.live({ it is Change.Journal }) {
            reads.incrementAndGet()
            journal().use { it.count() }
        }
        val screen = counting.onEach { count ->
            seen += count
            begun.complete(Unit)
            goOn.await()
        }
        val showing = async(start = CoroutineStart.UNDISPATCHED) { screen.first { it == 100uL } }
        begun.await()
        repeat(100) { home.journal { add(NewEntry("Entry $it")) } }
        goOn.complete(Unit)

        assertEquals(100uL, showing.await())
        assertEquals(listOf(0uL, 100uL), seen)
        assertEquals(2, reads.get())
    }

    @Test
    fun `all collecting ends by itself when the home is closed, after what was told before`() = story {
        val heard = async(start = CoroutineStart.UNDISPATCHED) { home.changes.toList() }
        val shown = async(start = CoroutineStart.UNDISPATCHED) { home.live { profile().displayName }.toList() }
        val entry = home.journal { add(NewEntry("Before.")) }
        home.shut()
        assertEquals(listOf<Change>(Change.Journal(listOf(entry.id))), heard.await())
        assertTrue(shown.await().all { it == "Mara" })

        assertEquals(emptyList<Change>(), home.changes.toList())
        assertEquals(emptyList<String>(), home.live { profile().displayName }.toList())
    }

    @Test
    fun `what a reader throws is the reader's, and so is what the question throws whether it matters`() = story {
        home.ask { lock() }
        assertThrowsIn<CommonGroundException.Locked> { home.live { journal().use { it.count() } }.toList() }
        home.ask { unlock() }

        val asked = async(start = CoroutineStart.UNDISPATCHED) {
            assertThrowsIn<IllegalStateException> { home.live({ error("who knows") }) { profile() }.toList() }
        }
        home.journal { add(NewEntry("Told.")) }
        assertEquals("who knows", asked.await().message)
    }

    /** How many observers the bindings hold for the core; each of them is a subscription that has not ended. */
    private fun observersHeld(): Int {
        val converter = Class.forName("${Observer::class.java.packageName}.FfiConverterTypeObserver")
        val held = converter.declaredMethods.single { it.name.startsWith("getHandleMap") }
            .invoke(converter.getField("INSTANCE").get(null))
        return held.javaClass.getMethod("getSize").invoke(held) as Int
    }
}
